"""Serves the API until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import signal
import socket
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from uvicorn.loops.auto import auto_loop_factory

from cmdb.api.http import HttpOptions
from cmdb.app import Application, open_application
from cmdb.cli.logs import log_to_standard_error
from cmdb.cli.place import Place
from cmdb.cli.terminal import Terminal, open_terminal
from cmdb.kernel.errors import CmdbError, ErrorKind

GRACE_SECONDS = 25
"""So long a request may still take when the server is told to stop; below the 30 s that supervisors give."""

_LEVELS = ("critical", "error", "warning", "info", "debug")


class PortInUseError(CmdbError):
    """Another program listens at the port; details: host, port."""

    code = "PORT_IN_USE"
    kind = ErrorKind.UNAVAILABLE
    summary = "Another program listens at the address and port already."
    default_remedy = "Stop it, or choose another port with --port."


class AddressUnusableError(CmdbError):
    """The address cannot be listened at."""

    code = "ADDRESS_UNUSABLE"
    kind = ErrorKind.INVALID
    summary = "The server cannot listen at this address."
    default_remedy = "Give an address of this machine with --host, and a port you may use with --port."


class InvalidLogLevelError(CmdbError):
    """There is no such log level."""

    code = "LOG_LEVEL_INVALID"
    kind = ErrorKind.INVALID
    summary = "There is no such log level."
    default_remedy = f"Give one of: {', '.join(_LEVELS)}."


@dataclass(frozen=True, slots=True)
class Listening:
    """Where a server listens and what it logs; `allowed` are further names it may be reached by."""

    host: str = "127.0.0.1"
    port: int = 8000
    allowed: tuple[str, ...] = field(default=())
    log_level: str = "info"


def serve_store(place: Place, listening: Listening) -> None:
    """Serve a store until Ctrl-C or SIGTERM.

    Raises:
        PortInUseError: another program listens there.
        StoreUnavailableError: the store cannot be opened.
    """
    if listening.log_level not in _LEVELS:
        raise InvalidLogLevelError(f"there is no log level {listening.log_level!r}")
    terminal = open_terminal()
    with bound(listening) as listener:
        run_server(_serve_store(place, listening, listener, terminal))


def run_server(serving: Coroutine[Any, Any, None]) -> None:
    """Run to the end on the event loop that uvicorn chooses: uvloop where it is installed."""
    with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
        runner.run(serving)


async def _serve_store(
    place: Place, listening: Listening, listener: socket.socket, terminal: Terminal
) -> None:
    async with open_application(place.settings()) as application:
        terminal.say(f"Store: {application.store_address}")
        await serve_application(application, listening, listener, terminal)


@contextlib.contextmanager
def bound(listening: Listening) -> Iterator[socket.socket]:
    """A socket that listens there; taken before anything else is done, so that a failure costs nothing.

    Raises:
        PortInUseError: another program listens there.
        AddressUnusableError: there is no such address, or it may not be used.
    """
    family = socket.AF_INET6 if ":" in listening.host else socket.AF_INET
    where = f"{listening.host} port {listening.port}"
    try:
        listener = socket.create_server((listening.host, listening.port), family=family)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortInUseError(
                f"another program listens at {where} already",
                details={"host": listening.host, "port": listening.port},
            ) from error
        raise AddressUnusableError(f"cannot listen at {where}: {error.strerror or error}") from error
    # Connections inherit it. asyncio sets it only on sockets that name their protocol, which these do not, and
    # without it an answer's last part waits for the client's acknowledgement: 40 ms.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with listener:
        yield listener


async def serve_application(
    application: Application, listening: Listening, listener: socket.socket, terminal: Terminal
) -> None:
    """Serve until the process is told to stop; requests under way get `GRACE_SECONDS` to end."""
    url = _url(listening.host, listener.getsockname()[1])
    http = application.server(HttpOptions(allowed_hosts=allowed_hosts(listening)))
    config = uvicorn.Config(
        http.application(),
        ws="none",
        lifespan="off",
        log_config=None,
        timeout_graceful_shutdown=GRACE_SECONDS,
        server_header=False,
    )
    log_to_standard_error(listening.log_level)
    server = _Server(config)
    with _told_to_stop(server):
        terminal.say(f"GraphQL, in a browser or by POST: {url}/graphql", "bold")
        terminal.say(f"Imports: POST {url}/imports/{{importer}}    Health: {url}/livez, {url}/readyz")
        terminal.say("Ctrl-C stops it.")
        await server.serve(sockets=[listener])
    terminal.say("Stopped.")


class _Server(uvicorn.Server):
    """Leaves signals alone: they are handled in this module, so that the store is closed before the end."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


@contextlib.contextmanager
def _told_to_stop(server: uvicorn.Server) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    signals = (signal.SIGINT, signal.SIGTERM)
    for number in signals:
        with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C arrives as KeyboardInterrupt
            loop.add_signal_handler(number, server.handle_exit, number, None)
    try:
        yield
    finally:
        for number in signals:
            with contextlib.suppress(NotImplementedError):
                loop.remove_signal_handler(number)


def allowed_hosts(listening: Listening) -> tuple[str, ...]:
    """The values of the Host header that are answered: this machine's names and those allowed besides."""
    own = () if listening.host in {"0.0.0.0", "::"} else (listening.host,)  # noqa: S104  # compared, not bound
    everywhere = () if own else (socket.gethostname(), socket.getfqdn())
    return tuple(dict.fromkeys([*HttpOptions().allowed_hosts, *own, *everywhere, *listening.allowed]))


def _url(host: str, port: int) -> str:
    if host in {"0.0.0.0", "::"}:  # noqa: S104  # compared, not bound
        return f"http://localhost:{port}"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
