"""Backup files on disk: written whole or not at all, read with a bar."""

from __future__ import annotations

import io
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from cmdb.cli.files import STANDARD_INPUT, FileUnwritableError, unreadable
from cmdb.cli.import_ends import CountedStream
from cmdb.cli.terminal import plural
from cmdb.kernel.errors import CmdbError, ErrorKind
from cmdb.processes.configuration.backup.contents import Counts

STANDARD_OUTPUT = STANDARD_INPUT
_CHUNK = 1 << 18


class FileInTheWayError(CmdbError):
    """A file that is to be written is there already."""

    code = "FILE_EXISTS"
    kind = ErrorKind.CONFLICT
    summary = "A file that is to be written is there already."
    default_remedy = "Choose another name, or give --overwrite."


class TerminalOutputError(CmdbError):
    """Binary data would go to a terminal."""

    code = "OUTPUT_IS_TERMINAL"
    kind = ErrorKind.INVALID
    summary = "A backup is no text for a terminal."
    default_remedy = "Name a file, or send standard output to one."


@contextmanager
def writing(file: Path, *, overwrite: bool) -> Iterator[BinaryIO]:
    """A stream whose content stands under the file's name once the block has ended well, and not before.

    Only its owner may read it: it holds everything the store does. `-` is standard output.

    Raises:
        FileInTheWayError: the file is there, and is not to be overwritten.
        FileUnwritableError: it cannot be written.
        TerminalOutputError: standard output is a terminal.
    """
    if file == STANDARD_OUTPUT:
        if sys.stdout.isatty():
            raise TerminalOutputError("standard output is a terminal")
        with _unwritable(file):
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
        return
    if file.exists() and not overwrite:
        raise FileInTheWayError(f"{file} is there already")
    with _unwritable(file):
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=f"{file.name}.", suffix=".part")
        part = Path(name)
        try:
            with os.fdopen(handle, "wb", buffering=_CHUNK) as stream:
                yield stream
                stream.flush()
                os.fsync(handle)
            part.replace(file)
        except BaseException:
            with suppress(OSError):
                part.unlink()
            raise


@contextmanager
def _unwritable(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise FileUnwritableError(f"{file}: {error.strerror or error}") from error


@contextmanager
def reading(file: Path, progress: Progress) -> Iterator[BinaryIO]:
    """The file's content, or standard input for `-`, with a bar that shows how far it is read.

    Raises:
        FileUnreadableError: it cannot be read.
    """
    try:
        stream = sys.stdin.buffer if file == STANDARD_INPUT else file.open("rb")
        size = None if file == STANDARD_INPUT else file.stat().st_size
    except OSError as error:
        raise unreadable(file, error) from error
    task = progress.add_task(f"Reading {file.name}", total=size, counts="")
    try:
        yield io.BufferedReader(CountedStream(stream, progress, task), _CHUNK)
    except (IsADirectoryError, BlockingIOError) as error:
        raise unreadable(file, error) from error
    finally:
        if stream is not sys.stdin.buffer:
            stream.close()


@contextmanager
def bars(console: Console) -> Iterator[Progress]:
    """Where progress is shown, on a terminal only; it is gone at the end."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[counts]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        yield progress


def told_by(progress: Progress) -> Callable[[str, Counts], None]:
    """A listener that shows what is being done and how much of it is done."""
    tasks = {}

    def told(doing: str, counts: Counts) -> None:
        if doing not in tasks:
            tasks[doing] = progress.add_task(doing, total=None, counts="")
        progress.update(tasks[doing], counts=counted(counts))

    return told


def counted(counts: Counts) -> str:
    """Counts in words, without those that are nought; of nothing at all `nothing`."""
    parts = [
        plural(counts.nodes, "CI and record", "CIs and records"),
        plural(counts.links, "relationship"),
        plural(counts.identifiers, "identifier"),
        plural(counts.revisions, "revision"),
    ]
    return ", ".join(part for part in parts if not part.startswith("0 ")) or "nothing"
