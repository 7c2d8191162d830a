"""The plain loop in C, compiled when the benchmarks run."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np

from cmdb.topology.adjacency import Rows

SOURCE = Path(__file__).with_name("reach.c")
COMPILERS = ("cc", "gcc", "clang")


def compiler() -> str | None:
    """The path of a C compiler, if there is one."""
    return next((found for name in COMPILERS if (found := shutil.which(name))), None)


def compiled(folder: Path) -> ctypes.CDLL | None:
    """The loop, compiled into `folder`; None without a compiler."""
    program = compiler()
    if program is None:
        return None
    library = folder / "reach.so"
    subprocess.run([program, "-O2", "-shared", "-fPIC", "-o", str(library), str(SOURCE)], check=True)
    loaded = ctypes.CDLL(str(library))
    loaded.reach.restype = ctypes.c_int32
    loaded.reach.argtypes = [
        ctypes.c_void_p,
        ctypes.c_void_p,
        ctypes.c_int32,
        ctypes.c_int32,
        *[ctypes.c_void_p] * 3,
    ]
    return loaded


def searcher(library: ctypes.CDLL, rows: Rows) -> Callable[[int], np.ndarray[tuple[int], np.dtype[np.int32]]]:
    """A function that gives what is reached from a node, itself included; the answer is overwritten by the next."""
    size = len(rows.offsets) - 1
    seen, previous, found = (np.zeros(size, dtype=np.int32) for _ in range(3))
    fixed = [rows.offsets.ctypes.data, rows.entries.ctypes.data]
    outputs = [seen.ctypes.data, previous.ctypes.data, found.ctypes.data]
    keep_alive = (rows, seen, previous)
    run = 0

    def search(start: int) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
        nonlocal run
        assert keep_alive
        run += 1
        count = library.reach(*fixed, start, run, *outputs)
        return found[:count]

    return search
