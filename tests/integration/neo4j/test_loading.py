"""A load into Neo4j is many transactions, and still all or nothing."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from pathlib import Path
from typing import Any

import neo4j
import pytest

from cmdb.graph.archive import ArchivedNode, Piece, StoreIncompleteError
from cmdb.graph.elements import Node
from cmdb.processes.configuration.backup import carry
from cmdb.store.neo4j.errors import StoreBusyError
from cmdb.store.neo4j.store import open_neo4j
from tests.contract.build import FixedClock, host, put
from tests.contract.schema import SCHEMA
from tests.unit.processes.configuration.backup.stores import (
    backup_of,
    fill,
    graph,
    ledger,
    numbered,
    replayed,
    restored,
    store_in,
)

NODE = Node("x", "Host", {"name": "x"}, 1, 1, "2026-03-01T00:00:00.000Z", "2026-03-01T00:00:00.000Z")
LEFT_OVER = """
MATCH (h:CmdbHead {name: 'head'}) SET h.loading = 'somebody', h.loading_until = timestamp() + $ahead
CREATE (:CmdbNode {id: 'left'}), (:CmdbIdentifier {value: 'mac:1', holder: 'left'}), (:CmdbRevision {number: 1})
"""


def _left_over(address: str, ahead: int) -> None:
    with neo4j.GraphDatabase.driver(address) as driver, driver.session() as session:
        session.run(LEFT_OVER, ahead=ahead).consume()


def _free(address: str) -> None:
    with neo4j.GraphDatabase.driver(address) as driver, driver.session() as session:
        session.run("MATCH (h:CmdbHead) REMOVE h.loading, h.loading_until").consume()


async def test_a_store_that_is_being_loaded_refuses_to_be_used(address: str) -> None:
    """Nobody takes a part for the whole, and nobody writes into it."""
    store = await open_neo4j(address, SCHEMA, FixedClock())
    begun, ended = asyncio.Event(), asyncio.Event()

    async def slow() -> AsyncGenerator[Piece, None]:
        yield Piece(nodes=(ArchivedNode(NODE),))
        begun.set()
        await ended.wait()

    load = asyncio.create_task(store.load(slow()))
    await begun.wait()
    with pytest.raises(StoreIncompleteError):
        await store.head()
    with pytest.raises(StoreIncompleteError):
        await put(store, host("mine"))
    with pytest.raises(StoreBusyError):
        await store.load(slow())
    ended.set()
    await load

    assert ["x"] == [node.id async for node in store.nodes()]
    assert 0 == (await store.head()).revision
    await store.close()


async def test_a_load_that_is_cancelled_leaves_nothing(address: str) -> None:
    store = await open_neo4j(address, SCHEMA, FixedClock())
    begun = asyncio.Event()

    async def endless() -> AsyncGenerator[Piece, None]:
        yield Piece(nodes=(ArchivedNode(NODE),))
        begun.set()
        await asyncio.Event().wait()

    load = asyncio.create_task(store.load(endless()))
    await begun.wait()
    load.cancel()
    with pytest.raises(asyncio.CancelledError):
        await load

    assert ([], []) == await graph(store)
    assert 1 == (await put(store, host("mine"))).revision
    await store.close()


async def test_after_a_load_that_was_killed_the_next_begins_anew(address: str, tmp_path: Path) -> None:
    """The mark of the dead one runs out; what it left is removed."""
    store = await open_neo4j(address, SCHEMA, FixedClock())
    _left_over(address, -1)
    with pytest.raises(StoreIncompleteError):
        await store.head()
    async with store_in(tmp_path) as origin:
        await fill(origin)
        await restored(await backup_of(origin), store)

        assert await graph(origin) == await graph(store)
        assert await ledger(origin) == await ledger(store)
    await store.close()


async def test_a_load_that_still_runs_elsewhere_is_left_alone(address: str) -> None:
    store = await open_neo4j(address, SCHEMA, FixedClock())
    _left_over(address, 60_000)

    async def nothing() -> AsyncGenerator[Piece, None]:
        yield Piece()

    with pytest.raises(StoreBusyError):
        await store.load(nothing())
    _free(address)
    await store.close()


async def test_a_backup_of_neo4j_under_four_writers_restores_to_its_revision(
    address: str, tmp_path: Path
) -> None:
    """And the other way: what was restored is copied back with the same hash."""
    store = await open_neo4j(address, SCHEMA, FixedClock())
    await put(store, host("shared"), *[host(f"old{number:04}", f"old:{number}") for number in range(200)])
    stopped = asyncio.Event()

    async def write(name: str) -> int:
        number = 0
        while not stopped.is_set():
            await store.commit(numbered(name, number))
            number += 1
        return number

    writers = [asyncio.create_task(write(name)) for name in "wxyz"]
    data = await backup_of(store, 20)
    await asyncio.sleep(0.2)
    stopped.set()
    written = await asyncio.gather(*writers)
    async with store_in(tmp_path) as goal:
        report = await restored(data, goal)
        head = report.header.head

        assert await replayed(store, head) == await graph(goal)
        assert await ledger(store, head.revision) == await ledger(goal)
        assert head.revision < (await store.head()).revision
        assert min(written) > 0
    await store.close()


async def test_the_statements_of_archives_use_an_index(address: str, tmp_path: Path) -> None:
    seen: dict[str, Mapping[str, Any]] = {}
    store = await open_neo4j(address, SCHEMA, FixedClock(), observe=seen.setdefault)
    seen.clear()
    async with store_in(tmp_path) as origin:
        await fill(origin)
        await carry.copy_store(origin, store, SCHEMA)
    await carry.verify_store(store)
    await store.close()
    with neo4j.GraphDatabase.driver(address) as driver, driver.session() as session:
        for text, values in seen.items():
            summary = session.run(neo4j.Query(f"EXPLAIN {text}"), dict(values)).consume()
            assert "AllNodesScan" not in str(summary.plan)
            assert "CartesianProduct" not in str(summary.plan)
