"""The graph's structure in memory at one revision: immutable, so a running question is never disturbed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cmdb.graph.errors import NodeNotFoundError
from cmdb.topology.arrays import BoolArray, Bytes, IntArray, SmallIntArray
from cmdb.topology.conduction import Conduction
from cmdb.topology.impact_links import ImpactLinks
from cmdb.topology.meaning import LinkMeanings


@dataclass(frozen=True, slots=True)
class Topology:
    """Every CI and every relationship that passes impact on, at `revision`.

    CIs are known by position. `ids` (UTF-8), `class_codes` (positions in `class_names`) and `retired` have
    one entry a CI; `present` is False where a CI was deleted since the arrays were built. `order` is None
    while positions are in the order of ids; otherwise it lists the positions in that order. `links` holds
    the links with impact, `conduction` the same links ready to be followed, without those of retired CIs.
    Records and links without impact are not held.
    """

    revision: int
    ids: Bytes
    class_codes: SmallIntArray
    class_names: tuple[str, ...]
    retired: BoolArray
    present: BoolArray
    order: IntArray | None
    links: ImpactLinks
    conduction: Conduction
    meanings: LinkMeanings

    @property
    def size(self) -> int:
        """The number of CIs."""
        return int(np.count_nonzero(self.present))

    def position(self, ci_id: str) -> int:
        """The position of a CI.

        Raises:
            NodeNotFoundError: no CI has this id.
        """
        return int(self.positions((ci_id,))[0])

    def positions(self, ci_ids: Sequence[str]) -> IntArray:
        """The positions of CIs, in the order given.

        Raises:
            NodeNotFoundError: one of them is no CI; the first such is named.
        """
        found = self.find(ci_ids)
        if found.size and found.min() < 0:
            missing = ci_ids[int(np.argmax(found < 0))]
            raise NodeNotFoundError(f"no CI has the id {missing!r}", details={"id": missing})
        return found

    def find(self, ci_ids: Sequence[str]) -> IntArray:
        """The positions of CIs, in the order given; -1 for an id that is no CI's."""
        if not len(ci_ids) or not len(self.ids):
            return np.full(len(ci_ids), -1, dtype=np.int32)
        wanted = np.array([ci_id.encode() for ci_id in ci_ids], dtype=np.bytes_)
        place = np.searchsorted(self.ids, wanted, sorter=self.order)
        place = np.minimum(place, len(self.ids) - 1)
        found = place if self.order is None else self.order[place]
        known = (self.ids[found] == wanted) & self.present[found]
        return np.where(known, found, -1).astype(np.int32)

    def ids_at(self, positions: IntArray) -> list[str]:
        """The ids of the CIs at these positions."""
        return [raw.decode() for raw in self.ids[positions].tolist()]

    def id_at(self, position: int) -> str:
        """The id of the CI at this position."""
        return bytes(self.ids[position]).decode()

    def class_at(self, position: int) -> str:
        """The class of the CI at this position."""
        return self.class_names[self.class_codes[position]]

    def in_id_order(self, positions: IntArray) -> IntArray:
        """For each position a number that sorts like its id."""
        if self.order is None:
            return positions
        ranks = np.empty(len(self.order), dtype=np.int32)
        ranks[self.order] = np.arange(len(self.order), dtype=np.int32)
        return ranks[positions]
