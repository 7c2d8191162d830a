"""A file and who reads it: here, or where it is large, in a process of its own."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO, cast

from cmdb.inventory.assignment import Assignment
from cmdb.inventory.compiled import CompiledModel
from cmdb.inventory.importer import Source
from cmdb.inventory.reading_process import ReadingProcess
from cmdb.inventory.stream import ChunkSource
from cmdb.kernel.processors import processors

LARGE = 1 << 20
"""From this many bytes on a process of its own (0.2 s to start) is worth its while."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A file that an importer is to read.

    `large` is the size in bytes from which another process reads it; None: never. The importer is known by its
    name, so that the other process finds it too.
    """

    importer: str
    source: Source
    large: int | None = LARGE


def open_reading(assignment: Assignment, reading: Reading, model: CompiledModel) -> ChunkSource:
    """The chunks of a file. A machine with one processor, or none to spare, reads it in this process.

    Raises:
        BrokenImporterError: the importer cannot be loaded; where another process reads, the first chunk tells so.
        OSError: the file cannot be read.
    """
    stream = reading.source.stream
    if reading.large is not None and processors() > 1 and sys.executable:
        head = stream.read(reading.large)
        if len(head) == reading.large:
            with suppress(OSError):
                return ReadingProcess(assignment, model, head, stream)
        stream = cast("BinaryIO", io.BufferedReader(_Rejoined(head, stream)))
    return assignment.chunks(stream, model)


class _Rejoined(io.RawIOBase):
    """The first bytes of a stream and then the others."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        super().__init__()
        self._pieces: Iterator[bytes] = self._read_pieces(head, rest)
        self._left = b""

    @staticmethod
    def _read_pieces(head: bytes, rest: BinaryIO) -> Iterator[bytes]:
        yield head
        while piece := rest.read(io.DEFAULT_BUFFER_SIZE):
            yield piece

    def readable(self) -> bool:
        """It can be read."""
        return True

    def readinto(self, into: memoryview) -> int:  # type: ignore[override]
        """As many bytes as there are and fit."""
        if not self._left:
            self._left = next(self._pieces, b"")
        taken = self._left[: len(into)]
        into[: len(taken)] = taken
        self._left = self._left[len(taken) :]
        return len(taken)
