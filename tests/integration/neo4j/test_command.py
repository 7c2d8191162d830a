"""`cmdb neo4j`: a server of one's own, started, used and ended."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.watchdog import watched

CMDB = Path(sys.executable).with_name("cmdb")


def run(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """The command in a process, with a data folder of the test's own and nothing else set but these variables."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CMDB_")}
    environment = {**kept, "XDG_DATA_HOME": str(folder), "COLUMNS": "200", **variables}
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


@dataclass(frozen=True, slots=True)
class Local:
    """A user's data folder with a running server in it, and how the demo went that had to start it."""

    home: Path
    demo: subprocess.CompletedProcess[str]


# It is started, and started again, in which a busy machine takes its time.
MARKS = [pytest.mark.neo4j, pytest.mark.timeout(400), pytest.mark.xdist_group("neo4j-local")]


@pytest.fixture(scope="module", params=[pytest.param("5.26", marks=MARKS)])
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Local]:
    """Where the demo was told on `neo4j`, though no server ran; none is left at the end."""
    home = tmp_path_factory.mktemp("home")
    with watched(home / "cmdb"):
        yield Local(home, run(home, "demo", "--no-serve", "--store", "neo4j"))
        run(home, "neo4j", "stop")


def at_server(home: Path, password: str | None) -> subprocess.CompletedProcess[str]:
    """A question to the local server by its address, with the password of the environment."""
    address = json.loads(run(home, "neo4j", "status", "--json").stdout)["address"]
    variables = {} if password is None else {"CMDB_NEO4J_PASSWORD": password}
    return run(home, "records", "Incident", "--json", "--store", address, **variables)


def test_the_demo_starts_a_server_and_leaves_it_running(local: Local) -> None:
    """It says so beforehand, and how to end it; the commands it ends with work as they are."""
    demo = local.demo
    records = run(local.home, "records", "Incident", "--json", "--store", "neo4j")

    assert demo.returncode == 0, demo.stderr
    assert "No Neo4j server runs in " in demo.stderr
    assert "`cmdb neo4j stop` ends it" in demo.stderr
    assert "export CMDB_STORE=neo4j\n" in demo.stdout
    assert json.loads(records.stdout)["totalCount"] == 3


def test_a_second_demo_uses_the_server_that_runs(local: Local) -> None:
    """It starts nothing, and doubles nothing."""
    demo = run(local.home, "demo", "--no-serve", "--store", "neo4j")

    assert demo.returncode == 0, demo.stderr
    assert "No Neo4j server runs in " not in demo.stderr
    assert "office-scan.xml changed nothing, 110 unchanged" in demo.stdout


def test_the_password_of_the_environment_lets_in(local: Local) -> None:
    """The right one does; a wrong one and none are one error each, which tells what to set and quotes nothing."""
    right = at_server(local.home, (local.home / "cmdb" / "neo4j" / "password").read_text())
    wrong = at_server(local.home, "wrong and secret")
    none = at_server(local.home, None)

    assert json.loads(right.stdout)["totalCount"] == 3
    for refused in (wrong, none):
        assert refused.returncode == 6
        error, remedy = refused.stderr.splitlines()
        assert error.startswith("error STORE_SIGN_IN_REFUSED: ")
        assert "CMDB_NEO4J_PASSWORD" in remedy
    assert "secret" not in wrong.stderr


def test_a_copy_takes_the_short_name(local: Local, tmp_path: Path) -> None:
    """`neo4j` is the server here too, and no file of that name."""
    copied = run(local.home, "copy", "--from", "neo4j", "--to", str(tmp_path / "copy.db"))

    assert copied.returncode == 0, copied.stderr
    assert "the graph's hash is the same in both" in copied.stdout


def test_a_server_that_was_ended_starts_again_with_all_it_held(local: Local) -> None:
    """A second start finds it running; its password is shown nowhere."""
    stopped = run(local.home, "neo4j", "stop", "--json")
    first = run(local.home, "neo4j", "start", "--json")
    again = run(local.home, "neo4j", "start", "--json")
    made = run(local.home, "init", "--store", "neo4j")
    records = run(local.home, "records", "Incident", "--json", "--store", "neo4j")
    password = (local.home / "cmdb" / "neo4j" / "password").read_text()

    assert json.loads(stopped.stdout)["running"] is False
    assert first.returncode == 0, first.stderr
    assert json.loads(first.stdout) == json.loads(again.stdout)
    assert "export CMDB_STORE=neo4j\n" in made.stderr
    assert json.loads(records.stdout)["totalCount"] == 3
    assert password not in "".join(each.stdout + each.stderr for each in (first, again, made, records))
