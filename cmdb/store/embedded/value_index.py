"""The index of property values: a row for each value that a node has of a property marked as indexed.

It is kept in step with the nodes by every commit. Which properties it covers stands in the file, not in the
schema of the process that writes, so that processes with different models cannot leave gaps in it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from operator import itemgetter
from typing import TypeAlias

from cmdb.graph.elements import Properties
from cmdb.graph.schema import GraphSchema
from cmdb.kernel.values import Value, ValueType
from cmdb.store.embedded.fields import is_own_column
from cmdb.store.embedded.functions import Sum, sum_of
from cmdb.store.embedded.rows import decoded

IndexedNode: TypeAlias = tuple[int, str, int, Properties]
"""Row key, id, row key of the label, and properties of a node."""

_Row: TypeAlias = tuple[int, Value, str, int, int]
_PIECE = 5_000
_VALUE = itemgetter(1)


def covered(connection: sqlite3.Connection) -> dict[str, int]:
    """The properties that the index covers, with their keys in it."""
    return dict(connection.execute("SELECT name, key FROM indexed_properties").fetchall())


def add(connection: sqlite3.Connection, nodes: Iterable[IndexedNode]) -> None:
    """Take the values of nodes in that have none in the index yet."""
    _insert(connection, covered(connection), nodes)


def replace(connection: sqlite3.Connection, changes: Iterable[tuple[IndexedNode, IndexedNode]]) -> None:
    """Bring the index in step with nodes that changed, given as they were and as they are."""
    properties = covered(connection)
    gone: list[_Row] = []
    come: list[_Row] = []
    for before, after in changes:
        old, new = set(_rows(properties, before)), set(_rows(properties, after))
        gone += old - new
        come += new - old
    _remove(connection, gone)
    connection.executemany("INSERT OR IGNORE INTO indexed_values VALUES (?, ?, ?, ?, ?)", come)


def remove(connection: sqlite3.Connection, nodes: Iterable[IndexedNode]) -> None:
    """Take the values of nodes out."""
    properties = covered(connection)
    _remove(connection, [row for node in nodes for row in _rows(properties, node)])


def adopt(connection: sqlite3.Connection, schema: GraphSchema) -> None:
    """Cover the properties that the schema marks, and no others; what is missing is filled from the nodes."""
    wanted, present = _wanted(schema), covered(connection)
    for name in present.keys() - wanted:
        connection.execute("DELETE FROM indexed_values WHERE property = ?", (present[name],))
        connection.execute("DELETE FROM indexed_properties WHERE key = ?", (present[name],))
    missing = sorted(wanted - present.keys())
    if not missing:
        return
    connection.executemany("INSERT INTO indexed_properties (name) VALUES (?)", [(name,) for name in missing])
    _fill(connection, {name: key for name, key in covered(connection).items() if name in missing})


def of_nodes(connection: sqlite3.Connection) -> Sum:
    """The rows that the index should hold, given the nodes as they stand."""
    properties = covered(connection)
    return sum_of(
        _as_kept(row)
        for piece in _pieces(connection)
        for node in piece
        # A member that stands twice in a list has one row.
        for row in dict.fromkeys(_rows(properties, node))
    )


def as_kept(connection: sqlite3.Connection) -> Sum:
    """The rows that the index holds."""
    return sum_of(connection.execute("SELECT property, value, id, label, node FROM indexed_values"))


def _fill(connection: sqlite3.Connection, properties: Mapping[str, int]) -> None:
    for piece in _pieces(connection):
        _insert(connection, properties, piece)


def _insert(
    connection: sqlite3.Connection, properties: Mapping[str, int], nodes: Iterable[IndexedNode]
) -> None:
    by_property: dict[int, list[_Row]] = {place: [] for place in properties.values()}
    for node in nodes:
        for row in _rows(properties, node):
            by_property[row[0]].append(row)
    for rows in by_property.values():
        # In order, the inserts go through the table from left to right instead of all over it.
        try:
            rows.sort(key=_VALUE)
        except TypeError:  # numbers and texts
            rows.sort(key=lambda row: str(row[1]))
        connection.executemany("INSERT OR IGNORE INTO indexed_values VALUES (?, ?, ?, ?, ?)", rows)


def _pieces(connection: sqlite3.Connection) -> Iterator[list[IndexedNode]]:
    """All nodes, some thousands at a time."""
    last = 0
    while True:
        found = connection.execute(
            "SELECT key, id, label, CAST(properties AS BLOB) FROM nodes WHERE key > ? ORDER BY key LIMIT ?",
            (last, _PIECE),
        ).fetchall()
        if not found:
            return
        last = found[-1][0]
        yield [
            (key, node_id, label, decoded(f"node {node_id!r}", text)) for key, node_id, label, text in found
        ]


def _wanted(schema: GraphSchema) -> set[str]:
    types: dict[str, set[ValueType]] = {}
    marked = set()
    for label in schema.labels.values():
        for name, rule in label.properties.items():
            types.setdefault(name, set()).add(rule.type)
            if rule.indexed:
                marked.add(name)
    return {name for name in marked if not is_own_column(name, types[name])}


def _rows(properties: Mapping[str, int], node: IndexedNode) -> Iterator[_Row]:
    key, node_id, label, values = node
    for name, value in values.items():
        place = properties.get(name)
        if place is None:
            continue
        if type(value) is list:
            for member in value:
                yield place, member, node_id, label, key
        else:
            yield place, value, node_id, label, key


def _as_kept(row: _Row) -> tuple[object, ...]:
    place, value, *rest = row
    return place, int(value) if type(value) is bool else value, *rest


def _remove(connection: sqlite3.Connection, rows: list[_Row]) -> None:
    connection.executemany(
        "DELETE FROM indexed_values WHERE property = ? AND value = ? AND id = ?", [row[:3] for row in rows]
    )
