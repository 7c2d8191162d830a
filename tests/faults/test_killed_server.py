"""kill -9 of the Neo4j server under load, and its restart."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest

from cmdb.graph.errors import StoreUnavailableError
from cmdb.graph.store import GraphStore
from cmdb.kernel.clock import SystemClock
from cmdb.store.neo4j.connection import Neo4jSettings
from cmdb.store.neo4j.server.process import LocalServer, start_server
from cmdb.store.neo4j.server.settings import ServerSettings
from cmdb.store.neo4j.store import open_neo4j
from tests.contract.build import batch, host
from tests.contract.schema import SCHEMA
from tests.faults.content import sound
from tests.neo4j_server import RUNNING, VERSIONS, neo4j_marks, wipe
from tests.watchdog import watched

WRITERS = 4
READY_SECONDS = 10.0


@pytest.fixture(
    scope="module",
    params=[pytest.param(version, id=f"neo4j-{version}", marks=neo4j_marks(version)) for version in VERSIONS],
)
def own_server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LocalServer]:
    """A server that nobody else uses."""
    if RUNNING:
        pytest.skip(reason="the running server that CMDB_TEST_NEO4J_URI names is not ours to kill")
    with watched(tmp_path_factory.mktemp("own")) as folder:
        yield start_server(folder / "server", ServerSettings(version=request.param))


def _now(server: LocalServer) -> LocalServer:
    """The server in the same folder on the same port, started where it does not run."""
    return start_server(server.folder, ServerSettings(version=server.version, port=server.port))


@dataclass
class Load:
    """What writers wrote and saw: ids acknowledged, and the moments of errors."""

    acknowledged: list[str] = field(default_factory=list)
    errors: list[tuple[float, StoreUnavailableError]] = field(default_factory=list)
    going: bool = True


async def _write(store: GraphStore, load: Load, name: int) -> None:
    """About five a second, each tried once and then, with the same request id, until it is acknowledged."""
    number = 0
    while load.going:
        node_id = f"{name}-{number}"
        try:
            await store.commit(batch(host(node_id, f"claim-{node_id}"), request_id=f"request-{node_id}"))
        except StoreUnavailableError as error:
            load.errors.append((time.monotonic(), error))
        else:
            load.acknowledged.append(node_id)
            number += 1
        await asyncio.sleep(0.2)


async def test_a_server_killed_under_load_loses_no_acknowledged_write(
    own_server: LocalServer, random: Random, tmp_path: Path
) -> None:
    """Errors come only while it is away; ten seconds after it is back everybody can write, and no connection is lost."""
    server = await asyncio.to_thread(_now, own_server)
    await asyncio.to_thread(wipe, server.address)
    settings = Neo4jSettings(retry_seconds=1.0, connect_seconds=1.0, connections=5, wait_seconds=5.0)
    store = await open_neo4j(server.address, SCHEMA, SystemClock(), settings)
    load = Load()
    try:
        writers = [asyncio.create_task(_write(store, load, name)) for name in range(WRITERS)]
        await asyncio.sleep(random.uniform(0.5, 1.5))
        killed_at = time.monotonic()
        before = len(load.acknowledged)
        await asyncio.to_thread(server.kill)
        await asyncio.sleep(random.uniform(0.0, 2.0))
        server = await asyncio.to_thread(_now, own_server)
        back_at = time.monotonic()
        ready_after = await _ready(store, back_at)
        await asyncio.sleep(1.0)
        during = len(load.acknowledged)
        heads = await asyncio.gather(*[store.head() for _ in range(50)])
        load.going = False
        await asyncio.gather(*writers)
        found = await sound(store)
    finally:
        load.going = False
        await store.close()

    assert ready_after < READY_SECONDS
    assert before > 0
    assert during < len(load.acknowledged) or during > before
    assert {True} == {head.revision >= before for head in heads}
    assert sorted(load.acknowledged) == sorted(found.nodes)
    assert [] == [each for each in load.errors if not killed_at <= each[0] <= back_at + READY_SECONDS]


async def _ready(store: GraphStore, back_at: float) -> float:
    """Seconds from the server's first answer until the store answers."""
    while time.monotonic() < back_at + 2 * READY_SECONDS:
        try:
            await store.head()
            break
        except StoreUnavailableError:
            await asyncio.sleep(0.1)
    return time.monotonic() - back_at
