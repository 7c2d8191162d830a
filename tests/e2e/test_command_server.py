"""`cmdb serve`, and the other commands asking a server in place of a store."""

from __future__ import annotations

import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.e2e.command import COMMAND, EXAMPLE, SCAN, Ended, cmdb, environment
from tests.e2e.conftest import Person, Played, only_embedded


@dataclass
class Server:
    """A running `cmdb serve`."""

    process: subprocess.Popen[bytes]
    url: str
    home: Path

    def ask(self, *words: object, stdin: bytes | None = None) -> Ended:
        """Run a command against it, with no store of its own."""
        return cmdb(*words, "--url", self.url, home=self.home, stdin=stdin)

    def stop(self, number: signal.Signals) -> tuple[int, str]:
        """Send a signal; the exit code, and what it still said."""
        self.process.send_signal(number)
        _, err = self.process.communicate(timeout=60)
        return self.process.returncode, err.decode()


@contextmanager
def serving(person: Person) -> Iterator[Server]:
    """A server of a person's store on any free port, stopped at the end."""
    process = subprocess.Popen(
        [str(COMMAND), "serve", "--port", "0", "--log-level", "warning"],
        stderr=subprocess.PIPE,
        env=environment(person.home, person.variables()),
    )
    assert process.stderr is not None
    try:
        url = ""
        for line in process.stderr:
            if found := re.search(rb"POST: (http://\S+)/graphql", line):
                url = found[1].decode()
            if b"Ctrl-C stops it" in line:
                break
        assert url
        yield Server(process, url, person.home)
    finally:
        if process.poll() is None:
            process.terminate()
            process.communicate(timeout=60)
        process.stderr.close()


@pytest.fixture(scope="module")
def server(played: Played) -> Iterator[Server]:
    """A server on the demo's store."""
    with serving(played) as running:
        yield running


def test_the_commands_give_the_same_answers_from_a_server(server: Server, played: Played) -> None:
    """One way to ask, two ends."""
    for words in (
        ("impact", "rtr-print", "--json"),
        ("root-cause", "INC0000001", "INC0000002", "INC0000003", "--json"),
        ("search", "printing", "--json"),
        ("show", "rtr-print", "--json"),
        ("records", "Incident", "--json"),
    ):
        assert played.ask(*words).data() == server.ask(*words).data()


def test_a_query_runs_at_a_server(server: Server) -> None:
    """GraphQL over real HTTP."""
    query = b'{ configurationItems(filter: {class: "Router"}) { totalCount } }'

    assert {"data": {"configurationItems": {"totalCount": 3}}} == server.ask("query", "-", stdin=query).data()


def test_an_import_is_sent_to_a_server(server: Server) -> None:
    """The same report as from a store; what is known already changes nothing."""
    sent = server.ask("import", "nmap", SCAN, "--plan", "--json")
    named = server.ask("import", "table", EXAMPLE / "people.csv", "--source", "staff list", "--json")

    assert (0, 0) == (sent.code, named.code)
    assert {"unchanged": {"Person": 9, "Team": 6}} == named.data()["counts"]
    assert "unchanged" in sent.data()["counts"]


@only_embedded("codes are the server's own")
def test_errors_of_a_server_keep_their_codes(server: Server, tmp_path: Path) -> None:
    """And the exit code of their kind."""
    bad = tmp_path / "bad.xml"
    bad.write_bytes(b"<html/>")
    unreadable = server.ask("import", "nmap", bad)
    unknown = server.ask("import", "nmpa", SCAN)
    missing = server.ask("root-cause", "INC0000999")

    assert (2, 3, 3) == (unreadable.code, unknown.code, missing.code)
    assert "error SOURCE_UNREADABLE: " in unreadable.err
    assert "error IMPORTER_UNKNOWN: " in unknown.err
    assert "error INCIDENT_NOT_FOUND: " in missing.err


@only_embedded("a matter of addresses")
def test_the_server_of_the_environment_is_asked(server: Server, tmp_path: Path) -> None:
    """CMDB_URL names it once for all commands; a store that is named wins."""
    from_server = cmdb("search", "printing", "--json", home=tmp_path, CMDB_URL=server.url)
    from_store = cmdb(
        "search", "printing", "--json", "--store", tmp_path / "own.db", home=tmp_path, CMDB_URL=server.url
    )

    assert from_server.data()
    assert [] == from_store.data()


@only_embedded("no store is asked")
def test_what_is_no_cmdb_server_is_told(server: Server) -> None:
    """Another page of a web server is no answer to a question."""
    ended = cmdb("search", "x", "--url", f"{server.url}/static", home=server.home)

    assert ended.code in {2, 6}
    assert "error " in ended.err
    assert "Traceback" not in ended.err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_server_that_is_told_to_stop_does_so_cleanly(number: signal.Signals, played: Played) -> None:
    """Exit code 0, a last word, and a store that opens again."""
    with serving(played) as running:
        assert 200 == httpx.get(f"{running.url}/readyz").status_code
        code, said = running.stop(number)

    assert 0 == code
    assert said.endswith("Stopped.\n")
    assert 0 == played.ask("init").code


def test_the_demo_serves_at_its_end(tmp_path: Path) -> None:
    """It says where, and answers there."""
    process = subprocess.Popen(
        [str(COMMAND), "demo", "--port", "0", "--store", str(tmp_path / "demo.db")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(tmp_path, {}),
    )
    assert process.stderr is not None
    url = next(
        found[1] for line in process.stderr if (found := re.search(rb"POST: (http://\S+)/graphql", line))
    )
    answer = httpx.post(f"{url.decode()}/graphql", json={"query": "{ configurationItems { totalCount } }"})
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)

    assert 144 == answer.json()["data"]["configurationItems"]["totalCount"]
    assert 0 == process.returncode


def test_ctrl_c_ends_a_command_quietly(tmp_path: Path) -> None:
    """Exit code 130 and no traceback."""
    process = subprocess.Popen(
        [str(COMMAND), "import", "nmap", "-", "--store", str(tmp_path / "estate.db")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(tmp_path, {}),
        # A shell that starts the tests in the background has them ignore Ctrl-C, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
    )
    assert process.stdin is not None
    process.stdin.write(SCAN.read_bytes()[:2000])
    process.stdin.flush()
    while not (tmp_path / "estate.db").exists() and process.poll() is None:
        pass
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)

    assert 130 == process.returncode
    assert b"Traceback" not in err
