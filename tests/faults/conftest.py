"""Seeds and stores of the fault suites. `CMDB_FAULT_SEEDS` says how many seeds, `--fault-seed N` names one."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from random import Random

import pytest

from tests.faults.places import EMBEDDED, NEO4J, Place
from tests.faults.processes import HANGS_AFTER_SECONDS
from tests.neo4j_server import VERSIONS, lanes, neo4j_lane, neo4j_marks, server_address, wipe

_FEW = 2
"""Seeds of a run that says nothing; more take too long to be run with every change."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--fault-seed")
        seeds = [chosen] if chosen is not None else range(_asked() or _FEW)
        metafunc.parametrize("seed", seeds, ids=[f"seed{seed}" for seed in seeds])


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Seeds are spread over several servers of a version, for these tests wait most of the time.

    A short run takes one seed for a server: its suites take longest, and it serves other tests too.
    """
    for item in items:
        _spread(item)
        if _asked():
            item.add_marker(pytest.mark.timeout(2 * HANGS_AFTER_SECONDS))
    if _asked() or config.getoption("--fault-seed") is not None:
        return
    left = [item for item in items if item.get_closest_marker("neo4j") and _seed_of(item)]
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in left]


def _spread(item: pytest.Item) -> None:
    seed = _seed_of(item)
    group = item.get_closest_marker("xdist_group")
    if seed is not None and group is not None and item.get_closest_marker("neo4j"):
        version = group.args[0].removeprefix("neo4j-")
        item.add_marker(neo4j_lane(version, seed % lanes()), append=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    seed = _seed_of(item)
    if report.failed and seed is not None:
        target, test = ("faults" if _asked() else "test"), item.name.partition("[")[0]
        again = f"make {target} ARGS='tests/faults --fault-seed {seed} -k {test}'"
        report.sections.append(("fault seed", f"seed {seed}; again: {again}"))
    return report


def _seed_of(item: pytest.Item) -> int | None:
    call = getattr(item, "callspec", None)
    return None if call is None else call.params.get("seed")


def _asked() -> int:
    return int(os.environ.get("CMDB_FAULT_SEEDS") or 0)


@pytest.fixture
def thorough() -> bool:
    """Whether this is a long run, which may take all the time that a suite of full size needs."""
    return bool(_asked())


@pytest.fixture
def random(seed: int, request: pytest.FixtureRequest) -> Random:
    """Chance that is the same for the same seed and test."""
    return Random(f"{seed} {request.function.__name__}")


@pytest.fixture
def embedded(tmp_path: Path) -> Place:
    """An embedded store that is not there yet."""
    return Place(EMBEDDED, str(tmp_path / "store" / "cmdb.db"))


_STORES = [
    EMBEDDED,
    *(pytest.param(version, id=f"neo4j-{version}", marks=neo4j_marks(version)) for version in VERSIONS),
]


@pytest.fixture(params=_STORES)
def places(request: pytest.FixtureRequest, tmp_path: Path, seed: int) -> Iterator[Place]:
    """Empty stores of each kind, as many as are asked for; one may be used until the next is asked for."""
    if request.param == EMBEDDED:
        return (Place(EMBEDDED, str(tmp_path / f"store-{number}" / "cmdb.db")) for number in count())
    return wiped(Place(NEO4J, server_address(request.param, seed % lanes())))


def wiped(place: Place) -> Iterator[Place]:
    """The place of a server, emptied each time it is asked for."""
    # In a thread, for the test that asks may have an event loop running in this one.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(_prepared(place))).result()
    while True:
        wipe(place.address)
        yield place


async def _prepared(place: Place) -> None:
    async with place.opened():
        pass


@pytest.fixture
def place(places: Iterator[Place]) -> Place:
    """An empty store of each kind."""
    return next(places)
