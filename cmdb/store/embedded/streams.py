"""Everything, piece by piece, from one snapshot and in constant memory."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from typing import TypeVar

from cmdb.graph.elements import Link, LinkKey, Node
from cmdb.graph.revision import Revision
from cmdb.store.embedded import ledger
from cmdb.store.embedded.connections import Connections
from cmdb.store.embedded.faults import faults_of
from cmdb.store.embedded.names import Names
from cmdb.store.embedded.rows import NODE_COLUMNS, link_properties, node_of

T = TypeVar("T")

_PIECE = 500


async def stream(
    connections: Connections, start: Callable[[sqlite3.Connection], Iterator[T]], piece: int = _PIECE
) -> AsyncIterator[T]:
    """The items of an iterator that reads one snapshot, fetched in pieces off the event loop."""
    connection = await connections.on_reader_thread(connections.open)

    def begin() -> Iterator[T]:
        with faults_of(connections.place):
            connection.execute("BEGIN")
            return start(connection)

    def following(items: Iterator[T]) -> list[T]:
        with faults_of(connections.place):
            return list(itertools.islice(items, piece))

    try:
        items = await connections.on_reader_thread(begin)
        while batch := await connections.on_reader_thread(lambda: following(items)):
            for item in batch:
                yield item
    finally:
        connection.close()


def nodes(connection: sqlite3.Connection, names: Names) -> Iterator[Node]:
    """Every node, ordered by id."""
    for row in connection.execute(f"SELECT {NODE_COLUMNS} FROM nodes ORDER BY id"):
        yield node_of(connection, names, row)


def links(connection: sqlite3.Connection) -> Iterator[Link]:
    """Every link, ordered by source, type and target."""
    # CROSS JOIN keeps the order of the tables: source by source only the links of one are sorted, not all.
    rows = connection.execute(
        "SELECT types.name, s.id, t.id, l.properties FROM nodes s CROSS JOIN links l ON l.source = s.key "
        "CROSS JOIN nodes t ON t.key = l.target CROSS JOIN link_types types ON types.key = l.type "
        "ORDER BY s.id, types.name, t.id"
    )
    for type_name, source, target, text in rows:
        yield Link(LinkKey(type_name, source, target), link_properties(text))


def revisions(
    connection: sqlite3.Connection, after: int, limit: int | None, touching: str | None
) -> Iterator[Revision]:
    """Revisions later than `after`, oldest first; of all nodes, or of one and its links."""
    given = 0
    while limit is None or given < limit:
        # One at a time: a revision holds all that a batch changed, so even a few can be large.
        found = ledger.next_revision(connection, after, touching)
        if found is None:
            return
        yield found
        after = found.number
        given += 1
