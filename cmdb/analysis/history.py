"""What earlier incidents tell of the cause: how often did which CI cause incidents like these?

The likest incidents are those on the same CI, then those on CIs that serve the same (a dependent in common), then
those on CIs of the same class, then all. Each of these is a count of causes, and the share of a cause in one is
estimated with the share in the next wider one as if that had been seen once before (hierarchical smoothing,
MacKay & Peto, A hierarchical Dirichlet language model, 1995): few incidents of one's own say little, many speak
for themselves. Estates change, so an incident counts half as much for each half-life that has gone by.

A CI that caused its own incident teaches that CIs like it do so, not that it causes incidents on others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cmdb.analysis.root_cause_types import Likeness, PastCause, PastIncident
from cmdb.analysis.upstream import Floats, Symptoms
from cmdb.topology.adjacency import Rows, group_by
from cmdb.topology.topology import Topology

HALF_LIFE_DAYS = 90.0
"""After so many days an incident counts half: about the time in which releases go by."""
PRIOR_INCIDENTS = 1.0
"""The wider estimate counts as much as so many incidents."""
MOST_SHOWN = 10
"""So many earlier incidents are shown for a candidate, the likest and newest first."""

_ITSELF = -1


@dataclass(frozen=True, slots=True)
class Learned:
    """shares: by symptom, the estimated share of incidents like it that this CI causes, 0..1."""

    shares: Floats
    past: tuple[PastCause, ...]


@dataclass(frozen=True, slots=True)
class _Case:
    """An earlier incident in positions."""

    incident: str
    affected: int
    cause: int
    weight: float


@dataclass(slots=True)
class _Circle:
    """The weights of the causes of incidents that are alike."""

    likeness: Likeness
    cases: list[_Case]


def learn(topology: Topology, symptoms: Symptoms, past: Sequence[PastIncident]) -> dict[int, Learned]:
    """By position of a CI what is learned of it as a cause; CIs that are gone or retired are left out."""
    cases = _cases(topology, past)
    if not cases:
        return {}
    by_provider = group_by(topology.links.providers, len(topology.ids))
    by_dependent = group_by(topology.links.dependents, len(topology.ids))
    count = len(symptoms.rows)
    shares: defaultdict[int, Floats] = defaultdict(lambda: np.zeros(count))
    shown: defaultdict[int, dict[tuple[str, int], PastCause]] = defaultdict(dict)
    for n, symptom in enumerate(symptoms.positions.tolist()):
        peers = _peers(topology, by_provider, by_dependent, symptom)
        circles = _circles(topology, cases, symptom, peers)
        for cause, share in _estimate(circles, symptom).items():
            shares[cause][n] = share
        for circle in circles:
            for case in circle.cases:
                cause = symptom if case.cause == _ITSELF else case.cause
                told = PastCause(case.incident, topology.id_at(case.affected), circle.likeness)
                shown[cause].setdefault((case.incident, case.affected), told)
    return {cause: Learned(row, tuple(shown[cause].values())[:MOST_SHOWN]) for cause, row in shares.items()}


def _cases(topology: Topology, past: Sequence[PastIncident]) -> list[_Case]:
    """Newest first."""
    ordered = sorted(past, key=lambda one: (one.days_before, one.incident, one.affected, one.cause))
    affected = topology.find([one.affected for one in ordered]).tolist()
    causes = topology.find([one.cause for one in ordered]).tolist()
    return [
        _Case(
            one.incident,
            hit,
            _ITSELF if hit == cause else cause,
            0.5 ** (max(one.days_before, 0.0) / HALF_LIFE_DAYS),
        )
        for one, hit, cause in zip(ordered, affected, causes, strict=True)
        if hit >= 0 and cause >= 0 and not topology.retired[cause]
    ]


def _peers(topology: Topology, by_provider: Rows, by_dependent: Rows, symptom: int) -> set[int]:
    """CIs with a direct dependent in common with this one."""
    dependents = topology.links.dependents[by_provider.of(symptom)]
    links, _ = by_dependent.gather(np.unique(dependents))
    return set(topology.links.providers[links].tolist())


def _circles(topology: Topology, cases: Sequence[_Case], symptom: int, peers: set[int]) -> list[_Circle]:
    """From the likest to all; each holds the ones before it."""
    code = topology.class_codes[symptom]
    return [
        _Circle(Likeness.SAME_CI, [case for case in cases if case.affected == symptom]),
        _Circle(Likeness.SERVES_THE_SAME, [c for c in cases if c.affected == symptom or c.affected in peers]),
        _Circle(Likeness.SAME_CLASS, [case for case in cases if topology.class_codes[case.affected] == code]),
        _Circle(Likeness.ANY, list(cases)),
    ]


def _estimate(circles: Sequence[_Circle], symptom: int) -> Mapping[int, float]:
    """The share of each cause, from the widest circle to the narrowest."""
    shares: dict[int, float] = {}
    for circle in reversed(circles):
        weights: defaultdict[int, float] = defaultdict(float)
        for case in circle.cases:
            weights[case.cause] += case.weight
        total = sum(weights.values())
        shares = {
            cause: (weights.get(cause, 0.0) + PRIOR_INCIDENTS * shares.get(cause, 0.0))
            / (total + PRIOR_INCIDENTS)
            for cause in {**shares, **weights}
        }
    itself = shares.pop(_ITSELF, 0.0)
    own = itself + shares.pop(symptom, 0.0)
    return {**shares, symptom: own} if own else shares
