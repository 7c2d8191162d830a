"""Single points of failure of one CI."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from cmdb.analysis.impact_types import AffectedCi
from cmdb.analysis.state import ImpactState
from cmdb.topology.adjacency import distances, reach
from cmdb.topology.arrays import IntArray
from cmdb.topology.meaning import HARD
from cmdb.topology.topology import Topology


@dataclass(frozen=True, slots=True)
class PointsOfFailure:
    """CIs whose failure alone takes `ci` DOWN, nearest first, then by id.

    `looked_at` CIs upstream were looked at. `truncated` is True when there are more; those found are right
    all the same.
    """

    ci: str
    points: tuple[AffectedCi, ...]
    looked_at: int
    truncated: bool


def single_points_of_failure(topology: Topology, ci_id: str, limit: int = 5000) -> PointsOfFailure:
    """CIs whose failure alone takes the CI DOWN, among the `limit` nearest ones upstream.

    For each CI the set of CIs that take it down is the CI itself, those that take a provider down over a
    single hard link, and those that take so many members of a hard group down that fewer than needed are
    left: the least fixpoint of that. With hard links alone this is reachability; with groups of which one
    member is needed it is dominance, as in control-flow graphs (Lengauer and Tarjan, 1979).

    Raises:
        NodeNotFoundError: no CI has this id.
    """
    position = topology.position(ci_id)
    search = reach(topology.conduction.suppliers, np.array([position], dtype=np.int32))
    steps = distances(search, len(topology.ids))
    near, steps = search.nodes[:limit], steps[:limit]
    killers = _Killers(topology, near).found()[0]
    found = [place for place in range(1, len(near)) if killers >> place & 1]
    rows = [
        AffectedCi(
            topology.id_at(int(near[place])),
            topology.class_at(int(near[place])),
            ImpactState.DOWN,
            int(steps[place]),
        )
        for place in found
    ]
    rows.sort(key=lambda row: (row.distance, row.id))
    truncated = len(search.nodes) > limit or topology.cut is not None
    return PointsOfFailure(ci_id, tuple(rows), len(near), truncated)


def points_of_failure_of_many(
    topology: Topology, ci_ids: Sequence[str], limit: int = 20_000
) -> tuple[dict[str, frozenset[str]], bool]:
    """By CI, the others whose failure alone takes it DOWN; far quicker than one by one.

    The `limit` CIs nearest upstream of all of them together are looked at. Also tells whether there are more;
    those found are right all the same.

    Raises:
        NodeNotFoundError: one of them is no CI.
    """
    places = topology.positions(ci_ids)
    starts = np.unique(places).astype(np.int32)
    near = reach(topology.conduction.suppliers, starts).nodes if starts.size else starts
    cut = len(near) > limit or topology.cut is not None
    near = near[: max(limit, len(starts))]
    place_of = {position: place for place, position in enumerate(near.tolist())}
    killers = _Killers(topology, near).found()
    found = {}
    for ci, position in zip(ci_ids, places.tolist(), strict=True):
        own = place_of[position]
        points = np.array([place for place in _bits(killers[own]) if place != own], dtype=np.int32)
        found[ci] = frozenset(topology.ids_at(near[points]))
    return found, cut


class _Killers:
    """For each CI of a region, as bits over the region, which CIs take it DOWN alone."""

    def __init__(self, topology: Topology, region: IntArray) -> None:
        self._rules = _rules(topology, region)

    def found(self) -> list[int]:
        """For each CI of the region, which take it DOWN; repeated until nothing changes."""
        bits = [1 << place for place in range(len(self._rules))]
        users: list[list[int]] = [[] for _ in bits]
        for place, (singles, groups) in enumerate(self._rules):
            for provider in {*singles, *(member for _, members in groups for member in members)}:
                users[provider].append(place)
        # Providers first: most rules are then applied once.
        waiting = list(range(len(bits)))
        queued = [True] * len(bits)
        while waiting:
            place = waiting.pop()
            queued[place] = False
            after = bits[place] | self._killed_by(place, bits)
            if after != bits[place]:
                bits[place] = after
                for user in users[place]:
                    if not queued[user]:
                        queued[user] = True
                        waiting.append(user)
        return bits

    def _killed_by(self, place: int, bits: list[int]) -> int:
        singles, groups = self._rules[place]
        killers = 0
        for provider in singles:
            killers |= bits[provider]
        for losses, members in groups:
            killers |= _in_at_least(losses, [bits[member] for member in members])
        return killers


_Rule: TypeAlias = tuple[list[int], list[tuple[int, list[int]]]]
"""Providers that take a CI down alone; groups as (members to lose, members in the region)."""


def _rules(topology: Topology, region: IntArray) -> list[_Rule]:
    """For each CI of a region its rule, in places of the region."""
    conduction = topology.conduction
    supply, counts = conduction.supply_links.gather(region)
    place_of = np.full(len(topology.ids), -1, dtype=np.int32)
    place_of[region] = np.arange(len(region), dtype=np.int32)
    providers = place_of[topology.links.providers[supply]]
    owners = np.repeat(np.arange(len(region), dtype=np.int32), counts)
    inside = providers >= 0
    singles = inside & (conduction.strengths[supply] == HARD)
    groups, of_link = conduction.groups, conduction.groups.of_link[supply]
    counted = np.append(groups.hard & groups.redundant, np.bool_(False))  # a link in no group is at place -1
    grouped = inside & ~singles & counted[of_link]
    single_rules: list[list[int]] = [[] for _ in range(len(region))]
    for owner, provider in zip(owners[singles].tolist(), providers[singles].tolist(), strict=True):
        single_rules[owner].append(provider)
    group_rules: list[dict[int, list[int]]] = [{} for _ in range(len(region))]
    rows = (owners[grouped].tolist(), of_link[grouped].tolist(), providers[grouped].tolist())
    for owner, group, provider in zip(*rows, strict=True):
        group_rules[owner].setdefault(group, []).append(provider)
    losses = groups.members - groups.needed + 1
    return [
        (alone, [(int(losses[group]), members) for group, members in together.items()])
        for alone, together in zip(single_rules, group_rules, strict=True)
    ]


def _bits(number: int) -> Iterator[int]:
    """The places of the bits that are set."""
    while number:
        lowest = number & -number
        yield lowest.bit_length() - 1
        number ^= lowest


def _in_at_least(count: int, sets: list[int]) -> int:
    """The bits that are in at least `count` of the sets."""
    if count > len(sets):
        return 0
    # at_least[n] holds the bits seen in n + 1 sets or more so far.
    at_least = [0] * count
    for bits in sets:
        for n in range(count - 1, 0, -1):
            at_least[n] |= at_least[n - 1] & bits
        at_least[0] |= bits
    return at_least[-1]
