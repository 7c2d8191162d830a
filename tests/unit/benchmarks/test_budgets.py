"""What a run says about the budgets."""

from __future__ import annotations

import pytest

from benchmarks.budgets import Verdict, judge
from tests.unit.benchmarks.made_up import beside_neo4j, results


def missed(**changes: float) -> list[str]:
    """The budgets that such a run does not meet."""
    return [judged.what for judged in judge(results(**changes)) if judged.verdict is Verdict.NOT_MET]


def test_a_good_run_misses_nothing() -> None:
    """The made-up run is within every budget that it measures."""
    assert [] == missed()


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({"networkx": 29.0}, "networkx"),
        ({"c": 0.3}, "search in C"),
        ({"first": 1100.0}, "Import with identification"),
        ({"again": 400.0}, "The same again"),
        ({"revisions": 1}, "Revisions made"),
        ({"start": 3100.0}, "From start to first answer"),
        ({"grown": 14.0}, "Time for each affected CI"),
        ({"bytes": 1001}, "Memory"),
    ],
)
def test_each_budget_can_be_missed(change: dict[str, float], names: str) -> None:
    """One value beyond its budget is told as one budget not met."""
    (what,) = missed(**change)

    assert names in what


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({"neo4j": 399.0}, "Neo4j's own traversal"),
        ({"cypher": 24.0}, "over HTTP"),
        ({"neo4j first": 170.0}, "Import into Neo4j"),
        ({"neo4j again": 51.0}, "The same again"),
    ],
)
def test_each_budget_beside_neo4j_can_be_missed(change: dict[str, float], names: str) -> None:
    """A run for Neo4j that is within them meets all, and one value beyond its budget is told."""
    assert [] == [each for each in judge(beside_neo4j()) if each.verdict is Verdict.NOT_MET]

    (what,) = [each.what for each in judge(beside_neo4j(**change)) if each.verdict is Verdict.NOT_MET]
    assert names in what


def test_what_was_not_measured_is_said_to_be_so() -> None:
    """Neo4j and HTTP clients take no part in this run."""
    unmeasured = [judged.what for judged in judge(results()) if judged.verdict is Verdict.NOT_MEASURED]

    assert any("Neo4j" in what for what in unmeasured)
    assert any("HTTP" in what for what in unmeasured)
