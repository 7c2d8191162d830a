"""The links that pass impact on, as columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cmdb.topology.arrays import BoolArray, ByteArray, IntArray, Places, SmallIntArray
from cmdb.topology.meaning import GroupSpec

GONE = -1
"""The provider of a link that was deleted since the columns were made."""


@dataclass(frozen=True, slots=True)
class ImpactLinks:
    """One entry a link: when the provider fails, the dependent suffers.

    providers, dependents: positions of CIs. types: codes of relationship types. strengths: HARD or SOFT, as
    the link itself or its type says. specs: positions in `group_specs`, or -1 for a link in no redundancy
    group. A deleted link keeps its place and has the provider GONE.
    """

    providers: IntArray
    dependents: IntArray
    types: SmallIntArray
    strengths: ByteArray
    specs: IntArray
    group_specs: tuple[GroupSpec, ...]

    def __len__(self) -> int:
        """The number of entries, deleted ones included."""
        return len(self.providers)

    def active_among(self, places: Places, retired: BoolArray) -> Places:
        """Which of these links pass anything on: those that stand, between CIs that are not retired."""
        working, providers = ~retired, self.providers[places]
        both: BoolArray = (providers != GONE) & working[providers] & working[self.dependents[places]]
        active: Places = places[both]
        return active

    def active(self, retired: BoolArray) -> BoolArray:
        """By link, whether it passes anything on."""
        active = np.zeros(len(self), dtype=np.bool_)
        active[self.active_among(np.arange(len(self)), retired)] = True
        return active
