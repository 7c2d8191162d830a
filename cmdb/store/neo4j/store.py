"""The store port over Neo4j."""

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from uuid import uuid4

from neo4j.exceptions import ConstraintError, IncompleteCommit

from cmdb.graph.archive import Holding, Piece, RequestResult
from cmdb.graph.batch import Commit, WriteBatch
from cmdb.graph.elements import Evidence, Link, LinkKey, Node, Properties
from cmdb.graph.query import LinkQuery, NodePage, NodeQuery, RegionQuery, SearchHit, SearchQuery
from cmdb.graph.receipt import Receipt
from cmdb.graph.revision import Head, Revision
from cmdb.graph.schema import GraphSchema
from cmdb.graph.structure import Structure
from cmdb.kernel.clock import Clock
from cmdb.kernel.errors import CmdbError
from cmdb.kernel.values import Value
from cmdb.model.locate import builtin_schema
from cmdb.store.neo4j import (
    archiving,
    collisions,
    finding,
    ledger,
    loading,
    migrating,
    reading,
    receipts,
    regions,
    searching,
    shapes,
    streams,
)
from cmdb.store.neo4j import touching as touching_index
from cmdb.store.neo4j.address import Neo4jAddress, parse_address
from cmdb.store.neo4j.connection import Connection, Neo4jSettings, Observer, Work
from cmdb.store.neo4j.faults import faults_of
from cmdb.store.neo4j.layout import layout_of
from cmdb.store.neo4j.writing import BatchWriter

_ATTEMPTS = 5


async def open_neo4j(
    address: Neo4jAddress | str,
    schema: GraphSchema,
    clock: Clock,
    settings: Neo4jSettings | None = None,
    observe: Observer | None = None,
) -> Neo4jStore:
    """A store that is ready to use, on a running server; `observe` is told of each statement.

    Raises:
        StoreUnavailableError: the server cannot be reached or refuses; its subclasses say why.
        StoreVersionError: a newer version of the product wrote it.
    """
    place = parse_address(address, os.environ) if isinstance(address, str) else address
    store = Neo4jStore(place, schema, clock, settings, observe)
    try:
        await store.migrate()
    except BaseException:
        await store.close()
        raise
    return store


class Neo4jStore:
    """A graph store in one Neo4j database; other processes may use the same one at the same time."""

    def __init__(
        self,
        address: Neo4jAddress,
        schema: GraphSchema,
        clock: Clock,
        settings: Neo4jSettings | None = None,
        observe: Observer | None = None,
    ) -> None:
        self._schema = schema
        self._layout = layout_of(schema)
        self._clock = clock
        self._connection = Connection(address, settings or Neo4jSettings(), observe)
        self._foreseen: BatchWriter | None = None

    async def migrate(self) -> None:
        """Bring the store to this version's layout; harmless when it already is."""
        await migrating.migrate(self._connection, self._layout, builtin_schema() / "migrations")

    async def close(self) -> None:
        """Give everything back; the store is not used after."""
        await self._connection.close()

    async def check(self) -> None:
        """Nothing: the files are the server's, and `neo4j-admin database check` looks through them."""

    async def head(self) -> Head:
        """The newest revision."""
        return await self._connection.read(reading.head)

    def expect(self) -> None:
        """Nothing: the server is ready."""

    def prepare(self, batch: WriteBatch) -> None:
        """Work out what can be without the server; kept for the last such batch, until it is committed."""
        writer = self._writer(batch)
        # What is wrong with it is told when it is committed.
        with contextlib.suppress(CmdbError):
            writer.prepare()
        self._foreseen = writer

    async def commit(self, batch: WriteBatch) -> Commit:
        """Write all of the batch as one revision, or nothing of it."""
        writer = self._writer(batch)
        with faults_of(self._connection.place):
            for attempt in range(1, _ATTEMPTS + 1):
                try:
                    return await self._connection.write_raw(writer.write)
                except IncompleteCommit:
                    # Whether it took place is looked up by the next attempt, once the locks are free.
                    if attempt == _ATTEMPTS:
                        raise
                except ConstraintError:
                    await self._connection.read(lambda transaction: collisions.explain(transaction, batch))
                    if attempt == _ATTEMPTS:
                        raise
        raise AssertionError("the last attempt returns or raises")

    async def receipt(self, key: str) -> Receipt | None:
        """The receipt kept under a key."""
        return await self._connection.read(lambda transaction: receipts.read(transaction, key))

    async def keep_receipt(self, receipt: Receipt) -> None:
        """Keep a receipt, in place of one with the same key."""
        await self._connection.write(lambda transaction: receipts.keep(transaction, receipt))

    async def get(self, ids: Sequence[str]) -> Mapping[str, Node]:
        """The nodes with these ids, in the order asked for."""
        return await self._connection.read(lambda transaction: reading.get(transaction, ids))

    async def resolve(self, identifiers: Sequence[str]) -> Mapping[str, str]:
        """The node id that holds each identifier."""
        return await self._connection.read(lambda transaction: reading.resolve(transaction, identifiers))

    async def evidence(self, ids: Sequence[str]) -> Mapping[str, Evidence]:
        """Provenance of these nodes."""
        return await self._connection.read(lambda transaction: reading.evidence(transaction, ids))

    async def find(self, query: NodeQuery) -> NodePage:
        """One page of nodes."""
        return await self._connection.read(lambda transaction: finding.find(transaction, self._schema, query))

    async def count(self, query: NodeQuery, by: str | None = None) -> Mapping[Value | None, int]:
        """How many nodes satisfy the query, by the value of a property or `label`."""
        return await self._connection.read(
            lambda transaction: finding.count(transaction, self._schema, query, by)
        )

    async def links(self, query: LinkQuery) -> Mapping[str, Sequence[Link]]:
        """The links of each node asked for."""
        return await self._connection.read(
            lambda transaction: reading.links(transaction, self._schema, query)
        )

    async def links_at(self, keys: Sequence[LinkKey]) -> Mapping[LinkKey, Properties]:
        """The properties of those links that stand."""
        return await self._connection.read(
            lambda transaction: reading.links_at(transaction, self._schema, keys)
        )

    async def search(self, query: SearchQuery) -> Sequence[SearchHit]:
        """Nodes whose searchable properties contain every word, best first."""
        return await self._connection.read(
            lambda transaction: searching.search(transaction, self._schema, query)
        )

    async def region(self, query: RegionQuery) -> Structure:
        """The part of the graph reached from some nodes, all of one revision."""
        return await self._undisturbed(
            lambda transaction: regions.region(transaction, self._schema, query),
            lambda transaction: regions.region_while_nobody_writes(transaction, self._schema, query),
        )

    async def structure(self) -> Structure:
        """The shape of the whole graph at one revision."""
        return await self._undisturbed(shapes.structure, shapes.structure_while_nobody_writes)

    def _writer(self, batch: WriteBatch) -> BatchWriter:
        writer, self._foreseen = self._foreseen, None
        if writer is not None and writer.given is batch:
            return writer
        return BatchWriter(self._layout, self._clock, batch, uuid4().hex)

    async def _undisturbed(
        self, read: Work[Structure], read_while_nobody_writes: Work[Structure]
    ) -> Structure:
        """What is read of one revision.

        Neo4j has no snapshots: it is read without holding anybody up, and again where somebody wrote
        meanwhile; if that does not end, writers wait for one reading.
        """
        for _ in range(_ATTEMPTS):
            found = await self._connection.read(read)
            # A commit under way that was seen in part has moved the head by the time that nobody writes.
            if found.revision == (await self._settled_head()).revision:
                return found
        return await self._connection.write(read_while_nobody_writes)

    async def _settled_head(self) -> Head:
        """The newest revision, at a moment when none is being written."""
        return await self._connection.write(ledger.locked_head)

    def revisions(
        self, after: int = 0, limit: int | None = None, touching: str | None = None
    ) -> AsyncIterator[Revision]:
        """Revisions later than `after`, oldest first; of all nodes, or of one and its links."""
        if touching is None:
            return streams.revisions(self._connection, after, limit)
        return touching_index.revisions(self._connection, after, limit, touching)

    def nodes(self) -> AsyncIterator[Node]:
        """Every node, ordered by id."""
        return streams.nodes(self._connection)

    def all_links(self) -> AsyncIterator[Link]:
        """Every link, ordered by source, type and target."""
        return streams.links(self._connection)

    def identifiers(self) -> AsyncIterator[Holding]:
        """Every identifier with its holder, ordered by identifier."""
        return archiving.identifiers(self._connection)

    def requests(self) -> AsyncIterator[RequestResult]:
        """Every request that is remembered, with its first result."""
        return archiving.requests(self._connection)

    async def sequences(self) -> Mapping[str, int]:
        """The last number taken of each sequence, by prefix."""
        return await self._connection.read(archiving.sequences)

    async def load(self, pieces: AsyncIterator[Piece]) -> None:
        """Take content into this store, which is empty, piece by piece, and stand by it at the end."""
        await loading.load(self._connection, self._layout, pieces)
