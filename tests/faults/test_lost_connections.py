"""The network between the product and a Neo4j server fails; what was asked for happens once, or is said to have failed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import asynccontextmanager
from random import Random
from typing import Any

import pytest

from cmdb.graph.batch import Commit, NodeUpdate, WriteBatch
from cmdb.graph.errors import StoreUnavailableError
from cmdb.graph.store import GraphStore
from cmdb.inventory.engine import RunOptions
from cmdb.kernel.clock import SystemClock
from cmdb.kernel.errors import CmdbError
from cmdb.store.neo4j.connection import Neo4jSettings
from cmdb.store.neo4j.store import open_neo4j
from tests.contract.build import batch, host, link, node, put
from tests.faults.content import content_hash, sound
from tests.faults.estates import devices
from tests.faults.places import Place, engine_on, fault_schema
from tests.faults.proxy import Cut, Faults, Mode, Proxy, Toward, proxy_to
from tests.neo4j_server import VERSIONS, neo4j_marks

pytestmark = [
    pytest.mark.parametrize(
        "places",
        [pytest.param(version, id=f"neo4j-{version}", marks=neo4j_marks(version)) for version in VERSIONS],
        indirect=True,
    )
]


@asynccontextmanager
async def _through(
    place: Place, seed: int, settings: Neo4jSettings | None = None
) -> AsyncIterator[tuple[Proxy, GraphStore]]:
    """A store whose server is reached through a proxy, in which nothing fails yet."""
    host_name, _, port = place.address.rpartition("/")[2].partition(":")
    async with proxy_to(host_name, int(port), seed) as proxy:
        address = f"bolt://127.0.0.1:{proxy.port}"
        store = await open_neo4j(address, fault_schema(), SystemClock(), settings)
        try:
            yield proxy, store
        finally:
            await store.close()


@pytest.mark.parametrize("with_request_id", [True, False])
async def test_a_commit_whose_reply_is_dropped_has_one_effect(
    place: Place, seed: int, *, with_request_id: bool
) -> None:
    """The store finds out by itself that its commit took place, with a request id or without."""
    async with _through(place, seed) as (proxy, store):
        await put(store, host("h", rank=0))
        for number in range(1, 6):
            proxy.done.clear()
            proxy.faults = Faults(drop_commit_reply=1.0, most=1)
            update = NodeUpdate("h", {"rank": number}, expected_version=number)
            request = f"request-{number}" if with_request_id else None
            commit = await store.commit(batch(update, host(f"new-{number}"), request_id=request))
            assert ["commit reply dropped"] == proxy.done
            assert number + 1 == commit.revision
        found = await sound(store)

    assert 6 == len(found.revisions) == len(found.nodes)


async def test_a_client_that_asks_again_with_its_request_id_gets_the_first_result(
    place: Place, seed: int
) -> None:
    """When the server stays out of reach the commit is reported as unknown, and repeating it does no harm."""
    given = batch(host("h"), host("i"), link("CONNECTS", "h", "i"), request_id="once")
    async with _through(place, seed, Neo4jSettings(retry_seconds=0.5, connect_seconds=0.5)) as (proxy, store):
        proxy.faults = Faults(drop_commit_reply=1.0)
        with pytest.raises(StoreUnavailableError) as failure:
            await _refused_after_its_first_fault(proxy, store.commit(given))
        proxy.faults = Faults()
        proxy.switch(Mode.FORWARD)
        again = await store.commit(given)
        found = await sound(store)

    assert failure.value.retryable
    assert (True, 1, ("h", "i")) == (again.replayed, again.revision, tuple(again.created))
    assert 1 == len(found.revisions)


async def _refused_after_its_first_fault(proxy: Proxy, work: Awaitable[Commit]) -> None:
    task = asyncio.ensure_future(work)
    await proxy.fault.wait()
    proxy.switch(Mode.REFUSE)
    await task


async def test_a_commit_cut_off_at_any_message_has_one_effect(
    place: Place, random: Random, *, thorough: bool
) -> None:
    """In either direction, between messages and in the middle of one."""
    rounds = 12 if thorough else 3
    async with _through(place, random.randrange(1_000)) as (proxy, store):
        await put(store, host("h", rank=0))
        for number in range(1, rounds + 1):
            toward = random.choice(list(Toward))
            count = random.randrange(3, 12)
            proxy.cuts = [Cut(toward, count) if random.random() < 0.5 else Cut(toward, bytes=count * 60)]
            proxy.reset_all()
            update = NodeUpdate("h", {"rank": number}, expected_version=number)
            await store.commit(batch(update, host(f"new-{number}"), request_id=f"request-{number}"))
        found = await sound(store)

    assert rounds + 1 == len(found.revisions) == len(found.nodes)


async def test_an_import_over_a_bad_network_gives_the_same_graph(
    places: Iterator[Place], seed: int, *, thorough: bool
) -> None:
    """Delays, cuts and dropped replies in an import of several chunks."""
    stream, options = devices(seed, 60), RunOptions("nmap", "office", chunk_items=20)
    place = next(places)
    async with place.opened() as store:
        await engine_on(store).run(stream, options)
        expected = content_hash(await sound(store))
    place = next(places)
    async with _through(place, seed) as (proxy, store):
        # All of them may fall on one transaction, which has to outlast them.
        proxy.faults = Faults(delay_seconds=0.003, cut=0.02, drop_commit_reply=0.4, most=5 if thorough else 1)
        report = await engine_on(store).run(stream, options)
        proxy.faults = Faults()
        found = await sound(store)

    assert (0, 0) == (report.problem_count, report.conflict_count)
    assert proxy.done
    assert expected == content_hash(found)


async def test_a_server_that_refuses_is_told_in_one_error_and_used_again_when_it_is_back(
    place: Place, seed: int, *, thorough: bool
) -> None:
    """Connections that broke while nobody used them are replaced, and none of the pool is lost."""
    settings = Neo4jSettings(retry_seconds=0.0, connect_seconds=0.5, connections=5, wait_seconds=5.0)
    async with _through(place, seed, settings) as (proxy, store):
        await put(store, host("h", rank=0))
        await asyncio.gather(*[store.head() for _ in range(10)])
        for _ in range(3 if thorough else 1):
            proxy.switch(Mode.REFUSE)
            outcomes = await asyncio.gather(*[store.head() for _ in range(20)], return_exceptions=True)
            assert {True} == {isinstance(each, StoreUnavailableError) for each in outcomes}, outcomes
            proxy.switch(Mode.FORWARD)
            heads = await asyncio.gather(*[store.head() for _ in range(20)])
            assert {1} == {head.revision for head in heads}


async def test_connections_that_fall_silent_for_ever_end_in_one_error_and_are_replaced(
    place: Place, random: Random, *, thorough: bool
) -> None:
    """The network swallows what they send and tells nobody; a request sent again has one effect."""
    settings = Neo4jSettings(
        2.0, 2.0, retry_seconds=1.0, connections=5, wait_seconds=4.0, connect_seconds=2.0
    )
    async with _through(place, random.randrange(1_000), settings) as (proxy, store):
        await put(store, host("first"))
        for number in range(3 if thorough else 1):
            await asyncio.gather(*[store.head() for _ in range(10)])
            given = batch(host(f"{number}"), request_id=f"request-{number}")
            proxy.switch(Mode.HALF_OPEN)
            asked: list[asyncio.Future[Any]] = [
                asyncio.ensure_future(store.head()) for _ in range(random.randint(1, 8))
            ]
            asked.append(asyncio.ensure_future(store.commit(given)))
            await asyncio.sleep(random.uniform(0, 0.05))
            proxy.switch(Mode.SWALLOW)
            if random.random() < 0.5:
                proxy.switch(Mode.FORWARD)
            async with asyncio.timeout(60):
                outcomes = await asyncio.gather(*asked, return_exceptions=True)
            proxy.switch(Mode.FORWARD)
            errors = [each for each in outcomes if isinstance(each, BaseException)]
            assert {True} == {isinstance(each, StoreUnavailableError) for each in errors}, outcomes
            assert "STORE_CONNECTION_LOST" in {each.code for each in errors if isinstance(each, CmdbError)}
            heads = await asyncio.gather(*[store.head() for _ in range(20)])
            assert {head.revision for head in heads} <= {number + 1, number + 2}
            await _done_in_the_end(store, given)
        found = await sound(store)

    assert 1 + (3 if thorough else 1) == len(found.revisions) == len(found.nodes)


async def _done_in_the_end(store: GraphStore, given: WriteBatch) -> None:
    """What the silent connection held stays locked until the server ends its transaction."""
    for _ in range(60):
        try:
            await store.commit(given)
        except StoreUnavailableError:
            await asyncio.sleep(0.2)
        else:
            return
    raise AssertionError("never its turn")


async def test_a_network_that_is_silent_for_a_moment_loses_nothing(place: Place, seed: int) -> None:
    """Nothing comes through for a while and nobody is told; then it goes on as if nothing had been."""
    async with _through(place, seed) as (proxy, store):
        await put(store, host("h", rank=0))
        proxy.switch(Mode.HALF_OPEN)
        writing = asyncio.ensure_future(put(store, NodeUpdate("h", {"rank": 1})))
        done, _ = await asyncio.wait([writing], timeout=0.5)
        proxy.switch(Mode.FORWARD)
        await writing

        assert set() == done
        assert 1 == (await node(store, "h")).properties["rank"]
        await sound(store)
