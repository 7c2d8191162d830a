"""A large file is read and prepared in a process of its own, while this one identifies and writes."""

from __future__ import annotations

import pickle
import queue
import subprocess
import sys
import threading
from typing import IO, BinaryIO

from cmdb.inventory.assignment import Assignment
from cmdb.inventory.compiled import CompiledModel
from cmdb.inventory.frames import ChunkUnpickler, FrameKind
from cmdb.inventory.loading import BrokenImporterError
from cmdb.inventory.stream import Chunk
from cmdb.kernel.errors import CmdbError
from cmdb.kernel.frames import read_frame, write_frame

_PIECE = 1 << 18
_FRAMES_AHEAD = 4
_PATIENCE = 0.05
_COMMAND = ("-P", "-m", "cmdb.inventory.reading_child")


class ReadingProcess:
    """Chunks that another process reads and prepares; at most a few wait here.

    The file is handed over through a pipe, so that it may be an upload as well as a file. The other process
    ends when this one does: its pipes break.

    Args:
        assignment: What is to be read, and how.
        model: The model of the assignment, compiled.
        head: The first bytes of the file, already read.
        rest: The stream with the others; nobody else may read it until the end.

    Raises:
        OSError: no process can be started.
    """

    def __init__(self, assignment: Assignment, model: CompiledModel, head: bytes, rest: BinaryIO) -> None:
        self._importer = assignment.importer
        self._chunks = ChunkUnpickler(model)
        self._frames: queue.Queue[tuple[int, bytes] | None] = queue.Queue(_FRAMES_AHEAD)
        self._unreadable: OSError | None = None
        self._process = subprocess.Popen(  # noqa: S603 - this very interpreter, nothing of it from outside
            [sys.executable, *_COMMAND],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is answered here
        )
        given, frames = self._process.stdin, self._process.stdout
        assert given is not None and frames is not None  # noqa: PT018 - both are pipes
        self._threads = (
            threading.Thread(target=self._feed, args=(given, pickle.dumps(assignment), head, rest)),
            threading.Thread(target=self._receive, args=(frames,)),
        )
        for thread in self._threads:
            thread.start()

    def next(self) -> Chunk | None:
        """The next chunk; None at the end of the file.

        Raises:
            CmdbError: what the importer raised.
            BrokenImporterError: the importer failed in a way of its own, or its process was killed.
            OSError: the file cannot be read to its end.
        """
        frame = self._frames.get()
        if frame is None:
            raise self._unreadable or self._broken(f"its process ended with {self._process.wait()}")
        kind, payload = frame
        if kind == FrameKind.CHUNK:
            return self._chunks.loads(payload)
        if kind == FrameKind.REFUSAL:
            refusal: CmdbError = pickle.loads(payload)  # noqa: S301 - from the process started here
            raise refusal
        if kind == FrameKind.CRASH:
            raise self._broken(payload.decode())
        return None

    def close(self) -> None:
        """End the process and wait until nothing of it is left; who waits for a chunk gets an error."""
        self._process.kill()
        while any(thread.is_alive() for thread in self._threads):
            self._drop_one()
        self._process.wait()
        self._drop_one()
        self._frames.put(None)

    def _drop_one(self) -> None:
        try:
            self._frames.get(timeout=_PATIENCE)
        except queue.Empty:
            return

    def _broken(self, why: str) -> BrokenImporterError:
        return BrokenImporterError(
            f"importer {self._importer!r} failed: {why}",
            remedy="Report it to those who make the importer, with the file. What was read before it is written.",
        )

    def _feed(self, given: IO[bytes], assignment: bytes, head: bytes, rest: BinaryIO) -> None:
        """Hand over the assignment and the file."""
        try:
            with given:
                write_frame(given, FrameKind.ASSIGNMENT, assignment)
                given.write(head)
                while piece := self._piece(rest):
                    given.write(piece)
        except BrokenPipeError:
            return  # the other end has stopped reading, and its last frame says why

    def _piece(self, rest: BinaryIO) -> bytes:
        try:
            return rest.read(_PIECE)
        except OSError as error:
            self._unreadable = error
            self._process.kill()
            return b""

    def _receive(self, frames: IO[bytes]) -> None:
        with frames:
            while (frame := read_frame(frames)) is not None:
                self._frames.put(frame)
        self._frames.put(None)
