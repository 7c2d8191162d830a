"""Sorting and distinctness of positions in linear time.

numpy sorts 16-bit numbers by counting, many times faster than wider ones; so positions are sorted by their
lower and then by their upper half. `np.unique` is slower than either by more again.
"""

from __future__ import annotations

import numpy as np

from cmdb.topology.arrays import IntArray, Places

_SHORT = 256
"""Below this a comparison sort is quicker."""
_HALF = 1 << 16


def ascending(positions: IntArray) -> IntArray:
    """The positions (none below 0) in rising order."""
    return positions[stable_order(positions)]


def stable_order(keys: IntArray) -> Places:
    """The places of the keys (none below 0) in rising order; equal keys keep theirs."""
    if len(keys) < _SHORT:
        return keys.argsort(kind="stable")
    order = (keys & (_HALF - 1)).astype(np.uint16).argsort(kind="stable")
    if keys.max() < _HALF:
        return order
    return order[(keys[order] >> 16).astype(np.uint16).argsort(kind="stable")]


class Distinct:
    """Leaves out repetitions among numbers below `size`, in linear time and without an order."""

    def __init__(self, size: int) -> None:
        self._last = np.empty(size, dtype=np.int32)

    def of(self, numbers: IntArray) -> IntArray:
        """Each number once."""
        if len(numbers) < 2:
            return numbers
        places = np.arange(len(numbers), dtype=np.int32)
        wide = numbers.astype(np.intp)
        self._last[wide] = places
        once: IntArray = numbers[self._last[wide] == places]
        return once
