"""Which driver is in use, and when one is closed."""

from typing import cast

from neo4j import AsyncDriver

from cmdb.store.neo4j.drivers import Drivers


class Fake:
    """A driver that remembers how often it was closed."""

    def __init__(self) -> None:
        self.closed = 0

    async def close(self) -> None:
        self.closed += 1


def _drivers() -> tuple[Drivers, list[Fake]]:
    made: list[Fake] = []

    def make() -> AsyncDriver:
        made.append(Fake())
        return cast("AsyncDriver", made[-1])

    return Drivers(make), made


async def test_everybody_uses_the_same_driver() -> None:
    """It stays open while nobody uses it."""
    drivers, made = _drivers()
    async with drivers.borrowed() as one, drivers.borrowed() as other:
        assert one is other
    assert [0] == [each.closed for each in made]


async def test_a_silent_driver_is_closed_when_its_last_user_leaves() -> None:
    """Who comes after gets another, and who still waits for the silent one may go on doing so."""
    drivers, made = _drivers()
    async with drivers.borrowed() as silent:
        async with drivers.borrowed():
            drivers.replace(silent)
            async with drivers.borrowed() as fresh:
                assert fresh is not silent
        assert [0, 0] == [each.closed for each in made]
    assert [1, 0] == [each.closed for each in made]


async def test_many_who_find_it_silent_replace_it_once() -> None:
    """The fresh one is not given up for what its predecessor did."""
    drivers, made = _drivers()
    async with drivers.borrowed() as silent:
        for _ in range(3):
            drivers.replace(silent)
    assert 2 == len(made)


async def test_at_the_end_all_are_closed() -> None:
    """Those that somebody still waits for too."""
    drivers, made = _drivers()
    async with drivers.borrowed() as silent:
        drivers.replace(silent)
        await drivers.close()
        assert [1, 1] == [each.closed for each in made]
