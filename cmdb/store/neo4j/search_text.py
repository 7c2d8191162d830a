"""Texts as they are searched: words in small letters without accents, as SQLite's `unicode61` makes them.

A text is kept as ` word word `, so that a phrase whose last word may go on is found by looking for
` word word` in it; the bar between two values keeps phrases from reaching across.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from cmdb.graph.elements import Properties

TITLES = ("name", "number")
"""Properties that people call a node by: a word found there counts more."""

_ASCII_WORDS = re.compile("[0-9a-z]+")
_BETWEEN = " | "


def search_texts(properties: Properties, searchable: Sequence[str]) -> tuple[str | None, str | None]:
    """The title and the rest of a node's searchable values; None where there is nothing."""
    title = _joined(_values(properties, [name for name in searchable if name in TITLES]))
    rest = _joined(_values(properties, [name for name in searchable if name not in TITLES]))
    return title, rest


def words_of(text: str) -> list[str]:
    """The words of a text: runs of letters and digits, in small letters, without accents."""
    if text.isascii():
        return _ASCII_WORDS.findall(text.lower())
    plain = (
        letter for letter in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(letter)
    )
    return "".join(letter if _is_of_word(letter) else " " for letter in plain).split()


def phrases_of(question: str) -> list[list[str]]:
    """What people write as one word (`192.168.1.7`) is one phrase; each is a list of words."""
    text = question.encode(errors="replace").decode().replace("\0", " ")
    return [words for part in text.split() if (words := words_of(part))]


def _joined(values: Iterable[str]) -> str | None:
    texts = [" ".join(words) for value in values if (words := words_of(value))]
    return f" {_BETWEEN.join(texts)} " if texts else None


def _values(properties: Properties, wanted: Iterable[str]) -> Iterator[str]:
    for name in wanted:
        value: Any = properties.get(name)
        if isinstance(value, list):
            yield from value
        elif value is not None:
            yield str(value)


def _is_of_word(letter: str) -> bool:
    category = unicodedata.category(letter)
    return category[0] in "LN" or category == "Co"
