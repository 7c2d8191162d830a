"""The stores that must keep the contract, and what every contract test begins with."""

from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from pathlib import Path

import pytest

from cmdb.graph.schema import GraphSchema
from cmdb.graph.store import GraphStore
from cmdb.store.embedded.connection import StoreSettings
from cmdb.store.embedded.store import open_embedded
from cmdb.store.neo4j.store import open_neo4j
from tests.contract.build import FixedClock
from tests.contract.schema import SCHEMA
from tests.neo4j_server import VERSIONS, neo4j_marks, server_address, wipe

OpenStore = Callable[..., Awaitable[GraphStore]]
"""Opens one more store object on the same file or server; takes a schema, by default the contract's."""


def _embedded(folder: Path) -> OpenStore:
    async def opened(schema: GraphSchema = SCHEMA) -> GraphStore:
        # A power cut is no part of these tests, and without waiting for the disk they take a tenth of the time.
        settings = StoreSettings(readers=2, durable=False)
        return await open_embedded(folder / "cmdb.db", schema, FixedClock(), settings)

    return opened


def _neo4j(version: str, folder: Path) -> OpenStore:
    address = server_address(version)
    wipe(address)

    async def opened(schema: GraphSchema = SCHEMA) -> GraphStore:
        return await open_neo4j(address, schema, FixedClock())

    return opened


FACTORIES: dict[str, Callable[[Path], OpenStore]] = {
    "embedded": _embedded,
    **{f"neo4j-{version}": partial(_neo4j, version) for version in VERSIONS},
}
"""Each makes a fresh, empty place, and gives what opens stores on it."""

STORES = [
    pytest.param("embedded"),
    *(pytest.param(f"neo4j-{version}", marks=neo4j_marks(version)) for version in VERSIONS),
]
"""The names of the factories, as parameters of a test."""


@pytest.fixture(params=STORES)
async def open_store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[OpenStore]:
    """Opens stores on one fresh, empty place, and closes them at the end."""
    opened: list[GraphStore] = []
    factory = FACTORIES[request.param](tmp_path)

    async def open_one(schema: GraphSchema = SCHEMA) -> GraphStore:
        store = await factory(schema)
        opened.append(store)
        return store

    yield open_one
    for store in opened:
        await store.close()


@pytest.fixture
async def store(open_store: OpenStore) -> GraphStore:
    """An empty store."""
    return await open_store()
