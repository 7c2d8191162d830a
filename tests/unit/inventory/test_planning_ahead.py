"""While a chunk is written the next is planned, and what comes of it is what would come of it one by one."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmdb.graph.batch import Commit, WriteBatch
from cmdb.graph.errors import IdentifierTakenError, StoreFullError, StoreUnavailableError
from cmdb.graph.from_model import graph_schema
from cmdb.inventory.engine import InventoryEngine, RunOptions
from cmdb.inventory.observation import Observation, Presence
from cmdb.inventory.plan import ActionKind
from cmdb.kernel.values import Value
from cmdb.store.embedded.store import EmbeddedStore, open_embedded
from tests.unit.inventory.estate import (
    MONDAY,
    TUESDAY,
    WEDNESDAY,
    Estate,
    StillClock,
    host_with_ports,
    make_model,
)

OPTIONS = RunOptions("nmap", "office", chunk_items=4)


class CountedIds:
    """Ids in the order in which they were asked for."""

    def __init__(self) -> None:
        self.given = 0

    def new_id(self) -> str:
        self.given += 1
        return f"{self.given:026d}"


@dataclass
class Troubled:
    """A store whose commits take their time, and fail where a test says so."""

    store: EmbeddedStore
    failures: dict[int, Exception] = field(default_factory=dict)
    commits: int = 0
    at_once: int = 0
    most_at_once: int = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)

    async def commit(self, batch: WriteBatch) -> Commit:
        self.commits += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await asyncio.sleep(0.01)
            if self.commits in self.failures:
                raise self.failures[self.commits]
            return await self.store.commit(batch)
        finally:
            self.at_once -= 1


@asynccontextmanager
async def opened(folder: Path, ahead: bool = True, **trouble: Any) -> AsyncIterator[tuple[Estate, Troubled]]:
    model, clock = make_model(), StillClock()
    store = await open_embedded(folder / "estate.db", graph_schema(model), clock)
    troubled = Troubled(store, **trouble)
    try:
        yield Estate(store, InventoryEngine(troubled, model, clock, CountedIds(), ahead=ahead)), troubled
    finally:
        await store.close()


async def _told(estate: Estate) -> list[object]:
    """All that was written, but for the time of writing."""
    ids = [node.id async for node in estate.store.nodes()]
    evidence = await estate.store.evidence(ids)
    ledger = [(each.number, each.reason, each.nodes, each.links) async for each in estate.store.revisions()]
    return [ledger, [(one, evidence[one]) for one in ids]]


@st.composite
def _observed(draw: st.DrawFn) -> Observation:
    """One of a few machines with some of its identifiers; addresses and names wander from one to another."""
    number = draw(st.integers(1, 4))
    values: dict[str, Value] = {
        "name": f"h{draw(st.integers(1, 4))}",
        "serial_number": f"SN-{number}A",
        "mac_addresses": draw(st.lists(st.sampled_from([f"00:1b:54:00:00:{n:02x}" for n in range(1, 5)]))),
        "ip_addresses": draw(st.lists(st.sampled_from([f"10.0.0.{n}" for n in range(1, 5)]))),
        "os_name": draw(st.sampled_from(["", "Linux", "Windows"])),
        "tags": draw(st.lists(st.sampled_from("abc"))),
    }
    kept = draw(st.sets(st.sampled_from(sorted(values)), min_size=2))
    ports = draw(st.lists(st.sampled_from([22, 80, 443]), unique=True, max_size=2))
    at = draw(st.sampled_from([MONDAY, TUESDAY, WEDNESDAY]))
    found = host_with_ports({name: values[name] for name in sorted(kept)}, ports, at)
    if draw(st.integers(0, 9)) == 0:
        gone = replace(found.items[0], presence=Presence.ABSENT)
        return replace(found, items=(gone,), relationships=())
    return found


@settings(max_examples=40, deadline=None)
@given(st.lists(_observed(), max_size=6), st.lists(_observed(), min_size=2, max_size=12), st.integers(1, 6))
def test_planning_ahead_writes_exactly_what_planning_one_by_one_writes(
    before: list[Observation], scan: list[Observation], chunk: int
) -> None:
    async def written(folder: Path, ahead: bool) -> list[object]:
        options = replace(OPTIONS, chunk_items=chunk)
        async with opened(folder, ahead) as (estate, _):
            await estate.engine.run(before, replace(options, source="agent"))
            report = await estate.engine.run(scan, options)
            return [report.counts, report.conflicts, report.problems, *await _told(estate)]

    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
        one_by_one, ahead = (asyncio.run(written(Path(each), each == second)) for each in (first, second))

    assert one_by_one == ahead


def hosts(count: int) -> Sequence[Observation]:
    return [
        host_with_ports({"name": f"h{n % 30}", "serial_number": f"S-{n % 30}", "os_name": f"os {n}"}, [22])
        for n in range(count)
    ]


@pytest.mark.parametrize("number", [1, 2, 9, 20])
@pytest.mark.parametrize(
    "failure", [IdentifierTakenError("somebody else was quicker"), StoreUnavailableError("gone for a moment")]
)
async def test_a_chunk_that_others_disturb_is_planned_anew_and_so_is_the_one_after_it(
    tmp_path: Path, failure: Exception, number: int
) -> None:
    async with opened(tmp_path, failures={number: failure}) as (estate, troubled):
        report = await estate.engine.run(hosts(60), OPTIONS)
        found = await estate.cis()

        assert {f"h{n}" for n in range(30)} == {ci.name for ci in found}
        assert 30 == len(found) == len(await estate.cis("Endpoint"))
        assert (0, 0) == (report.problem_count, report.conflict_count)
        assert 60 == report.counts.total(ActionKind.CREATE)
        assert [n + 1 for n in range(await estate.revision())] == [
            each.number async for each in estate.store.revisions()
        ]
        assert 1 == troubled.most_at_once


async def test_an_error_that_does_not_pass_ends_the_run_with_all_before_it_written(tmp_path: Path) -> None:
    async with opened(tmp_path, failures={5: StoreFullError("no room")}) as (estate, troubled):
        with pytest.raises(StoreFullError, match="no room"):
            await estate.engine.run(hosts(60), OPTIONS)

        assert 5 == troubled.commits
        assert 4 == await estate.revision()


async def test_a_run_that_is_cancelled_ends_with_a_whole_chunk(tmp_path: Path) -> None:
    async with opened(tmp_path) as (estate, troubled):
        running = asyncio.create_task(estate.engine.run(hosts(200), OPTIONS))
        while troubled.commits < 3:  # noqa: ASYNC110 - a commit tells nobody that it has begun
            await asyncio.sleep(0.001)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

        assert 0 == troubled.at_once
        assert troubled.commits == await estate.revision()
        assert await estate.cis() != []
