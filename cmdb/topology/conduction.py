"""The links with impact, arranged so that states can be followed along them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cmdb.topology.adjacency import Rows, group_by
from cmdb.topology.arrays import BoolArray, ByteArray, IntArray, Places
from cmdb.topology.impact_links import ImpactLinks
from cmdb.topology.meaning import HARD, NONE, SOFT
from cmdb.topology.redundancy import Groups, find_groups


@dataclass(frozen=True, slots=True)
class Conduction:
    """Who passes what on to whom; links of retired CIs are left out.

    A group without redundancy (all its members are needed) acts exactly like single links of the group's
    strength, and is treated as such. By CI: `hard` and `soft` give the dependents over single links,
    `grouped` the redundant groups it is a member of, `suppliers` the providers of a dependent and
    `supply_links` the links they come by, in the same places. `strengths` is by link: HARD or SOFT for a
    single link, NONE for one in a redundant group or one that passes nothing on.
    """

    hard: Rows
    soft: Rows
    grouped: Rows
    suppliers: Rows
    supply_links: Rows
    strengths: ByteArray
    groups: Groups


def conduct(links: ImpactLinks, retired: BoolArray) -> Conduction:
    """Arrange links; linear in their number."""
    active = links.active(retired)
    return _arrange(links, active, find_groups(links, active), len(retired))


def conduct_only(links: ImpactLinks, whole: Conduction, kept: BoolArray) -> Conduction:
    """The same groups, with only some links passing anything on: the providers of the rest count as healthy."""
    size = len(whole.hard.offsets) - 1
    standing = np.zeros(len(links), dtype=np.bool_)
    standing[whole.supply_links.entries] = True
    return _arrange(links, standing & kept, whole.groups, size)


def _arrange(links: ImpactLinks, active: BoolArray, groups: Groups, size: int) -> Conduction:
    chosen = np.flatnonzero(active)
    every = chosen.astype(np.int32)
    strengths = np.zeros(len(links), dtype=np.int8)
    strengths[chosen] = single_strengths(links, chosen, groups)
    redundant = chosen[strengths[chosen] == NONE]
    back = group_by(links.dependents[every], size)
    supply_links = Rows(back.offsets, every[back.entries])
    return Conduction(
        hard=_forward(links, np.flatnonzero(strengths == HARD), links.dependents, size),
        soft=_forward(links, np.flatnonzero(strengths == SOFT), links.dependents, size),
        grouped=_forward(links, redundant, groups.of_link, size),
        suppliers=Rows(back.offsets, links.providers[supply_links.entries]),
        supply_links=supply_links,
        strengths=strengths,
        groups=groups,
    )


def single_strengths(links: ImpactLinks, chosen: Places, groups: Groups) -> ByteArray:
    """How the chosen links act: HARD or SOFT as single links, NONE through a redundant group."""
    strengths = links.strengths[chosen]
    in_group = groups.of_link[chosen] >= 0
    of_group = np.where(groups.hard, np.int8(HARD), np.int8(SOFT))
    of_group[groups.redundant] = NONE
    strengths[in_group] = of_group[groups.of_link[chosen][in_group]]
    return strengths


def _forward(links: ImpactLinks, chosen: Places, to: IntArray, size: int) -> Rows:
    """Rows by provider, each in rising order, whatever the order of the links."""
    chosen = chosen[group_by(to[chosen], int(to[chosen].max(initial=-1)) + 1).entries]
    rows = group_by(links.providers[chosen], size)
    return Rows(rows.offsets, to[chosen[rows.entries]])
