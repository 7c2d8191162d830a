"""The graph's structure in memory at one revision: immutable, so a running question is never disturbed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cmdb.graph.errors import NodeNotFoundError
from cmdb.topology.arrays import BoolArray, Bytes, IntArray, SmallIntArray
from cmdb.topology.conduction import Conduction, conduct_only
from cmdb.topology.impact_links import ImpactLinks
from cmdb.topology.meaning import TypeMeaning


@dataclass(frozen=True, slots=True)
class Topology:
    """Every CI and every relationship that passes impact on, at `revision`; or those of the region a question needs.

    CIs are known by position. `ids` (UTF-8), `class_codes` (positions in `class_names`) and `retired` have
    one entry a CI; `present` is False where a CI was deleted since the arrays were built. `order` is None
    while positions are in the order of ids; otherwise it lists the positions in that order, and `ranks` says
    for each position which place it has there. `links` holds
    the links with impact, `conduction` the same links ready to be followed, without those of retired CIs.
    Records and links without impact are not held. `cut` is the limit of CIs at which a region was cut, if it
    was: then states can be worse than told, and CIs that are not held can be hit.
    """

    revision: int
    ids: Bytes
    class_codes: SmallIntArray
    class_names: tuple[str, ...]
    retired: BoolArray
    present: BoolArray
    order: IntArray | None
    ranks: IntArray | None
    links: ImpactLinks
    conduction: Conduction
    meanings: Mapping[str, TypeMeaning]
    cut: int | None = None

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

    def find(self, ci_ids: Sequence[str], *, deleted_too: bool = False) -> IntArray:
        """The positions of CIs, in the order given; -1 for an id that is no CI's."""
        if not len(ci_ids) or not len(self.ids):
            return np.full(len(ci_ids), -1, dtype=np.int32)
        wanted = np.array([ci_id.encode() for ci_id in ci_ids], dtype=np.bytes_)
        # Of the same width as the column, or numpy would copy the column.
        place = np.searchsorted(self.ids, wanted.astype(self.ids.dtype), sorter=self.order)
        place = np.minimum(place, len(self.ids) - 1)
        found = place if self.order is None else self.order[place]
        known = self.ids[found] == wanted
        if not deleted_too:
            known &= self.present[found]
        return np.where(known, found, -1).astype(np.int32)

    def ids_at(self, positions: IntArray) -> list[str]:
        """The ids of the CIs at these positions."""
        return [raw.decode() for raw in self.ids[positions].tolist()]

    def id_at(self, position: int) -> str:
        """The id of the CI at this position."""
        return bytes(self.ids[position]).decode()

    def class_at(self, position: int) -> str:
        """The class of the CI at this position."""
        return self.class_names[int(self.class_codes[position])]

    def meaning_of(self, link: int) -> TypeMeaning:
        """The meaning of a link's relationship type; `link` is a place in `links`."""
        code = int(self.links.types[link])
        return next(meaning for meaning in self.meanings.values() if meaning.code == code)

    def conducting(self, relationship_types: frozenset[str] | None) -> Conduction:
        """The links to follow when only these relationship types count; None means all of them.

        A type that is unknown, or passes no impact on, adds nothing. Costs time linear in all links.
        """
        if relationship_types is None:
            return self.conduction
        codes = [self.meanings[name].code for name in relationship_types if name in self.meanings]
        kept = np.isin(self.links.types, np.array(codes, dtype=np.int16))
        return conduct_only(self.links, self.conduction, kept)

    def in_id_order(self, positions: IntArray) -> IntArray:
        """For each position a number that sorts like its id."""
        return positions if self.ranks is None else self.ranks[positions]
