"""Creating, updating and deleting nodes; each gives the ledger's entries of what it changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from zlib import crc32

import orjson

from cmdb.graph.batch import NodeCreate, NodeDelete, NodeUpdate
from cmdb.graph.elements import Properties
from cmdb.graph.errors import NodeExistsError
from cmdb.graph.revision import ChangeKind
from cmdb.store.embedded import value_index
from cmdb.store.embedded.rows import StandingNode, json_list, keys_of, properties_json

if TYPE_CHECKING:
    from cmdb.store.embedded.writing import Writing

Entry = list[Any]
"""One change in the ledger's form: [id, label, kind, version, before, after, old_label]."""

_DELETES = (
    (
        "DELETE FROM identifiers WHERE value IN (SELECT claim.value FROM evidence, "
        "json_each(evidence.identifiers) AS claim WHERE evidence.node IN (SELECT value FROM json_each(?)))"
    ),
    "DELETE FROM evidence WHERE node IN (SELECT value FROM json_each(?))",
    "DELETE FROM sightings WHERE node IN (SELECT value FROM json_each(?))",
    "DELETE FROM nodes WHERE key IN (SELECT value FROM json_each(?))",
)


def create(writing: Writing, creates: Sequence[NodeCreate]) -> tuple[dict[str, int], list[Entry]]:
    """Insert nodes; the row key of each, and the ledger's entries.

    Raises:
        NodeExistsError: an id is in use.
    """
    if not creates:
        return {}, []
    connection, at, revision = writing.connection, writing.at, writing.revision
    labels = {label: writing.names.label_key(connection, label) for label in {node.label for node in creates}}
    (last,) = connection.execute("SELECT coalesce(max(key), 0) FROM nodes").fetchone()
    keys: dict[str, int] = {}
    rows = []
    entries: list[Entry] = []
    kind = ChangeKind.CREATED.value
    for key, node in enumerate(creates, last + 1):
        text = properties_json(node.properties)
        name, status = own_columns(node.properties)
        row = (
            key,
            node.id,
            labels[node.label],
            name,
            status,
            1,
            revision,
            at,
            at,
            crc32(text),
            text.decode(),
        )
        rows.append(row)
        entries.append([node.id, node.label, kind, 1, {}, orjson.Fragment(text), None])
        keys[node.id] = key
    try:
        connection.executemany("INSERT INTO nodes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
    except sqlite3.IntegrityError as error:
        for node_id in keys_of(connection, keys):
            if keys_of(connection, [node_id])[node_id] <= last:
                message = f"there already is a node {node_id!r}"
                raise NodeExistsError(message, details={"id": node_id}) from error
        raise
    value_index.add(
        connection, ((keys[node.id], node.id, labels[node.label], node.properties) for node in creates)
    )
    connection.execute("INSERT OR IGNORE INTO search_pending SELECT key FROM nodes WHERE key > ?", (last,))
    return keys, entries


def update(
    writing: Writing,
    updates: Iterable[NodeUpdate],
    deletes: Iterable[NodeDelete],
    standing: Mapping[str, StandingNode],
) -> list[Entry]:
    """Apply changes to nodes that stand; entries of those that really changed.

    Nodes that the same batch deletes are changed by nothing but that.
    """
    doomed = {node.id for node in deletes}
    changed: dict[str, tuple[str, dict[str, Any]]] = {}
    for change in updates:
        node = standing[change.id].node
        label, properties = changed.get(change.id) or (node.label, dict(node.properties))
        for name, value in change.changes.items():
            if value is None:
                properties.pop(name, None)
            else:
                properties[name] = value
        changed[change.id] = (change.label or label, properties)
    entries: list[Entry] = []
    rows = []
    indexed = []
    for node_id, (label, properties) in changed.items():
        found = standing[node_id]
        if node_id in doomed or (label == found.node.label and properties == found.node.properties):
            continue
        label_key = writing.names.label_key(writing.connection, label)
        entries.append(_updated_entry(found, label, properties))
        rows.append(_updated_row(writing, found, label_key, properties))
        indexed.append((_indexed(writing, found), (found.key, node_id, label_key, properties)))
    if rows:
        _write_updates(writing, rows)
        value_index.replace(writing.connection, indexed)
    return entries


def _indexed(writing: Writing, found: StandingNode) -> value_index.IndexedNode:
    node = found.node
    return found.key, node.id, writing.names.label_key(writing.connection, node.label), node.properties


def _write_updates(writing: Writing, rows: list[tuple[Any, ...]]) -> None:
    writing.connection.executemany(
        "UPDATE nodes SET label = ?, name = ?, status = ?, version = ?, revision = ?, updated_at = ?, checksum = ?, "
        "properties = ? WHERE key = ?",
        rows,
    )
    writing.connection.executemany(
        "INSERT OR IGNORE INTO search_pending VALUES (?)", [(row[-1],) for row in rows]
    )


def _updated_entry(found: StandingNode, label: str, properties: Properties) -> Entry:
    node = found.node
    before, after = difference(node.properties, properties)
    old_label = node.label if node.label != label else None
    return [node.id, label, ChangeKind.UPDATED.value, node.version + 1, before, after, old_label]


def _updated_row(
    writing: Writing, found: StandingNode, label_key: int, properties: Properties
) -> tuple[Any, ...]:
    text = properties_json(properties)
    version = found.node.version + 1
    columns = own_columns(properties)
    return (
        label_key, *columns, version, writing.revision, writing.at, crc32(text), text.decode(), found.key
    )  # fmt: skip


def own_columns(properties: Properties) -> tuple[str | None, str | None]:
    """Name and status, which are asked for so often that they stand in columns of their own as well."""
    name, status = properties.get("name"), properties.get("status")
    return (name if isinstance(name, str) else None, status if isinstance(status, str) else None)


def difference(before: Properties, after: Properties) -> tuple[Properties, Properties]:
    """The properties that differ, as they were and as they are."""
    return (
        {name: value for name, value in before.items() if name not in after or after[name] != value},
        {name: value for name, value in after.items() if name not in before or before[name] != value},
    )


def delete(
    writing: Writing, deletes: Iterable[NodeDelete], standing: Mapping[str, StandingNode]
) -> list[Entry]:
    """Remove nodes with their claims and evidence; their links are gone by then."""
    doomed = [standing[node_id] for node_id in dict.fromkeys(node.id for node in deletes)]
    if not doomed:
        return []
    keys = json_list(found.key for found in doomed)
    connection = writing.connection
    for statement in _DELETES:
        connection.execute(statement, (keys,))
    connection.execute("INSERT OR IGNORE INTO search_pending SELECT value FROM json_each(?)", (keys,))
    kind = ChangeKind.DELETED.value
    value_index.remove(connection, (_indexed(writing, found) for found in doomed))
    return [
        [node.id, node.label, kind, node.version, node.properties, {}, None]
        for node in (found.node for found in doomed)
    ]
