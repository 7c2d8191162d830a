"""Backs up, restores, copies and verifies, and tells what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

from rich.progress import Progress
from rich.table import Table

from cmdb.app import Settings, open_archive
from cmdb.cli.archive_files import STANDARD_OUTPUT, bars, counted, reading, told_by, writing
from cmdb.cli.place import Place
from cmdb.cli.terminal import Terminal, open_terminal, text
from cmdb.graph.archive import ArchiveStore
from cmdb.graph.errors import StoreDamagedError
from cmdb.graph.ledger import verify_ledger
from cmdb.graph.schema import GraphSchema
from cmdb.kernel.clock import SystemClock, instant_text
from cmdb.processes.configuration.backup import carry
from cmdb.processes.configuration.backup.contents import Contents
from cmdb.processes.configuration.backup.file import Origin

T = TypeVar("T")
Row = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Opened:
    """A store with the schema it was opened with."""

    store: ArchiveStore
    schema: GraphSchema


def write_backup(place: Place, file: Path, overwrite: bool, as_json: bool) -> None:
    """Back the store up to a file.

    Raises:
        StoreMissingError: there is no store.
        StoreDamagedError: it contradicts itself.
        FileInTheWayError, FileUnwritableError: the file cannot be written.
    """
    settings = place.settings()

    async def work(progress: Progress) -> carry.BackupReport:
        async with _opened(settings, must_exist=True) as opened:
            origin = Origin(
                version("graph-cmdb"), opened.schema.fingerprint, instant_text(SystemClock().now())
            )
            with writing(file, overwrite=overwrite) as stream:
                return await carry.back_up(opened.store, stream, origin, told_by(progress))

    terminal = open_terminal()
    report = _run(terminal, work)
    if file == STANDARD_OUTPUT:
        terminal.say(f"Backed up {settings.shown_store}: {counted(report.contents.counts)}.")
        return
    rows = [("backup", f"{file}, {report.written:,} bytes"), *_report_rows(report)]
    _tell(terminal, as_json, {"file": str(file), "bytes": report.written, **_report_data(report)}, rows)


def restore_backup(place: Place, file: Path, as_json: bool) -> None:
    """Load a backup into the store, which is empty.

    Raises:
        StoreNotEmptyError: it is not.
        NotABackupError, BackupTooNewError, BackupDamagedError, BackupModelError: the file cannot be taken.
    """
    settings = place.settings()

    async def work(progress: Progress) -> tuple[carry.BackupReport, str]:
        async with _opened(settings) as opened:
            with reading(file, progress) as stream:
                report = await carry.restore(stream, opened.store, opened.schema, told_by(progress))
            return report, opened.schema.fingerprint

    terminal = open_terminal()
    report, fingerprint = _run(terminal, work)
    data = {"file": str(file), "store": settings.shown_store, **_report_data(report)}
    _tell(terminal, as_json, data, [("restored", settings.shown_store), *_report_rows(report)])
    if report.header.origin.model_fingerprint != fingerprint:
        terminal.say("The backup was made with another model; all that it holds fits the one in use.")


def copy_between(source: str, target: str, as_json: bool) -> None:
    """Copy one store into another.

    Raises:
        StoreMissingError: there is no store to copy.
        StoreNotEmptyError: the one that takes it is not empty.
    """
    origin, goal = Place(source).settings(), Place(target).settings()

    async def work(progress: Progress) -> Contents:
        async with _opened(origin, must_exist=True) as opened, _opened(goal) as taking:
            return await carry.copy_store(opened.store, taking.store, taking.schema, told_by(progress))

    terminal = open_terminal()
    contents = _run(terminal, work)
    data = {"from": origin.shown_store, "to": goal.shown_store, **_contents_data(contents)}
    rows = [("copied", f"{origin.shown_store} to {goal.shown_store}"), *_contents_rows(contents)]
    _tell(terminal, as_json, data, [*rows, ("", "the graph's hash is the same in both")])


def verify_backup(file: Path, as_json: bool) -> None:
    """Check a backup.

    Raises:
        NotABackupError, BackupTooNewError, BackupDamagedError: it could not be restored.
    """

    async def work(progress: Progress) -> carry.BackupReport:
        with reading(file, progress) as stream:
            return carry.read_backup(stream, told_by(progress))

    terminal = open_terminal()
    report = _run(terminal, work)
    rows = [("whole", str(file)), *_report_rows(report)]
    _tell(terminal, as_json, {"file": str(file), **_report_data(report)}, rows)


def verify_place(place: Place, as_json: bool) -> None:
    """Check a store.

    Raises:
        StoreMissingError: there is none.
        StoreDamagedError: it contradicts itself.
    """
    settings = place.settings()

    async def work(progress: Progress) -> Contents:
        async with _opened(settings, must_exist=True) as opened:
            return await carry.verify_store(opened.store, told_by(progress))

    terminal = open_terminal()
    contents = _run(terminal, work)
    rows = [("whole", settings.shown_store), *_contents_rows(contents)]
    _tell(terminal, as_json, {"store": settings.shown_store, **_contents_data(contents)}, rows)


def verify_audit_of(place: Place, as_json: bool) -> None:
    """Check a store's ledger.

    Raises:
        StoreMissingError: there is none.
        StoreDamagedError: a revision is missing, or is not what was written.
    """
    settings = place.settings()

    async def work(_: Progress) -> tuple[int, str]:
        async with _opened(settings, must_exist=True) as opened:
            head = await opened.store.head()
            report = await verify_ledger(opened.store)
            if report.broken is not None:
                raise StoreDamagedError(
                    f"revision {report.broken}: {report.reason}", details={"revision": report.broken}
                )
            return head.revision, head.hash

    terminal = open_terminal()
    revisions, head = _run(terminal, work)
    rows = [("ledger", f"{revisions:,} revisions, none missing and none changed"), ("hash", head)]
    _tell(terminal, as_json, {"store": settings.shown_store, "revisions": revisions, "head_hash": head}, rows)


@asynccontextmanager
async def _opened(settings: Settings, *, must_exist: bool = False) -> AsyncIterator[_Opened]:
    async with open_archive(settings, must_exist=must_exist) as (store, schema):
        yield _Opened(store, schema)


def _run(terminal: Terminal, work: Callable[[Progress], Coroutine[Any, Any, T]]) -> T:
    with bars(terminal.err) as progress:
        return asyncio.run(work(progress))


def _tell(terminal: Terminal, as_json: bool, data: dict[str, object], rows: list[Row]) -> None:
    if as_json:
        terminal.data(data)
        return
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in rows:
        grid.add_row(text(name, "bold"), text(value))
    terminal.show(grid)


def _contents_rows(contents: Contents) -> list[Row]:
    return [
        ("holds", counted(contents.counts)),
        ("revision", f"{contents.head.revision:,}"),
        ("graph hash", contents.graph_hash),
    ]


def _contents_data(contents: Contents) -> dict[str, object]:
    return {
        "revision": contents.head.revision,
        "head_hash": contents.head.hash,
        "graph_hash": contents.graph_hash,
        "counts": contents.counts.as_data(),
    }


def _report_rows(report: carry.BackupReport) -> list[Row]:
    origin = report.header.origin
    return [*_contents_rows(report.contents), ("made", f"{origin.made_at}, by cmdb {origin.product_version}")]


def _report_data(report: carry.BackupReport) -> dict[str, object]:
    origin = report.header.origin
    return {
        **_contents_data(report.contents),
        "made_at": origin.made_at,
        "product_version": origin.product_version,
        "model_fingerprint": origin.model_fingerprint,
    }
