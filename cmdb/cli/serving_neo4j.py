"""What `cmdb neo4j` says."""

from __future__ import annotations

from pathlib import Path

import typer

from cmdb.cli.local_server import ServerChoice, start, status, stop
from cmdb.cli.place import LOCAL_SERVER
from cmdb.cli.terminal import Terminal, open_terminal
from cmdb.store.neo4j.server.process import LocalServer

_NOT_FOUND = 3


def tell_start(folder: Path | None, release: str, port: int, as_json: bool) -> None:
    """Start the server and say how to use it."""
    terminal = open_terminal()
    choice = ServerChoice(folder, release, port)
    running = status(choice)
    if running is None:
        terminal.say(f"Starting Neo4j {release} in {choice.place} …")
    server = start(choice)
    if as_json:
        terminal.data(described(server))
        return
    terminal.out.print(f"Neo4j {server.version} runs at {server.address} (process {server.pid})")
    terminal.out.print(f"Use it:     cmdb init --store {LOCAL_SERVER}, or export CMDB_STORE={LOCAL_SERVER}")
    terminal.out.print(f"Its password is in {server.folder / 'password'}, the user is neo4j.")
    terminal.out.print("End it:     cmdb neo4j stop")


def tell_stop(folder: Path | None, as_json: bool) -> None:
    """End the server and say so."""
    terminal, choice = open_terminal(), ServerChoice(folder)
    _tell(terminal, choice, stop(choice), as_json, "was ended")


def tell_status(folder: Path | None, as_json: bool) -> None:
    """Say whether the server runs.

    Raises:
        Exit: none runs.
    """
    terminal, choice = open_terminal(), ServerChoice(folder)
    server = status(choice)
    _tell(terminal, choice, server, as_json, "runs")
    if server is None:
        raise typer.Exit(_NOT_FOUND)


def described(server: LocalServer) -> dict[str, object]:
    """The server as plain data, without its password."""
    return {
        "address": server.address,
        "version": server.version,
        "folder": str(server.folder),
        "pid": server.pid,
        "running": server.is_running(),
    }


def _tell(
    terminal: Terminal, choice: ServerChoice, server: LocalServer | None, as_json: bool, what: str
) -> None:
    if as_json:
        nothing: dict[str, object] = {"folder": str(choice.place), "running": False}
        terminal.data(nothing if server is None else described(server))
    elif server is None:
        terminal.out.print(f"No Neo4j server runs in {choice.place}")
    else:
        terminal.out.print(f"Neo4j {server.version} at {server.address} {what} (process {server.pid})")
