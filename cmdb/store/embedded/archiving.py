"""Giving and taking the whole content: bookkeeping streams, and loading into an empty file."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from typing import Any
from zlib import crc32

import orjson

from cmdb.graph.archive import ArchivedNode, Holding, Piece, RequestResult, StoreNotEmptyError
from cmdb.graph.batch import Commit
from cmdb.graph.elements import Link
from cmdb.graph.errors import NodeNotFoundError
from cmdb.graph.ledger import link_changes_json, node_changes_json
from cmdb.graph.revision import Revision
from cmdb.store.embedded import evidence, ledger, value_index
from cmdb.store.embedded.connections import Connections
from cmdb.store.embedded.faults import faults_of
from cmdb.store.embedded.names import Names
from cmdb.store.embedded.node_writes import own_columns
from cmdb.store.embedded.rows import decoded, keys_of, properties_json

_HELD = {
    "nodes": "SELECT 1 FROM nodes LIMIT 1",
    "revisions": "SELECT 1 FROM revisions LIMIT 1",
    "requests": "SELECT 1 FROM requests LIMIT 1",
    "sequences": "SELECT 1 FROM sequences LIMIT 1",
    "identifiers": "SELECT 1 FROM identifiers LIMIT 1",
}


def identifiers(connection: sqlite3.Connection) -> Iterator[Holding]:
    """Every identifier with its holder, ordered by identifier."""
    rows = connection.execute(
        "SELECT i.value, n.id FROM identifiers i JOIN nodes n ON n.key = i.node ORDER BY i.value"
    )
    yield from map(Holding._make, rows)


def requests(connection: sqlite3.Connection) -> Iterator[RequestResult]:
    """Every request with its first result, ordered by its id."""
    rows = connection.execute("SELECT id, revision, at, created, numbers FROM requests ORDER BY id")
    for request_id, revision, at, created, numbers in rows:
        place = f"request {request_id!r}"
        yield RequestResult(
            request_id, Commit(revision, at, tuple(decoded(place, created)), decoded(place, numbers))
        )


def sequences(connection: sqlite3.Connection) -> Mapping[str, int]:
    """The last number taken of each sequence."""
    return dict(connection.execute("SELECT prefix, last FROM sequences").fetchall())


async def load(connections: Connections, names: Names, pieces: AsyncIterator[Piece]) -> None:
    """Take content into an empty file, in one transaction on a connection of its own.

    Raises:
        StoreNotEmptyError: the file holds something.
        NodeNotFoundError: a link or holding names a node that did not come.
    """
    connection = await connections.on_reader_thread(connections.open)

    async def run(work: Callable[[], None]) -> None:
        def guarded() -> None:
            with faults_of(connections.place):
                work()

        await connections.on_reader_thread(guarded)

    loading = _Loading(connection, names)
    try:
        await run(lambda: loading.begin(connections.place))
        async for piece in pieces:
            await run(lambda part=piece: loading.take(part))  # type: ignore[misc]
        await run(loading.end)
    finally:
        # Closing rolls back what was not committed.
        connection.close()


class _Loading:
    """One load, on one connection."""

    def __init__(self, connection: sqlite3.Connection, names: Names) -> None:
        self._connection = connection
        self._names = names
        self._last_key = 0

    def begin(self, place: str) -> None:
        # What has to be sorted at the end grows with the content.
        self._connection.execute("PRAGMA temp_store = FILE")
        self._connection.execute("BEGIN IMMEDIATE")
        for table, statement in _HELD.items():
            if self._connection.execute(statement).fetchone():
                raise StoreNotEmptyError(f"{place}: the store is not empty; it has {table}")

    def take(self, piece: Piece) -> None:
        if piece.nodes:
            self._nodes(piece.nodes)
        if piece.links:
            self._links(piece.links)
        if piece.holdings:
            self._holdings(piece.holdings)
        execute = self._connection.executemany
        execute("INSERT INTO sequences VALUES (?, ?)", piece.sequences.items())
        execute("INSERT INTO requests VALUES (?, ?, ?, ?, ?)", map(_request_row, piece.results))
        execute(
            "INSERT INTO revisions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", map(_revision_row, piece.revisions)
        )
        for revision in piece.revisions:
            ledger.note_touches(self._connection, revision.number, revision.touched())

    def end(self) -> None:
        """What nodes hold is kept with their evidence too."""
        self._connection.execute(
            "INSERT INTO evidence SELECT node, '[]', json_group_array(value), -1 FROM identifiers "
            "WHERE true GROUP BY node "
            "ON CONFLICT DO UPDATE SET identifiers = excluded.identifiers"
        )
        self._connection.execute("UPDATE evidence SET checksum = checksum_of(node, stamps, identifiers)")
        self._connection.execute("INSERT OR IGNORE INTO search_pending SELECT key FROM nodes")
        self._connection.execute("COMMIT")

    def _nodes(self, nodes: Sequence[ArchivedNode]) -> None:
        connection, names = self._connection, self._names
        labels = {archived.node.label for archived in nodes}
        names.labels.add(connection, labels)
        names.sources.add(connection, {source for archived in nodes for source in archived.seen})
        rows: list[tuple[Any, ...]] = []
        indexed: list[value_index.IndexedNode] = []
        stamps: list[tuple[int, str]] = []
        sightings: list[tuple[Any, ...]] = []
        for key, archived in enumerate(nodes, self._last_key + 1):
            node = archived.node
            label = names.label_key(connection, node.label)
            rows.append((key, *_node_row(archived, label)))
            indexed.append((key, node.id, label, node.properties))
            if archived.stamps:
                stamps.append((key, evidence.stamps_text(archived.stamps)))
            for source, span in archived.seen.items():
                sightings.append(evidence.sighting_row(connection, names.sources, key, source, span))
        connection.executemany("INSERT INTO nodes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        value_index.add(connection, indexed)
        connection.executemany("INSERT INTO evidence VALUES (?, ?, '[]', -1)", stamps)
        connection.executemany("INSERT INTO sightings VALUES (?, ?, ?, ?, ?)", sightings)
        self._last_key += len(nodes)

    def _links(self, links: Sequence[Link]) -> None:
        connection, types = self._connection, self._names.link_types
        types.add(connection, {link.type for link in links})
        keys = self._keys({end for link in links for end in (link.source, link.target)}, "a link")
        rows = [
            (
                keys[link.source],
                types.key(connection, link.type),
                keys[link.target],
                properties_json(link.properties).decode() if link.properties else None,
            )
            for link in links
        ]
        connection.executemany("INSERT INTO links VALUES (?, ?, ?, ?)", rows)

    def _holdings(self, holdings: Sequence[Holding]) -> None:
        keys = self._keys({holding.holder for holding in holdings}, "an identifier")
        rows = [(identifier, keys[holder]) for identifier, holder in holdings]
        self._connection.executemany("INSERT INTO identifiers VALUES (?, ?)", rows)

    def _keys(self, ids: set[str], what: str) -> dict[str, int]:
        keys = keys_of(self._connection, ids)
        missing = min(ids.difference(keys), default=None)
        if missing is not None:
            raise NodeNotFoundError(
                f"{what} names node {missing!r}, which is not there", details={"id": missing}
            )
        return keys


def _node_row(archived: ArchivedNode, label: int) -> tuple[Any, ...]:
    node = archived.node
    text = properties_json(node.properties)
    columns = own_columns(node.properties)
    moments = (node.created_at, node.updated_at)
    return (
        node.id, label, *columns, node.version, node.revision, *moments, crc32(text), text.decode()
    )  # fmt: skip


def _request_row(result: RequestResult) -> tuple[Any, ...]:
    commit = result.commit
    created = orjson.dumps(commit.created).decode()
    return result.request_id, commit.revision, commit.at, created, orjson.dumps(commit.numbers).decode()


def _revision_row(revision: Revision) -> tuple[Any, ...]:
    return (
        revision.number,
        revision.at,
        revision.actor.name,
        revision.actor.kind.value,
        revision.reason,
        revision.request_id,
        revision.previous_hash,
        revision.hash,
        node_changes_json(revision.nodes),
        link_changes_json(revision.links),
    )
