"""The rows of a store put into plain SQLite tables: the least that keeping them can cost.

No identification, no provenance, no ledger, no search: two tables with their keys, filled by `executemany` in
transactions as large as the importer's, with the same care for the disk.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

import orjson

from cmdb.graph.store import GraphStore

AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Rows:
    """Nodes (id, label, properties as JSON) and links (source, type, target, properties as JSON)."""

    nodes: list[tuple[str, str, str]]
    links: list[tuple[str, str, str, str]]


async def rows_of(store: GraphStore) -> Rows:
    """All nodes and links of a store, ready to be put into tables."""
    nodes = [
        (node.id, node.label, orjson.dumps(dict(node.properties)).decode()) async for node in store.nodes()
    ]
    links = [
        (link.source, link.type, link.target, orjson.dumps(dict(link.properties)).decode())
        async for link in store.all_links()
    ]
    return Rows(nodes, links)


def put(rows: Rows, file: Path) -> None:
    """Fill a file that is not there yet."""
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE nodes (id TEXT PRIMARY KEY, label TEXT, properties TEXT)")
    connection.execute(
        "CREATE TABLE links (source TEXT, type TEXT, target TEXT, properties TEXT, PRIMARY KEY (source, type, target))"
    )
    _fill(connection, "INSERT INTO nodes VALUES (?, ?, ?)", rows.nodes)
    _fill(connection, "INSERT INTO links VALUES (?, ?, ?, ?)", rows.links)
    connection.close()


def _fill(
    connection: sqlite3.Connection,
    statement: str,
    rows: list[tuple[str, str, str]] | list[tuple[str, str, str, str]],
) -> None:
    for start in range(0, len(rows), AT_ONCE):
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(statement, rows[start : start + AT_ONCE])
        connection.execute("COMMIT")
