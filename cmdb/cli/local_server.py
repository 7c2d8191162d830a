"""A Neo4j server of one's own on this machine, for people who try the product on it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_data_path

from cmdb.cli.terminal import Terminal
from cmdb.kernel.errors import CmdbError, ErrorKind
from cmdb.store.neo4j.server.process import LocalServer, running_server, start_server
from cmdb.store.neo4j.server.settings import ServerSettings

_PASSWORD_FILE = "password"  # noqa: S105  # the name of the file
_USER = "neo4j"


class LocalServerError(CmdbError):
    """The local Neo4j server is asked for and does not run."""

    code = "NEO4J_NOT_RUNNING"
    kind = ErrorKind.UNAVAILABLE
    summary = "The local Neo4j server is asked for and does not run."
    default_remedy = "Start it with `cmdb neo4j start`, or name another store."


@dataclass(frozen=True, slots=True)
class ServerChoice:
    """Which server: the folder it lives in, the release, and its port (0: any free one)."""

    folder: Path | None = None
    version: str = "5.26"
    port: int = 0

    @property
    def place(self) -> Path:
        """The folder, or the one in the user's data folder."""
        return self.folder or user_data_path("cmdb", appauthor=False) / "neo4j"


def start(choice: ServerChoice) -> LocalServer:
    """The server of this folder, running; its password is made when it is first started.

    Raises:
        ServerPartsError: its parts cannot be had.
        ServerStartError: it does not start.
    """
    choice.place.mkdir(parents=True, exist_ok=True)
    settings = ServerSettings(version=choice.version, password=_password(choice.place), port=choice.port)
    return start_server(choice.place, settings)


def stop(choice: ServerChoice) -> LocalServer | None:
    """The server that ran in this folder and was ended in good order; None when none ran."""
    server = running_server(choice.place)
    if server is not None:
        server.stop()
    return server


def status(choice: ServerChoice) -> LocalServer | None:
    """The server that runs in this folder, or None."""
    return running_server(choice.place)


def address_with_password(server: LocalServer) -> str:
    """The server's address with user and password; not to be shown."""
    password = _password(server.folder)
    return server.address.replace("://", f"://{_USER}:{password}@", 1)


def local_address(choice: ServerChoice) -> str:
    """The address, with its password, of the server that runs in this folder.

    Raises:
        LocalServerError: none runs there.
    """
    server = running_server(choice.place)
    if server is None:
        raise LocalServerError(f"no Neo4j server runs in {choice.place}")
    return address_with_password(server)


def address_in_use(choice: ServerChoice, terminal: Terminal) -> str:
    """The address, with its password, of the server that runs in this folder; started where none does.

    It is said what is done, for the server goes on running after the command.

    Raises:
        ServerPartsError: its parts cannot be had.
        ServerStartError: it does not start.
    """
    server = status(choice)
    if server is None:
        terminal.say(f"No Neo4j server runs in {choice.place}; starting one, as `cmdb neo4j start` does.")
        terminal.say("The first time it is fetched (about 130 MB), which takes minutes …")
        server = start(choice)
        terminal.say("It goes on running; `cmdb neo4j stop` ends it.")
    terminal.say(f"Neo4j {server.version} runs at {server.address} (process {server.pid}).")
    return address_with_password(server)


def _password(folder: Path) -> str:
    file = folder / _PASSWORD_FILE
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(18), encoding="utf-8")
    return file.read_text(encoding="utf-8").strip()
