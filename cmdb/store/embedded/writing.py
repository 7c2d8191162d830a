"""A batch becomes one transaction and at most one revision."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from cmdb.graph.batch import Commit, WriteBatch
from cmdb.graph.check import check_batch, check_updates, refuse
from cmdb.graph.ledger import RevisionHeader
from cmdb.graph.schema import GraphSchema
from cmdb.store.batches import check_standing, numbered, numbers_wanted, with_updates_of_creates_folded
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
    batch = with_updates_of_creates_folded(given)
    touched = [*(update.id for update in batch.updates), *(delete.id for delete in batch.deletes)]
    standing = standing_nodes(connection, names, touched) if touched else {}
    nodes = {node_id: found.node for node_id, found in standing.items()}
    refuse([*check_batch(batch, schema), *check_updates(batch.updates, schema, nodes)])
    check_standing(batch, nodes)
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


def _numbered(connection: sqlite3.Connection, batch: WriteBatch) -> tuple[Mapping[str, str], WriteBatch]:
    """The numbers given, by node id, and the batch with them in place."""
    wanted = numbers_wanted(batch)
    if not wanted:
        return {}, batch
    first = {prefix: ledger.take_numbers(connection, prefix, how_many) for prefix, how_many in wanted.items()}
    return numbered(batch, first)
