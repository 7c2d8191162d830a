"""How two processes of the product talk through a pipe: frames of a kind, a length and a payload."""

from __future__ import annotations

from typing import IO

_HEAD = 9


def write_frame(stream: IO[bytes], kind: int, payload: bytes = b"") -> None:
    """Write one frame: a byte for its kind (0 to 255), eight for the length, most significant first, and the payload."""
    stream.write(bytes((kind,)) + len(payload).to_bytes(_HEAD - 1, "big"))
    stream.write(payload)
    stream.flush()


def read_frame(stream: IO[bytes]) -> tuple[int, bytes] | None:
    """The next frame's kind and payload; None when the stream ends before it is complete."""
    head = stream.read(_HEAD)
    if len(head) < _HEAD:
        return None
    size = int.from_bytes(head[1:], "big")
    payload = stream.read(size)
    return (head[0], payload) if len(payload) == size else None
