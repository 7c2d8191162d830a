"""Texts as they are searched: words in small letters without accents, as SQLite's `unicode61` makes them.

A text is kept as ` word word `, so that a phrase whose last word may go on is found by looking for
` word word` in it; the bar between two values keeps phrases from reaching across.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

from cmdb.graph.elements import Properties

TITLES = ("name", "number")
"""Properties that people call a node by: a word found there counts more."""

_BETWEEN = " | "
_END = "\x1f"
_WORDS = bytes(ord(chr(code).lower()) if code < 128 and chr(code).isalnum() else 32 for code in range(256))
"""ASCII as it is searched, by its codes."""
_WORDS_AND_ENDS = _WORDS[:31] + b"|" + _WORDS[32:]
"""The same, where several texts stand with this end between them."""


def search_texts(properties: Properties, searchable: Sequence[str]) -> tuple[str | None, str | None]:
    """The title and the rest of a node's searchable values; None where there is nothing."""
    titles: list[str] = []
    rest: list[str] = []
    for name in searchable:
        value: Any = properties.get(name)
        if value is not None:
            texts = titles if name in TITLES else rest
            texts += value if isinstance(value, list) else [str(value)]
    return _joined(titles), _joined(rest)


def words_of(text: str) -> list[str]:
    """The words of a text: runs of letters and digits, in small letters, without accents."""
    if text.isascii():
        return text.encode().translate(_WORDS).decode().split()
    plain = (
        letter for letter in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(letter)
    )
    return "".join(letter if _is_of_word(letter) else " " for letter in plain).split()


def phrases_of(question: str) -> list[list[str]]:
    """What people write as one word (`192.168.1.7`) is one phrase; each is a list of words."""
    text = question.encode(errors="replace").decode().replace("\0", " ")
    return [words for part in text.split() if (words := words_of(part))]


def _joined(values: list[str]) -> str | None:
    whole = _END.join(values)
    if whole.isascii() and whole.count(_END) < len(values):  # most are: all of them at once is quickest
        plain = whole.encode().translate(_WORDS_AND_ENDS).decode()
        parts = [part.split() for part in plain.split("|")]
    else:
        parts = [words_of(value) for value in values]
    texts = [" ".join(words) for words in parts if words]
    return f" {_BETWEEN.join(texts)} " if texts else None


def _is_of_word(letter: str) -> bool:
    category = unicodedata.category(letter)
    return category[0] in "LN" or category == "Co"
