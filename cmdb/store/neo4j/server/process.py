"""Starting, finding and ending a local server; its folder says all there is to know about it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson

from cmdb.kernel.errors import CmdbError, ErrorKind
from cmdb.store.neo4j.server.parts import ServerParts, resolve_parts
from cmdb.store.neo4j.server.ready import answers, set_first_password
from cmdb.store.neo4j.server.settings import ServerSettings, java_options, settings_text

START_SECONDS = 120.0
STOP_SECONDS = 60.0
_POLL_SECONDS = 0.05
_LOG_LINES = 15


class ServerStartError(CmdbError):
    """A local Neo4j server did not start."""

    code = "NEO4J_START_FAILED"
    kind = ErrorKind.UNAVAILABLE
    summary = "The local Neo4j server did not start."
    default_remedy = (
        "Read the log named in the message; a folder of a newer release cannot be opened by an older one."
    )


@dataclass(frozen=True, slots=True)
class LocalServer:
    """A server that was started from its folder; `address` is what CMDB_STORE takes, without a password."""

    folder: Path
    version: str
    port: int
    pid: int

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"bolt://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """What its process printed; Neo4j's own logs are in `logs/` beside it."""
        return self.folder / "output.log"

    def is_running(self) -> bool:
        """Whether the process is there, and still the one that was started here."""
        _reap(self.pid)
        if not _exists(self.pid):
            return False
        try:
            command = Path(f"/proc/{self.pid}/cmdline").read_bytes()
            state = Path(f"/proc/{self.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
        except OSError:
            return _exists(self.pid)
        # While a program is being loaded its command is empty.
        return state != "Z" and (not command or str(self.folder).encode() in command)

    def stop(self) -> None:
        """End it in good order: what is under way is finished and written."""
        self._end(signal.SIGTERM, STOP_SECONDS)
        if self.is_running():
            self.kill()

    def kill(self) -> None:
        """End it at once, as a power cut would (SIGKILL); the folder can be started again."""
        self._end(signal.SIGKILL, STOP_SECONDS)

    def _end(self, how: signal.Signals, seconds: float) -> None:
        if not self.is_running():
            return
        os.kill(self.pid, how)
        limit = time.monotonic() + seconds
        while self.is_running() and time.monotonic() < limit:
            time.sleep(_POLL_SECONDS)


def start_server(folder: Path, settings: ServerSettings, parts: ServerParts | None = None) -> LocalServer:
    """A server that answers, in this folder; the one that already runs there, if one does.

    Raises:
        ServerPartsError: its parts cannot be had.
        ServerStartError: it ended, or did not answer in time; the message quotes the end of its log.
    """
    folder = folder.resolve()
    running = running_server(folder)
    if running is not None:
        return running
    parts = parts or resolve_parts(settings.version)
    port = settings.port or _free_port()
    for name in ("conf", "temporary"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    text = settings_text(settings, parts.version, port)
    (folder / "conf" / "neo4j.conf").write_text(text, encoding="utf-8")
    is_first = not (folder / "data" / "databases").is_dir()
    server = LocalServer(folder, parts.version, port, _launch(folder, settings, parts))
    try:
        _wait(server, settings.password, is_first=is_first)
    except BaseException:
        # Nobody would find it: its folder does not say that it runs.
        server.kill()
        raise
    described = {**asdict(server), "folder": str(folder)}
    (folder / "server.json").write_bytes(orjson.dumps(described))
    return server


def running_server(folder: Path) -> LocalServer | None:
    """The server that runs in this folder, or None."""
    try:
        content = orjson.loads((folder / "server.json").read_bytes())
        server = LocalServer(Path(content["folder"]), content["version"], content["port"], content["pid"])
    except (OSError, orjson.JSONDecodeError, KeyError, TypeError):
        return None
    return server if server.is_running() else None


def _launch(folder: Path, settings: ServerSettings, parts: ServerParts) -> int:
    command = [
        str(parts.java),
        *java_options(settings, folder),
        "-cp",
        os.pathsep.join(map(str, parts.archives)),
        parts.main_class,
        f"--home-dir={folder}",
        f"--config-dir={folder / 'conf'}",
    ]
    with (folder / "output.log").open("ab") as log:
        process = subprocess.Popen(  # noqa: S603 - our own Java with our own arguments
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            cwd=folder,
        )
    # It outlives this program on purpose; whoever ends it does so by its number.
    process.returncode = 0
    return process.pid


def _wait(server: LocalServer, password: str | None, *, is_first: bool) -> None:
    limit = time.monotonic() + START_SECONDS
    if password is not None and is_first:
        while not set_first_password(server.address, password):
            _check_patience(server, limit)
    while not answers(server.address, password):
        _check_patience(server, limit)


def _check_patience(server: LocalServer, limit: float) -> None:
    if not server.is_running():
        raise ServerStartError(f"the server ended while it started; {server.log} says: {_end_of(server.log)}")
    if time.monotonic() > limit:
        server.kill()
        raise ServerStartError(
            f"the server did not answer within {START_SECONDS:.0f} s; {server.log} says: {_end_of(server.log)}"
        )
    time.sleep(_POLL_SECONDS)


def _end_of(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LOG_LINES:]
    return " / ".join(line.strip() for line in lines if line.strip()) or "nothing"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _reap(pid: int) -> None:
    """Take note of its end where it is a child of ours; else it would stay as a zombie."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return
