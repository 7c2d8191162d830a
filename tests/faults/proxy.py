"""A TCP proxy that does to a connection what networks do, as often as its seed says, always the same for a seed.

It forwards whole messages, so a fault falls between two of them or, where it says so, in the middle of one.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from enum import Enum
from random import Random

from tests.faults.bolt import COMMIT, Conversation

_READ = 65_536


class Toward(Enum):
    """A direction."""

    SERVER = "server"
    CLIENT = "client"


class Mode(Enum):
    """What becomes of connections.

    FORWARD: all goes through. REFUSE: those that exist are reset, and so is each one that comes. HALF_OPEN:
    nothing goes through any more, in neither direction, and nobody is told; it is kept until the mode changes.
    SWALLOW: as HALF_OPEN, but all that is sent is lost, and so is every end: for these connections, those that
    exist and those that come, it stays so whatever the mode will be.
    """

    FORWARD = "forward"
    REFUSE = "refuse"
    HALF_OPEN = "half-open"
    SWALLOW = "swallow"


@dataclass(frozen=True, slots=True)
class Cut:
    """Resets a connection after so many messages, or so many bytes, in one direction."""

    toward: Toward
    messages: int | None = None
    bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Faults:
    """How likely each fault is.

    delay_seconds: the longest a message is held back. cut: the chance that a message is not delivered and
    the connection reset, half of those in the middle of the message. drop_commit_reply: the chance that
    a commit is done and its reply never comes. most: how many faults there are in all; None means no end.
    """

    delay_seconds: float = 0.0
    cut: float = 0.0
    drop_commit_reply: float = 0.0
    most: int | None = None


NO_FAULTS = Faults()


class _Reset(Exception):  # noqa: N818 - an order, no error
    """This connection is to be reset."""


class Proxy:
    """Stands between clients and one server. Chance belongs to each connection, by the order of their coming."""

    def __init__(self, host: str, port: int, seed: int = 0) -> None:
        self.mode = Mode.FORWARD
        self.faults = NO_FAULTS
        self.cuts: list[Cut] = []
        """Each is used up by the next connection that comes."""
        self.done: list[str] = []
        """The faults that there were, in order."""
        self.fault = asyncio.Event()
        """Set as soon as there was one."""
        self.talking = asyncio.Event()
        self.talking.set()
        self._target = (host, port)
        self._seed = seed
        self._connections = 0
        self._open: set[_Connection] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    @property
    def port(self) -> int:
        """Where it listens, on this machine."""
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    @property
    def connections(self) -> int:
        """How many have come so far."""
        return self._connections

    def switch(self, mode: Mode) -> None:
        """From here on this becomes of connections, those that are open among them."""
        self.mode = mode
        if mode is Mode.HALF_OPEN:
            self.talking.clear()
        else:
            self.talking.set()
        if mode is Mode.REFUSE:
            self.reset_all()
        if mode is Mode.SWALLOW:
            for connection in self._open:
                connection.swallow()

    def reset_all(self) -> None:
        """Reset every connection that is open."""
        for connection in list(self._open):
            connection.reset()

    def note(self, what: str) -> None:
        """Remember a fault that there was."""
        self.done.append(what)
        self.fault.set()

    def may(self, random: Random, chance: float) -> bool:
        """Whether a fault of this chance happens here."""
        happens = random.random() < chance
        return happens and (self.faults.most is None or len(self.done) < self.faults.most)

    async def start(self) -> None:
        """Listen on a free port."""
        self._server = await asyncio.start_server(self._came, "127.0.0.1", 0)

    async def stop(self) -> None:
        """Reset everything and listen no more."""
        assert self._server is not None
        self._server.close()
        self.reset_all()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    async def _came(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._connections += 1
        number = self._connections
        try:
            if self.mode is Mode.REFUSE:
                _reset(writer)
                return
            cut = self.cuts.pop(0) if self.cuts else None
            try:
                far_reader, far_writer = await asyncio.open_connection(*self._target)
            except OSError:
                _reset(writer)
                return
            connection = _Connection(self, Random(f"{self._seed} {number}"), cut, (writer, far_writer))
            if self.mode is Mode.SWALLOW:
                connection.swallow()
            self._open.add(connection)
            try:
                await connection.live(reader, far_reader)
            finally:
                self._open.discard(connection)
        finally:
            self._tasks.discard(task)


class _Connection:
    """One connection of a client, and the one to the server that goes with it."""

    def __init__(
        self,
        proxy: Proxy,
        random: Random,
        cut: Cut | None,
        writers: tuple[asyncio.StreamWriter, asyncio.StreamWriter],
    ) -> None:
        self._proxy = proxy
        # One for each direction: which of them is served first must not matter.
        self._random = {Toward.SERVER: Random(random.random()), Toward.CLIENT: Random(random.random())}
        self._cut = cut
        self._near, self._far = writers
        self._swallows = False
        self._conversation = Conversation()
        self._messages = {Toward.SERVER: 0, Toward.CLIENT: 0}
        self._bytes = {Toward.SERVER: 0, Toward.CLIENT: 0}

    def reset(self) -> None:
        """Let both ends see a connection reset by its peer."""
        _reset(self._near)
        _reset(self._far)

    def swallow(self) -> None:
        """Let nothing through any more, not even its end, and tell nobody."""
        self._swallows = True

    async def live(self, near: asyncio.StreamReader, far: asyncio.StreamReader) -> None:
        """Forward both ways until one side ends or a fault does."""
        ways = [
            asyncio.create_task(self._to_server(near)),
            asyncio.create_task(self._to_client(far)),
        ]
        try:
            done, _ = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in done:
                if isinstance(way.exception(), _Reset):
                    self.reset()
            if self._swallows:
                # Until the proxy stops, neither end hears of the other's.
                await asyncio.Event().wait()
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            self._near.close()
            self._far.close()

    async def _to_server(self, reader: asyncio.StreamReader) -> None:
        while data := await _read(reader):
            for piece in self._conversation.from_client(data):
                await self._deliver(Toward.SERVER, self._far, piece.content)

    async def _to_client(self, reader: asyncio.StreamReader) -> None:
        while data := await _read(reader):
            for piece, request in self._conversation.from_server(data):
                chance = self._proxy.faults.drop_commit_reply
                if request == COMMIT and chance and self._proxy.may(self._random[Toward.CLIENT], chance):
                    self._proxy.note("commit reply dropped")
                    raise _Reset
                await self._deliver(Toward.CLIENT, self._near, piece.content)

    async def _deliver(self, toward: Toward, writer: asyncio.StreamWriter, content: bytes) -> None:
        proxy, random = self._proxy, self._random[toward]
        await proxy.talking.wait()
        if self._swallows:
            return
        if proxy.faults.delay_seconds:
            await asyncio.sleep(random.uniform(0, proxy.faults.delay_seconds))
        if proxy.faults.cut and proxy.may(random, proxy.faults.cut):
            part = random.choice([0, random.randrange(len(content))])
            proxy.note(f"cut toward the {toward.value} after {part} of {len(content)} bytes")
            await _write(writer, content[:part])
            raise _Reset
        await self._deliver_up_to_the_cut(toward, writer, content)

    async def _deliver_up_to_the_cut(
        self, toward: Toward, writer: asyncio.StreamWriter, content: bytes
    ) -> None:
        cut = self._cut if self._cut and self._cut.toward is toward else None
        if cut and cut.bytes is not None and self._bytes[toward] + len(content) > cut.bytes:
            await _write(writer, content[: cut.bytes - self._bytes[toward]])
            self._proxy.note(f"cut toward the {toward.value} after {cut.bytes} bytes")
            raise _Reset
        if cut and cut.messages is not None and self._messages[toward] >= cut.messages:
            self._proxy.note(f"cut toward the {toward.value} after {cut.messages} messages")
            raise _Reset
        self._messages[toward] += 1
        self._bytes[toward] += len(content)
        await _write(writer, content)


@asynccontextmanager
async def proxy_to(host: str, port: int, seed: int = 0) -> AsyncIterator[Proxy]:
    """A proxy that listens, to the server at this place."""
    proxy = Proxy(host, port, seed)
    await proxy.start()
    try:
        yield proxy
    finally:
        await proxy.stop()


async def _read(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.read(_READ)
    except OSError:
        return b""


async def _write(writer: asyncio.StreamWriter, content: bytes) -> None:
    with suppress(OSError):
        writer.write(content)
        await writer.drain()


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close with RST instead of FIN: without waiting for anything to arrive."""
    raw = writer.get_extra_info("socket")
    if raw is not None and raw.fileno() >= 0:
        with suppress(OSError):
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
