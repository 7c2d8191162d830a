"""Bytes of a source, unpacked where they are gzip, under limits that stop a decompression bomb."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from cmdb.kernel.errors import CmdbError, ErrorKind

CHUNK = 64 * 1024
_GZIP_MAGIC = b"\x1f\x8b"
_GZIP_WINDOW = 16 + zlib.MAX_WBITS


class SourceCutShortError(CmdbError):
    """The file can be read up to a point only."""

    code = "SOURCE_CUT_SHORT"
    kind = ErrorKind.INVALID
    summary = "The file ends too early, is damaged, or grows too large when it is unpacked."
    default_remedy = "Fetch the file again from where it was made; what stands before the damage was read."


@dataclass(frozen=True, slots=True)
class Limits:
    """How far a packed file may grow: in bytes, and as a ratio of unpacked to packed bytes.

    The ratio counts only beyond `ratio_free` unpacked bytes, so that small, repetitive files pass.
    """

    packed: int = 50 * 1024**2
    unpacked: int = 500 * 1024**2
    ratio: int = 100
    ratio_free: int = 10 * 1024**2


DEFAULT_LIMITS = Limits()


def read_chunks(stream: BinaryIO, limits: Limits = DEFAULT_LIMITS) -> Iterator[bytes]:
    """The content in pieces of at most 64 KB; gzip (one or many members) is told by its first two bytes.

    Raises:
        SourceCutShortError: the packed data is damaged, cut off, or beyond the limits; everything that
            could be read was given before.
    """
    pieces = _raw(stream)
    first = next(pieces, b"")
    if len(first) == 1:
        first += next(pieces, b"")
    if first.startswith(_GZIP_MAGIC):
        yield from _unpacked(first, pieces, limits)
    elif first:
        yield first
        yield from pieces


def _raw(stream: BinaryIO) -> Iterator[bytes]:
    try:
        while piece := stream.read(CHUNK):
            yield piece
    except OSError as error:
        raise SourceCutShortError(f"reading stopped: {error.strerror or error}") from error


def _unpacked(first: bytes, rest: Iterator[bytes], limits: Limits) -> Iterator[bytes]:
    member = zlib.decompressobj(_GZIP_WINDOW)
    packed = unpacked = 0
    pending = first
    while pending:
        packed += len(pending)
        while pending:
            if member.eof:
                member = zlib.decompressobj(_GZIP_WINDOW)
            piece = _inflate(member, pending)
            pending = member.unconsumed_tail or member.unused_data.lstrip(b"\0")
            unpacked += len(piece)
            _check(packed, unpacked, limits)
            if piece:
                yield piece
        pending = next(rest, b"")
    while piece := member.flush(CHUNK):
        yield piece
    if not member.eof:
        raise SourceCutShortError("the gzip data ends before its end mark")


def _inflate(member: zlib._Decompress, data: bytes) -> bytes:
    try:
        return member.decompress(data, CHUNK)
    except zlib.error as error:
        raise SourceCutShortError(f"the gzip data is damaged ({error})") from error


def _check(packed: int, unpacked: int, limits: Limits) -> None:
    if packed > limits.packed or unpacked > limits.unpacked:
        raise SourceCutShortError(
            f"the packed file is larger than {limits.packed} bytes packed or {limits.unpacked} unpacked",
            remedy="Unpack it yourself, look at it, and import the unpacked file.",
        )
    if unpacked > limits.ratio_free and unpacked > packed * limits.ratio:
        raise SourceCutShortError(
            f"{packed} packed bytes grew to more than {unpacked}: over {limits.ratio} to 1, as a bomb would",
            remedy="Unpack it yourself, look at it, and import the unpacked file.",
        )
