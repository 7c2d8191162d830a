"""Ranks what could be the cause of an issue, by the product's root cause on a call graph in memory."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from benchmarks.root_cause.petshop_alerts import Seen
from benchmarks.root_cause.petshop_data import Issue, Scenario
from cmdb.analysis.root_cause import root_cause
from cmdb.analysis.root_cause_types import RootCauseRequest, Symptom
from cmdb.graph.structure import Structure
from cmdb.model.types import Model, RootCausePolicy
from cmdb.topology.build import build_topology
from cmdb.topology.topology import Topology


@dataclass(frozen=True, slots=True)
class Graph:
    """A call graph as a topology whose ids are the nodes' names."""

    topology: Topology

    def ask(self, issue: Issue, seen: Seen, policy: RootCausePolicy) -> list[str]:
        """The ranking, best first."""
        request = RootCauseRequest(
            symptoms=(Symptom(issue.target),),
            healthy=tuple(name for name in seen.healthy if name != issue.target),
            alerts=seen.alerts,
            first=self.topology.size,
        )
        return [candidate.id for candidate in root_cause(self.topology, request, policy).candidates]


def graph_of(scenario: Scenario, model: Model, soft: AbstractSet[tuple[str, str]] = frozenset()) -> Graph:
    """The call graph; `soft` are calls whose answer nobody waits for."""
    names = sorted({*scenario.calls, *(name for called in scenario.calls.values() for name in called)})
    place = {name: number for number, name in enumerate(names)}
    calls = [(caller, one) for caller, called in scenario.calls.items() for one in called]
    structure = Structure(
        revision=1,
        ids=names,
        labels=["Application"] * len(names),
        statuses=["operational"] * len(names),
        link_types=["DEPENDS_ON"] * len(calls),
        link_sources=[place[caller] for caller, _ in calls],
        link_targets=[place[one] for _, one in calls],
        link_properties={n: {"strength": "soft"} for n, call in enumerate(calls) if call in soft},
    )
    return Graph(build_topology(structure, model))
