"""Whatever happens to a backup file is detected, said with its place, and never half restored."""

import asyncio
import hashlib
import io
import struct
import tempfile
import zlib
from pathlib import Path
from typing import Any

import orjson
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from cmdb.kernel.errors import CmdbError
from cmdb.processes.configuration.backup import carry
from cmdb.processes.configuration.backup.blocks import BlockReader, BlockWriter
from cmdb.processes.configuration.backup.errors import (
    BackupDamagedError,
    BackupTooNewError,
    NotABackupError,
)
from tests.unit.processes.configuration.backup.stores import backup_of, fill, graph, restored, store_in


async def _made() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        async with store_in(Path(folder)) as store:
            await fill(store)
            return await backup_of(store)


@pytest.fixture(scope="module")
def backup() -> bytes:
    """A backup of a few hundred lines."""
    return asyncio.run(_made())


def read(data: bytes) -> carry.BackupReport:
    """What reading these bytes as a backup reports."""
    return carry.read_backup(io.BytesIO(data))


def lines(data: bytes) -> list[Any]:
    """The lines of a backup."""
    return [orjson.loads(block) for block in BlockReader(io.BytesIO(data)).blocks()]


def sealed(content: list[Any]) -> bytes:
    """A file of these lines whose digests are right."""
    stream = io.BytesIO()
    writer = BlockWriter(stream)
    for line in content:
        writer.write(line if isinstance(line, bytes) else orjson.dumps(line))
    writer.end()
    return stream.getvalue()


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_every_flipped_bit_is_detected(backup: bytes, data: st.DataObject) -> None:
    """In heads, lengths, digests, compressed content and the end."""
    place = data.draw(st.integers(0, len(backup) * 8 - 1))
    flipped = bytearray(backup)
    flipped[place // 8] ^= 1 << place % 8
    with pytest.raises((BackupDamagedError, NotABackupError)):
        read(bytes(flipped))


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_every_cut_is_detected(backup: bytes, data: st.DataObject) -> None:
    """Wherever the file ends, and whatever is taken out of its middle or put behind its end."""
    start = data.draw(st.integers(0, len(backup) - 1))
    end = data.draw(st.integers(start + 1, len(backup)))
    for damaged in (backup[:start], backup[:start] + backup[end:], backup + backup[start:end]):
        with pytest.raises((BackupDamagedError, NotABackupError)):
            read(damaged)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_other_files_are_told_from_backups(data: bytes) -> None:
    """Anything at all, and anything behind the first bytes of a backup."""
    for content in (data, struct.pack("<II", 0x184D2A5C, 48) + b"CMDB" + data):
        with pytest.raises((BackupDamagedError, NotABackupError)):
            read(content)


@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_nothing_of_a_damaged_backup_is_restored(backup: bytes, data: st.DataObject) -> None:
    """The store is as empty as it was, and takes the whole backup afterwards."""
    place = data.draw(st.integers(len(backup) // 2, len(backup) - 1))
    flipped = bytearray(backup)
    flipped[place] ^= 0x10

    async def run(folder: Path) -> None:
        async with store_in(folder) as goal:
            for damaged in (bytes(flipped), backup[:place]):
                with pytest.raises(BackupDamagedError):
                    await restored(damaged, goal)
                assert ([], []) == await graph(goal)
                assert {} == await goal.sequences()
            await restored(backup, goal)

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(Path(folder)))


def test_the_place_of_damage_is_said(backup: bytes) -> None:
    """As the byte at which the damaged block begins."""
    reader = BlockReader(io.BytesIO(backup))
    blocks = reader.blocks()
    assert next(blocks)
    assert next(blocks)
    second = reader.position
    flipped = bytearray(backup)
    flipped[second + 60] ^= 1
    with pytest.raises(BackupDamagedError, match=f"byte {second:,}: the block that begins here") as raised:
        read(bytes(flipped))

    assert {"byte": second} == raised.value.details


def test_a_cut_is_said_with_the_end_of_the_file(backup: bytes) -> None:
    with pytest.raises(BackupDamagedError, match="byte 1,000: the file ends here, in the middle"):
        read(backup[:1000])


def test_the_file_is_json_lines_for_other_programs(backup: bytes) -> None:
    """`zstd -dc` reads it: skippable frames are passed over, frames are joined."""
    stream = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(backup), read_across_frames=True)
    found = [orjson.loads(line) for line in stream.read().splitlines()]

    assert lines(backup) == found
    assert ("graph-cmdb backup", 1, "1.2.3") == tuple(
        found[0][name] for name in ("backup", "format_version", "product_version")
    )
    assert {"a", "b", "s", "t1"} == {entry[0] for line in found for entry in line.get("nodes", ())}
    assert {"nodes": 4, "links": 3, "identifiers": 4, "sequences": 1, "requests": 2, "revisions": 4} == (
        found[-1]["end"]["counts"]
    )


def test_a_newer_format_is_refused(backup: bytes) -> None:
    content = lines(backup)
    content[0]["format_version"] = 2
    with pytest.raises(BackupTooNewError, match="format 2"):
        read(sealed(content))


@pytest.mark.parametrize(
    "path",
    [
        (1, "nodes", 0, 6, "name"),
        (1, "nodes", 0, 2),
        (1, "nodes", 0, 0),
        (0, "revision"),
        (0, "hash"),
        (-1, "end", "graph_hash"),
        (-1, "end", "counts", "nodes"),
    ],
)
def test_content_that_was_changed_and_sealed_again_is_detected(
    backup: bytes, path: tuple[str | int, ...]
) -> None:
    """By the graph's hash, the ledger and the counts."""
    content: Any = lines(backup)
    *way, last = path
    part = content
    for step in way:
        part = part[step]
    part[last] = 7 if isinstance(part[last], int) else "other"
    with pytest.raises(BackupDamagedError):
        read(sealed(content))


@pytest.mark.parametrize(
    "line",
    [
        [],
        {"nodes": 1},
        {"nodes": [1]},
        {"nodes": [[]]},
        {"nodes": [["x", "Host", 1, 1, "", "", [], [], []]]},
        {"links": [["CONNECTS", "a", "b"]]},
        {"identifiers": [["only"]]},
        {"sequences": [1]},
        {"sequences": [[[], 1]]},
        {"requests": [["r", None, "", None, None]]},
        {"revisions": [[1]]},
        {"revisions": [[1, "", "x", "ghost", "", None, "", "", [], []]]},
        {"other": []},
        {"end": {}},
        {"end": None},
        b"{",
    ],
)
def test_lines_that_make_no_sense_are_detected(backup: bytes, line: Any) -> None:
    """Also when every digest is right."""
    content = lines(backup)
    with pytest.raises(BackupDamagedError):
        read(sealed([content[0], line, *content[1:]]))
    with pytest.raises(BackupDamagedError):
        read(sealed([*content[:-1], line]))


def test_a_first_line_that_makes_no_sense_is_detected() -> None:
    first: list[Any] = [[], {}, {"backup": "other"}, {"backup": "graph-cmdb backup", "format_version": 1}]
    for line in first:
        with pytest.raises(BackupDamagedError):
            read(sealed([line]))


def test_a_block_takes_no_more_memory_than_its_head_says() -> None:
    """A frame that claims to hold more is not decompressed."""
    packed = zstandard.ZstdCompressor().compress(b"\0" * 10_000_000)
    lengths = struct.pack("<4sII", b"CMDB", len(packed), 10)
    lengths += struct.pack("<I", zlib.crc32(lengths))
    digest = hashlib.sha256(lengths + packed).digest()
    with pytest.raises(BackupDamagedError, match="another length"):
        read(struct.pack("<II", 0x184D2A5C, 48) + lengths + digest + packed)


def test_every_error_says_what_to_do(backup: bytes) -> None:
    for data in (b"", backup[:500], b"PK"):
        with pytest.raises(CmdbError) as raised:
            read(data)
        assert raised.value.remedy
