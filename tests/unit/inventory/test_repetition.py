"""The very file again is not read when all of it stands, and nothing else differs."""

import asyncio
import io
import json
import sqlite3
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cmdb.graph.batch import NodeUpdate, Sighting, WriteBatch
from cmdb.graph.elements import Seen
from cmdb.inventory.engine import RunOptions
from cmdb.inventory.importer import Source
from cmdb.inventory.plan import ActionKind, RunReport
from cmdb.inventory.reading import Reading
from cmdb.kernel.actor import Actor
from tests.unit.inventory.estate import (
    A_YEAR_BEFORE,
    MONDAY,
    TUESDAY,
    WEDNESDAY,
    Estate,
    make_model,
    open_estate,
)
from tests.unit.inventory.lines import reading

pytestmark = pytest.mark.usefixtures("lines_importer")

HERE = None
HOSTS = [f"h{number} S-{number}" for number in range(5)]
OPTIONS = RunOptions("table", chunk_items=4)
SUNDAY = "2026-11-15T08:00:00.000Z"
PERSON = Actor("alice")


async def bring(
    estate: Estate, lines: Sequence[str] = HOSTS, at: str = MONDAY, options: RunOptions = OPTIONS
) -> RunReport:
    return await estate.engine.run(reading(lines, HERE, at=at), options)


async def test_the_very_file_again_is_not_read_and_counts_what_reading_it_would(estate: Estate) -> None:
    first = await bring(estate)
    again = await bring(estate)
    read = await bring(estate, options=replace(OPTIONS, reread=True))

    assert [False, True, False] == [report.repeated for report in (first, again, read)]
    assert {ActionKind.UNCHANGED: {"Endpoint": 5, "Host": 5}} == again.counts.by_action
    assert read.counts == again.counts
    assert (None, None) == (again.first_revision, again.last_revision)
    assert first.last_revision == await estate.revision()


async def test_a_ci_told_of_in_several_chunks_counts_once_read_or_not(estate: Estate) -> None:
    lines = [*HOSTS, *HOSTS, "h4 S-4"]
    reports = [
        await bring(estate, lines, options=replace(OPTIONS, reread=reread)) for reread in (False, True)
    ]
    repeated = await bring(estate, lines)

    assert {"Endpoint": 5, "Host": 5} == reports[0].counts.by_action[ActionKind.CREATE]
    assert {ActionKind.UNCHANGED: {"Endpoint": 5, "Host": 5}} == reports[1].counts.by_action
    assert (True, reports[1].counts) == (repeated.repeated, repeated.counts)


async def test_what_a_file_gives_no_time_for_is_seen_again_at_each_reading(estate: Estate) -> None:
    timed = json.dumps({"name": "timed", "serial_number": "S-99", "at": SUNDAY})
    await bring(estate, [*HOSTS, timed])
    again = await bring(estate, [*HOSTS, timed], TUESDAY)

    assert again.repeated
    for name, first, last in (("h3", MONDAY, TUESDAY), ("timed", SUNDAY, SUNDAY)):
        assert Seen(first, last) == (await estate.evidence(await estate.named(name))).seen["table"]


async def test_a_file_is_read_again_once_somebody_has_changed_a_ci(estate: Estate) -> None:
    await bring(estate)
    node = await estate.named("h3")
    change = NodeUpdate(node.id, {"os_name": "Linux"})
    await estate.store.commit(WriteBatch(PERSON, "by hand", updates=(change,)))

    assert [False, True] == [(await bring(estate)).repeated for _ in range(2)]


async def test_a_sighting_by_another_source_is_no_change(estate: Estate) -> None:
    await bring(estate)
    sighting = Sighting((await estate.named("h3")).id, "nmap", TUESDAY)
    await estate.store.commit(WriteBatch(PERSON, "seen", sightings=(sighting,)))

    assert (await bring(estate)).repeated


@pytest.mark.parametrize(
    "other",
    [
        {"lines": [*HOSTS[:-1], "h4 S-44"]},
        {"name": "other.txt"},
        {"options": replace(OPTIONS, source="nmap")},
        {"options": replace(OPTIONS, scope="plant")},
    ],
    ids=["content", "name", "source", "scope"],
)
async def test_another_file_or_the_same_under_other_conditions_is_read(
    estate: Estate, other: dict[str, object]
) -> None:
    await bring(estate)
    file = reading(other.get("lines", HOSTS), HERE, name=other.get("name", "hosts.txt"))  # type: ignore[arg-type]

    assert not (await estate.engine.run(file, other.get("options", OPTIONS))).repeated  # type: ignore[arg-type]


async def test_a_file_is_read_again_under_another_model(tmp_path: Path) -> None:
    async with open_estate(tmp_path) as estate:
        await bring(estate)
    async with open_estate(tmp_path, make_model(("nmap", "table"))) as estate:
        assert not (await bring(estate)).repeated


@pytest.mark.parametrize(
    "odd", ["bad", '{"serial_number": "S-1", "fqdn": "a.example.com", "ip_addresses": ["x"]}']
)
async def test_a_file_with_problems_tells_them_each_time(estate: Estate, odd: str) -> None:
    reports = [await bring(estate, [*HOSTS, odd]) for _ in range(2)]

    assert [1, 1] == [report.problem_count for report in reports]
    assert not reports[1].repeated


async def test_a_word_that_was_overruled_is_weighed_again(estate: Estate) -> None:
    """It yields to a stronger source today, and may win when that one has been silent for long."""
    stronger = RunOptions("agent")
    line = '{"name": "h", "serial_number": "S-7", "os_name": "%s"}'
    await bring(estate, [line % "Linux"], A_YEAR_BEFORE, stronger)
    before = [await bring(estate, [line % "Windows"], A_YEAR_BEFORE) for _ in range(2)]
    late = await bring(estate, [line % "Windows"], MONDAY)

    assert [False, False] == [report.repeated for report in before]

    assert 1 == late.counts.total(ActionKind.UPDATE)
    assert "Windows" == (await estate.named("h")).properties["os_name"]


async def test_what_comes_through_a_pipe_is_read_each_time(estate: Estate) -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    for _ in range(2):
        pipe = Source("hosts.txt", Pipe("".join(f"{line}\n" for line in HOSTS).encode()), MONDAY)
        report = await estate.engine.run(Reading("lines", pipe, HERE), OPTIONS)
        assert not report.repeated


async def test_a_file_that_changes_while_it_is_read_leaves_no_receipt(estate: Estate) -> None:
    class Growing(io.BytesIO):
        rounds = 0

        def seek(self, offset: int, whence: int = 0) -> int:
            self.rounds += 1
            if self.rounds == 3:
                super().seek(0, io.SEEK_END)
                super().write(b"h9 S-9\n")
            return super().seek(offset, whence)

    content = "".join(f"{line}\n" for line in HOSTS).encode()
    grown = Source("hosts.txt", Growing(content), MONDAY)
    await estate.engine.run(Reading("lines", grown, HERE), OPTIONS)

    assert not (await bring(estate)).repeated


async def test_a_run_during_which_others_wrote_leaves_no_receipt(estate: Estate) -> None:
    others = asyncio.create_task(bring(estate, ["x S-100", "y S-101"], options=RunOptions("nmap")))
    await bring(estate)
    await others
    reports = [await bring(estate), await bring(estate)]

    assert [False, True] == [report.repeated for report in reports]


async def test_a_receipt_of_another_history_says_nothing(tmp_path: Path) -> None:
    """A store that was emptied and filled anew may be at the same revision with other content."""
    async with open_estate(tmp_path) as estate:
        await bring(estate)
        receipts = [await estate.store.receipt(key) for key in _receipt_keys(tmp_path)]
    async with open_estate(tmp_path / "other") as estate:
        await bring(estate, ["z S-0", "y S-1"])
        for receipt in receipts:
            assert receipt is not None
            await estate.store.keep_receipt(receipt)
        assert not (await bring(estate)).repeated


def _receipt_keys(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / "estate.db")) as connection:
        return [key for (key,) in connection.execute("SELECT key FROM receipts")]


TOLD = ("2026-11-16T07:00:00.000Z", "2026-11-17T07:00:00.000Z", "2026-11-18T09:00:00.000Z")

_ATTRIBUTES: dict[str, Callable[[int], object]] = {
    "serial_number": lambda number: f"SN-{number}A",
    "mac_addresses": lambda number: [f"00:1b:54:00:00:{number:02x}"],
    "fqdn": lambda number: f"h{number}.example.com",
    "ip_addresses": lambda number: [f"10.0.0.{number}"],
}


@st.composite
def _line(draw: st.DrawFn) -> str:
    """One of four machines by some of what identifies it, its time told or not."""
    number = draw(st.integers(1, 4))
    names = draw(st.sets(st.sampled_from(sorted(_ATTRIBUTES)), min_size=1))
    told: dict[str, object] = {"name": "h", **{name: _ATTRIBUTES[name](number) for name in sorted(names)}}
    told["os_name"] = draw(st.sampled_from(["Linux", "Windows"]))
    at = draw(st.sampled_from([None, *TOLD]))
    return json.dumps(told | ({"at": at} if at else {}))


_FILE = st.lists(_line(), min_size=1, max_size=4)


async def _state(estate: Estate) -> tuple[list[str], int]:
    """Everything about every CI but its id, and the number of revisions."""
    cis = await estate.cis()
    evidences = await estate.store.evidence([ci.id for ci in cis])
    shown = [
        repr(
            (
                ci.label,
                sorted(ci.properties.items()),
                sorted(found.stamps.items()),
                sorted(found.seen.items()),
            )
        )
        for ci in cis
        for found in [evidences[ci.id]]
    ]
    return sorted(shown), await estate.revision()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_FILE, _FILE, st.sampled_from(["agent", "nmap", "table"]), st.booleans(), st.integers(1, 4))
def test_not_reading_a_file_comes_to_the_same_as_reading_it(
    first: list[str], other: list[str], source: str, between: bool, chunk: int
) -> None:
    async def history(folder: Path, reread: bool) -> object:
        options = RunOptions("table", chunk_items=chunk, reread=reread)
        async with open_estate(folder) as estate:
            files = [(first, MONDAY, "table"), (other, TUESDAY, source), (first, TUESDAY, "table")]
            for lines, at, name in files if between else files[::2]:
                await bring(estate, lines, at, replace(options, source=name))
            last = await bring(estate, first, WEDNESDAY, options)
            return await _state(estate), last.counts, last.problem_count, last.conflict_count

    with tempfile.TemporaryDirectory() as folder:
        skipped = asyncio.run(history(Path(folder, "skipped"), reread=False))
        read = asyncio.run(history(Path(folder, "read"), reread=True))

    assert read == skipped
