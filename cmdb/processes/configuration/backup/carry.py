"""The use cases: back a store up, restore a backup, copy one store into another, verify a file or a store."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import BinaryIO

from cmdb.graph.archive import ArchiveStore, Piece
from cmdb.graph.errors import StoreDamagedError
from cmdb.graph.revision import Head
from cmdb.graph.schema import GraphSchema
from cmdb.processes.configuration.backup.balance import Comparison
from cmdb.processes.configuration.backup.contents import ContentCheck, Contents, Counts
from cmdb.processes.configuration.backup.errors import BackupDamagedError, CopyDiffersError
from cmdb.processes.configuration.backup.file import BackupReader, BackupWriter, Header, Origin
from cmdb.processes.configuration.backup.fingerprint import GraphHash
from cmdb.processes.configuration.backup.fit import Fit
from cmdb.processes.configuration.backup.snapshot import PIECE, Snapshot

Progress = Callable[[str, Counts], None]
"""Told, after each piece, what is being done and how much of it is done."""

_READING_AGAIN = "Comparing"


def no_progress(doing: str, counts: Counts) -> None:
    """Tells nobody."""


@dataclass(frozen=True, slots=True)
class BackupReport:
    """What a backup file holds; `written` is its size in bytes where it was made by this call, else 0."""

    header: Header
    contents: Contents
    written: int = 0


async def back_up(
    store: ArchiveStore,
    stream: BinaryIO,
    origin: Origin,
    progress: Progress = no_progress,
    piece_size: int = PIECE,
) -> BackupReport:
    """Write everything the store holds at its newest revision, while others may go on writing.

    The content is checked while it is written.

    Raises:
        StoreDamagedError: it contradicts itself; what was written so far is no backup.
    """
    head = await store.head()
    header = Header(origin, head)
    writer = BackupWriter(stream)
    writer.begin(header)
    check = ContentCheck()
    async with aclosing(Snapshot(store, head, piece_size).everything()) as pieces:
        async for piece in pieces:
            check.add(piece)
            if piece != Piece():
                writer.write(piece)
            progress("Backing up", check.counts)
    _refuse(_faults(check, head))
    contents = check.contents()
    writer.end(contents)
    return BackupReport(header, contents, writer.written)


def read_backup(stream: BinaryIO, progress: Progress = no_progress) -> BackupReport:
    """Read a backup to its end and check all of it.

    Raises:
        NotABackupError: the file is none.
        BackupTooNewError: its format is newer than this version knows.
        BackupDamagedError: it is not what was written, or contradicts itself.
    """
    reader = BackupReader(stream)
    header = reader.header()
    check = ContentCheck()
    for piece in reader.pieces():
        check.add(piece)
        progress("Verifying", check.counts)
    _check_end(reader, check, header)
    return BackupReport(header, check.contents())


async def restore(
    stream: BinaryIO, store: ArchiveStore, schema: GraphSchema, progress: Progress = no_progress
) -> BackupReport:
    """Load a backup into an empty store, all of it or nothing, and read it back.

    Raises:
        StoreNotEmptyError: the store holds something.
        BackupModelError: the content has what the model does not know.
        NotABackupError, BackupTooNewError, BackupDamagedError: as in `read_backup`.
        CopyDiffersError: what stands in the store afterwards is not what was in the backup.
    """
    reader = BackupReader(stream)
    header = reader.header()
    check = ContentCheck()

    async def pieces() -> AsyncGenerator[Piece, None]:
        fit = Fit(schema)
        for piece in reader.pieces():
            fit.check(piece)
            check.add(piece)
            progress("Restoring", check.counts)
            yield piece
        _check_end(reader, check, header)

    async with aclosing(pieces()) as content:
        await store.load(content)
    contents = check.contents()
    await _compare(store, contents, progress)
    return BackupReport(header, contents)


async def copy_store(
    source: ArchiveStore, target: ArchiveStore, schema: GraphSchema, progress: Progress = no_progress
) -> Contents:
    """Load everything one store holds at its newest revision into another, empty one, and read it back.

    Raises:
        StoreNotEmptyError: the target holds something.
        StoreDamagedError: the source contradicts itself.
        BackupModelError: the content has what the model does not know.
        CopyDiffersError: what stands in the target afterwards is not what was copied.
    """
    head = await source.head()
    check = ContentCheck()

    async def pieces() -> AsyncGenerator[Piece, None]:
        fit = Fit(schema)
        async with aclosing(Snapshot(source, head).everything()) as content:
            async for piece in content:
                fit.check(piece)
                check.add(piece)
                progress("Copying", check.counts)
                yield piece
        _refuse(_faults(check, head))

    async with aclosing(pieces()) as content:
        await target.load(content)
    contents = check.contents()
    await _compare(target, contents, progress)
    return contents


async def verify_store(store: ArchiveStore, progress: Progress = no_progress) -> Contents:
    """Read everything the store holds at its newest revision and check that it does not contradict itself.

    Raises:
        StoreDamagedError: it does; every kind of contradiction is named, with the nodes and links concerned.
    """
    await store.check()
    head = await store.head()
    check = ContentCheck()
    async with aclosing(Snapshot(store, head).everything()) as pieces:
        async for piece in pieces:
            check.add(piece)
            progress("Verifying", check.counts)
    mistakes = check.mistakes(head)
    groups = check.balance.unequal()
    if groups:
        mistakes += await _differences(store, head, groups, progress)
    _refuse(mistakes)
    return check.contents()


async def graph_hash(store: ArchiveStore, head: Head, progress: Progress = no_progress) -> str:
    """The hash of the store's graph at a revision."""
    total = GraphHash()
    counts = Counts()
    async with aclosing(Snapshot(store, head).graph()) as pieces:
        async for piece in pieces:
            total.add(piece)
            counts = counts.plus(piece)
            progress(_READING_AGAIN, counts)
    return total.hexdigest()


async def _compare(store: ArchiveStore, contents: Contents, progress: Progress) -> None:
    found = await graph_hash(store, contents.head, progress)
    if found != contents.graph_hash:
        raise CopyDiffersError(
            f"the graph's hash is {found} after loading, and was {contents.graph_hash}",
            details={"expected": contents.graph_hash, "actual": found},
        )


async def _differences(
    store: ArchiveStore, head: Head, groups: frozenset[int], progress: Progress
) -> list[str]:
    comparison = Comparison(groups)
    counts = Counts()
    async with aclosing(Snapshot(store, head).everything()) as pieces:
        async for piece in pieces:
            comparison.add(piece)
            counts = counts.plus(piece)
            progress(_READING_AGAIN, counts)
    return comparison.differences() or ["nodes and links do not stand as the ledger says"]


def _faults(check: ContentCheck, head: Head) -> list[str]:
    mistakes = check.mistakes(head)
    if check.balance.unequal():
        mistakes.append("nodes or links do not stand as the ledger says")
    return mistakes


def _refuse(mistakes: list[str]) -> None:
    if mistakes:
        raise StoreDamagedError("\n".join(mistakes), details={"mistakes": mistakes}, remedy=_REMEDY)


_REMEDY = "Run `cmdb verify` for what exactly is wrong. Keep a copy of the store, and restore the newest good backup."


def _check_end(reader: BackupReader, check: ContentCheck, header: Header) -> None:
    counts, said_hash = reader.summary()
    mistakes = _faults(check, header.head)
    contents = check.contents()
    if counts != contents.counts:
        mistakes.append(f"it holds {contents.counts.as_data()}, and its last line says {counts.as_data()}")
    if said_hash != contents.graph_hash:
        mistakes.append(f"its graph's hash is {contents.graph_hash}, and its last line says {said_hash}")
    if mistakes:
        raise BackupDamagedError("; ".join(mistakes), details={"mistakes": mistakes})
