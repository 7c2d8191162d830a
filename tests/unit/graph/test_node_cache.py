"""A store that remembers nodes answers as the store itself does, and asks it for less."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

from hypothesis import given, settings
from hypothesis import strategies as st

from cmdb.graph.batch import NodeCreate, NodeDelete, NodeUpdate, WriteBatch
from cmdb.graph.elements import Node
from cmdb.graph.node_cache import FOLLOWED, NodeCache
from cmdb.graph.revision import Revision
from cmdb.graph.store import GraphStore
from cmdb.kernel.actor import Actor
from cmdb.kernel.clock import SystemClock
from cmdb.store.embedded.connection import StoreSettings
from cmdb.store.embedded.store import open_embedded
from tests.contract.schema import SCHEMA

IDS = ("a", "b", "c", "d", "e")


class WatchedStore:
    """Passes everything on to a store, counts the calls, and can hold back what `get` has read."""

    def __init__(self, store: GraphStore) -> None:
        self.store = store
        self.calls: Counter[str] = Counter()
        self.read = asyncio.Event()
        self.go_on = asyncio.Event()
        self.go_on.set()
        self.late: Mapping[str, Node] = {}
        self.asked: list[tuple[int, int | None]] = []

    def revisions(self, after: int = 0, limit: int | None = None) -> AsyncIterator[Revision]:
        self.asked.append((after, limit))
        return self.store.revisions(after, limit)

    def __getattr__(self, name: str) -> Any:
        self.calls[name] += 1
        return getattr(self.store, name)

    async def get(self, ids: Sequence[str]) -> Mapping[str, Node]:
        self.calls["get"] += 1
        found = {**await self.store.get(ids), **{each: self.late[each] for each in ids if each in self.late}}
        self.read.set()
        await self.go_on.wait()
        return found


@asynccontextmanager
async def stores() -> AsyncIterator[tuple[GraphStore, WatchedStore]]:
    """An empty store, and the same one watched."""
    with TemporaryDirectory() as folder:
        chosen = StoreSettings(readers=1, durable=False)
        store = await open_embedded(Path(folder) / "cmdb.db", SCHEMA, SystemClock(), chosen)
        try:
            await store.migrate()
            yield store, WatchedStore(store)
        finally:
            await store.close()


def cached(watched: WatchedStore, most: int = 100) -> NodeCache:
    return NodeCache(cast("GraphStore", watched), most)


async def write(store: GraphStore, node_id: str, rank: int | None) -> None:
    """Let a node have this rank, or be gone."""
    there = node_id in await store.get([node_id])
    creates = () if there or rank is None else (NodeCreate(node_id, "Host", {"name": node_id, "rank": rank}),)
    updates = (NodeUpdate(node_id, {"rank": rank}),) if there and rank is not None else ()
    deletes = (NodeDelete(node_id),) if there and rank is None else ()
    await store.commit(WriteBatch(Actor("test"), "test", creates=creates, updates=updates, deletes=deletes))


writes = st.tuples(st.sampled_from(IDS), st.none() | st.integers(0, 9))
questions = st.lists(st.sampled_from(IDS), unique=True)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.lists(writes, max_size=3), questions), max_size=12), st.sampled_from([1, 3, 100])
)
def test_every_answer_is_that_of_the_store(
    history: list[tuple[list[tuple[str, int | None]], list[str]]], most: int
) -> None:
    """Whatever others write between two questions, and however little may be held."""

    async def compared() -> None:
        async with stores() as (store, watched):
            cache = cached(watched, most)
            for written, asked in history:
                for node_id, rank in written:
                    await write(store, node_id, rank)

                assert await store.get(asked) == await cache.get(asked)
                assert len(cache) <= 2 * max(1, most // 2)

    asyncio.run(compared())


async def test_what_nobody_touched_is_read_once() -> None:
    """A change of one node costs the reading of that one."""
    async with stores() as (store, watched):
        for node_id in IDS:
            await write(store, node_id, 1)
        cache = cached(watched)
        await cache.get(IDS)
        await cache.get(IDS)
        assert 1 == watched.calls["get"]

        await write(store, "c", 2)
        found = await cache.get(IDS)

        assert 2 == watched.calls["get"]
        assert [1, 1, 2, 1, 1] == [found[each].properties["rank"] for each in IDS]


async def test_a_node_that_changes_while_it_is_read_is_not_remembered_as_it_was() -> None:
    """Another question follows the change before the first one has its answer."""
    async with stores() as (store, watched):
        await write(store, "a", 1)
        await write(store, "b", 1)
        cache = cached(watched)
        await cache.get(["b"])
        watched.read.clear()
        watched.go_on.clear()
        slow = asyncio.create_task(cast("Any", cache.get(["a"])))
        await watched.read.wait()
        await write(store, "a", 2)
        await cache.get([])
        watched.go_on.set()

        assert 1 == (await slow)["a"].properties["rank"]
        assert 2 == (await cache.get(["a"]))["a"].properties["rank"]


async def test_an_answer_after_a_long_absence_is_read_anew() -> None:
    """More revisions than it pays to follow: of the ledger only the last is read."""
    async with stores() as (store, watched):
        await write(store, "a", 0)
        cache = cached(watched)
        await cache.get(["a"])
        for rank in range(1, FOLLOWED + 2):
            await write(store, "a", rank)
        watched.asked.clear()

        assert FOLLOWED + 1 == (await cache.get(["a"]))["a"].properties["rank"]
        assert [(FOLLOWED + 1, 1)] == watched.asked


async def test_what_the_store_shows_later_than_its_head_is_not_remembered_as_it_was() -> None:
    """Neo4j shows a commit record by record: the head may be new, and a node of its revision not yet."""
    async with stores() as (store, watched):
        for node_id in ("a", "b", "gone"):
            await write(store, node_id, 1)
        before = await store.get(["a", "b", "gone"])
        await store.commit(
            WriteBatch(
                Actor("test"), "test", updates=(NodeUpdate("a", {"rank": 2}),), deletes=(NodeDelete("gone"),)
            )
        )
        cache = cached(watched)
        watched.late = before
        late = await cache.get(["a", "b", "gone"])
        watched.late = {}

        assert before == late
        assert {"a": 2, "b": 1} == {
            each.id: each.properties["rank"] for each in (await cache.get(["a", "b", "gone"])).values()
        }


async def test_a_store_with_another_past_is_not_followed() -> None:
    """Where the file was replaced by one with as many revisions, nothing of the former is told."""
    async with stores() as (first, watched), stores() as (second, other):
        await write(first, "a", 1)
        await write(second, "a", 2)
        cache = cached(watched)
        await cache.get(["a"])
        watched.store = cast("GraphStore", other)

        assert 2 == (await cache.get(["a"]))["a"].properties["rank"]
