"""Many writers at once: nothing doubled, nothing lost, nobody waiting for ever."""

from __future__ import annotations

import asyncio
from collections import Counter
from itertools import pairwise
from random import Random

from cmdb.graph.batch import NodeUpdate
from cmdb.graph.errors import VersionConflictError
from cmdb.graph.store import GraphStore
from tests.contract.build import batch, host, link, node, put
from tests.faults.content import Contents, sound
from tests.faults.places import Place
from tests.faults.processes import run_all
from tests.faults.work import bump, raised, write_many

BUMPS = 100


def test_sixteen_writers_of_the_same_devices_make_each_device_once(
    place: Place, seed: int, *, thorough: bool
) -> None:
    """No double device, endpoint or relationship, no error: as tasks of one process, of two, of four in turn."""
    how_many = 1_000 if thorough else 200
    processes = (1, 4, 2)[seed % 3]
    writers = 16 // processes
    ended = run_all(write_many, [(place, seed, how_many, writers)] * processes)

    for each in ended:
        assert 0 == each.code, each.failure
    assert [[[(0, 0)] * writers]] * processes == [each.said for each in ended]
    found = asyncio.run(_sound(place))
    machines = [each.name for each in found.nodes.values() if each.label != "Endpoint"]
    assert sorted(f"device-{number}" for number in range(how_many)) == sorted(machines)
    assert {"LISTENS_ON": how_many, "DEPENDS_ON": how_many - 1} == Counter(each.type for each in found.links)
    assert 2 * how_many == len(found.nodes)


async def _sound(place: Place) -> Contents:
    async with place.opened() as store:
        return await sound(store)


async def test_batches_in_opposite_orders_all_succeed(place: Place, random: Random) -> None:
    """Two writers touch the same nodes and links from opposite ends, round after round."""
    rounds, ids = 20, [f"h{number:02}" for number in range(30)]
    async with place.opened() as one, place.opened() as other:
        await put(one, *(host(each, rank=0) for each in ids))

        async def write(store: GraphStore, name: str, backwards: bool) -> None:
            for number in range(rounds):
                order = sorted(random.sample(ids, 20), reverse=backwards)
                updates = [NodeUpdate(each, {f"{name}": f"{number}"}) for each in order]
                links = [link("RUNS_ON", a, b, weight=number) for a, b in pairwise(order)]
                await put(store, *updates, *links)

        await asyncio.gather(
            write(one, "note", backwards=False),
            write(other, "status", backwards=True),
            write(one, "address", backwards=True),
        )
        found = await sound(one)

    assert 1 + 3 * rounds == len(found.revisions)


async def test_a_hundred_concurrent_changes_of_one_node_are_all_counted(place: Place, seed: int) -> None:
    """Each on the version that it read, over two store objects: version 101, and the counter at 100."""
    async with place.opened() as one, place.opened() as other:
        await put(one, host("h", rank=0))
        await asyncio.gather(*[raised((one, other)[number % 2], "h") for number in range(BUMPS)])
        read = await node(one, "h")
        found = await sound(other)

    assert (BUMPS, BUMPS + 1) == (read.properties["rank"], read.version)
    assert BUMPS + 1 == len(found.revisions)


async def test_processes_that_change_one_node_lose_no_change(place: Place, seed: int) -> None:
    """Four processes with 25 changes each."""
    async with place.opened() as store:
        await put(store, host("h", rank=0))
        ended = await asyncio.to_thread(run_all, bump, [(place, "h", BUMPS // 4)] * 4)
        assert [(0, "")] * 4 == [(each.code, each.failure) for each in ended]
        read = await node(store, "h")
        await sound(store)

    assert (BUMPS, BUMPS + 1) == (read.properties["rank"], read.version)


async def test_of_a_hundred_changes_of_one_version_one_is_taken(place: Place, seed: int) -> None:
    """The others are refused with a conflict that names the version they knew and the one there is."""
    async with place.opened() as one, place.opened() as other:
        await put(one, host("h", rank=0))
        writes = [
            put((one, other)[number % 2], NodeUpdate("h", {"rank": number}, expected_version=1))
            for number in range(1, BUMPS + 1)
        ]
        outcomes = await asyncio.gather(*writes, return_exceptions=True)
        version = (await node(one, "h")).version

    refused = [each for each in outcomes if isinstance(each, VersionConflictError)]
    assert (1, BUMPS - 1, 2) == (BUMPS - len(refused), len(refused), version)
    assert [("VERSION_CONFLICT", {"id": "h", "expected": 1, "actual": 2})] * (BUMPS - 1) == [
        (each.code, dict(each.details)) for each in refused
    ]


async def test_the_same_request_from_many_writers_has_one_effect(place: Place, random: Random) -> None:
    """They all get the same result, and all but one are told that it was there."""
    given = batch(host("h"), host("i"), link("CONNECTS", "h", "i"), request_id=f"request-{random.random()}")
    async with place.opened() as one, place.opened() as other:
        commits = await asyncio.gather(*[(one, other)[number % 2].commit(given) for number in range(20)])
        found = await sound(one)

    assert {(1, ("h", "i"))} == {(each.revision, tuple(each.created)) for each in commits}
    assert 19 == sum(each.replayed for each in commits)
    assert 1 == len(found.revisions)
