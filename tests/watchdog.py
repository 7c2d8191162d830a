"""Servers that tests start end with the tests, however those end: a process of its own outlives a `kill -9`.

It waits at a pipe whose other end only the tests hold. The system closes that with them, and then whatever
server still runs in the folder is killed and the folder removed.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_IN_ORDER = b"end"
_LOADING_SECONDS = 1.0


class Watchdog:
    """Watches over the servers whose folders are inside this one, from its making on."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-S", __file__, str(folder.resolve())]
        # In a session of its own, so that what is sent to the group of the tests does not reach it.
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)

    def end(self) -> None:
        """Kill the servers that are left, remove the folder, and watch no more."""
        self._process.communicate(_IN_ORDER)


@contextmanager
def watched(folder: Path) -> Iterator[Path]:
    """The folder, made where it is missing, in which no server is left after the block or after this process."""
    watchdog = Watchdog(folder)
    try:
        yield folder
    finally:
        watchdog.end()


def servers_in(folder: Path) -> list[int]:
    """The processes of the servers whose folders are inside this one."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            words = (place / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if any(word.startswith(f"--home-dir={folder}{os.sep}".encode()) for word in words):
            found.append(int(place.name))
    return found


def _watch(folder: Path) -> None:
    killed = sys.stdin.buffer.read() != _IN_ORDER
    _kill_all(folder)
    if killed:
        # A server may just have been forked, and only now be loading its program.
        time.sleep(_LOADING_SECONDS)
        _kill_all(folder)
    shutil.rmtree(folder, ignore_errors=True)


def _kill_all(folder: Path) -> None:
    for server in servers_in(folder):
        with suppress(ProcessLookupError):
            os.kill(server, signal.SIGKILL)


if __name__ == "__main__":
    _watch(Path(sys.argv[1]))
