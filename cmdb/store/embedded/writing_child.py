"""The process that writes a long import: `python -m cmdb.store.embedded.writing_child`.

The task and then batches come in on standard input; what became of each goes out on what was standard output.
"""

from __future__ import annotations

import gc
import os
import pickle
import sqlite3
import sys
from contextlib import closing
from typing import BinaryIO

from cmdb.graph.batch import Commit, WriteBatch
from cmdb.kernel.clock import instant_text
from cmdb.kernel.errors import CmdbError
from cmdb.kernel.frames import read_frame, write_frame
from cmdb.store.embedded.connection import open_connection, transaction
from cmdb.store.embedded.faults import faults_of
from cmdb.store.embedded.names import Names
from cmdb.store.embedded.packing import unpack
from cmdb.store.embedded.writing import write_batch
from cmdb.store.embedded.writing_process import WritingFrame, WritingTask


def main() -> None:
    """Write until nothing more comes."""
    gc.disable()
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    frame = read_frame(sys.stdin.buffer)
    if frame is None:
        return  # who started this process is gone
    task: WritingTask = pickle.loads(frame[1])  # noqa: S301 - from the process that started this one
    with closing(open_connection(task.path, task.settings)) as connection:
        try:
            _answer(sys.stdin.buffer, answers, connection, task)
        except BrokenPipeError:
            os._exit(1)  # nobody listens any more; there is nothing to be flushed


def _answer(batches: BinaryIO, answers: BinaryIO, connection: sqlite3.Connection, task: WritingTask) -> None:
    names = Names()
    write_frame(answers, WritingFrame.READY)
    while (frame := read_frame(batches)) is not None:
        batch = unpack(frame[1])
        try:
            commit = _written(connection, names, task, batch)
        except CmdbError as error:
            names.forget()
            write_frame(answers, WritingFrame.REFUSAL, pickle.dumps(error))
        else:
            write_frame(answers, WritingFrame.COMMIT, pickle.dumps(commit))


def _written(connection: sqlite3.Connection, names: Names, task: WritingTask, batch: WriteBatch) -> Commit:
    with faults_of(str(task.path)), transaction(connection, "IMMEDIATE"):
        at = instant_text(task.clock.now())
        return write_batch(connection, names, task.schema, at, batch)


if __name__ == "__main__":
    main()
