"""What a root cause is measured against: graph traversal and chance."""

from __future__ import annotations

import networkx as nx

from benchmarks.root_cause.petshop_alerts import Seen
from benchmarks.root_cause.petshop_data import Issue, Scenario

UNSURE = 0.75
"""The score of a target that does not alert: that of a deviation at the threshold."""


def traversal(scenario: Scenario, issue: Issue, seen: Seen) -> list[str]:
    """The published baseline: anomalous nodes with no anomalous node upstream.

    Only those count that reach the target by anomalous nodes alone; the one with the greatest sum of scores along
    such a path is first (baseline_anomaly_traversal.py of the data set's authors), on the same alerts. That the target fails is told,
    also where its own metric does not show it.
    """
    scores = {issue.target: UNSURE} | {
        alert.ci: alert.deviation / (1 + alert.deviation)
        for alert in seen.alerts
        if alert.signal is seen.signal
    }
    calls = nx.DiGraph((caller, one) for caller, called in scenario.calls.items() for one in called)
    calls.add_nodes_from(scenario.calls)
    failing = calls.subgraph(list(scores))
    found = {}
    for node in failing:
        if not list(failing.successors(node)):
            paths = [[node]] if node == issue.target else nx.all_simple_paths(failing, issue.target, node)
            sums = [sum(scores[each] for each in path) for path in paths]
            if sums:
                found[node] = max(sums)
    return sorted(found, key=lambda node: (-found[node], node))


def upstream(scenario: Scenario, issue: Issue) -> int:
    """How many nodes could be the cause: those the target calls, directly or not, and itself."""
    calls = nx.DiGraph((caller, one) for caller, called in scenario.calls.items() for one in called)
    return len(nx.descendants(calls, issue.target)) + 1
