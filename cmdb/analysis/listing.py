"""The affected CIs in the order of an answer, and what its limits leave out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cmdb.analysis.explain import Trace
from cmdb.analysis.impact_types import ImpactRequest, Truncation, TruncationReason
from cmdb.analysis.propagate import Propagation
from cmdb.analysis.state import ImpactState
from cmdb.topology.arrays import ByteArray, IntArray
from cmdb.topology.ordering import stable_order
from cmdb.topology.topology import Topology


@dataclass(frozen=True, slots=True)
class Listing:
    """Columns, one entry a CI listed: the worst first, then the nearest, then by id."""

    positions: IntArray
    states: ByteArray
    distances: IntArray
    truncated: tuple[Truncation, ...]


def list_affected(
    topology: Topology, request: ImpactRequest, found: Propagation, traced: Trace, starts: int
) -> Listing:
    """Everything affected but the starts, which come first in a trace."""
    nodes, distances = traced.nodes[starts:], traced.distances[starts:]
    nodes, distances, cuts = _chosen(topology, request, nodes, distances)
    order = stable_order(topology.in_id_order(nodes))
    nodes, distances = nodes[order], distances[order]
    states = found.states[nodes.astype(np.intp)]
    farthest = int(distances.max(initial=0))
    order = stable_order((ImpactState.DOWN - states.astype(np.int32)) * (farthest + 1) + distances)
    if request.limit is not None and len(order) > request.limit:
        cuts.append(Truncation(TruncationReason.LIMIT, request.limit, len(order) - request.limit))
        order = order[: request.limit]
    return Listing(nodes[order], states[order], distances[order], tuple(cuts))


def _chosen(
    topology: Topology, request: ImpactRequest, nodes: IntArray, distances: IntArray
) -> tuple[IntArray, IntArray, list[Truncation]]:
    """The CIs of the classes and ids, and within the distance, asked for."""
    cuts: list[Truncation] = []
    if topology.cut is not None:
        cuts.append(Truncation(TruncationReason.REGION, topology.cut, None))
    if request.classes is not None:
        wanted = np.array([name in request.classes for name in topology.class_names], dtype=np.bool_)
        listed = wanted[topology.class_codes[nodes]]
        nodes, distances = nodes[listed], distances[listed]
    if request.among is not None:
        wanted = np.zeros(len(topology.ids), dtype=np.bool_)
        places = topology.find(sorted(request.among))
        wanted[places[places >= 0]] = True
        listed = wanted[nodes]
        nodes, distances = nodes[listed], distances[listed]
    if request.max_distance is not None:
        near = distances <= request.max_distance
        if not near.all():
            left_out = int(np.count_nonzero(~near))
            cuts.append(Truncation(TruncationReason.DISTANCE, request.max_distance, left_out))
            nodes, distances = nodes[near], distances[near]
    return nodes, distances, cuts
