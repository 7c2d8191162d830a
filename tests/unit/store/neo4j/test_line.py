"""Commits wait in line for their turn, and not for ever."""

from __future__ import annotations

import asyncio

import pytest

from cmdb.store.neo4j.errors import StoreBusyError
from cmdb.store.neo4j.line import Line


async def test_the_first_to_come_is_the_first_to_go() -> None:
    """No more than so many are under way, and all of them come to their turn in order."""
    line, begun, most, under_way = Line(2, 10.0), [], 0, 0

    async def work(number: int) -> None:
        nonlocal most, under_way
        async with line.turn():
            begun.append(number)
            under_way += 1
            most = max(most, under_way)
            await asyncio.sleep(0)
            under_way -= 1

    await asyncio.gather(*[work(number) for number in range(20)])

    assert (list(range(20)), 2) == (begun, most)


async def test_a_turn_that_does_not_come_in_time_is_given_up() -> None:
    """By an error that may be repeated; a turn that is free is had without any waiting, and given back after errors."""
    line = Line(1, 0.0)
    with pytest.raises(ZeroDivisionError):
        async with line.turn():
            raise ZeroDivisionError
    async with line.turn():
        with pytest.raises(StoreBusyError, match="still being written after 0 s"):
            async with line.turn():
                raise AssertionError("two had their turn at once")
