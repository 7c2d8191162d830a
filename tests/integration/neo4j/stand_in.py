"""Servers that are not what the product wants: too old, of another make, or refusing what they are told.

They speak as much Bolt 5 as an empty database needs (neo4j.com/docs/bolt/current), or just say a few bytes.
"""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

HELLO, GOODBYE, RESET, RUN = 0x01, 0x02, 0x0F, 0x10
SUCCESS, IGNORED, FAILURE = 0x70, 0x7E, 0x7F

BOLT_5_4 = bytes([0, 0, 4, 5])
BOLT_4_4 = bytes([0, 0, 4, 4])


@dataclass(frozen=True, slots=True)
class Manner:
    """How a server behaves.

    `greeting`: what it answers to the first bytes of a client; a Bolt version lets the talk go on. `agent`: what
    it calls itself. `refused`: a statement with these words fails with `code`; without a code the connection
    is closed in its middle.
    """

    agent: str = "Neo4j/5.26.0"
    greeting: bytes = BOLT_5_4
    refused: bytes = b""
    code: str = ""


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self, manner: Manner) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.manner = manner


class _Talk(socketserver.StreamRequestHandler):
    @property
    def _manner(self) -> Manner:
        assert isinstance(self.server, _Server)
        return self.server.manner

    def handle(self) -> None:
        if self.rfile.read(4):
            self.rfile.read(16)
            self.wfile.write(self._manner.greeting)
            if len(self._manner.greeting) == len(BOLT_5_4):
                self._converse()

    def _converse(self) -> None:
        failed = False
        while (message := self._message()) is not None:
            tag = message[1]
            if tag == GOODBYE:
                return
            failed = failed and tag != RESET
            refused = tag == RUN and bool(self._manner.refused) and self._manner.refused in message
            if refused and not self._manner.code:
                return
            self._answer(tag, refused=refused, failed=failed)
            failed = failed or refused

    def _answer(self, tag: int, *, refused: bool, failed: bool) -> None:
        if failed:
            self._reply(IGNORED)
        elif refused:
            self._reply(FAILURE, {"code": self._manner.code, "message": "it may not be done"})
        else:
            self._reply(SUCCESS, _ANSWERS.get(tag, {}) | _named(tag, self._manner.agent))

    def _message(self) -> bytes | None:
        content = b""
        while header := self.rfile.read(2):
            size = int.from_bytes(header, "big")
            if size == 0 and content:
                return content
            content += self.rfile.read(size)
        return None

    def _reply(self, tag: int, told: Mapping[str, object] | None = None) -> None:
        content = bytes([0xB0 if told is None else 0xB1, tag]) + (b"" if told is None else packed(told))
        self.wfile.write(len(content).to_bytes(2, "big") + content + b"\0\0")


@contextmanager
def stand_in(manner: Manner) -> Iterator[str]:
    """The address of a server of this manner, for as long as the block runs."""
    with _Server(manner) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"bolt://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


_ANSWERS: Mapping[int, dict[str, object]] = {RUN: {"fields": []}}


def _named(tag: int, agent: str) -> dict[str, object]:
    return {"server": agent, "connection_id": "bolt-1"} if tag == HELLO else {}


def packed(value: object) -> bytes:
    """A value in PackStream: short maps, short lists, and texts."""
    match value:
        case str():
            data = value.encode()
            return b"\xd0" + bytes([len(data)]) + data
        case list():
            return bytes([0x90 + len(value)]) + b"".join(map(packed, value))
        case Mapping():
            parts = [packed(part) for pair in value.items() for part in pair]
            return bytes([0xA0 + len(value)]) + b"".join(parts)
        case _:
            raise TypeError(type(value))
