"""`cmdb neo4j`: a server of one's own, started, used and ended."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.watchdog import watched

CMDB = Path(sys.executable).with_name("cmdb")


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command in a process, with a data folder of the test's own."""
    environment = {**os.environ, "XDG_DATA_HOME": str(folder), "COLUMNS": "200"}
    environment.pop("CMDB_STORE", None)
    return subprocess.run(
        [str(CMDB), *arguments], env=environment, capture_output=True, text=True, check=False, timeout=300
    )


def test_without_a_server_its_address_is_refused(tmp_path: Path) -> None:
    """Nothing runs: status says so with exit code 3, stop is harmless, and the store is unavailable."""
    status, stop = run(tmp_path, "neo4j", "status"), run(tmp_path, "neo4j", "stop")
    search = run(tmp_path, "search", "x", "--store", "neo4j")

    assert (status.returncode, stop.returncode, search.returncode) == (3, 0, 6)
    assert "NEO4J_NOT_RUNNING" in search.stderr
    assert "Traceback" not in status.stderr + stop.stderr + search.stderr


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A folder for a user's data, in which no server is left."""
    with watched(tmp_path / "cmdb"):
        yield tmp_path


@pytest.mark.neo4j
@pytest.mark.timeout(400)
def test_a_server_is_started_used_and_ended(home: Path) -> None:
    """Its address is `neo4j`; a second start finds it running; its password is shown nowhere."""
    try:
        first = run(home, "neo4j", "start", "--json")
        again = run(home, "neo4j", "start", "--json")
        made = run(home, "init", "--store", "neo4j")
    finally:
        stopped = run(home, "neo4j", "stop", "--json")
    password = (home / "cmdb" / "neo4j" / "password").read_text()

    assert first.returncode == 0, first.stderr
    assert json.loads(first.stdout) == json.loads(again.stdout)
    assert made.returncode == 0, made.stderr
    assert password not in first.stdout + first.stderr + made.stdout + made.stderr
    assert json.loads(stopped.stdout)["running"] is False
