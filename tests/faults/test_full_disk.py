"""A disk without room and a file that may not be written: one clear error, nothing lost, and on it goes afterwards."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from cmdb.graph.errors import StoreFullError
from cmdb.graph.store import GraphStore
from tests.contract.build import host, put
from tests.e2e.command import COMMAND, environment
from tests.faults.content import Contents, content_hash, sound
from tests.faults.estates import scan
from tests.faults.places import EMBEDDED, Place
from tests.faults.processes import run
from tests.faults.work import cmdb_command, write_until_full

ROOM = 3 << 20
_NO_MOUNT = "no file system can be mounted here; the bound on a file's size stands in for it"
_MOUNT = "cmdb-faults-"
"""What a mounted file system is called, followed by the number of the process that wants it."""


def _unmount_what_the_dead_left() -> None:
    """File systems of test runs that were killed."""
    for line in Path("/proc/self/mounts").read_text().splitlines():
        name, place, *_ = line.split(" ")
        if name.startswith(_MOUNT) and not Path(f"/proc/{name.removeprefix(_MOUNT)}").exists():
            subprocess.run(["umount", "-l", place.replace("\\040", " ")], capture_output=True, check=False)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own with little room."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if sys.platform != "linux":
        pytest.skip(reason=_NO_MOUNT)
    _unmount_what_the_dead_left()
    words = ["mount", "-t", "tmpfs", "-o", f"size={ROOM}", f"{_MOUNT}{os.getpid()}", str(folder)]
    if subprocess.run(words, capture_output=True, check=False).returncode:
        pytest.skip(reason=_NO_MOUNT)
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def _ballast(disk: Path, random: Random) -> Path:
    """Takes some of the room away, so that it ends at another place each time."""
    path = disk / "ballast"
    path.write_bytes(bytes(random.randrange(ROOM // 3)))
    return path


async def test_a_full_disk_is_said_and_nothing_acknowledged_is_lost(disk: Path, random: Random) -> None:
    """The store can be read while the disk is full, and written again once there is room."""
    place = Place(EMBEDDED, str(disk / "cmdb.db"))
    ballast = _ballast(disk, random)
    async with place.opened() as store:
        names: list[int] = []
        with pytest.raises(StoreFullError) as failure:
            await _fill(store, names, random)
        assert len(names) > 0
        full = await sound(store)
        with pytest.raises(StoreFullError):
            await put(store, host("one-more", note="x" * ROOM))
        ballast.unlink()
        await put(store, host("after"))
        found = await sound(store)
    async with place.opened() as store:
        assert found == await sound(store)

    assert "STORE_NOT_WRITABLE" == failure.value.code
    assert str(place.file) in failure.value.message
    assert len(names) == len(full.revisions)
    assert {*full.nodes, "after"} == found.nodes.keys()


async def _fill(store: GraphStore, names: list[int], random: Random) -> None:
    """Write on and on; `names` counts what was acknowledged."""
    for number in range(10_000):
        hosts = [host(f"{number}-{each}", note="x" * 500) for each in range(random.randint(1, 9))]
        await put(store, *hosts)
        names.append(number)


def test_an_import_that_fills_the_disk_is_finished_when_there_is_room(
    disk: Path, tmp_path: Path, seed: int, random: Random
) -> None:
    """The command ends with the error's own exit code and no traceback; then the same import brings in the rest."""
    path = tmp_path / "scan.xml"
    path.write_text("".join(scan(seed, 1_500)))
    ballast = _ballast(disk, random)
    place, undisturbed = (Place(EMBEDDED, str(folder / "cmdb.db")) for folder in (disk, tmp_path))
    failed = _import(path, place, tmp_path / "failed")
    told = (tmp_path / "failed.err").read_text()
    ballast.unlink()
    subprocess.run(["mount", "-o", f"remount,size={64 << 20}", str(disk)], check=True)
    again, whole = _import(path, place, tmp_path / "again"), _import(path, undisturbed, tmp_path / "whole")

    assert 6 == failed, told
    assert "error STORE_NOT_WRITABLE" in told
    assert "Traceback" not in told
    assert (0, 0) == (again, whole)
    assert content_hash(_contents(undisturbed)) == content_hash(_contents(place))


def _import(path: Path, place: Place, output: Path) -> int:
    return run(cmdb_command, ["import", "nmap", str(path), "--store", place.address], output).code


def _contents(place: Place) -> Contents:
    async def read() -> Contents:
        async with place.opened() as store:
            return await sound(store)

    return asyncio.run(read())


def test_a_disk_without_any_room_is_said_at_the_start(disk: Path, tmp_path: Path, random: Random) -> None:
    """A store that is new there, and one that is there already."""
    place = Place(EMBEDDED, str(disk / "old" / "cmdb.db"))
    before = _contents(place)
    left = random.choice([0, 0, 4_096, 20_000])
    (disk / "ballast").write_bytes(bytes(shutil.disk_usage(disk).free - left))
    for store in (place.address, str(disk / "new.db")):
        ended = run(cmdb_command, ["search", "device", "--store", store], tmp_path / "said")
        told = (tmp_path / "said.err").read_text()
        assert (ended.code, "error STORE_NOT_WRITABLE" in told) in {(6, True), (0, False)}, told
        assert "Traceback" not in told
    (disk / "ballast").unlink()

    assert before == _contents(place)
    assert [] == list(_contents(Place(EMBEDDED, str(disk / "new.db"))).nodes)


def test_a_file_that_may_not_grow_is_said(embedded: Place, random: Random) -> None:
    """Everywhere, without a disk of its own: the same by the bound that a process has on its files' size."""
    limit = random.randrange(1_200_000, 2_000_000)
    ended = run(write_until_full, embedded, limit)

    assert (0, "") == (ended.code, ended.failure)
    *acknowledged, error, after = ended.said
    assert ("STORE_NOT_WRITABLE", "after") == (error.code, after)
    assert {*acknowledged, "after"} == _contents(embedded).nodes.keys()


@pytest.fixture
def as_owner() -> list[str]:
    """What to put before a command so that permissions hold for it, as they do for everybody but root."""
    if os.getuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        pytest.skip(reason="root writes read-only files, and there is no setpriv to take that from it")
    return ["setpriv", "--inh-caps=-all", "--bounding-set=-dac_override,-dac_read_search"]


def test_a_file_that_is_read_only_is_said_and_left_as_it_is(
    embedded: Place, tmp_path: Path, as_owner: list[str]
) -> None:
    """In a folder that may not be written either; there it goes on when both may."""
    before = _contents(embedded)
    content = embedded.file.read_bytes()
    path = tmp_path / "scan.xml"
    path.write_text("".join(scan(1, 5)))
    embedded.file.chmod(0o444)
    embedded.file.parent.chmod(0o555)
    try:
        told = subprocess.run(
            [*as_owner, str(COMMAND), "import", "nmap", str(path), "--store", embedded.address],
            env=environment(tmp_path, {}),
            capture_output=True,
            check=False,
        )
    finally:
        embedded.file.parent.chmod(0o755)
        embedded.file.chmod(0o644)

    assert 6 == told.returncode, told.stderr
    assert b"error STORE_NOT_WRITABLE" in told.stderr
    assert b"Traceback" not in told.stderr
    assert content == embedded.file.read_bytes()
    assert before == _contents(embedded)
    assert 0 == _import(path, embedded, tmp_path / "said")


def test_a_read_only_file_system_is_said(disk: Path, tmp_path: Path, seed: int) -> None:
    """And the store is as it was when it can be written again."""
    place = Place(EMBEDDED, str(disk / "cmdb.db"))
    before = _contents(place)
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    path = tmp_path / "scan.xml"
    path.write_text("".join(scan(seed, 5)))
    ended = _import(path, place, tmp_path / "said")
    told = (tmp_path / "said.err").read_text()
    subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)

    assert 6 == ended, told
    assert "error STORE_NOT_WRITABLE" in told
    assert before == _contents(place)
