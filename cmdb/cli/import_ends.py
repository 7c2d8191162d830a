"""The two ends an import may have: the store on this machine, or a server."""

from __future__ import annotations

import io
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

import httpx
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from cmdb.cli.files import STANDARD_INPUT, unreadable
from cmdb.cli.gateway import asked, check, local_actor
from cmdb.processes.configuration.imports import ImportRequest, InventoryImports, outcome_data

_CHUNK = 1 << 18
_UPLOAD_TIMEOUT = httpx.Timeout(60.0, read=None)


class ImportEnd(Protocol):
    """Somebody who brings a file in."""

    async def bring_in(self, request: ImportRequest, file: Path) -> dict[str, object]:
        """The plan or report as plain data.

        Raises:
            FileUnreadableError: the file cannot be read.
            UnreadableSourceError: nothing of it can be used.
        """
        ...


class LocalImports:
    """Brings files into the store of an application."""

    def __init__(self, imports: InventoryImports, console: Console) -> None:
        self._imports = imports
        self._console = console

    async def bring_in(self, request: ImportRequest, file: Path) -> dict[str, object]:
        """The plan or report as plain data."""
        with opened(file, self._console) as stream:
            return outcome_data(await self._imports.bring_in(request, stream, local_actor()))


class ServerImports:
    """Sends files to a server."""

    def __init__(self, client: httpx.AsyncClient, console: Console) -> None:
        self._client = client
        self._console = console

    async def bring_in(self, request: ImportRequest, file: Path) -> dict[str, object]:
        """The plan or report as plain data.

        Raises:
            ServerUnreachableError: no server answers.
            ReportedError: it answers with an error.
        """
        path = f"/imports/{request.importer}"
        parameters = {f"option.{key}": value for key, value in request.options.items()}
        parameters |= {"plan": "true"} if request.plan else {}
        parameters |= {"reread": "true"} if request.reread else {}
        parameters |= {"source": request.source} if request.source else {}
        parameters |= {"scope": request.scope} if request.scope else {}
        with opened(file, self._console) as stream:
            built = self._client.build_request(
                "POST",
                path,
                params={**parameters, "name": request.file_name},
                content=_chunks(stream),
                headers={"content-type": "application/octet-stream"},
                timeout=_UPLOAD_TIMEOUT,
            )
            body = await asked(self._client, path, built)
        check(body)
        return dict(body)


async def _chunks(stream: BinaryIO) -> AsyncIterator[bytes]:
    while chunk := stream.read(_CHUNK):
        yield chunk


class CountedStream(io.RawIOBase):
    """A stream that tells how far it was read."""

    def __init__(self, stream: BinaryIO, progress: Progress, task: TaskID) -> None:
        self._stream = stream
        self._progress = progress
        self._task = task

    def readable(self) -> bool:
        """It can be read."""
        return True

    def seekable(self) -> bool:
        """A file can be read from another place, a pipe cannot."""
        return self._stream.seekable()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to another place."""
        place = self._stream.seek(offset, whence)
        self._progress.update(self._task, completed=place)
        return place

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # only memoryviews come here
        """Fill the buffer."""
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        self._progress.advance(self._task, len(data))
        return len(data)


@contextmanager
def opened(file: Path, console: Console) -> Iterator[BinaryIO]:
    """A file, or standard input for `-`, with a bar on a terminal that shows how far it is read.

    Raises:
        FileUnreadableError: it cannot be read.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeElapsedColumn())
    try:
        stream = sys.stdin.buffer if file == STANDARD_INPUT else file.open("rb")
        size = None if file == STANDARD_INPUT else file.stat().st_size
    except OSError as error:
        raise unreadable(file, error) from error
    try:
        with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
            task = progress.add_task(f"Reading {file.name}", total=size)
            yield io.BufferedReader(CountedStream(stream, progress, task), _CHUNK)
    except IsADirectoryError as error:
        raise unreadable(file, error) from error
    finally:
        if stream is not sys.stdin.buffer:
            stream.close()
