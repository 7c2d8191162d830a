"""Compressed sparse rows: for each node a run of entries, all in one array."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order

from cmdb.topology.arrays import IntArray, Places


@dataclass(frozen=True)
class Rows:
    """The entries of node i are `entries[offsets[i]:offsets[i + 1]]`."""

    offsets: IntArray
    entries: IntArray

    @cached_property
    def matrix(self) -> csr_array:
        """The rows as scipy's square matrix, for entries that are nodes; it shares the arrays."""
        size = len(self.offsets) - 1
        return csr_array((_ones(len(self.entries)), self.entries, self.offsets), shape=(size, size))

    def of(self, node: int) -> IntArray:
        """The entries of one node."""
        return self.entries[self.offsets[node] : self.offsets[node + 1]]

    def gather(self, nodes: IntArray) -> tuple[IntArray, IntArray]:
        """The entries of many nodes, one after the other, and how many each has."""
        if not len(self.entries):
            return self.entries, np.zeros(len(nodes), dtype=np.int32)
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

    def with_row(self, entries: IntArray) -> Rows:
        """The same rows and one more at the end."""
        last = np.int32(len(self.entries) + len(entries))
        return Rows(np.append(self.offsets, last), np.concatenate([self.entries, entries]))


@dataclass(frozen=True, slots=True)
class Reach:
    """What a breadth-first search found: nodes in the order found, and by node the one it was found from.

    `previous` has one entry a node of the whole graph, meaningful for the nodes found.
    """

    nodes: IntArray
    previous: IntArray


def group_by(keys: IntArray, size: int) -> Rows:
    """For each key below `size` the places where it stands, ascending.

    It is one counting sort, in C: the transposition of a matrix with one entry a row.
    """
    offsets = np.arange(len(keys) + 1, dtype=np.int32)
    turned = csr_array((_ones(len(keys)), keys, offsets), shape=(len(keys), size)).tocsc()
    return Rows(turned.indptr.astype(np.int32, copy=False), turned.indices.astype(np.int32, copy=False))


def reach(rows: Rows, starts: IntArray) -> Reach:
    """Breadth-first search over rows whose entries are nodes, from all starts at once.

    Several starts are searched from an extra node in front of them, so `nodes` holds each node once, by
    rising distance. The `previous` of a start is -1.
    """
    size = len(rows.offsets) - 1
    if len(starts) == 1:
        nodes, previous = breadth_first_order(rows.matrix, int(starts[0]))
    else:
        nodes, previous = breadth_first_order(rows.with_row(starts).matrix, size)
        nodes = nodes[1:]
    previous[starts] = -1
    return Reach(nodes, previous)


def distances(found: Reach) -> IntArray:
    """How many steps each of `found.nodes` is from the nearest start, in the order of the nodes."""
    count = len(found.nodes)
    nodes: Places = found.nodes.astype(np.intp)
    place = np.empty(len(found.previous), dtype=np.int32)
    place[nodes] = np.arange(count, dtype=np.int32)
    parents = found.previous[nodes]
    roots = int(np.count_nonzero(parents < 0))
    steps = place[parents[roots:]]  # ascending, because nodes are found in the order of their parents
    result = np.zeros(count, dtype=np.int32)
    done, level = roots, 0
    while done < count:
        level += 1
        end = roots + int(np.searchsorted(steps, done))
        result[done:end] = level
        done = end
    return result


def _ones(count: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """As many ones, which take no memory."""
    return np.broadcast_to(np.float64(1), (count,))
