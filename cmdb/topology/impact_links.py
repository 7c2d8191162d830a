"""The links that pass impact on, as columns."""

from __future__ import annotations

from dataclasses import dataclass

from cmdb.topology.arrays import BoolArray, ByteArray, IntArray, SmallIntArray
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

    def active(self, retired: BoolArray) -> BoolArray:
        """Which links pass anything on: those that stand, between CIs that are not retired."""
        stands = self.providers != GONE
        working = ~retired
        both: BoolArray = stands & working[self.providers] & working[self.dependents]
        return both
