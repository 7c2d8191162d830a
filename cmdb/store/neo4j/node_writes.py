"""The rows that make and change nodes, and the ledger's entries of what they change."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cmdb.graph.batch import NodeUpdate, WriteBatch
from cmdb.graph.elements import Node, Properties, Seen, Stamp
from cmdb.graph.errors import NodeNotFoundError
from cmdb.graph.revision import ChangeKind
from cmdb.store.batches import difference, updated
from cmdb.store.neo4j.claims import ClaimsPlan
from cmdb.store.neo4j.compile_names import CHECKSUM, labels_of
from cmdb.store.neo4j.compile_nodes import relabel_statement
from cmdb.store.neo4j.connection import Transaction
from cmdb.store.neo4j.evidence import seen_list, seen_of, stamps_of, stamps_text
from cmdb.store.neo4j.layout import Layout
from cmdb.store.neo4j.search_text import search_texts
from cmdb.store.neo4j.statements import CREATE_NODES, DELETE_NODES, UPDATE_NODES
from cmdb.store.neo4j.wholeness import content_sum, node_sum

Row = dict[str, Any]
Raw = Mapping[str, Any]
"""A standing node with all its properties, hidden ones too."""

_AT_ONCE = 10_000


@dataclass(slots=True)
class NodesPlan:
    """Nodes to be made, by id; changes of standing ones, by id; those to be relabelled; and the entries."""

    made: dict[str, Row] = field(default_factory=dict)
    changed: dict[str, Row] = field(default_factory=dict)
    evidence: dict[str, Row] = field(default_factory=dict)
    relabelled: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    doomed: list[str] = field(default_factory=list)
    entries: list[list[Any]] = field(default_factory=list)
    sums: dict[str, int] = field(default_factory=dict)
    """Checksums of the content of nodes that are made or changed, by id."""


def nodes_plan(
    batch: WriteBatch,
    layout: Layout,
    raw: Mapping[str, Raw],
    standing: Mapping[str, Node],
    claims: ClaimsPlan,
) -> NodesPlan:
    """What becomes of nodes; what only the commit itself knows is filled in by `stamp_plan`.

    Raises:
        NodeNotFoundError: a sighting names a node that is not there.
    """
    plan = NodesPlan(doomed=list(dict.fromkeys(delete.id for delete in batch.deletes)))
    _make(plan, batch, layout)
    _change(plan, batch, layout, standing)
    for node_id in plan.doomed:
        node = standing[node_id]
        gone = ChangeKind.DELETED.value
        plan.entries.append([node.id, node.label, gone, node.version, node.properties, {}, None])
    _stamp(plan, batch.updates, raw)
    for node_id, held in claims.held.items():
        _row(plan, node_id)["_claims"] = list(held) or None
    _sight(plan, batch, raw)
    for node_id in plan.doomed:
        plan.evidence.pop(node_id, None)
    return plan


def _make(plan: NodesPlan, batch: WriteBatch, layout: Layout) -> None:
    texts: dict[tuple[Any, ...], str | None] = {}
    kind = ChangeKind.CREATED.value
    for node in batch.creates:
        # Most nodes of a batch have the same properties from the same source: one text serves them all.
        shape = (*node.stamps, *node.stamps.values())
        if shape not in texts:
            texts[shape] = stamps_text(node.stamps)
        title, text = search_texts(node.properties, layout.searched(node.label))
        properties = _unsigned_zeros(node.properties)
        plan.sums[node.id] = content_sum(node.label, 1, properties)
        plan.made[node.id] = {
            **properties,
            "id": node.id,
            "label": node.label,
            "version": 1,
            "_stamps": texts[shape],
            "_title": title,
            "_text": text,
        }
        plan.entries.append([node.id, node.label, kind, 1, {}, node.properties, None])


def _unsigned_zeros(properties: Properties) -> Properties:
    """The same numbers; -0.0 is written as 0.0, which Neo4j would hold for greater."""
    if not any(type(value) is float for value in properties.values()):
        return properties
    return {name: value + 0.0 if type(value) is float else value for name, value in properties.items()}


def _change(plan: NodesPlan, batch: WriteBatch, layout: Layout, standing: Mapping[str, Node]) -> None:
    for node_id, (label, properties) in updated(batch, standing).items():
        node = standing[node_id]
        if label == node.label and properties == node.properties:
            continue
        before, after = difference(node.properties, properties)
        title, text = search_texts(properties, layout.searched(label))
        plan.sums[node_id] = content_sum(label, node.version + 1, _unsigned_zeros(properties))
        plan.changed[node_id] = {
            **dict.fromkeys(before),
            **_unsigned_zeros(after),
            "label": label,
            "version": node.version + 1,
            "_title": title,
            "_text": text,
        }
        old_label = None
        if label != node.label:
            old_label = node.label
            plan.relabelled.setdefault((old_label, label), []).append(node_id)
        kind = ChangeKind.UPDATED.value
        plan.entries.append([node_id, label, kind, node.version + 1, before, after, old_label])


def _row(plan: NodesPlan, node_id: str) -> Row:
    """Where evidence of a node is to be written."""
    made = plan.made.get(node_id)
    return plan.evidence.setdefault(node_id, {}) if made is None else made


def _stamp(plan: NodesPlan, updates: tuple[NodeUpdate, ...], raw: Mapping[str, Raw]) -> None:
    stamps: dict[str, dict[str, Stamp]] = {}
    for update in updates:
        removed = [name for name, value in update.changes.items() if value is None]
        if not (update.stamps or removed):
            continue
        own = stamps.get(update.id)
        if own is None:
            own = stamps[update.id] = stamps_of(raw[update.id].get("_stamps"))
        for name in removed:
            own.pop(name, None)
        own.update(update.stamps)
    for node_id, own in stamps.items():
        plan.evidence.setdefault(node_id, {})["_stamps"] = stamps_text(own)


def _sight(plan: NodesPlan, batch: WriteBatch, raw: Mapping[str, Raw]) -> None:
    doomed = set(plan.doomed)
    spans: dict[str, dict[str, Seen]] = {}
    for node_id, source, at in ((one.node_id, one.source, one.at) for one in batch.sightings):
        if node_id in doomed:
            continue
        if node_id not in plan.made and node_id not in raw:
            raise NodeNotFoundError(f"sighting: there is no node {node_id!r}", details={"id": node_id})
        seen = spans.get(node_id)
        if seen is None:
            seen = spans[node_id] = seen_of(raw[node_id].get("_seen") if node_id in raw else None)
        span = seen.get(source)
        seen[source] = Seen(min(span.first, at), max(span.last, at)) if span else Seen(at, at)
    for node_id, seen in spans.items():
        _row(plan, node_id)["_seen"] = seen_list(seen)


def stamp_plan(plan: NodesPlan, revision: int, at: str) -> None:
    """Fill in the revision's number and moment."""
    for node_id, row in plan.made.items():
        row["revision"] = revision
        row["created_at"] = row["updated_at"] = at
        row[CHECKSUM] = node_sum(plan.sums[node_id], revision, at)
    for node_id, row in plan.changed.items():
        row["revision"] = revision
        row["updated_at"] = at
        row[CHECKSUM] = node_sum(plan.sums[node_id], revision, at)


async def write_nodes(
    transaction: Transaction, plan: NodesPlan, layout: Layout, moved: Collection[str]
) -> None:
    """Make, relabel and change nodes; constraints refuse ids and identifiers that are in use.

    Identifiers that nodes made here hold are made with them, but for those that were moved to them.
    """
    await create_nodes(transaction, layout, list(plan.made.values()), moved)
    for (old, new), ids in sorted(plan.relabelled.items()):
        await transaction.do(relabel_statement(layout.schema, old, new), ids=ids)
    sets: dict[str, Row] = {}
    for part in (plan.evidence, plan.changed):
        for node_id, row in part.items():
            sets.setdefault(node_id, {}).update(row)
    rows = [{"id": node_id, "set": sets[node_id]} for node_id in sorted(sets)]
    for start in range(0, len(rows), _AT_ONCE):
        await transaction.do(UPDATE_NODES, rows=rows[start : start + _AT_ONCE])


async def create_nodes(
    transaction: Transaction, layout: Layout, nodes: Sequence[Row], moved: Collection[str] = ()
) -> None:
    """Make nodes, whose rows hold all their properties, and the identifiers that they hold, but those moved."""
    labels = {label: labels_of(layout.schema, label) for label in {row["label"] for row in nodes}}
    for start in range(0, len(nodes), _AT_ONCE):
        part = nodes[start : start + _AT_ONCE]
        rows: list[list[Any]] = [[labels[row["label"]], row, _identifiers(row, moved)] for row in part]
        await transaction.do(CREATE_NODES, rows=rows)
        rows.clear()  # else the driver would keep them until the next look for garbage


def _identifiers(row: Row, moved: Collection[str]) -> list[str] | None:
    """Those to be made with a node; None where they are all that it holds."""
    return [text for text in row.get("_claims") or () if text not in moved] if moved else None


async def delete_nodes(transaction: Transaction, plan: NodesPlan) -> None:
    """Remove nodes, with the links they still have."""
    if plan.doomed:
        await transaction.do(DELETE_NODES, ids=plan.doomed)
