"""Texts from outside: one normal form, no invisible control characters, a bounded length."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches

FIELD_BYTES = 64 * 1024
"""No single value is longer than this, in bytes of UTF-8."""

_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def clean(text: str) -> str:
    """Trimmed, in Unicode normal form C, without control characters and lone surrogates; tabs and line feeds stay."""
    text = text.strip()
    if text.isascii() and text.isprintable():
        return text
    return unicodedata.normalize("NFC", _FORBIDDEN.sub("", text)).strip()


def is_too_long(text: str) -> bool:
    """True when the text is longer than a field may be."""
    return len(text) * 4 > FIELD_BYTES and len(text.encode("utf-8", "surrogatepass")) > FIELD_BYTES


def shown(text: str, length: int = 80) -> str:
    """The text as it may be quoted in a message: escaped, on one line, cut."""
    return repr(text if len(text) <= length else text[:length] + "…")


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`; did you mean 'status'?` when something known is near, otherwise nothing."""
    by_lower = {candidate.lower(): candidate for candidate in known}
    near = get_close_matches(name.lower(), by_lower, n=1, cutoff=0.6)
    return f"; did you mean {by_lower[near[0]]!r}?" if near else ""
