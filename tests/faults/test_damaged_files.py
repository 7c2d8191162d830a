"""A store's file cut short or with flipped bits: said by opening, reading or checking, never served in silence."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from cmdb.inventory.engine import RunOptions
from tests.contract.build import host, put
from tests.faults.content import contents, sound
from tests.faults.estates import devices
from tests.faults.places import EMBEDDED, Place, engine_on
from tests.faults.processes import Running, run
from tests.faults.work import QUESTIONS, cmdb_command, look_at_everything, write_on

PLACES = 12
PAGE = 4_096


@dataclass(frozen=True, slots=True)
class Whole:
    """A file as it should be, and its answers to every question."""

    content: bytes
    answers: dict[str, str]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    """A store of some devices, brought in by several commits, and closed."""
    place = Place(EMBEDDED, str(tmp_path_factory.mktemp("whole") / "cmdb.db"))
    asyncio.run(_fill(place))
    ended = run(look_at_everything, [place])
    assert (0, "") == (ended.code, ended.failure)
    assert [place.file] == list(place.file.parent.iterdir())
    return Whole(place.file.read_bytes(), ended.said[0])


async def _fill(place: Place) -> None:
    async with place.opened() as store:
        options = RunOptions("nmap", "office", chunk_items=20)
        await engine_on(store).run(devices(1, 60), options)
        await engine_on(store).run(reversed(devices(2, 40)), RunOptions("agent", "office", chunk_items=20))
        await sound(store)


@pytest.fixture
def copies(tmp_path: Path) -> Iterator[Place]:
    """Places for copies."""

    def made() -> Iterator[Place]:
        for number in range(1_000):
            (tmp_path / f"{number}").mkdir()
            yield Place(EMBEDDED, str(tmp_path / f"{number}" / "cmdb.db"))

    return made()


def _answers(copies: Iterator[Place], contents_: list[bytes]) -> list[dict[str, str]]:
    """What stores with these contents answer; a process that crashes or fails otherwise fails the test."""
    places = [place for _, place in zip(contents_, copies, strict=False)]
    for place, content in zip(places, contents_, strict=True):
        place.file.write_bytes(content)
    ended = run(look_at_everything, places)
    assert 0 == ended.code, f"after {len(ended.said)} of {len(places)}: {ended.failure}"
    return ended.said


def test_whole_files_answer_alike(whole: Whole, copies: Iterator[Place]) -> None:
    """What is compared below is the damage, not the copy."""
    assert [whole.answers] * 2 == _answers(copies, [whole.content] * 2)


def test_flipped_bits_are_said_or_change_nothing(
    whole: Whole, copies: Iterator[Place], random: Random
) -> None:
    """Wherever they are: graph, ledger, indexes, provenance and bookkeeping."""
    flipped = []
    for _ in range(PLACES):
        content = bytearray(whole.content)
        for _ in range(random.choice([1, 1, 8])):
            content[random.randrange(len(content))] ^= 1 << random.randrange(8)
        flipped.append(bytes(content))

    for answers in _answers(copies, flipped):
        assert set() == _silently_wrong(whole, answers), _difference(whole, answers)


def test_overwritten_pages_are_said_or_change_nothing(
    whole: Whole, copies: Iterator[Place], random: Random
) -> None:
    """Pages of zeros, of noise, and a page in another's place, as a broken disk or file system leaves them."""
    pages = len(whole.content) // PAGE
    spoilt = []
    for _ in range(PLACES // 2):
        content = bytearray(whole.content)
        start = random.randrange(pages) * PAGE
        other = random.randrange(pages) * PAGE
        content[start : start + PAGE] = random.choice(
            [bytes(PAGE), random.randbytes(PAGE), whole.content[other : other + PAGE]]
        )
        spoilt.append(bytes(content))

    for answers in _answers(copies, spoilt):
        assert set() == _silently_wrong(whole, answers), _difference(whole, answers)


def test_files_cut_short_are_said(whole: Whole, copies: Iterator[Place], random: Random) -> None:
    """Wherever they end, but for a file without a single byte, which is how a store begins."""
    size = len(whole.content)
    lengths = [random.randrange(1, size) for _ in range(PLACES // 2)]
    lengths += [random.randrange(1, size // PAGE) * PAGE for _ in range(PLACES // 4)]
    lengths += [random.randrange(1, 200), size - random.randrange(1, 200)]

    for length, answers in zip(
        lengths, _answers(copies, [whole.content[:length] for length in lengths]), strict=True
    ):
        assert "STORE_DAMAGED" in answers.values(), (length, _difference(whole, answers))
        assert set() == _silently_wrong(whole, answers), (length, _difference(whole, answers))


def _silently_wrong(whole: Whole, answers: dict[str, str]) -> set[str]:
    """The questions answered otherwise than they should be, when nothing at all says so."""
    if any(_is_code(answer) for answer in answers.values()):
        return set()
    return {name for name in QUESTIONS if answers[name] != whole.answers[name]}


def _difference(whole: Whole, answers: dict[str, str]) -> dict[str, str]:
    return {name: each for name, each in answers.items() if each != whole.answers[name]}


def _is_code(answer: str) -> bool:
    return answer.isupper()


def test_the_command_says_it_in_one_error(whole: Whole, tmp_path: Path, random: Random) -> None:
    """With a code, what to do, an exit code of its own, and no traceback; what never was a store is not damaged."""
    file = tmp_path / "cmdb.db"
    spoilt = [
        whole.content[: len(whole.content) // 2],
        bytes(100) + whole.content[100:],
        whole.content[:PAGE] + random.randbytes(len(whole.content) - PAGE),
    ]
    expected = [(content, 70, "error STORE_DAMAGED", "backup") for content in spoilt]
    expected.append((random.randbytes(5_000), 6, "error NOT_A_STORE", "Name another file"))
    for content, code, error, remedy in expected:
        file.write_bytes(content)
        ended = run(cmdb_command, ["search", "device", "--store", str(file)], tmp_path / "said")
        said = (tmp_path / "said.err").read_text()
        assert code == ended.code, said
        assert error in said
        assert remedy in said
        assert "Traceback" not in said


async def test_a_log_that_is_cut_or_flipped_gives_an_earlier_moment(
    embedded: Place, copies: Iterator[Place], random: Random
) -> None:
    """The last commits of a killed writer may be gone with the log's end, but what is there is whole."""
    writer = Running(write_on, embedded, "writer")
    await asyncio.to_thread(writer.said, 60, 40)
    writer.kill()
    writer.join()
    log = embedded.file.with_name("cmdb.db-wal").read_bytes()
    main = embedded.file.read_bytes()
    async with embedded.opened() as store:
        expected = [each.hash for each in (await contents(store)).revisions]

    kept = []
    for _ in range(6):
        copy = next(copies)
        copy.file.write_bytes(main)
        spoilt = bytearray(log[: random.randrange(len(log))] if random.random() < 0.5 else log)
        spoilt[random.randrange(len(spoilt))] ^= 1 << random.randrange(8)
        copy.file.with_name("cmdb.db-wal").write_bytes(spoilt)
        async with copy.opened() as store:
            found = [each.hash for each in (await sound(store)).revisions]
            await put(store, host("goes-on"))
            await sound(store)
        assert expected[: len(found)] == found
        kept.append(len(found))
    assert min(kept) < len(expected)


def test_another_programs_file_is_left_as_it_was(tmp_path: Path, seed: int) -> None:
    """It is no damage to be mended, and is not touched."""
    file = tmp_path / "other.db"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    before = file.read_bytes()
    shutil.copy(file, tmp_path / "copy.db")
    ended = run(cmdb_command, ["search", "device", "--store", str(file)], tmp_path / "said")

    assert 6 == ended.code
    assert "error NOT_A_STORE" in (tmp_path / "said.err").read_text()
    assert before == file.read_bytes()
