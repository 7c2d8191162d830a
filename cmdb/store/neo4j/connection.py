"""The driver, and transactions on it: bounded in time, retried by the driver's rules."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

import neo4j
from neo4j import AsyncDriver, AsyncGraphDatabase, AsyncManagedTransaction, AsyncSession
from neo4j.exceptions import IncompleteCommit

from cmdb.graph.errors import StoreUnavailableError
from cmdb.store.neo4j.address import Neo4jAddress
from cmdb.store.neo4j.drivers import Drivers
from cmdb.store.neo4j.errors import StoreBusyError, StoreConnectionLostError
from cmdb.store.neo4j.faults import faults_of
from cmdb.store.neo4j.wholeness import Mark, TornReadError, Wholeness

T = TypeVar("T")
Row = list[Any]
Work = Callable[["Transaction"], Awaitable[T]]
Observer = Callable[[str, Mapping[str, Any]], object]
"""Is told each statement with its values before it is sent."""

_PAUSES = (0.005, 0.02, 0.1, 0.5, 0.5, 1.0, 1.0)
"""Seconds after which nodes that did not come whole are read again."""
_LONG_PAUSE = 0.5
"""What comes the same after it is not being changed."""
_READINGS = 5
"""So often a transaction that reads is done at most, if each time the reply to its commit is lost."""

# Where nobody set up logging, Python would print the driver's warnings beside the error that they end in.
logging.getLogger("neo4j").addHandler(logging.NullHandler())


def _nobody(_statement: str, _values: Mapping[str, Any]) -> None:
    """The observer that there is by default."""


@dataclass(frozen=True, slots=True)
class Neo4jSettings:
    """Bounds, in seconds unless said otherwise.

    read_seconds, write_seconds: what one transaction may take on the server. retry_seconds: how long one is
    tried again after errors that pass. retry_delay_seconds: before it is tried for the second time; the time doubles
    with each further try. connections: most open at once. wait_seconds: for a free connection, and for
    the answer of a server that should have ended a transaction.
    idle_seconds: after this long unused, a connection is tested before it is used again.
    """

    read_seconds: float = 30.0
    write_seconds: float = 120.0
    retry_seconds: float = 30.0
    retry_delay_seconds: float = 0.2
    connections: int = 50
    wait_seconds: float = 15.0
    connect_seconds: float = 5.0
    idle_seconds: float = 30.0
    fetch_size: int = 5000


class Transaction:
    """One transaction that is open; values go in as parameters, rows come out as lists, and nodes by `wholeness`."""

    def __init__(self, transaction: AsyncManagedTransaction, observe: Observer, wholeness: Wholeness) -> None:
        self.wholeness = wholeness
        self._transaction = transaction
        self._observe = observe

    async def rows(self, statement: str, **values: Any) -> list[Row]:
        """All rows of a statement's answer."""
        self._observe(statement, values)
        result = await self._transaction.run(statement, values)
        return await result.values()

    async def row(self, statement: str, **values: Any) -> Row | None:
        """The first row of the answer."""
        found = await self.rows(statement, **values)
        return found[0] if found else None

    async def in_groups(
        self, statement: str, keys: Sequence[Any], size: int = 500, **values: Any
    ) -> list[Any]:
        """All that a statement finds, which answers each of `$groups` of keys with one list.

        The driver spends more on a record than on what stands in it, and the server holds one group at a time.
        """
        groups = [keys[start : start + size] for start in range(0, len(keys), size)]
        rows = await self.rows(statement, groups=groups, **values) if groups else []
        # The driver's results and transactions hold each other, and with them what was asked, until the next look
        # for garbage.
        groups.clear()
        return [each for (found,) in rows for each in found]

    async def do(self, statement: str, **values: Any) -> None:
        """Run a statement for its effect; what is wrong with it may show only when the next one is run, or at the end.

        So the next one can be packed while the server is still at work.
        """
        self._observe(statement, values)
        await self._transaction.run(statement, values)


class Connection:
    """Transactions on one database of one server or cluster."""

    def __init__(
        self, address: Neo4jAddress, settings: Neo4jSettings, observe: Observer | None = None
    ) -> None:
        self._observe = observe or _nobody
        self._address = address
        self._settings = settings
        with faults_of(address.place):
            self._drivers = Drivers(lambda: _driver(address, settings))
        # In a cluster every member must first have seen what this store wrote.
        self._bookmarks = AsyncGraphDatabase.bookmark_manager() if address.is_routed else None
        self._wholeness = Wholeness()
        self._closed = False

    @property
    def place(self) -> str:
        """Server and database, for messages."""
        return self._address.place

    async def server_agent(self) -> str:
        """What the server calls itself, such as `Neo4j/5.26.27`. One that cannot be reached is not tried again."""
        with faults_of(self.place):
            async with self._drivers.borrowed() as driver:
                return (await driver.get_server_info()).agent

    async def read(self, work: Work[T]) -> T:
        """The result of the work, done in a reading transaction; it may be done several times.

        Raises:
            StoreBusyError: a node was being changed each time.
        """
        torn: set[Mark] = set()
        waited = 0.0
        with faults_of(self.place):
            for pause in _PAUSES:
                try:
                    return await self._read_once(work)
                except TornReadError as error:
                    if waited >= _LONG_PAUSE:
                        self._wholeness.tolerate(torn & error.marks)
                    torn, waited = error.marks, pause
                await asyncio.sleep(pause)
            try:
                return await self._read_once(work)
            except TornReadError as error:
                raise StoreBusyError(f"{self.place}: {error}, were being changed each time") from error

    async def _read_once(self, work: Work[T]) -> T:
        for _ in range(_READINGS - 1):
            # The driver leaves a lost reply to a commit to its caller. Reading again does no harm.
            with suppress(IncompleteCommit):
                return await self._patiently(neo4j.READ_ACCESS, work, self._settings.read_seconds)
        return await self._patiently(neo4j.READ_ACCESS, work, self._settings.read_seconds)

    async def write(self, work: Work[T], seconds: float | None = None) -> T:
        """The result of the work, done in a writing transaction; it may be done several times."""
        with faults_of(self.place):
            return await self.write_raw(work, seconds)

    async def write_raw(self, work: Work[T], seconds: float | None = None) -> T:
        """As `write`, with the driver's own errors, for those who can still do something about them."""
        return await self._patiently(neo4j.WRITE_ACCESS, work, seconds or self._settings.write_seconds)

    async def apply(self, statement: str) -> None:
        """Run one statement in a writing transaction of its own, again after errors that pass."""

        async def work(transaction: Transaction) -> None:
            await transaction.do(statement)

        await self.write(work)

    async def alone(self, statement: str, values: Mapping[str, Any] | None = None) -> list[Row]:
        """The rows of a statement that brings its own transactions (CALL … IN TRANSACTIONS)."""
        with faults_of(self.place):
            async with (
                self._drivers.borrowed() as driver,
                self._session(driver, neo4j.WRITE_ACCESS) as session,
            ):
                self._observe(statement, values or {})
                result = await session.run(statement, dict(values or {}))
                return await result.values()

    async def close(self) -> None:
        """Give every connection back."""
        if not self._closed:
            self._closed = True
            await self._drivers.close()

    async def _patiently(self, access: str, work: Work[T], seconds: float) -> T:
        """The result of the work. The server ends a transaction in time; where nothing is heard of it, we do.

        Raises:
            StoreConnectionLostError: the server was silent for longer than one attempt may take.
        """
        settings = self._settings
        patience = seconds + settings.wait_seconds

        bound = asyncio.timeout(patience)
        async with self._drivers.borrowed() as driver:
            try:
                async with bound, self._session(driver, access) as session:

                    async def attempt(transaction: AsyncManagedTransaction) -> T:
                        _extend(bound, patience)
                        try:
                            return await work(Transaction(transaction, self._observe, self._wholeness))
                        finally:
                            # What follows is the commit, or a while until the next attempt.
                            _extend(bound, patience + settings.retry_seconds)

                    execute = session.execute_read if access == neo4j.READ_ACCESS else session.execute_write
                    return await execute(neo4j.unit_of_work(timeout=seconds)(attempt))
            except TimeoutError as error:
                if not bound.expired():
                    raise
                self._drivers.replace(driver)
                raise StoreConnectionLostError(
                    f"{self.place}: nothing was heard of the server any more, though it ends everything "
                    f"after {seconds:g} s"
                ) from error

    def _session(self, driver: AsyncDriver, access: str) -> AsyncSession:
        if self._closed:
            raise StoreUnavailableError(f"{self.place}: the store is closed")
        return driver.session(
            database=self._address.database,
            default_access_mode=access,
            fetch_size=self._settings.fetch_size,
            bookmark_manager=self._bookmarks,
        )


def _driver(address: Neo4jAddress, settings: Neo4jSettings) -> AsyncDriver:
    return AsyncGraphDatabase.driver(
        address.uri,
        auth=(address.user or "neo4j", address.password) if address.password else None,
        max_connection_pool_size=settings.connections,
        connection_acquisition_timeout=settings.wait_seconds,
        connection_timeout=settings.connect_seconds,
        liveness_check_timeout=settings.idle_seconds,
        max_transaction_retry_time=settings.retry_seconds,
        initial_retry_delay=settings.retry_delay_seconds,
        notifications_min_severity="OFF",
        telemetry_disabled=True,
        user_agent="graph-cmdb",
    )


def _extend(bound: asyncio.Timeout, seconds: float) -> None:
    """Wait for so many seconds from here on, unless it is too late already."""
    if not bound.expired():
        bound.reschedule(asyncio.get_running_loop().time() + seconds)
