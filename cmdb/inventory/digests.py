"""What tells one stream of observations from another: the digests of its pieces."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import fields
from operator import attrgetter
from typing import TypeAlias

import orjson

from cmdb.inventory.observation import Observation, ObservedItem, Problem, Reference

PIECE = 500
"""Observations of one digest; the last piece is shorter, and may be empty."""
MOST_PIECES = 200
"""Longer streams are not told apart: too much would have to be held back while they are compared."""
_NOTHING = b":null"
"""How JSON writes what is not a number, too, which is a mistake in one stream and not in another."""

Element: TypeAlias = Observation | Problem

_ITEM = attrgetter(*[each.name for each in fields(ObservedItem)])
_REFERENCE = attrgetter(*[each.name for each in fields(Reference)])


class Pieces:
    """The digests (SHA-256) of what is added, piece by piece.

    `is_comparable` is False once something was added that has no digest, or too much. `is_over` is True once the last piece
    has ended.
    """

    def __init__(self) -> None:
        self.digests: list[str] = []
        self.is_comparable = True
        self.is_over = False
        self._hash = hashlib.sha256()
        self._count = 0

    def add(self, element: Element) -> None:
        """Go on by one element."""
        if self.is_comparable:
            # Each by itself, while it is at hand: a whole piece at once takes three times as long.
            self._hash.update(self._text(element))
            self._count += 1
            if self._count == PIECE:
                self._end_piece()

    def end(self) -> None:
        """There is nothing more."""
        self.is_over = True
        self._end_piece()

    def _end_piece(self) -> None:
        self.digests.append(self._hash.hexdigest())
        self._hash, self._count = hashlib.sha256(), 0
        self.is_comparable = self.is_comparable and len(self.digests) <= MOST_PIECES

    def _text(self, element: Element) -> bytes:
        plain = _plain(element) if isinstance(element, Observation) else element
        try:
            text = orjson.dumps(plain, default=_mapping)
        except orjson.JSONEncodeError:
            text = _NOTHING
        self.is_comparable = _NOTHING not in text
        return text


def _plain(observation: Observation) -> tuple[object, ...]:
    """The observation as tuples, which become text in half the time."""
    relationships = [
        (each.type, _end(each.source), _end(each.target), each.attributes)
        for each in observation.relationships
    ]
    items = list(map(_ITEM, observation.items))
    return observation.position, observation.observed_at, items, relationships


def _end(end: str | Reference) -> object:
    return end if isinstance(end, str) else _REFERENCE(end)


def _mapping(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError
