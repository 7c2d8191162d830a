"""Columns of texts that take little memory: a million texts one by one take seventy bytes each, and more."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import overload

import numpy as np
from numpy.typing import NDArray

_PIECE = 10_000


class PackedTexts(Sequence[str]):
    """Texts as UTF-8 in one array, each as wide as the longest; for ids, which are about equally long."""

    def __init__(self, pieces: Iterable[Sequence[str]]) -> None:
        """The texts of these pieces, one after the other; each piece can be forgotten when the next is taken."""
        packed = [np.array([text.encode() for text in piece], dtype=np.bytes_) for piece in pieces]
        self.packed: NDArray[np.bytes_] = np.concatenate(packed) if packed else np.empty(0, dtype="S1")

    def __len__(self) -> int:
        """How many texts there are."""
        return len(self.packed)

    @overload
    def __getitem__(self, place: int) -> str: ...

    @overload
    def __getitem__(self, place: slice) -> list[str]: ...

    def __getitem__(self, place: int | slice) -> str | list[str]:
        """The text at a place, or those of a slice."""
        if isinstance(place, slice):
            return [text.decode() for text in self.packed[place].tolist()]
        return bytes(self.packed[place]).decode()

    def __iter__(self) -> Iterator[str]:
        """All texts."""
        for begin in range(0, len(self.packed), _PIECE):
            yield from self[begin : begin + _PIECE]

    def __eq__(self, other: object) -> bool:
        """Whether the other is a sequence of the same texts, however it keeps them."""
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        """As a list of the same texts."""
        return repr(list(self))


class Words(Sequence[str]):
    """Texts of which few are different: `codes` says for each place which of `names` stands there."""

    def __init__(self) -> None:
        self._code_of: dict[str, int] = {}
        self.codes = array("i")

    @property
    def names(self) -> tuple[str, ...]:
        """The different texts."""
        return tuple(self._code_of)

    def extend(self, words: Iterable[str]) -> None:
        """Put more at the end."""
        known = self._code_of
        self.codes.extend([known.setdefault(word, len(known)) for word in words])

    def __len__(self) -> int:
        """How many places there are."""
        return len(self.codes)

    @overload
    def __getitem__(self, place: int) -> str: ...

    @overload
    def __getitem__(self, place: slice) -> list[str]: ...

    def __getitem__(self, place: int | slice) -> str | list[str]:
        """The text at a place, or those of a slice."""
        names = self.names
        if isinstance(place, slice):
            return [names[code] for code in self.codes[place]]
        return names[self.codes[place]]

    def __iter__(self) -> Iterator[str]:
        """The text at each place."""
        names = self.names
        return (names[code] for code in self.codes)

    def __eq__(self, other: object) -> bool:
        """Whether the other is a sequence of the same texts, however it keeps them."""
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        """As a list of the same texts."""
        return repr(list(self))
