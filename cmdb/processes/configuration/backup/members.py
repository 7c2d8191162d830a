"""A set that only grows, of eight bytes a member: who of many has been met?

It keeps 64-bit hashes of Python's own, keyed at random for each process. Two of a million members share one
with a probability of 1 in 40 million; what is decided by it is checked again by other means.
"""

from __future__ import annotations

from array import array
from collections.abc import Hashable, Iterable, Sequence

import numpy as np
import numpy.typing as npt


class Members:
    """Remembers which values were added."""

    def __init__(self) -> None:
        self._hashes = array("q")
        self._sorted: npt.NDArray[np.int64] = np.empty(0, np.int64)

    def add(self, values: Iterable[Hashable]) -> None:
        """Remember these values."""
        self._hashes.extend(map(hash, values))

    def has_repeated(self) -> bool:
        """Whether a value was added twice."""
        hashes = self._in_order()
        return bool(np.any(hashes[1:] == hashes[:-1]))

    def known(self, values: Sequence[Hashable]) -> list[bool]:
        """Which of the values were added, in their order."""
        hashes = self._in_order()
        wanted = np.fromiter(map(hash, values), np.int64, len(values))
        places = np.searchsorted(hashes, wanted)
        found = np.zeros(len(values), np.bool_)
        inside = places < len(hashes)
        found[inside] = hashes[places[inside]] == wanted[inside]
        return [bool(one) for one in found]

    def _in_order(self) -> npt.NDArray[np.int64]:
        if self._hashes:
            merged = np.concatenate((self._sorted, np.array(self._hashes, np.int64)))
            self._hashes = array("q")
            merged.sort()
            self._sorted = merged
        return self._sorted
