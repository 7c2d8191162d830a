"""What the embedded store says when its file is not as it should be."""

import asyncio
import os
import sqlite3
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cmdb.graph.errors import StoreDamagedError, StoreFullError, StoreUnavailableError, StoreVersionError
from cmdb.graph.ledger import verify_ledger
from cmdb.graph.query import NodeQuery, SearchQuery
from cmdb.store.embedded.connection import StoreSettings
from cmdb.store.embedded.faults import NotAStoreError
from cmdb.store.embedded.store import EmbeddedStore, open_embedded
from tests.contract.build import FixedClock, found, host, link, put
from tests.contract.schema import ALL, SCHEMA

_NOBODY = 65534


async def _opened(path: Path, settings: StoreSettings | None = None) -> EmbeddedStore:
    return await open_embedded(path, SCHEMA, FixedClock(), settings)


async def _filled(path: Path, nodes: int = 300) -> None:
    """A closed store of some pages."""
    store = await _opened(path)
    await put(
        store,
        *[host(f"n{number:04}", f"c{number}", note=f"marker-{number:04} " * 20) for number in range(nodes)],
        *[link("CONNECTS", f"n{number:04}", "n0000") for number in range(nodes)],
    )
    await store.close()


async def _read_everything(path: Path) -> None:
    store = await _opened(path)
    try:
        await found(store)
        await store.structure()
        assert [node async for node in store.nodes()]
        assert [revision async for revision in store.revisions()]
    finally:
        await store.close()


async def test_a_missing_folder_is_made(tmp_path: Path) -> None:
    """A first start needs nothing prepared."""
    store = await _opened(tmp_path / "some" / "where" / "cmdb.db")
    assert (await store.head()).revision == 0
    await store.close()


async def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    """A file stands in its way."""
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreUnavailableError, match="folder"):
        await _opened(tmp_path / "file" / "cmdb.db")


async def test_a_folder_is_no_store(tmp_path: Path) -> None:
    """The path of a folder cannot be opened as a file."""
    with pytest.raises(StoreUnavailableError):
        await _opened(tmp_path)


@pytest.mark.parametrize(
    "content", [b"no database at all, just text " * 99, b"SQLite format 3\0" + b"\xff" * 4096]
)
async def test_a_file_that_never_was_a_store_is_none(tmp_path: Path, content: bytes) -> None:
    """It is not called damaged, for there is nothing to restore, and it is left as it was."""
    path = tmp_path / "cmdb.db"
    path.write_bytes(content)
    with pytest.raises(NotAStoreError) as refused:
        await _opened(path)
    assert ("NOT_A_STORE", False) == (refused.value.code, refused.value.retryable)
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    ("place", "content"),
    [(0, bytes(100)), (0, b"Q"), (68, b"XMDB"), (16, b"\0\0"), (0, b"SQLite format 4")],
    ids=["no header", "first byte", "number of the application", "size of a page", "kind of file"],
)
async def test_a_store_whose_beginning_is_destroyed_is_damaged(
    tmp_path: Path, place: int, content: bytes
) -> None:
    """What follows tells that it was one."""
    path = tmp_path / "cmdb.db"
    await _filled(path)
    with path.open("r+b") as file:
        file.seek(place)
        file.write(content)
    with pytest.raises(StoreDamagedError):
        await _read_everything(path)


@pytest.mark.parametrize("length", [1, 15, 16, 99, 100, 4095])
async def test_a_store_of_which_only_the_beginning_is_left_is_damaged(tmp_path: Path, length: int) -> None:
    """However little of it."""
    path = tmp_path / "cmdb.db"
    await _filled(path, 1)
    with path.open("r+b") as file:
        file.truncate(length)
    with pytest.raises(StoreDamagedError):
        await _opened(path)


async def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    """A typing mistake in the address must not add tables to somebody's data."""
    path = tmp_path / "other.db"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE recipes (name TEXT)")
    other.close()
    before = path.read_bytes()
    with pytest.raises(NotAStoreError, match="another program"):
        await _opened(path)
    assert path.read_bytes() == before


async def test_a_file_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    """The error names both layouts."""
    path = tmp_path / "cmdb.db"
    await _filled(path, 1)
    newer = sqlite3.connect(path)
    newer.execute("PRAGMA user_version = 99")
    newer.close()
    with pytest.raises(StoreVersionError) as refused:
        await _opened(path)
    assert refused.value.details["found"] == 99


@pytest.mark.parametrize("kept", [0.2, 0.5, 0.9])
async def test_a_file_cut_short_is_damaged(tmp_path: Path, kept: float) -> None:
    """However much of it is left."""
    path = tmp_path / "cmdb.db"
    await _filled(path)
    with path.open("r+b") as file:
        file.truncate(int(path.stat().st_size * kept))
    with pytest.raises(StoreDamagedError):
        await _read_everything(path)


async def test_a_flipped_bit_in_a_property_is_noticed_when_read(tmp_path: Path) -> None:
    """Even where the text still is valid JSON."""
    path = tmp_path / "cmdb.db"
    await _filled(path)
    content = bytearray(path.read_bytes())
    places = [place for place in range(len(content)) if content.startswith(b"marker-0123 ", place)]
    for place in places:
        content[place] ^= 1
    path.write_bytes(content)
    store = await _opened(path)
    with pytest.raises(StoreDamagedError, match="n0123"):
        await store.get(["n0123"])
    assert set(await store.get(["n0124"])) == {"n0124"}
    assert (await verify_ledger(store)).broken == 1
    await store.close()


async def test_an_id_that_is_no_text_is_never_given_out(tmp_path: Path) -> None:
    """A damaged page can hold a value of another type than was ever written."""
    path = tmp_path / "cmdb.db"
    await _filled(path, 3)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE nodes SET id = CAST(id AS BLOB) WHERE id = 'n0001'")
    connection.close()
    store = await _opened(path)
    assert {"c2": "n0002"} == await store.resolve(["c2"])
    with pytest.raises(StoreDamagedError):
        await store.resolve(["c1", "c2"])
    with pytest.raises(StoreDamagedError):
        assert [node async for node in store.nodes()]
    await store.close()


async def test_overwritten_pages_are_damaged(tmp_path: Path) -> None:
    """Noise in the middle of the file is never given out as data."""
    path = tmp_path / "cmdb.db"
    await _filled(path)
    with path.open("r+b") as file:
        for page in range(3, path.stat().st_size // 4096, 2):
            file.seek(page * 4096)
            file.write(b"\xa5" * 4096)
    with pytest.raises(StoreDamagedError):
        await _read_everything(path)


async def test_a_full_disk_writes_nothing_by_half(tmp_path: Path) -> None:
    """The batch is refused whole, what stood before still stands, and smaller ones go in."""
    store = await _opened(tmp_path / "cmdb.db", StoreSettings(max_pages=120))
    await put(store, host("first", "c"))
    with pytest.raises(StoreFullError):
        await put(store, *[host(f"n{number}", f"c{number}", note="x" * 5000) for number in range(500)])
    assert await found(store) == ["first"]
    assert await store.resolve(["c", "c1"]) == {"c": "first"}
    assert (await put(store, host("second"))).revision == 2
    assert (await verify_ledger(store)).broken is None
    await store.close()


@contextmanager
def _open_folder() -> Iterator[Path]:
    """A folder that others than its owner may read."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@contextmanager
def _without_privileges(folder: Path) -> Iterator[None]:
    """Nothing in the folder may be written inside the block, by root neither."""
    for path in [*folder.rglob("*"), folder]:
        path.chmod(path.stat().st_mode & ~(stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(_NOBODY)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)
        for path in [folder, *folder.rglob("*")]:
            path.chmod(path.stat().st_mode | stat.S_IWUSR)


async def test_a_read_only_file_cannot_be_written() -> None:
    """The error says that it is not writable, and the file stays as it was."""
    with _open_folder() as folder:
        path = folder / "cmdb.db"
        await _filled(path, 3)
        before = path.read_bytes()
        with _without_privileges(folder), pytest.raises(StoreFullError):
            await _opened(path)
        assert path.read_bytes() == before


async def test_a_store_that_waits_too_long_for_another_writer_says_so(tmp_path: Path) -> None:
    """Another process holds the file; the error can be retried."""
    store = await _opened(tmp_path / "cmdb.db", StoreSettings(busy_seconds=0.05))
    other = sqlite3.connect(tmp_path / "cmdb.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailableError) as refused:
        await put(store, host("h"))
    assert refused.value.retryable
    assert await store.count(NodeQuery(ALL)) == {None: 0}
    other.execute("ROLLBACK")
    other.close()
    assert (await put(store, host("h"))).revision == 1
    await store.close()


async def test_indexing_in_the_background_can_fail_quietly(tmp_path: Path) -> None:
    """It is caught up on by the next search, in the same process or another."""
    store = await _opened(tmp_path / "cmdb.db", StoreSettings(busy_seconds=0.01))
    await put(store, host("h", name="printer"))
    other = sqlite3.connect(tmp_path / "cmdb.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    await asyncio.sleep(0.4)
    other.execute("ROLLBACK")
    other.close()
    assert [hit.node.id for hit in await store.search(SearchQuery("printer", ALL))] == ["h"]
    await store.close()
