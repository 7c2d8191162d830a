"""The candidates for a root cause: every CI upstream of a symptom, and how good each can be at most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cmdb.analysis.root_cause_types import RootCauseRequest, Symptom
from cmdb.topology.adjacency import distances, reach
from cmdb.topology.arrays import IntArray
from cmdb.topology.conduction import Conduction
from cmdb.topology.ordering import Distinct, ascending
from cmdb.topology.topology import Topology

Floats = NDArray[np.float64]

LEAST_WEIGHT = 1e-9
"""A symptom of no weight counts this much, so that shares can be formed."""


@dataclass(frozen=True, slots=True)
class Symptoms:
    """The symptoms as columns, each CI once; `missing` are ids of retired CIs, which are left out."""

    rows: tuple[Symptom, ...]
    positions: IntArray
    weights: Floats
    missing: tuple[str, ...]

    @property
    def total(self) -> float:
        """The sum of the weights."""
        return float(self.weights.sum())


@dataclass(frozen=True, slots=True)
class Upstream:
    """CIs upstream of a symptom, symptoms included, by rising position.

    reaches: the weight of the symptoms each may explain, as a share of all. nearness: the same with each
    symptom divided by one more than its distance. Both are upper bounds, because redundancy is not looked at.
    """

    positions: IntArray
    reaches: Floats
    nearness: Floats

    def with_others(self, others: Sequence[int]) -> Upstream:
        """These and other CIs, which are upstream of nothing."""
        positions = np.union1d(self.positions, np.array(others, dtype=np.int32)).astype(np.int32)
        reaches, nearness = np.zeros(len(positions)), np.zeros(len(positions))
        places = np.searchsorted(positions, self.positions)
        reaches[places], nearness[places] = self.reaches, self.nearness
        return Upstream(positions, reaches, nearness)


def read_symptoms(topology: Topology, request: RootCauseRequest) -> Symptoms:
    """The symptoms of a request; a CI named twice has the greater weight and all its incidents.

    Raises:
        NodeNotFoundError: a symptom is no CI.
    """
    merged: dict[str, Symptom] = {}
    for symptom in request.symptoms:
        before = merged.get(symptom.id, symptom)
        incidents = tuple(dict.fromkeys((*before.incidents, *symptom.incidents)))
        merged[symptom.id] = Symptom(symptom.id, max(before.weight, symptom.weight), incidents)
    ids = sorted(merged)
    positions = topology.positions(ids)
    retired = topology.retired[positions]
    rows = tuple(merged[name] for name, gone in zip(ids, retired.tolist(), strict=True) if not gone)
    return Symptoms(
        rows=rows,
        positions=positions[~retired],
        weights=np.maximum(np.array([row.weight for row in rows], dtype=np.float64), LEAST_WEIGHT),
        missing=tuple(name for name, gone in zip(ids, retired.tolist(), strict=True) if gone),
    )


def find_upstream(conduction: Conduction, symptoms: Symptoms) -> Upstream:
    """One breadth-first search against the links from each symptom."""
    size = len(conduction.hard.offsets) - 1
    reaches, nearness = np.zeros(size), np.zeros(size)
    found: list[IntArray] = []
    for position, weight in zip(symptoms.positions, symptoms.weights.tolist(), strict=True):
        search = reach(conduction.suppliers, np.array([position], dtype=np.int32))
        reaches[search.nodes] += weight
        nearness[search.nodes] += weight / (1.0 + distances(search, size))
        found.append(search.nodes)
    positions = ascending(Distinct(size).of(np.concatenate([symptoms.positions[:0], *found])))
    return Upstream(positions, reaches[positions] / symptoms.total, nearness[positions] / symptoms.total)
