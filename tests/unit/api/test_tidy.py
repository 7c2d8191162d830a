"""What a failing field leaves of its siblings."""

from __future__ import annotations

import asyncio
import gc
import warnings
from collections.abc import Callable

import pytest
import strawberry

from cmdb.api.batching.executor import BatchingExecution
from cmdb.api.moments import MomentAwareExecutor
from cmdb.api.shared_loader import SharedLoader
from cmdb.api.tidy import MANY, Begun


class Batching(BatchingExecution, MomentAwareExecutor):
    """Both, as the server has them."""


async def nothing() -> None:
    """What is never awaited."""


@strawberry.type
class Nested:
    """Something within something, each waited for."""

    @strawberry.field
    async def deeper(self) -> Nested:
        await asyncio.sleep(0)
        return Nested()

    @strawberry.field
    def several(self) -> list[Nested]:
        return [Nested(), Nested()]

    @strawberry.field
    def awaited(self) -> list[Nested]:
        return [later(), later()]  # type: ignore[list-item]  # graphql-core waits for items, too

    @strawberry.field
    async def value(self) -> int:
        return 1

    @strawberry.field
    async def failing(self) -> int:
        raise ValueError("seen")

    @strawberry.field
    async def failing_late(self, turns: int) -> int:
        for _ in range(turns):
            await asyncio.sleep(0)
        raise ValueError("seen")

    @strawberry.field
    def failing_at_once(self) -> int:
        raise ValueError("seen")

    @strawberry.field
    async def endless(self, info: strawberry.Info) -> int:
        try:
            await asyncio.Event().wait()
        finally:
            info.context.append("ended")
        return 1


async def later() -> Nested:
    """What a list may hold in place of its item."""
    await asyncio.sleep(0)
    return Nested()


@strawberry.type
class Query:
    """The root."""

    @strawberry.field
    def nested(self) -> Nested | None:
        return Nested()


LEAVES = "value a: value b: value"
DEEP = f"deeper {{ {LEAVES} deeper {{ {LEAVES} deeper {{ {LEAVES} deeper {{ {LEAVES} }} }} }} }}"


def run(query: str, kind: type[MomentAwareExecutor]) -> tuple[object, list[str], list[str]]:
    """The data, what was said about coroutines, and what the resolvers noted."""
    noted: list[str] = []
    schema = strawberry.Schema(Query, execution_context_class=kind)

    async def ask() -> object:
        data = (await schema.execute(query, context_value=noted)).data
        noted.append("answered")
        return data

    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        data = asyncio.run(ask())
        gc.collect()
    return data, [str(each.message) for each in found], noted


@pytest.mark.parametrize("kind", [MomentAwareExecutor, Batching])
@pytest.mark.parametrize(
    "failing", ["failing", "failingAtOnce", *(f"failingLate(turns: {turns})" for turns in range(1, 12))]
)
def test_no_coroutine_is_left_that_was_never_awaited(kind: type[MomentAwareExecutor], failing: str) -> None:
    """However deep the siblings of a failing field have got."""
    data, said, _ = run(f"{{ nested {{ {DEEP} again: {DEEP} {failing} }} }}", kind)

    assert ({"nested": None}, []) == (data, said)


@pytest.mark.parametrize("kind", [MomentAwareExecutor, Batching])
@pytest.mark.parametrize("items", ["several", "awaited"])
@pytest.mark.parametrize(
    "failing", ["failing", "failingAtOnce", *(f"failingLate(turns: {turns})" for turns in range(1, 6))]
)
def test_no_item_of_a_list_is_left_that_was_never_awaited(
    kind: type[MomentAwareExecutor], items: str, failing: str
) -> None:
    """Items that wait for something, beside and below a field that fails."""
    beside = f"{items} {{ {LEAVES} {items} {{ {LEAVES} }} }}"
    data, said, _ = run(f"{{ nested {{ {beside} deeper {{ {beside} }} {failing} }} }}", kind)

    assert ({"nested": None}, []) == (data, said)


@pytest.mark.parametrize(
    "query",
    [
        "{ nested { deeper { endless } failingLate(turns: 20) } }",
        "{ nested { deeper { a: endless b: failingAtOnce } } }",
        "{ nested { deeper { c: value a: deeper { a: endless failingAtOnce } } } }",
    ],
)
def test_nothing_goes_on_after_the_answer(query: str) -> None:
    """What a failing field leaves waiting is ended before, or never begun."""
    data, said, noted = run(query, Batching)

    assert ({"nested": None}, []) == (data, said)
    assert noted in (["ended", "answered"], ["answered"])


def test_coroutines_that_were_begun_are_forgotten() -> None:
    """What is remembered does not grow with the rows of an answer."""
    begun = Begun()
    for _ in range(10 * MANY):
        coroutine = nothing()
        begun.note(coroutine)
        coroutine.close()

    assert len(begun._made) <= MANY


def test_a_field_that_is_cancelled_takes_no_answer_from_another() -> None:
    """Two wait for the same key; one is cancelled, and the other has its value."""

    async def doubled(keys: list[int]) -> list[int]:
        await asyncio.sleep(0)
        return [2 * key for key in keys]

    async def load(loading: Callable[[SharedLoader[int, int]], asyncio.Future[object]]) -> object:
        loader: SharedLoader[int, int] = SharedLoader(load_fn=doubled)
        first, second = loading(loader), loading(loader)
        first.cancel()
        return await second

    async def both() -> tuple[object, object]:
        one = await load(lambda loader: asyncio.ensure_future(loader.load(3)))
        return one, await load(lambda loader: asyncio.ensure_future(loader.load_many([3, 4])))

    assert (6, [6, 8]) == asyncio.run(both())
