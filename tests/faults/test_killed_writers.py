"""kill -9 of processes that write to one embedded store, while others read and write it."""

from __future__ import annotations

import asyncio
from random import Random

from cmdb.graph.store import GraphStore
from tests.contract.build import batch, host, link, put
from tests.faults.content import sound
from tests.faults.places import Place
from tests.faults.processes import KILLED, Running, run
from tests.faults.work import commit_and_die, write_on


async def test_a_killed_writer_disturbs_no_other_process(embedded: Place, random: Random) -> None:
    """All that was acknowledged to it is there, and at most one more; the others write and read on."""
    async with embedded.opened() as store:
        await put(store, host("first"))
        writers = [Running(write_on, embedded, f"writer{number}") for number in range(3)]
        own = 0
        for victim in writers[:2]:
            await asyncio.to_thread(victim.said, 60, random.randint(1, 60))
            for _ in range(random.randint(1, 10)):
                await put(store, host(f"own-{own}"))
                own += 1
            victim.kill()
            await _whole(store)
        before = len(writers[2].said())
        after = len(await asyncio.to_thread(writers[2].said, 60, before + 10))
        assert before < after, writers[2].join(5)
        writers[2].kill()
        ended = [each.join() for each in writers]
        found = await sound(store)

    assert [KILLED] * 3 == [each.code for each in ended]
    for number, each in enumerate(ended):
        there = {node_id for node_id in found.nodes if node_id.startswith(f"writer{number}-")}
        assert {*each.said} <= there
        assert len(there) <= len(each.said) + 1
    assert own == len([node_id for node_id in found.nodes if node_id.startswith("own-")])


async def _whole(store: GraphStore) -> None:
    """A node of these writers always has its link to the one before: both were one commit."""
    ids = {node.id async for node in store.nodes()}
    links = {(each.source, each.target) async for each in store.all_links()}
    for node_id in ids:
        name, _, number = node_id.partition("-")
        if name.startswith("writer") and int(number) > 0:
            assert (node_id, f"{name}-{int(number) - 1}") in links


async def test_when_everybody_is_killed_the_next_one_recovers_the_log(
    embedded: Place, random: Random
) -> None:
    """The write-ahead log that the dead left is taken in by whoever opens the file, again and again."""
    acknowledged: set[str] = set()
    for attempt in range(3):
        writers = [Running(write_on, embedded, f"writer{attempt}{name}") for name in "ab"]
        for writer in writers:
            await asyncio.to_thread(writer.said, 60, random.randint(1, 20))
        await asyncio.sleep(random.uniform(0, 0.05))
        for writer in writers:
            writer.kill()
        for writer in writers:
            acknowledged.update(writer.join().said)
        assert embedded.file.with_name(embedded.file.name + "-wal").exists()

    async with embedded.opened() as store:
        found = await sound(store)
    assert acknowledged <= found.nodes.keys()
    assert len(found.nodes) <= len(acknowledged) + 6


async def test_a_process_that_dies_between_commit_and_answer_has_its_effect_once(
    embedded: Place, random: Random
) -> None:
    """Nobody heard of it, so it is asked again with its request id: there is one effect, and its first result."""
    for number in range(3):
        ids = [f"{number}-{each}" for each in range(random.randint(2, 40))]
        given = batch(
            *map(host, ids), link("CONNECTS", ids[0], ids[-1]), request_id=f"request-{random.random()}"
        )
        died = await asyncio.to_thread(run, commit_and_die, embedded, given)
        assert (KILLED, "") == (died.code, died.failure)
        async with embedded.opened() as store:
            again = await store.commit(given)
            assert (True, number + 1, ids) == (again.replayed, again.revision, list(again.created))
            assert number + 1 == len((await sound(store)).revisions)
