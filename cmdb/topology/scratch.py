"""Breadth-first search with arrays that are used again: what it costs is what it finds, not the whole graph.

scipy's `breadth_first_order` makes and fills two arrays of one entry a node for each search. The loop behind it
takes them from the caller; it is no public name of scipy's, so without it the public function does the same.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import _traversal, breadth_first_order

from cmdb.topology.arrays import Float64s, IntArray, Places

Loop: TypeAlias = Callable[[int, IntArray, IntArray, IntArray, IntArray], int]
"""(start, entries, offsets, nodes found, by node the one it was found from) to how many were found."""

_NONE = -9999
"""scipy's mark for a node that nothing was found from."""
_ROOM = 256


def _found_loop() -> Loop | None:
    """Give scipy's loop, if it is there and does on two nodes what is expected of it."""
    loop: Loop | None = getattr(_traversal, "_breadth_first_directed", None)
    nodes, previous = np.empty(2, dtype=np.int32), np.full(2, _NONE, dtype=np.int32)
    entries, offsets = np.array([1], dtype=np.int32), np.array([0, 1, 1], dtype=np.int32)
    try:
        count = 0 if loop is None else loop(0, entries, offsets, nodes, previous)
    except (TypeError, ValueError):
        return None
    return loop if count == 2 and [*nodes.tolist(), *previous.tolist()] == [0, 1, _NONE, 0] else None


loop_of_scipy = _found_loop()


class Searches:
    """Searches over one set of rows, by several threads at a time: each takes arrays of its own."""

    def __init__(self, offsets: IntArray, entries: IntArray, loop: Loop | None = loop_of_scipy) -> None:
        self._offsets = offsets
        self._entries = entries
        self._loop = loop
        self._spare: deque[_Scratch] = deque()
        self._many: deque[_ManyStarts] = deque()

    def search(self, starts: IntArray) -> tuple[IntArray, IntArray, Places]:
        """From all starts (each once): nodes in the order found, from which each was found, and the nodes as places.

        A start was found from -1.
        """
        if self._loop is None:
            return self._by_public_name(starts)
        try:
            scratch = self._spare.pop()
        except IndexError:
            scratch = _Scratch(len(self._offsets))
        if len(starts) == 1:
            found = scratch.search(self._loop, int(starts[0]), self._entries, self._offsets, 0)
        else:
            found = self._from_many(self._loop, scratch, starts)
        # After an error it is left out: its arrays may not be as they must be.
        self._spare.append(scratch)
        return found

    def _from_many(
        self, loop: Loop, scratch: _Scratch, starts: IntArray
    ) -> tuple[IntArray, IntArray, Places]:
        """From an extra node in front of the starts."""
        try:
            rows = self._many.pop()
        except IndexError:
            rows = _ManyStarts(self._offsets, self._entries)
        rows.begin_at(starts)
        found = scratch.search(loop, len(self._offsets) - 1, rows.entries, rows.offsets, 1)
        self._many.append(rows)
        return found

    def _by_public_name(self, starts: IntArray) -> tuple[IntArray, IntArray, Places]:
        rows = _ManyStarts(self._offsets, self._entries)
        rows.begin_at(starts)
        size = len(self._offsets)
        entries = rows.entries[: rows.offsets[-1]]
        matrix = csr_array((ones(len(entries)), entries, rows.offsets), shape=(size, size))
        nodes, previous = breadth_first_order(matrix, size - 1)
        nodes = nodes[1:]
        places: Places = nodes.astype(np.intp)
        parents = previous[places]
        parents[parents == size - 1] = -1
        return nodes, parents, places


class _Scratch:
    """Two arrays of one entry a node. Between searches `previous` is `_NONE` throughout."""

    def __init__(self, size: int) -> None:
        self._nodes = np.empty(size, dtype=np.int32)
        self._previous = np.full(size, _NONE, dtype=np.int32)

    def search(
        self, loop: Loop, start: int, entries: IntArray, offsets: IntArray, skipped: int
    ) -> tuple[IntArray, IntArray, Places]:
        """What is found, the first `skipped` nodes left out; they count as no node."""
        count = loop(start, entries, offsets, self._nodes, self._previous)
        nodes = self._nodes[skipped:count].copy()
        places: Places = nodes.astype(np.intp)
        parents = self._previous[places]
        self._previous[places] = _NONE
        if skipped:
            parents[parents == start] = -1
        else:
            parents[0] = -1
        return nodes, parents, places


class _ManyStarts:
    """A copy of the rows with one more, for the starts; made when it is first needed."""

    def __init__(self, offsets: IntArray, entries: IntArray) -> None:
        self._end = len(entries)
        self.offsets = np.append(offsets, np.int32(self._end))
        self.entries = np.concatenate([entries, np.empty(_ROOM, dtype=np.int32)])

    def begin_at(self, starts: IntArray) -> None:
        """Let the last row hold these."""
        end = self._end + len(starts)
        if end > len(self.entries):
            self.entries = np.concatenate(
                [self.entries[: self._end], np.empty(2 * len(starts), dtype=np.int32)]
            )
        self.entries[self._end : end] = starts
        self.offsets[-1] = end


def ones(count: int) -> Float64s:
    """As many ones, which take no memory."""
    return np.broadcast_to(np.float64(1), (count,))
