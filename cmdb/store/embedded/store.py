"""The store port over SQLite."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from cmdb.graph.archive import Holding, Piece, RequestResult
from cmdb.graph.batch import Commit, WriteBatch
from cmdb.graph.elements import Evidence, Link, LinkKey, Node, Properties
from cmdb.graph.errors import StoreUnavailableError
from cmdb.graph.query import LinkQuery, NodePage, NodeQuery, RegionQuery, SearchHit, SearchQuery
from cmdb.graph.receipt import Receipt
from cmdb.graph.revision import Head, Revision
from cmdb.graph.schema import GraphSchema
from cmdb.graph.structure import Structure
from cmdb.kernel.clock import Clock, instant_text
from cmdb.kernel.errors import CmdbError
from cmdb.kernel.values import Value
from cmdb.store.embedded import (
    archiving,
    checking,
    evidence,
    finding,
    ledger,
    migrating,
    reading,
    receipts,
    regions,
    searching,
    shapes,
    streams,
)
from cmdb.store.embedded.connection import StoreSettings
from cmdb.store.embedded.connections import Connections
from cmdb.store.embedded.names import Names
from cmdb.store.embedded.writing import write_batch
from cmdb.store.embedded.writing_process import ProcessLostError, WritingProcess, WritingTask

T = TypeVar("T")

_INDEXED_AT_ONCE = 500
_EXPECTED_WITHIN = 30.0


async def open_embedded(
    path: Path, schema: GraphSchema, clock: Clock, settings: StoreSettings | None = None
) -> EmbeddedStore:
    """A store that is ready to use; the file and its folder are made where they are missing.

    Raises:
        StoreUnavailableError: the file cannot be opened, or is another program's.
        StoreDamagedError: the file is no database, or a damaged one.
        StoreVersionError: a newer version of the product wrote it.
    """
    store = EmbeddedStore(path, schema, clock, settings)
    try:
        await store.migrate()
    except BaseException:
        await store.close()
        raise
    return store


class EmbeddedStore:
    """A graph store in one SQLite file; other processes may use the same file at the same time."""

    def __init__(
        self, path: Path, schema: GraphSchema, clock: Clock, settings: StoreSettings | None = None
    ) -> None:
        self._path = path
        self._schema = schema
        self._clock = clock
        self._names = Names()
        settings = settings or StoreSettings()
        self._quiet_seconds = settings.quiet_seconds
        self._connections = Connections(path, settings)
        self._process = (
            WritingProcess(WritingTask(path, settings, schema, clock)) if settings.writing_process else None
        )
        self._tidying: asyncio.TimerHandle | None = None
        self._background: set[asyncio.Task[None]] = set()

    async def migrate(self) -> None:
        """Bring the store to this version's layout; harmless when it already is."""
        try:
            await asyncio.to_thread(self._path.parent.mkdir, parents=True, exist_ok=True)
        except OSError as error:
            raise StoreUnavailableError(
                f"{self._path}: its folder cannot be made ({error.strerror})"
            ) from error
        place = self._connections.place
        await self._connections.prepare(lambda connection: migrating.check_owner(connection, place))
        await self._write(lambda connection: migrating.migrate(connection, self._names, self._schema, place))

    async def close(self) -> None:
        """Give everything back; the store is not used after."""
        if self._tidying is not None:
            self._tidying.cancel()
        if self._background:
            await asyncio.gather(*self._background, return_exceptions=True)
        await self._connections.close()
        if self._process is not None:
            await asyncio.to_thread(self._process.close)

    async def check(self) -> None:
        """Look through the whole file; writers wait meanwhile."""
        await self._write(lambda connection: checking.check_file(connection, self._path))

    async def head(self) -> Head:
        """The newest revision."""
        return await self._connections.glance(ledger.head)

    def expect(self) -> None:
        """Start the process that writes; it ends when nobody has written for a moment, or nobody writes at all."""
        if self._process is not None:
            self._process.start()
            self._tidy_when_quiet(_EXPECTED_WITHIN)

    def prepare(self, batch: WriteBatch) -> None:
        """Pack the batch for the process that writes, where there is one."""
        if self._process is not None:
            self._process.announce(batch)

    async def commit(self, batch: WriteBatch) -> Commit:
        """Write all of the batch as one revision, or nothing of it."""
        process = self._process
        packed = None if process is None else process.packed(batch)
        if process is None or packed is None:
            commit = await self._commit_here(batch)
        else:
            try:
                commit = await self._connections.in_turn(lambda: process.commit(packed))
            except ProcessLostError:
                commit = await self._commit_here(batch)
        if commit.revision is not None or packed is not None:
            self._tidy_when_quiet()
        return commit

    async def _commit_here(self, batch: WriteBatch) -> Commit:
        def work(connection: sqlite3.Connection) -> Commit:
            at = instant_text(self._clock.now())
            return write_batch(connection, self._names, self._schema, at, batch)

        return await self._write(work)

    async def receipt(self, key: str) -> Receipt | None:
        """The receipt kept under a key."""
        return await self._connections.read(lambda connection: receipts.read(connection, key))

    async def keep_receipt(self, receipt: Receipt) -> None:
        """Keep a receipt, in place of one with the same key."""
        await self._write(lambda connection: receipts.keep(connection, receipt))

    async def get(self, ids: Sequence[str]) -> Mapping[str, Node]:
        """The nodes with these ids, in the order asked for."""
        return await self._connections.read(lambda connection: reading.get(connection, self._names, ids))

    async def resolve(self, identifiers: Sequence[str]) -> Mapping[str, str]:
        """The node id that holds each identifier."""
        return await self._connections.read(lambda connection: reading.resolve(connection, identifiers))

    async def evidence(self, ids: Sequence[str]) -> Mapping[str, Evidence]:
        """Provenance of these nodes."""
        return await self._connections.read(lambda connection: evidence.read(connection, ids))

    async def find(self, query: NodeQuery) -> NodePage:
        """One page of nodes."""
        return await self._connections.read(
            lambda connection: finding.find(connection, self._names, self._schema, query)
        )

    async def count(self, query: NodeQuery, by: str | None = None) -> Mapping[Value | None, int]:
        """How many nodes satisfy the query, by the value of a property or `label`."""
        return await self._connections.read(
            lambda connection: finding.count(connection, self._names, self._schema, query, by)
        )

    async def links(self, query: LinkQuery) -> Mapping[str, Sequence[Link]]:
        """The links of each node asked for."""
        return await self._connections.read(
            lambda connection: reading.links(connection, self._names, self._schema, query)
        )

    async def links_at(self, keys: Sequence[LinkKey]) -> Mapping[LinkKey, Properties]:
        """The properties of those links that stand."""
        return await self._connections.read(
            lambda connection: reading.links_at(connection, self._names, keys)
        )

    async def search(self, query: SearchQuery) -> Sequence[SearchHit]:
        """Nodes whose searchable properties contain every word, best first."""
        while await self._connections.read(searching.is_pending):
            await self._index_some()
        return await self._connections.read(
            lambda connection: searching.search(connection, self._names, self._schema, query)
        )

    async def region(self, query: RegionQuery) -> Structure:
        """The part of the graph reached from some nodes."""
        return await self._connections.read(
            lambda connection: regions.region(connection, self._names, self._schema, query)
        )

    async def structure(self) -> Structure:
        """The shape of the whole graph at one revision."""
        return await self._connections.read_once(lambda connection: shapes.structure(connection, self._names))

    def revisions(
        self, after: int = 0, limit: int | None = None, touching: str | None = None
    ) -> AsyncIterator[Revision]:
        """Revisions later than `after`, oldest first; of all nodes, or of one and its links."""
        return streams.stream(
            self._connections,
            lambda connection: streams.revisions(connection, after, limit, touching),
            piece=1,
        )

    def nodes(self) -> AsyncIterator[Node]:
        """Every node, ordered by id."""
        return streams.stream(self._connections, lambda connection: streams.nodes(connection, self._names))

    def all_links(self) -> AsyncIterator[Link]:
        """Every link, ordered by source, type and target."""
        return streams.stream(self._connections, streams.links)

    def identifiers(self) -> AsyncIterator[Holding]:
        """Every identifier with its holder, ordered by identifier."""
        return streams.stream(self._connections, archiving.identifiers)

    def requests(self) -> AsyncIterator[RequestResult]:
        """Every request that is remembered, with its first result."""
        return streams.stream(self._connections, archiving.requests)

    async def sequences(self) -> Mapping[str, int]:
        """The last number taken of each sequence, by prefix."""
        return await self._connections.read(archiving.sequences)

    async def load(self, pieces: AsyncIterator[Piece]) -> None:
        """Take content into this store, which is empty, in one transaction."""
        try:
            await archiving.load(self._connections, self._names, pieces)
        except BaseException:
            self._names.forget()
            raise
        await self._index_all()

    async def _write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        try:
            return await self._connections.write(work)
        except BaseException:
            self._names.forget()
            raise

    async def _index_some(self) -> int:
        return await self._write(lambda connection: searching.index_pending(connection, _INDEXED_AT_ONCE))

    def _tidy_when_quiet(self, at_least: float = 0.0) -> None:
        if self._tidying is not None:
            self._tidying.cancel()
        seconds = max(self._quiet_seconds, at_least)
        self._tidying = asyncio.get_running_loop().call_later(seconds, self._start_tidying)

    def _start_tidying(self) -> None:
        task = asyncio.get_running_loop().create_task(self._tidy())
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def _tidy(self) -> None:
        # Nobody waits for this; what cannot be done at the moment is done by the next search, which says why not.
        with contextlib.suppress(CmdbError):
            if self._process is not None:
                await self._connections.in_turn(self._process.close)
            await self._index_all()

    async def _index_all(self) -> None:
        while await self._index_some():
            pass
        await self._write(searching.count_values)
