"""The process that reads a large file: `python -m cmdb.inventory.reading_child`.

The assignment and then the file come in on standard input, frames go out on what was standard output.
"""

from __future__ import annotations

import gc
import os
import pickle
import sys
import traceback
from typing import BinaryIO

from cmdb.inventory.assignment import Assignment
from cmdb.inventory.compiled import compile_model
from cmdb.inventory.frames import ChunkPickler, FrameKind
from cmdb.kernel.errors import CmdbError
from cmdb.kernel.frames import read_frame, write_frame


def main() -> int:
    """Read to the end or to the first error; 0 when a frame says which of them it was."""
    gc.disable()
    frames = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what an importer prints must not run into the frames
    try:
        _read(sys.stdin.buffer, frames)
    except BrokenPipeError:
        os._exit(1)  # nobody listens any more; there is nothing to be flushed
    return 0


def _read(stream: BinaryIO, frames: BinaryIO) -> None:
    try:
        frame = read_frame(stream)
        if frame is None:
            return  # who started this process is gone
        assignment: Assignment = pickle.loads(frame[1])  # noqa: S301 - from the process that started this one
        _send_chunks(assignment, stream, frames)
    except BrokenPipeError:
        raise
    except CmdbError as error:
        write_frame(frames, FrameKind.REFUSAL, pickle.dumps(error))
    except Exception as error:  # noqa: BLE001 - an importer may fail in any way; the other end says so
        text = "".join(traceback.format_exception_only(error)).strip()
        write_frame(frames, FrameKind.CRASH, text.encode())
    else:
        write_frame(frames, FrameKind.END)


def _send_chunks(assignment: Assignment, stream: BinaryIO, frames: BinaryIO) -> None:
    model = compile_model(assignment.model)
    chunks = assignment.chunks(stream, model, soon=True)
    pickler = ChunkPickler(model)
    while (chunk := chunks.next()) is not None:
        write_frame(frames, FrameKind.CHUNK, pickler.dumps(chunk))


if __name__ == "__main__":
    sys.exit(main())
