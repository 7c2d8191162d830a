"""Redundancy groups: several providers of one dependent, of which some number is needed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cmdb.topology.adjacency import Rows, group_by
from cmdb.topology.arrays import BoolArray, IntArray
from cmdb.topology.impact_links import ImpactLinks
from cmdb.topology.meaning import HARD


@dataclass(frozen=True, slots=True)
class Groups:
    """One entry a group. Its members are links; `needed` of them have to work, between 1 and `members`.

    `hard` is False when all its links are soft. `specs` is the place of its name in `group_specs`. `links`
    gives the members of each group; `of_link` the group of each link, or -1.
    """

    dependents: IntArray
    members: IntArray
    needed: IntArray
    hard: BoolArray
    specs: IntArray
    links: Rows
    of_link: IntArray

    def __len__(self) -> int:
        """The number of groups."""
        return len(self.dependents)

    @property
    def redundant(self) -> BoolArray:
        """Which groups can lose a member and still have enough."""
        return self.needed < self.members


def find_groups(links: ImpactLinks, active: BoolArray) -> Groups:
    """The groups that the active links form: links of one dependent with the same group name.

    Where links of a group differ about the number needed, the greatest holds. More than there are members
    counts as all of them, less than one as one; a share is rounded up.
    """
    grouped = np.flatnonzero(active & (links.specs >= 0)).astype(np.int32)
    of_link = np.full(len(links), -1, dtype=np.int32)
    specs = links.specs[grouped]
    names = _name_codes(links)
    keys = links.dependents[grouped].astype(np.int64) * (int(names.max(initial=0)) + 1) + names[specs]
    _, firsts, inverse = np.unique(keys, return_index=True, return_inverse=True)
    inverse = inverse.astype(np.int32)
    count = len(firsts)
    of_link[grouped] = inverse
    members = np.bincount(inverse, minlength=count).astype(np.int32)
    said = np.array([spec.needed for spec in links.group_specs], dtype=np.int64)[specs]
    wanted = np.where(said >= 0, said, -(said * members[inverse] // 100))
    needed = np.ones(count, dtype=np.int64)
    np.maximum.at(needed, inverse.astype(np.intp), wanted)
    hard = np.zeros(count, dtype=np.bool_)
    hard[inverse[links.strengths[grouped] == HARD]] = True
    by_group = group_by(inverse, count)
    return Groups(
        dependents=links.dependents[grouped[firsts]],
        members=members,
        needed=np.minimum(needed, members).astype(np.int32),
        hard=hard,
        specs=specs[firsts],
        links=Rows(by_group.offsets, grouped[by_group.entries]),
        of_link=of_link,
    )


def _name_codes(links: ImpactLinks) -> IntArray:
    """For each spec a number that is the same for specs of the same name."""
    codes: dict[str, int] = {}
    return np.array([codes.setdefault(spec.name, len(codes)) for spec in links.group_specs], dtype=np.int32)
