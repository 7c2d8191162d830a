"""Tests that are killed leave no server and no folder behind."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.watchdog import servers_in, watched

# Something that runs, and says as a server does in which folder it is at home.
SERVER = "import time; time.sleep(300)"
TESTS = f"""
import subprocess, sys, time
from pathlib import Path
from tests.watchdog import Watchdog

folder = Path(sys.argv[1])
watchdog = Watchdog(folder)
subprocess.Popen([sys.executable, "-c", {SERVER!r}, f"--home-dir={{folder / 'server'}}"], start_new_session=True)
print("started", flush=True)
time.sleep(300)
"""


def _soon(wanted: bool, folder: Path) -> bool:
    """Whether there is a server in the folder, and the folder, as soon as that is what is wanted."""
    end = time.monotonic() + 60
    there = not wanted
    while there != wanted and time.monotonic() < end:
        there = folder.exists() and (bool(servers_in(folder)) or not wanted)
        time.sleep(0.02)
    return there


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_tests_that_are_killed_leave_no_server(tmp_path: Path, how: signal.Signals) -> None:
    """Neither the process nor what it wrote; a server in the folder beside it is left alone."""
    folder, beside = tmp_path / "watched", tmp_path / "watched-too"
    other = subprocess.Popen([sys.executable, "-c", SERVER, f"--home-dir={beside / 'server'}"])
    tests = subprocess.Popen([sys.executable, "-c", TESTS, str(folder)], stdout=subprocess.PIPE, text=True)
    assert tests.stdout is not None
    assert "started\n" == tests.stdout.readline()
    assert _soon(True, folder)
    tests.send_signal(how)
    assert -how == tests.wait()

    assert not _soon(False, folder)
    assert [] == servers_in(folder)
    assert [other.pid] == servers_in(beside)
    other.kill()
    other.wait()
    tests.stdout.close()


def test_after_the_block_there_is_no_server(tmp_path: Path) -> None:
    """Also when whoever started it forgets about it."""
    with watched(tmp_path / "watched") as folder:
        server = subprocess.Popen([sys.executable, "-c", SERVER, f"--home-dir={folder / 'server'}"])
        assert _soon(True, folder)

    assert -signal.SIGKILL == server.wait()
    assert not folder.exists()
