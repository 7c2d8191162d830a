"""Long imports are written by a process of their own, while this one plans what comes next.

The process is a help and nothing more: as long as it is not ready, and when it is gone, the store writes by itself.
It takes batches with a request id only, so that one whose answer was lost can be written again without a second
effect.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import IO

from cmdb.graph.batch import Commit, WriteBatch
from cmdb.graph.schema import GraphSchema
from cmdb.kernel.clock import Clock
from cmdb.kernel.errors import CmdbError
from cmdb.kernel.frames import read_frame, write_frame
from cmdb.store.embedded.connection import StoreSettings
from cmdb.store.embedded.packing import pack

_COMMAND = ("-P", "-m", "cmdb.store.embedded.writing_child")
_MOST_PACKED = 8


class WritingFrame(IntEnum):
    """What a frame holds: the task, nothing (ready to write), a batch, its `Commit`, or the `CmdbError` it ended in."""

    TASK = 0
    READY = 1
    BATCH = 2
    COMMIT = 3
    REFUSAL = 4


@dataclass(frozen=True, slots=True)
class WritingTask:
    """What the process that writes has to know."""

    path: Path
    settings: StoreSettings
    schema: GraphSchema
    clock: Clock


class ProcessLostError(Exception):
    """The process ended before it answered; whether the batch was written is not known."""


class WritingProcess:
    """A process that writes batches, one after the other, from when `is_ready` until it is closed or lost.

    `commit` and `close` are called from the thread that writes, the others from any. The process ends when this
    one does: its pipes break. A batch that it has begun is then written whole or not at all.
    """

    def __init__(self, task: WritingTask) -> None:
        self._task = task
        self._packed: dict[int, tuple[WriteBatch, bytes]] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self._starting: threading.Thread | None = None
        self._lock = threading.Lock()
        self.is_ready = False

    def start(self) -> None:
        """Start the process, where it is not started already; it is ready some moments later."""
        with self._lock:
            if self._starting is None:
                self._starting = threading.Thread(target=self._start, daemon=True)
                self._starting.start()

    def announce(self, batch: WriteBatch) -> None:
        """Pack a batch that is going to be written, or perhaps not; nothing where no process was started."""
        if batch.request_id is None or self._starting is None:
            return
        packed = (batch, pack(batch))
        with self._lock:
            self._packed[id(batch)] = packed
            while len(self._packed) > _MOST_PACKED:
                del self._packed[next(iter(self._packed))]

    def packed(self, batch: WriteBatch) -> bytes | None:
        """What was packed of a batch that is going to be written now; None where the process cannot take it."""
        with self._lock:
            found = self._packed.pop(id(batch), None)
        return found[1] if found is not None and self.is_ready else None

    def commit(self, packed: bytes) -> Commit:
        """Have a batch written.

        Raises:
            ProcessLostError: no answer will come.
            CmdbError: what `GraphStore.commit` raises.
        """
        answer = self._answer_to(packed) if self.is_ready else None
        if answer is None:
            self.is_ready = False
            raise ProcessLostError
        kind, payload = answer
        outcome: Commit | CmdbError = pickle.loads(payload)  # noqa: S301 - from the process started here
        if kind == WritingFrame.REFUSAL and isinstance(outcome, CmdbError):
            raise outcome
        assert isinstance(outcome, Commit)
        return outcome

    def close(self) -> None:
        """End the process, if there is one, and wait for its end; it can be started again."""
        with self._lock:
            starting = self._starting
        if starting is None:
            return
        starting.join()
        if self._process is not None:
            for pipe in self._pipes():
                with suppress(OSError):  # what a process did not take that is gone is nobody's any more
                    pipe.close()
            self._process.wait()
        with self._lock:
            self.is_ready, self._process, self._starting = False, None, None
            self._packed.clear()

    def _start(self) -> None:
        try:
            self._process = subprocess.Popen(  # noqa: S603 - this very interpreter, nothing of it from outside
                [sys.executable, *_COMMAND],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                start_new_session=True,  # Ctrl-C is answered here
            )
            given, answers = self._pipes()
            write_frame(given, WritingFrame.TASK, pickle.dumps(self._task))
            self.is_ready = read_frame(answers) == (WritingFrame.READY, b"")
        except OSError:
            return  # then there is no process, and nothing depends on there being one

    def _answer_to(self, packed: bytes) -> tuple[int, bytes] | None:
        given, answers = self._pipes()
        try:
            write_frame(given, WritingFrame.BATCH, packed)
            return read_frame(answers)
        except OSError:
            return None

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        assert self._process is not None
        given, answers = self._process.stdin, self._process.stdout
        assert given is not None and answers is not None  # noqa: PT018 - both are pipes
        return given, answers
