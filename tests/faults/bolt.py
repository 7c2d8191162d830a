"""Just enough of Bolt to tell its messages apart in a stream of bytes (neo4j.com/docs/bolt/current)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

COMMIT = 0x12
RUN = 0x10
RECORD = 0x71
SUCCESS = 0x70
_GOODBYE = 0x02
_MAGIC = bytes.fromhex("6060b017")
_MANIFEST = bytes.fromhex("000001ff")


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes that belong together: a whole message with its tag, or a part of the handshake (tag None)."""

    content: bytes
    tag: int | None = None


@dataclass
class Conversation:
    """Both directions of one connection, cut into messages; which request a reply answers is known."""

    _client: bytearray = field(default_factory=bytearray)
    _server: bytearray = field(default_factory=bytearray)
    _client_shaken: bool = False
    _server_shaken: bool = False
    _manifest: bool = False
    _chosen: bool = False
    _requests: list[int] = field(default_factory=list)

    def from_client(self, data: bytes) -> Iterator[Piece]:
        """The complete pieces that the client has sent; the rest is kept until more comes."""
        self._client += data
        if not self._client_shaken:
            if len(self._client) < 20:
                return
            assert self._client.startswith(_MAGIC), "it does not speak Bolt"
            self._client_shaken = True
            yield Piece(_taken(self._client, 20))
        if self._manifest and not self._chosen:
            length = _variable(self._client, 4)
            if length is None:
                return
            self._chosen = True
            yield Piece(_taken(self._client, length))
        for piece in _messages(self._client):
            if piece.tag not in (None, _GOODBYE):
                self._requests.append(piece.tag)
            yield piece

    def from_server(self, data: bytes) -> Iterator[tuple[Piece, int | None]]:
        """The complete pieces that the server has sent, each with the tag of the request it answers."""
        self._server += data
        if not self._server_shaken:
            length = self._handshake_length()
            if length is None:
                return
            self._server_shaken = True
            yield Piece(_taken(self._server, length)), None
        for piece in _messages(self._server):
            if piece.tag is None:
                yield piece, None
            elif piece.tag == RECORD:
                yield piece, self._requests[0]
            else:
                yield piece, self._requests.pop(0)

    def _handshake_length(self) -> int | None:
        """Four bytes; or, where the server offers a manifest, all its versions and capabilities too."""
        if len(self._server) < 4:
            return None
        if bytes(self._server[:4]) != _MANIFEST:
            return 4
        self._manifest = True
        counted = _variable(self._server, 4)
        if counted is None:
            return None
        versions = self._server[4] & 0x7F
        return _variable(self._server, counted + 4 * versions)


def framed(message: bytes) -> bytes:
    """A message as it goes over the wire, in one chunk."""
    return len(message).to_bytes(2, "big") + message + b"\0\0"


def _messages(buffer: bytearray) -> Iterator[Piece]:
    while (found := _message_length(buffer)) is not None:
        tag = buffer[3] if found > 2 else None
        yield Piece(_taken(buffer, found), tag)


def _message_length(buffer: bytearray) -> int | None:
    """How many bytes the first message takes; a lone empty chunk keeps the connection alive."""
    place = 0
    while place + 2 <= len(buffer):
        size = int.from_bytes(buffer[place : place + 2], "big")
        place += 2 + size
        if size == 0:
            return place
    return None


def _variable(buffer: bytearray, start: int) -> int | None:
    """Where a number of variable length that starts there ends; None while it is not all there."""
    for place in range(start, len(buffer)):
        if not buffer[place] & 0x80:
            return place + 1
    return None


def _taken(buffer: bytearray, length: int) -> bytes:
    taken = bytes(buffer[:length])
    del buffer[:length]
    return taken
