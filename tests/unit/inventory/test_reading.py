"""A large file is read in a process of its own, and nothing else differs."""

import asyncio
import io
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from cmdb.inventory.engine import RunOptions
from cmdb.inventory.importer import Source, UnreadableSourceError
from cmdb.inventory.loading import BrokenImporterError
from cmdb.inventory.plan import ActionKind, plan_data
from cmdb.inventory.reading import Reading
from cmdb.inventory.registry import UnknownImporterError
from tests.unit.inventory.estate import MONDAY, Estate, open_estate
from tests.unit.inventory.lines import ELSEWHERE, reading

OPTIONS = RunOptions("lines", chunk_items=20)
HOSTS = [f"h{number} S-{number}" for number in range(60)]
HERE = None

pytestmark = pytest.mark.usefixtures("lines_importer")


def reading_processes() -> list[str]:
    """The children of this process that read files; others may have children of theirs here."""
    found = []
    for child in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split():
        with suppress(OSError):
            if b"reading_child" in Path(f"/proc/{child}/cmdline").read_bytes():
                found.append(child)
    return found


@pytest.mark.parametrize("large", [HERE, ELSEWHERE, 100, 1 << 20])
async def test_a_file_comes_to_the_same_wherever_it_is_read(tmp_path: Path, large: int | None) -> None:
    lines = [*HOSTS[:30], "bad", *HOSTS[30:], "again S-7"]
    async with open_estate(tmp_path) as estate:
        report = await estate.engine.run(reading(lines, large), OPTIONS)
        again = await estate.engine.run(reading(HOSTS, large), OPTIONS)

        assert {"Host": 60, "Endpoint": 60} == dict(report.counts.by_action[ActionKind.CREATE])
        assert [("line 31", "ROW_SHORT")] == [(each.position, each.code) for each in report.problems]
        assert {f"h{number}" for number in range(60)} - {"h7"} <= {ci.name for ci in await estate.cis()}
        assert 60 == len(await estate.cis("Endpoint"))
        assert again.counts.total(ActionKind.CREATE) == 0


async def test_a_plan_is_the_same_wherever_the_file_is_read(estate: Estate) -> None:
    await estate.engine.run(reading(HOSTS[:20], HERE), OPTIONS)
    plans = [await estate.engine.plan(reading(HOSTS, large), OPTIONS) for large in (HERE, ELSEWHERE)]

    assert 80 == plans[0].counts.total(ActionKind.CREATE)
    assert plan_data(plans[0])["counts"] == plan_data(plans[1])["counts"]


async def test_what_the_importer_refuses_is_refused_here_and_what_came_before_is_written(
    estate: Estate,
) -> None:
    with pytest.raises(UnreadableSourceError, match="not of this kind") as refused:
        await estate.engine.run(reading([*HOSTS, "unreadable"]), OPTIONS)

    assert {"line": 61} == dict(refused.value.details)
    assert 50 <= len(await estate.cis())
    assert [] == reading_processes()


@pytest.mark.parametrize(("word", "why"), [("crash", "ZeroDivisionError: of its own"), ("die", "-9")])
async def test_an_importer_that_fails_or_is_killed_is_named_and_what_came_before_is_written(
    estate: Estate, word: str, why: str
) -> None:
    with pytest.raises(BrokenImporterError, match=f"importer 'lines' failed: .*{why}") as broken:
        await estate.engine.run(reading([*HOSTS, word]), OPTIONS)

    assert "with the file" in broken.value.remedy
    assert 50 <= len(await estate.cis())
    assert [] == reading_processes()


async def test_an_unknown_importer_is_named_before_any_process_is_started(estate: Estate) -> None:
    with pytest.raises(UnknownImporterError, match="did you mean 'lines'"):
        await estate.engine.run(reading(HOSTS, importer="line"), OPTIONS)


@pytest.fixture
def lost_importer(lines_importer: None, tmp_path: Path) -> None:
    """The importer `lines` is registered, and its module is gone."""
    (found,) = tmp_path.glob("packages/*.dist-info/entry_points.txt")
    found.write_text("[cmdb.importers]\nlines = no_such_module:Lines\n")


@pytest.mark.usefixtures("lost_importer")
async def test_an_importer_that_cannot_be_loaded_there_is_told_of_here(estate: Estate) -> None:
    with pytest.raises(BrokenImporterError, match="cannot be loaded: No module named 'no_such_module'"):
        await estate.engine.run(reading(HOSTS), OPTIONS)

    assert [] == reading_processes()


async def test_a_stream_that_breaks_off_is_told_as_it_is(estate: Estate) -> None:
    class Cut(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() > 100:
                raise ConnectionAbortedError("the upload broke off")
            return super().read(size)

    cut = Source("hosts.txt", Cut(reading(HOSTS).source.stream.read()), MONDAY)
    with pytest.raises(ConnectionAbortedError, match="the upload broke off"):
        await estate.engine.run(Reading("lines", cut, 200), OPTIONS)

    assert [] == reading_processes()


async def test_nothing_is_left_of_a_run_that_is_cancelled(estate: Estate) -> None:
    def endless() -> Iterator[bytes]:
        number = 0
        while True:
            number += 1
            yield f"h{number} S-{number}\n".encode()

    class Endless(io.RawIOBase):
        def __init__(self) -> None:
            super().__init__()
            self.lines = endless()

        def read(self, size: int = -1) -> bytes:
            return b"".join([next(self.lines) for _ in range(max(1, size // 10))])

    source = Source("hosts.txt", Endless(), MONDAY)  # type: ignore[arg-type]
    running = asyncio.create_task(estate.engine.run(Reading("lines", source, 10), OPTIONS))
    while not await estate.cis():  # noqa: ASYNC110 - the store tells nobody
        await asyncio.sleep(0.01)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert [] == reading_processes()


async def test_the_reading_process_is_gone_when_a_run_is_over(estate: Estate) -> None:
    await estate.engine.run(reading(HOSTS), replace(OPTIONS, run_id="RUN"))

    assert [] == reading_processes()
