"""Bringing a database to this version's layout, one process at a time, and its indexes to the schema."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from types import MappingProxyType
from uuid import uuid4

from cmdb.store.neo4j import fitting, touching
from cmdb.store.neo4j.connection import Connection, Transaction
from cmdb.store.neo4j.errors import StoreBusyError, StoreServerVersionError
from cmdb.store.neo4j.layout import Layout
from cmdb.store.neo4j.migrations import Migration, missing, read_migrations

OLDEST_SERVER = (5, 26)

LEASE_MILLISECONDS = 60_000
_WAIT_SECONDS = 300.0
_POLL_SECONDS = 0.2

_MORE: Mapping[int, Callable[[Connection, Callable[[], Awaitable[None]]], Awaitable[None]]] = (
    MappingProxyType({2: touching.fill})
)
"""What a migration needs beyond its statements, by its number; it can be run again as they can."""

_AGENT = re.compile(r"Neo4j/(\d+)\.(\d+)")
_BEGINNINGS = (
    "CREATE CONSTRAINT cmdb_lock_name IF NOT EXISTS FOR (l:CmdbLock) REQUIRE l.name IS UNIQUE",
    "CREATE CONSTRAINT cmdb_migration_number IF NOT EXISTS FOR (m:CmdbMigration) REQUIRE m.number IS UNIQUE",
)
_APPLIED = "MATCH (m:CmdbMigration) RETURN m.number, m.checksum"
_TAKE_LEASE = """
MERGE (l:CmdbLock {name: 'migration'})
SET l.holder = CASE WHEN l.holder IS NULL OR l.holder = $holder OR l.until < timestamp()
                    THEN $holder ELSE l.holder END
SET l.until = CASE WHEN l.holder = $holder THEN timestamp() + $lease ELSE l.until END
RETURN l.holder = $holder
"""
_END_LEASE = "MATCH (l:CmdbLock {name: 'migration', holder: $holder}) REMOVE l.holder, l.until"
_RECORD = """
MATCH (l:CmdbLock {name: 'migration', holder: $holder})
MERGE (m:CmdbMigration {number: $number})
SET m.name = $name, m.checksum = $checksum, m.applied_at = toString(datetime())
"""


async def migrate(connection: Connection, layout: Layout, folder: Path) -> None:
    """Run the migrations that the database has not had, and fit it to the schema.

    Raises:
        StoreServerVersionError: the server is too old.
        StoreVersionError: a newer version of the product has migrated it.
        MigrationChangedError: a migration was applied in another form.
        StoreBusyError: another process has been migrating it for minutes.
    """
    await _check_server(connection)
    known = read_migrations(folder)
    if not await _open(connection, known) and await fitting.is_fitted(connection, layout):
        return
    async with _lease(connection) as holder:
        for migration in await _open(connection, known):
            await _apply(connection, migration, holder)
        if not await fitting.is_fitted(connection, layout):
            await fitting.fit(connection, layout, lambda: _renew(connection, holder))


async def _check_server(connection: Connection) -> None:
    agent = await connection.server_agent()
    found = _AGENT.match(agent)
    if found is None or tuple(map(int, found.groups())) < OLDEST_SERVER:
        oldest = ".".join(map(str, OLDEST_SERVER))
        raise StoreServerVersionError(
            f"{connection.place}: the server is {agent or 'of an unknown kind'}; Neo4j {oldest} or later is needed"
        )


async def _open(connection: Connection, known: tuple[Migration, ...]) -> list[Migration]:
    async def applied(transaction: Transaction) -> dict[int, str]:
        rows = await transaction.rows(_APPLIED)
        return {number: checksum for number, checksum in rows}  # noqa: C416 - rows are lists, which dict() takes too, but unchecked

    return missing(known, await connection.read(applied), connection.place)


async def _apply(connection: Connection, migration: Migration, holder: str) -> None:
    for statement in migration.statements:
        # Such a statement cannot be retried by the driver, and is not there to be run beside others.
        run = connection.alone if "IN TRANSACTIONS" in statement else connection.apply
        await run(statement)
        await _renew(connection, holder)
    more = _MORE.get(migration.number)
    if more is not None:
        await more(connection, lambda: _renew(connection, holder))
    await connection.alone("CALL db.awaitIndexes(300)")

    async def record(transaction: Transaction) -> None:
        await transaction.do(
            _RECORD,
            holder=holder,
            number=migration.number,
            name=migration.name,
            checksum=migration.checksum,
        )

    await connection.write(record)


@asynccontextmanager
async def _lease(connection: Connection) -> AsyncIterator[str]:
    """The right to migrate, for as long as the block runs and renews it; a dead holder's runs out."""
    # Several starters may make these at the same time, and then wait for one another in a circle.
    for statement in _BEGINNINGS:
        await connection.apply(statement)
    holder = uuid4().hex
    waited = 0.0
    while not await _has_lease(connection, holder):
        if waited > _WAIT_SECONDS:
            raise StoreBusyError(f"{connection.place}: another process has been migrating it for too long")
        await asyncio.sleep(_POLL_SECONDS)
        waited += _POLL_SECONDS
    try:
        yield holder
    finally:

        async def end(transaction: Transaction) -> None:
            await transaction.do(_END_LEASE, holder=holder)

        await connection.write(end)


async def _has_lease(connection: Connection, holder: str) -> bool:
    async def take(transaction: Transaction) -> bool:
        row = await transaction.row(_TAKE_LEASE, holder=holder, lease=LEASE_MILLISECONDS)
        return bool(row and row[0])

    return await connection.write(take)


async def _renew(connection: Connection, holder: str) -> None:
    if not await _has_lease(connection, holder):
        raise StoreBusyError(f"{connection.place}: another process took over migrating it")
