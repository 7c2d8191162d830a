"""A server of the test's own, with a password: signing in, migrating from nothing, and going away."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace

import neo4j
import pytest

from cmdb.graph.batch import NodeUpdate
from cmdb.graph.errors import StoreUnavailableError, StoreVersionError
from cmdb.graph.schema import LabelSchema
from cmdb.model.locate import builtin_schema
from cmdb.store.neo4j.address import Neo4jAddress
from cmdb.store.neo4j.connection import Neo4jSettings, Transaction
from cmdb.store.neo4j.errors import (
    MigrationChangedError,
    StoreConnectionLostError,
    StoreSignInError,
    StoreTimeoutError,
)
from cmdb.store.neo4j.migrations import read_migrations
from cmdb.store.neo4j.server.parts import ServerPartsError
from cmdb.store.neo4j.server.process import LocalServer, running_server, start_server
from cmdb.store.neo4j.server.settings import ServerSettings
from cmdb.store.neo4j.store import Neo4jStore, open_neo4j
from tests.contract.build import FixedClock, host, node, put
from tests.contract.schema import SCHEMA
from tests.neo4j_server import RUNNING, VERSIONS, neo4j_marks
from tests.watchdog import watched

PASSWORD = "a password of its own"
# Errors that pass are not waited for here.
SETTINGS = Neo4jSettings(retry_seconds=1.0, connect_seconds=2.0)
SHIPPED = [[migration.number] for migration in read_migrations(builtin_schema() / "migrations")]
OWN = ("5.26",) if RUNNING else VERSIONS

pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="module", params=[pytest.param(version, marks=neo4j_marks(version)) for version in OWN])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalServer]:
    """A server that nobody else uses, and that lets in who knows its password."""
    settings = ServerSettings(version=request.param, password=PASSWORD)
    with watched(tmp_path_factory.mktemp("neo4j")) as folder:
        try:
            yield start_server(folder / "server", settings)
        except ServerPartsError as error:
            pytest.skip(reason=f"the parts of a Neo4j server cannot be had: {error.message}")


def _address(server: LocalServer, password: str = PASSWORD) -> Neo4jAddress:
    return Neo4jAddress(server.address, user="neo4j", password=password)


def _asked(server: LocalServer, text: str) -> list[list[object]]:
    auth = ("neo4j", PASSWORD)
    with neo4j.GraphDatabase.driver(server.address, auth=auth) as driver, driver.session() as session:
        return session.run(neo4j.Query(text)).values()


async def test_many_starters_migrate_a_fresh_database_once(server: LocalServer) -> None:
    """One works, the others wait for it, and all of them can serve."""
    stores = await asyncio.gather(*[open_neo4j(_address(server), SCHEMA, FixedClock()) for _ in range(4)])
    assert [(await store.head()).revision for store in stores] == [0, 0, 0, 0]
    for store in stores:
        await store.close()
    assert _asked(server, "MATCH (m:CmdbMigration) RETURN m.number ORDER BY m.number") == SHIPPED
    assert _asked(server, "MATCH (l:CmdbLock) RETURN l.holder") == [[None]]


async def test_a_wrong_password_is_one_clear_error(server: LocalServer) -> None:
    """It says what to set, and does not repeat the password."""
    with pytest.raises(StoreSignInError) as refused:
        await open_neo4j(_address(server, "wrong and secret"), SCHEMA, FixedClock(), SETTINGS)
    assert "CMDB_NEO4J_PASSWORD" in refused.value.remedy
    assert "secret" not in refused.value.message


async def test_an_unknown_database_is_one_clear_error(server: LocalServer) -> None:
    """The message names it."""
    with pytest.raises(StoreUnavailableError) as refused:
        await open_neo4j(replace(_address(server), database="elsewhere"), SCHEMA, FixedClock(), SETTINGS)
    assert "elsewhere" in refused.value.message


async def test_nobody_listening_is_one_clear_error() -> None:
    """Within seconds."""
    with pytest.raises(StoreUnavailableError) as refused:
        await open_neo4j(Neo4jAddress("bolt://127.0.0.1:9"), SCHEMA, FixedClock(), SETTINGS)
    assert refused.value.code == "STORE_UNAVAILABLE"


async def test_a_newer_store_and_a_changed_migration_are_refused(server: LocalServer) -> None:
    """And the store is left as it is."""
    await (await open_neo4j(_address(server), SCHEMA, FixedClock())).close()
    _asked(server, "CREATE (:CmdbMigration {number: 9000, checksum: 'x'})")
    with pytest.raises(StoreVersionError):
        await open_neo4j(_address(server), SCHEMA, FixedClock())
    _asked(server, "MATCH (m:CmdbMigration {number: 9000}) DELETE m")
    ((kept,),) = _asked(server, "MATCH (m:CmdbMigration {number: 1}) RETURN m.checksum")
    _asked(server, "MATCH (m:CmdbMigration {number: 1}) SET m.checksum = 'other'")
    with pytest.raises(MigrationChangedError):
        await open_neo4j(_address(server), SCHEMA, FixedClock())
    _asked(server, f"MATCH (m:CmdbMigration {{number: 1}}) SET m.checksum = '{kept}'")
    await (await open_neo4j(_address(server), SCHEMA, FixedClock())).close()


async def test_a_migration_left_half_done_is_done_again(server: LocalServer) -> None:
    """Its statements can be repeated, and the lease of a starter that died runs out."""
    await (await open_neo4j(_address(server), SCHEMA, FixedClock())).close()
    _asked(server, "MATCH (m:CmdbMigration) DELETE m")
    _asked(server, "DROP INDEX cmdb_search IF EXISTS")
    soon = "timestamp() + 1000"
    _asked(server, f"MATCH (l:CmdbLock {{name: 'migration'}}) SET l.holder = 'dead', l.until = {soon}")
    await (await open_neo4j(_address(server), SCHEMA, FixedClock())).close()
    assert _asked(server, "MATCH (m:CmdbMigration) RETURN m.number ORDER BY m.number") == SHIPPED
    indexes = _asked(server, "SHOW FULLTEXT INDEXES YIELD name RETURN name ORDER BY name")
    assert indexes == [["cmdb_search"], ["cmdb_touches"]]


async def test_revisions_of_before_the_index_of_touches_are_found_by_it(server: LocalServer) -> None:
    """A store that had only the first migration is brought in step: more revisions than one step takes."""
    store = await open_neo4j(_address(server), SCHEMA, FixedClock())
    await put(store, host("many"), host("other"))
    for number in range(45):
        await put(store, NodeUpdate("other" if number % 3 else "many", {"rank": number}))
    expected = [each.number async for each in store.revisions() if each.touches("many")]
    await store.close()
    _asked(server, "MATCH (r:CmdbRevision) REMOVE r.touches")
    _asked(server, "MATCH (m:CmdbMigration {number: 2}) DELETE m")
    _asked(server, "DROP INDEX cmdb_touches")
    store = await open_neo4j(_address(server), SCHEMA, FixedClock())
    found = [each.number async for each in store.revisions(touching="many")]
    await store.close()
    assert len(expected) == 16
    assert expected == found


async def test_labels_of_standing_nodes_follow_the_model(server: LocalServer) -> None:
    """A class that moves in the tree takes its nodes along, so that people find them under the same names."""
    store = await open_neo4j(_address(server), SCHEMA, FixedClock())
    await put(store, host("moved", label="Server"))
    await store.close()
    device = LabelSchema("Device", ("Item",), SCHEMA.labels["Item"].properties, abstract=True)
    moved = replace(SCHEMA.labels["Server"], ancestors=("Device", "Item"))
    labels = {**SCHEMA.labels, "Device": device, "Server": moved}
    store = await open_neo4j(
        _address(server), replace(SCHEMA, labels=labels, fingerprint="moved"), FixedClock()
    )
    await store.close()
    asked = "MATCH (n:CmdbNode {id: 'moved'}) UNWIND labels(n) AS label RETURN label ORDER BY label"
    assert _asked(server, asked) == [["CmdbNode"], ["Device"], ["Item"], ["Server"]]


async def test_what_takes_too_long_is_stopped(server: LocalServer) -> None:
    """By the server, at the time that the product says."""
    settings = replace(SETTINGS, read_seconds=0.5)
    store = await open_neo4j(_address(server), SCHEMA, FixedClock(), settings)

    async def endless(transaction: Transaction) -> object:
        return await transaction.rows("UNWIND range(1, 1000000000) AS x WITH x WHERE x < 0 RETURN count(x)")

    with pytest.raises(StoreTimeoutError):
        await store._connection.read(endless)
    await store.close()


async def test_a_server_that_dies_is_an_error_until_it_is_back(server: LocalServer) -> None:
    """What was acknowledged is still there, and the same store object goes on."""
    store = await open_neo4j(_address(server), SCHEMA, FixedClock(), SETTINGS)
    await put(store, host("kept"))
    server.kill()
    assert running_server(server.folder) is None
    with pytest.raises((StoreUnavailableError, StoreConnectionLostError)):
        await put(store, host("lost"))
    settings = ServerSettings(version=server.version, password=PASSWORD, port=server.port)
    again = await asyncio.to_thread(start_server, server.folder, settings)
    try:
        assert (await node(store, "kept")).id == "kept"
        await _write_at_last(store)
    finally:
        await store.close()
        again.stop()
    assert running_server(server.folder) is None


async def _write_at_last(store: Neo4jStore) -> None:
    limit = time.monotonic() + 30
    while True:
        try:
            await put(store, host(f"after-{time.monotonic_ns()}"))
        except StoreUnavailableError:
            if time.monotonic() > limit:
                raise
        else:
            return
