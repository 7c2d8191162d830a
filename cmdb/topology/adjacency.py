"""Compressed sparse rows: for each node a run of entries, all in one array."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array

from cmdb.topology.arrays import IntArray, Places
from cmdb.topology.scratch import Searches, ones


@dataclass(frozen=True)
class Rows:
    """The entries of node i are `entries[offsets[i]:offsets[i + 1]]`."""

    offsets: IntArray
    entries: IntArray

    @cached_property
    def searches(self) -> Searches:
        """Searches over the rows, where entries are nodes; they share the arrays."""
        return Searches(self.offsets, self.entries)

    def of(self, node: int) -> IntArray:
        """The entries of one node."""
        return self.entries[self.offsets[node] : self.offsets[node + 1]]

    def gather(self, nodes: IntArray) -> tuple[IntArray, IntArray]:
        """The entries of many nodes, one after the other, and how many each has."""
        if not len(self.entries) or not len(nodes):
            return self.entries[:0], np.zeros(len(nodes), dtype=np.int32)
        if len(nodes) == 1:
            found = self.of(int(nodes[0]))
            return found, np.array([len(found)], dtype=np.int32)
        places: Places = nodes.astype(np.intp)  # numpy would convert them at each use
        begins = self.offsets[places]
        counts = self.offsets[1:][places] - begins
        ends = np.cumsum(counts, dtype=np.int32)
        total = int(ends[-1]) if ends.size else 0
        if not total:
            return self.entries[:0], counts
        places = np.repeat((begins - ends + counts).astype(np.intp), counts)
        places += np.arange(total, dtype=np.intp)
        return self.entries[places], counts


@dataclass(frozen=True, slots=True)
class Reach:
    """What a breadth-first search found, in the order found: nodes, and from which node each was found.

    `parents` is -1 for a start. `places` are the nodes once more, as numpy indexes with them.
    """

    nodes: IntArray
    parents: IntArray
    places: Places


def group_by(keys: IntArray, size: int) -> Rows:
    """For each key below `size` the places where it stands, ascending.

    It is one counting sort, in C: the transposition of a matrix with one entry a row.
    """
    offsets = np.arange(len(keys) + 1, dtype=np.int32)
    turned = csr_array((ones(len(keys)), keys, offsets), shape=(len(keys), size)).tocsc()
    return Rows(turned.indptr.astype(np.int32, copy=False), turned.indices.astype(np.int32, copy=False))


def reach(rows: Rows, starts: IntArray) -> Reach:
    """Breadth-first search over rows whose entries are nodes, from all starts (each once) at the same time."""
    return Reach(*rows.searches.search(starts))


def distances(found: Reach, size: int) -> IntArray:
    """How many steps each of `found.nodes` is from the nearest start, in their order; nodes are below `size`."""
    count = len(found.nodes)
    place = np.empty(size, dtype=np.int32)
    place[found.places] = np.arange(count, dtype=np.int32)
    roots = int(np.count_nonzero(found.parents < 0))
    steps = place[found.parents[roots:]]  # ascending, because nodes are found in the order of their parents
    result = np.zeros(count, dtype=np.int32)
    done, level = roots, 0
    while done < count:
        level += 1
        end = roots + int(np.searchsorted(steps, done))
        result[done:end] = level
        done = end
    return result
