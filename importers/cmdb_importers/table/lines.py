"""Lines of a file that may be in any encoding, as UTF-8 bytes, each with its number."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from cmdb.inventory.importer import InvalidOptionError, UnreadableSourceError
from cmdb_importers.text import did_you_mean

MAX_LINE_BYTES = 1024**2

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_USUAL = ("utf-8", "utf-16", "cp1252", "iso-8859-1", "iso-8859-15", "cp850", "mac-roman", "shift_jis")


@dataclass(frozen=True, slots=True)
class Line:
    """One line without its end, in UTF-8 as far as the source is honest; `is_cut` when it was too long to be read."""

    number: int
    data: bytes
    is_cut: bool = False


def check_encoding(name: str) -> str:
    """The name of an encoding of texts.

    Raises:
        InvalidOptionError: Python knows no such encoding, or it is none of texts.
    """
    try:
        info = codecs.lookup(name)
        "".encode(info.name)
    except (LookupError, ValueError) as error:
        raise InvalidOptionError(
            f"encoding {name!r} is not known{did_you_mean(name, _USUAL)}",
            remedy=f"Usual ones are {', '.join(_USUAL)}.",
        ) from error
    return info.name


def read_lines(chunks: Iterator[bytes], encoding: str = "utf-8") -> Iterator[Line]:
    """Every line; a byte order mark decides about the encoding before the option does."""
    first = next(chunks, b"")
    while 0 < len(first) < 4 and (more := next(chunks, b"")):
        first += more
    for mark, name in _BOMS:
        if first.startswith(mark):
            return _split(_in_utf8(first[len(mark) :], chunks, name))
    return _split(_in_utf8(first, chunks, encoding))


def _in_utf8(first: bytes, rest: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    if encoding == "utf-8":
        yield first
        yield from rest
        return
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    try:
        for chunk in chain([first], rest):
            yield decoder.decode(chunk).encode("utf-8", "replace")
        yield decoder.decode(b"", final=True).encode("utf-8", "replace")
    except UnicodeError as error:
        # Some codecs refuse what they cannot replace, e.g. UTF-16 without a byte order mark.
        raise UnreadableSourceError(f"the file is not in {encoding}: {error}") from error


def _split(chunks: Iterator[bytes]) -> Iterator[Line]:
    number, tail, is_cut = 1, b"", False
    for chunk in chunks:
        *complete, tail = (tail + chunk).split(b"\n")
        for data in complete:
            yield Line(number, b"" if is_cut else data.removesuffix(b"\r"), is_cut)
            number, is_cut = number + 1, False
        if len(tail) > MAX_LINE_BYTES:
            tail, is_cut = b"", True
    if tail or is_cut:
        yield Line(number, b"" if is_cut else tail.removesuffix(b"\r"), is_cut)
