"""What a store holds, told without its ids, and whether its ledger tells the same story as its graph."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from cmdb.graph.elements import Evidence, Link, LinkKey, Node
from cmdb.graph.ledger import verify_ledger
from cmdb.graph.revision import ChangeKind, NodeChange, Revision
from cmdb.graph.store import GraphStore

_ULID = re.compile("[0-9A-HJKMNP-TV-Z]{26}")
_AT_ONCE = 1_000
# Enough rounds for what is identified through its parent's parent.
_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything in a store at one moment when nobody writes."""

    nodes: dict[str, Node]
    evidence: dict[str, Evidence]
    links: list[Link]
    revisions: list[Revision]

    def names(self, label: str) -> list[str]:
        """The names of the nodes with this label, sorted, doubles included."""
        return sorted(node.name for node in self.nodes.values() if node.label == label)


@dataclass
class Told:
    """The graph as the ledger tells it: nodes by id without what no revision has, and properties by link."""

    nodes: dict[str, Node] = field(default_factory=dict)
    links: dict[LinkKey, dict[str, Any]] = field(default_factory=dict)


async def contents(store: GraphStore) -> Contents:
    """Read the whole store."""
    nodes = {node.id: node async for node in store.nodes()}
    evidence = await _evidence(store, list(nodes))
    links = [link async for link in store.all_links()]
    return Contents(nodes, evidence, links, [revision async for revision in store.revisions()])


async def evidence_of_all(store: GraphStore) -> dict[str, Evidence]:
    """Where what is known of each node comes from, by node."""
    return await _evidence(store, [node.id async for node in store.nodes()])


async def _evidence(store: GraphStore, ids: list[str]) -> dict[str, Evidence]:
    found: dict[str, Evidence] = {}
    for start in range(0, len(ids), _AT_ONCE):
        found.update(await store.evidence(ids[start : start + _AT_ONCE]))
    return found


async def sound(store: GraphStore) -> Contents:
    """The store's contents, after checking all that must hold whatever has happened to it.

    The ledger has no gap and its chain holds; told from its beginning it gives exactly the nodes and links
    that stand; no request made two revisions; every claim leads to the node that has it.
    """
    found = await contents(store)
    report = await verify_ledger(store)
    assert (None, "") == (report.broken, report.reason)
    assert report.checked == len(found.revisions) == (await store.head()).revision
    told = tell(found.revisions)
    assert told.nodes == found.nodes
    assert told.links == {link.key: dict(link.properties) for link in found.links}
    requests = [each.request_id for each in found.revisions if each.request_id is not None]
    assert len(set(requests)) == len(requests)
    await _claims_lead_home(store, found)
    return found


async def _claims_lead_home(store: GraphStore, found: Contents) -> None:
    claims = {
        value: node_id for node_id, evidence in found.evidence.items() for value in evidence.identifiers
    }
    assert len(claims) == sum(len(evidence.identifiers) for evidence in found.evidence.values())
    values = sorted(claims)
    for start in range(0, len(values), _AT_ONCE):
        part = values[start : start + _AT_ONCE]
        assert {value: claims[value] for value in part} == dict(await store.resolve(part))


def tell(revisions: Iterable[Revision]) -> Told:
    """The graph that the ledger tells; a change that does not fit what was before it fails the test."""
    told = Told()
    for revision in revisions:
        for change in revision.nodes:
            before = told.nodes.pop(change.id, None)
            after = _changed(before, change, revision)
            if after is not None:
                told.nodes[change.id] = after
        for each in revision.links:
            old = told.links.pop(each.key, None)
            assert (each.kind is ChangeKind.CREATED) == (old is None), f"{revision.number}: {each.key}"
            if each.kind is not ChangeKind.DELETED:
                kept = {name: value for name, value in (old or {}).items() if name not in each.before}
                told.links[each.key] = {**kept, **each.after}
    return told


def _changed(before: Node | None, change: NodeChange, revision: Revision) -> Node | None:
    """The node after a change, None when that removed it."""
    if change.kind is ChangeKind.CREATED:
        assert before is None, f"revision {revision.number} creates {change.id} again"
        at = revision.at
        return Node(change.id, change.label, change.after, change.version, revision.number, at, at)
    assert before is not None, f"revision {revision.number} changes {change.id}, which is not there"
    assert change.before == {name: before.properties.get(name) for name in change.before}
    if change.kind is ChangeKind.DELETED:
        return None
    assert (before.version + 1, before.label) == (change.version, change.old_label or change.label)
    kept = {name: value for name, value in before.properties.items() if name not in change.before}
    properties = {**kept, **change.after}
    return replace(
        before,
        label=change.label,
        properties=properties,
        version=change.version,
        revision=revision.number,
        updated_at=revision.at,
    )


def content_hash(found: Contents) -> str:
    """A hash of classes, properties, provenance, identifiers and relationships: equal for equal graphs.

    Ids, versions and revisions do not count, for they depend on how often a run had to start again. A node is
    told apart by what it is and by what it is linked to, refined as Weisfeiler and Leman do ("The reduction of
    a graph to canonical form", 1968).
    """
    colour = {
        node_id: hashed([node.label, node.properties, _proof(found.evidence[node_id])])
        for node_id, node in found.nodes.items()
    }
    for _ in range(_ROUNDS):
        around: dict[str, list[list[Any]]] = {node_id: [] for node_id in colour}
        for link in found.links:
            around[link.source].append([link.type, "out", link.properties, colour[link.target]])
            around[link.target].append([link.type, "in", link.properties, colour[link.source]])
        colour = {
            node_id: hashed([before, sorted(hashed(each) for each in around[node_id])])
            for node_id, before in colour.items()
        }
    return hashed(sorted(colour.values()))


def _proof(evidence: Evidence) -> list[Any]:
    identifiers = sorted(_ULID.sub("<parent>", value) for value in evidence.identifiers)
    stamps = [[name, *stamp] for name, stamp in sorted(evidence.stamps.items())]
    seen = [[source, *span] for source, span in sorted(evidence.seen.items())]
    return [stamps, seen, identifiers]


def hashed(value: Any) -> str:
    """A hash of what JSON can hold, the order of names not counting."""
    return hashlib.sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).hexdigest()
