"""A batch becomes one transaction and at most one revision."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from cmdb.graph.batch import Commit, NodeCreate, NodeDelete, NodeUpdate, WriteBatch
from cmdb.graph.check import check_batch, check_updates, refuse
from cmdb.graph.elements import Node
from cmdb.graph.errors import NodeNotFoundError, VersionConflictError
from cmdb.graph.ledger import RevisionHeader
from cmdb.graph.schema import GraphSchema
from cmdb.kernel.values import Value
from cmdb.store.embedded import evidence, ledger, link_writes, node_writes
from cmdb.store.embedded.names import Names
from cmdb.store.embedded.rows import standing_nodes


@dataclass(frozen=True, slots=True)
class Writing:
    """What the parts of one transaction share."""

    connection: sqlite3.Connection
    names: Names
    schema: GraphSchema
    at: str
    revision: int


def write_batch(
    connection: sqlite3.Connection, names: Names, schema: GraphSchema, at: str, given: WriteBatch
) -> Commit:
    """Write the batch inside the transaction that is open.

    Raises:
        InvalidBatchError, NodeNotFoundError, NodeExistsError, VersionConflictError, IdentifierTakenError
    """
    first = ledger.first_result(connection, given.request_id)
    if first is not None:
        return first
    batch = _updates_of_creates_folded(given)
    touched = [*(update.id for update in batch.updates), *(delete.id for delete in batch.deletes)]
    standing = standing_nodes(connection, names, touched) if touched else {}
    nodes = {node_id: found.node for node_id, found in standing.items()}
    refuse([*check_batch(batch, schema), *check_updates(batch.updates, schema, nodes)])
    _check_standing(batch, nodes)
    head = ledger.head(connection)
    writing = Writing(connection, names, schema, at, head.revision + 1)
    numbers, batch = _numbered(connection, batch)

    created_keys, node_changes = node_writes.create(writing, batch.creates)
    node_changes += node_writes.update(writing, batch.updates, batch.deletes, standing)
    keys = {**{node_id: found.key for node_id, found in standing.items()}, **created_keys}
    evidence.write(writing, batch, keys)
    link_changes = link_writes.write(writing, batch, keys, created_keys)
    node_changes += node_writes.delete(writing, batch.deletes, standing)
    evidence.sight(writing, batch, keys)

    revision = None
    if node_changes or link_changes:
        revision = writing.revision
        header = RevisionHeader(revision, at, batch.actor, batch.reason, batch.request_id)
        ledger.append(connection, head, header, node_changes, link_changes)
    commit = Commit(revision, at, tuple(create.id for create in batch.creates), numbers)
    ledger.remember(connection, batch.request_id, commit)
    return commit


def _updates_of_creates_folded(batch: WriteBatch) -> WriteBatch:
    """The same batch, with updates of nodes that it creates made part of their creation."""
    created = {create.id for create in batch.creates}
    if not any(update.id in created for update in batch.updates):
        return batch
    folded: dict[str, list[NodeUpdate]] = {}
    others = []
    for update in batch.updates:
        if update.id in created:
            folded.setdefault(update.id, []).append(update)
        else:
            others.append(update)
    creates = tuple(
        _folded(create, folded[create.id]) if create.id in folded else create for create in batch.creates
    )
    return replace(batch, creates=creates, updates=tuple(others))


def _folded(create: NodeCreate, updates: list[NodeUpdate]) -> NodeCreate:
    label, properties, stamps = create.label, dict(create.properties), dict(create.stamps)
    released = {value for update in updates for value in update.releases}
    claims = [value for value in create.identifiers if value not in released]
    for update in updates:
        if update.expected_version not in {None, 1}:
            raise _conflict(update.id, update.expected_version, 1)
        label = update.label or label
        for name, value in update.changes.items():
            if value is None:
                properties.pop(name, None)
                stamps.pop(name, None)
            else:
                properties[name] = value
        stamps.update(update.stamps)
        claims += update.claims
    return replace(create, label=label, properties=properties, identifiers=tuple(claims), stamps=stamps)


def _check_standing(batch: WriteBatch, nodes: Mapping[str, Node]) -> None:
    writes: tuple[NodeUpdate | NodeDelete, ...] = (*batch.updates, *batch.deletes)
    for write in writes:
        node = nodes.get(write.id)
        if node is None:
            raise NodeNotFoundError(f"there is no node {write.id!r}", details={"id": write.id})
        if write.expected_version not in {None, node.version}:
            raise _conflict(write.id, write.expected_version, node.version)


def _conflict(node_id: str, expected: int | None, actual: int) -> VersionConflictError:
    return VersionConflictError(
        f"node {node_id!r} is at version {actual}, and the change was made for version {expected}",
        details={"id": node_id, "expected": expected, "actual": actual},
    )


def _numbered(connection: sqlite3.Connection, batch: WriteBatch) -> tuple[Mapping[str, str], WriteBatch]:
    """The numbers given, by node id, and the batch with them in place."""
    wanted = Counter(create.numbering.prefix for create in batch.creates if create.numbering)
    if not wanted:
        return {}, batch
    following = {
        prefix: ledger.take_numbers(connection, prefix, how_many) for prefix, how_many in wanted.items()
    }
    numbers: dict[str, str] = {}
    creates = []
    for create in batch.creates:
        if create.numbering is None:
            creates.append(create)
            continue
        prefix = create.numbering.prefix
        numbers[create.id] = f"{prefix}{following[prefix]:0{create.numbering.digits}d}"
        following[prefix] += 1
        properties: Mapping[str, Value] = {**create.properties, "number": numbers[create.id]}
        creates.append(replace(create, properties=properties))
    return numbers, replace(batch, creates=tuple(creates))
