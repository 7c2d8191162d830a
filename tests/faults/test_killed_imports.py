"""kill -9 in the middle of an import, and the same import again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from tests.faults.content import Contents, content_hash, sound
from tests.faults.estates import scan
from tests.faults.places import EMBEDDED, Place
from tests.faults.processes import KILLED, Running, run
from tests.faults.work import Death, bring_in, cmdb_command

CHUNK = 60


@pytest.fixture
def office(tmp_path: Path, seed: int) -> Path:
    """A generated scan."""
    path = tmp_path / "scan.xml"
    path.write_text("".join(scan(seed, 60)))
    return path


async def _finished(place: Place, office: Path) -> str:
    await bring_in(lambda said: None, place, office, CHUNK)
    return await _hash(place)


async def _sound(place: Place) -> Contents:
    async with place.opened() as store:
        return await sound(store)


async def _hash(place: Place) -> str:
    return content_hash(await _sound(place))


@dataclass(frozen=True, slots=True)
class Undisturbed:
    """An import that nobody disturbs: its content's hash, how many commits it makes, how long it takes."""

    hash: str
    commits: int
    seconds: float


def _undisturbed(place: Place, office: Path) -> Undisturbed:
    ended = run(bring_in, place, office, CHUNK)
    assert (0, "") == (ended.code, ended.failure)
    *revisions, (_, seconds) = ended.said
    return Undisturbed(asyncio.run(_hash(place)), len(revisions), seconds)


def _dies_and_is_finished(place: Place, office: Path, death: Death, expected: Undisturbed) -> list[int]:
    """The revisions acknowledged before the death; afterwards a second import has brought in the rest."""
    died = run(bring_in, place, office, CHUNK, death)
    assert "" == died.failure
    if death.seconds is None:
        assert KILLED == died.code
    assert expected.hash == asyncio.run(_finished(place, office))
    return [said for said in died.said if isinstance(said, int)]


def test_an_import_killed_at_any_commit_is_finished_by_the_same_import(
    places: Iterator[Place], office: Path, random: Random, *, thorough: bool
) -> None:
    """Before the first commit and after each: the same graph as undisturbed, no gap and no double revision.

    Before a later commit the store is as after the one before it. A short run takes one of those on a server.
    """
    expected = _undisturbed(next(places), office)
    assert expected.commits >= 5

    numbers = range(expected.commits + 1)
    place = next(places)
    for number in numbers if thorough or place.kind == EMBEDDED else [random.choice(numbers)]:
        death = Death(after=number) if number else Death(before=1)
        # The last one before the death was not acknowledged any more.
        acknowledged = _dies_and_is_finished(next(places), office, death, expected)
        assert list(range(1, number)) == acknowledged


def test_an_import_killed_again_and_again_is_finished_in_the_end(
    places: Iterator[Place], office: Path, random: Random, *, thorough: bool
) -> None:
    """Each attempt dies at its first, second or third commit, and none undoes or doubles what was done before."""
    expected = _undisturbed(next(places), office)
    place = next(places)
    for _ in range(6 if thorough else 2):
        number = random.randint(1, 3)
        death = Death(before=number) if random.random() < 0.5 else Death(after=number)
        assert "" == run(bring_in, place, office, CHUNK, death).failure

    _dies_and_is_finished(place, office, Death(seconds=random.uniform(0, expected.seconds)), expected)


def test_an_import_killed_at_any_moment_is_finished_by_the_same_import(
    places: Iterator[Place], office: Path, random: Random, *, thorough: bool
) -> None:
    """Also in the middle of a transaction."""
    expected = _undisturbed(next(places), office)
    for _ in range(8 if thorough else 2):
        death = Death(seconds=random.uniform(0, expected.seconds))
        _dies_and_is_finished(next(places), office, death, expected)


def test_the_command_killed_at_any_moment_is_finished_by_the_same_command(
    embedded: Place, tmp_path: Path, seed: int, random: Random
) -> None:
    """The real `cmdb import`, with chunks of the size it has."""
    path = tmp_path / "large.xml"
    path.write_text("".join(scan(seed, 2_500)))
    words = ["import", "nmap", str(path), "--store", embedded.address]
    killed = Running(cmdb_command, words, tmp_path / "killed")
    killed.said()
    time.sleep(random.uniform(0.05, 1.0))
    killed.kill()
    assert killed.join().code in {KILLED, 0}
    again = run(cmdb_command, words, tmp_path / "again")

    assert (0, "") == (again.code, (tmp_path / "again.err").read_text())
    found = asyncio.run(_sound(embedded))
    assert sorted(f"host-{number}.faults.example" for number in range(2_500)) == found.names("Host")
