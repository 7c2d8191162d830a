"""The content of a backup as JSON: one line a piece, an object with a list of entries.

`{"nodes": [[id, label, version, revision, created_at, updated_at, properties, stamps, seen], …]}` and so on;
ENTRIES names the fields of each, and the file's first line repeats them for whoever reads it by other means.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

import orjson

from cmdb.graph.archive import ArchivedNode, Holding, Piece, RequestResult
from cmdb.graph.batch import Commit
from cmdb.graph.elements import Link, LinkKey, Node, Seen, Stamp
from cmdb.graph.ledger import link_changes_json, node_changes_json
from cmdb.graph.revision import ChangeKind, LinkChange, NodeChange, Revision
from cmdb.kernel.actor import Actor, ActorKind

ENTRIES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "nodes": (
            "id",
            "label",
            "version",
            "revision",
            "created_at",
            "updated_at",
            "properties",
            "stamps: [[source, observed_at, [properties]]]",
            "seen: [[source, first, last]]",
        ),
        "links": ("type", "source", "target", "properties"),
        "identifiers": ("identifier", "holder"),
        "sequences": ("prefix", "last"),
        "requests": ("request_id", "revision", "at", "created", "numbers"),
        "revisions": (
            "number",
            "at",
            "actor",
            "actor_kind",
            "reason",
            "request_id",
            "previous_hash",
            "hash",
            "nodes: [[id, label, kind, version, before, after, old_label]]",
            "links: [[type, source, target, kind, before, after]]",
        ),
    }
)
"""The fields of the entries of each section."""


def line_of(piece: Piece) -> bytes:
    """A piece as a line of JSON."""
    sections: dict[str, list[list[Any]]] = {
        "nodes": [_node_entry(archived) for archived in piece.nodes],
        "links": [[*link.key, link.properties] for link in piece.links],
        "identifiers": [list(holding) for holding in piece.holdings],
        "sequences": [[prefix, last] for prefix, last in sorted(piece.sequences.items())],
        "requests": [_request_entry(result) for result in piece.results],
        "revisions": [_revision_entry(revision) for revision in piece.revisions],
    }
    present = {name: entries for name, entries in sections.items() if entries}
    return orjson.dumps(present, option=orjson.OPT_APPEND_NEWLINE)


def piece_of(content: Mapping[str, Any]) -> Piece:
    """The piece of a line's object.

    Raises:
        KeyError, TypeError, ValueError: it is none.
    """
    unknown = content.keys() - ENTRIES.keys()
    if unknown:
        raise KeyError(f"unknown section {min(unknown)}")
    return Piece(
        tuple([_node(*entry) for entry in content.get("nodes", ())]),
        tuple([_link(*entry) for entry in content.get("links", ())]),
        tuple([Holding(*entry) for entry in content.get("identifiers", ())]),
        dict(content.get("sequences", ())),
        tuple([_request(*entry) for entry in content.get("requests", ())]),
        tuple([_revision(*entry) for entry in content.get("revisions", ())]),
    )


def _node_entry(archived: ArchivedNode) -> list[Any]:
    node = archived.node
    groups: dict[Stamp, list[str]] = {}
    for name, stamp in archived.stamps.items():
        groups.setdefault(stamp, []).append(name)
    stamps = [[*stamp, names] for stamp, names in groups.items()]
    seen = [[source, *span] for source, span in archived.seen.items()]
    own = [node.id, node.label, node.version, node.revision, node.created_at, node.updated_at]
    return [*own, node.properties, stamps, seen]


def _node(
    node_id: str, label: str, version: int, revision: int, created_at: str, updated_at: str, *rest: Any
) -> ArchivedNode:
    properties, stamps, seen = rest
    return ArchivedNode(
        Node(node_id, label, _mapping(properties), version, revision, created_at, updated_at),
        dict(_stamps(stamps)),
        {source: Seen(first, last) for source, first, last in seen},
    )


def _stamps(groups: list[Any]) -> Iterator[tuple[str, Stamp]]:
    for source, observed_at, names in groups:
        stamp = Stamp(source, observed_at)
        yield from ((name, stamp) for name in names)


def _link(link_type: str, source: str, target: str, properties: Any) -> Link:
    return Link(LinkKey(link_type, source, target), _mapping(properties))


def _request_entry(result: RequestResult) -> list[Any]:
    commit = result.commit
    return [result.request_id, commit.revision, commit.at, commit.created, commit.numbers]


def _request(
    request_id: str, revision: int | None, at: str, created: list[str], numbers: Any
) -> RequestResult:
    return RequestResult(request_id, Commit(revision, at, tuple(created), _mapping(numbers)))


def _revision_entry(revision: Revision) -> list[Any]:
    return [
        revision.number,
        revision.at,
        revision.actor.name,
        revision.actor.kind,
        revision.reason,
        revision.request_id,
        revision.previous_hash,
        revision.hash,
        orjson.Fragment(node_changes_json(revision.nodes)),
        orjson.Fragment(link_changes_json(revision.links)),
    ]


def _revision(number: int, at: str, actor: str, actor_kind: str, reason: str, *rest: Any) -> Revision:
    request_id, previous_hash, digest, nodes, links = rest
    return Revision(
        number,
        at,
        Actor(actor, ActorKind(actor_kind)),
        reason,
        request_id,
        tuple([_node_change(*entry) for entry in nodes]),
        tuple([_link_change(*entry) for entry in links]),
        previous_hash,
        digest,
    )


def _node_change(node_id: str, label: str, kind: str, version: int, *rest: Any) -> NodeChange:
    before, after, old_label = rest
    return NodeChange(node_id, label, ChangeKind(kind), version, _mapping(before), _mapping(after), old_label)


def _link_change(link_type: str, source: str, target: str, kind: str, before: Any, after: Any) -> LinkChange:
    key = LinkKey(link_type, source, target)
    return LinkChange(key, ChangeKind(kind), _mapping(before), _mapping(after))


def _mapping(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise TypeError(f"an object was expected, not {type(value).__name__}")
    return value
