"""The measuring of root cause: reading recordings, counting ranks, and what comes out of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from benchmarks.root_cause.baselines import traversal
from benchmarks.root_cause.evaluate import SENSITIVITY, Ranks, petshop, simulated, variations, within
from benchmarks.root_cause.page import Outcome, page
from benchmarks.root_cause.petshop_alerts import observe
from benchmarks.root_cause.petshop_data import read_scenarios
from benchmarks.root_cause.rabobank import both, most_frequent, most_frequent_of_ci
from benchmarks.root_cause.rabobank_data import PastIncident, read_desk
from benchmarks.root_cause.simulated import draw
from cmdb.model.load import load_model
from tests.shared_data import shared_data

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def past(affected: str, cause: str) -> PastIncident:
    return PastIncident("1", affected, cause, NOON, NOON, "low", "low")


def share(ranks: list[Ranks], first: int) -> float:
    return within([one.product for one in ranks], first)


def test_ranks_are_counted_up_to_a_place_and_missing_ones_not() -> None:
    assert (0.25, 0.75) == (within([1, 2, 3, None], 1), within([1, 2, 3, None], 3))


def test_the_most_frequent_cause_is_another_ci_than_the_affected() -> None:
    """What broke by itself is no cause on others; ties go by name."""
    known = [past("a", "x"), past("b", "y"), past("b", "y"), past("z", "z"), past("z", "z"), past("z", "z")]

    assert ["y", "x"] == most_frequent(known, past("a", "?"))
    assert ["x"] == most_frequent_of_ci(known, past("a", "?"))
    assert ["x", "y"] == both(known, past("a", "?"))


def test_traversal_names_the_failing_node_with_nothing_failing_upstream() -> None:
    """On a drawn system whose fault makes requests fail."""
    scenario, issue, _ = draw(1, "availability")
    seen = observe(scenario, issue, SENSITIVITY)
    failing = {alert.ci for alert in seen.alerts if alert.signal is seen.signal} | {issue.target}

    for node in traversal(scenario, issue, seen):
        assert not failing & set(scenario.calls[node])


def test_a_draw_is_the_same_each_time() -> None:
    assert draw(7, "latency") == draw(7, "latency")


def test_on_drawn_systems_the_cause_is_mostly_among_the_first_three() -> None:
    """More often than by traversal, and than at the first place."""
    ranks = list(simulated(load_model(), 20))
    faults = [one for one in ranks if one.metric != "surge"]

    assert share(ranks, 3) >= 0.9
    assert share(faults, 3) > within([one.traversal for one in faults], 3)


def test_a_page_says_what_was_left_out() -> None:
    text = page(Outcome(simulated=[Ranks("simulated", "1", "latency", 1, None, 10)]))

    assert "Left out: no PetShop recording was found" in text
    assert "Left out: no table of incidents was found" in text
    assert "| latency | 1 | 1.00 | 1.00 | 1.00 | 0.00 | 0.00 | 0.10 | 0.30 |" in text


@pytest.mark.asyncio
@pytest.mark.parametrize("alone", [False, True])
async def test_the_cause_of_each_recorded_issue_is_named(alone: bool) -> None:
    """Among the first three in every issue, first more often than traversal has it first."""
    ranks = await petshop(shared_data("rca", "petshop"), alone=alone)

    assert 8 == len(ranks)
    assert 1.0 == share(ranks, 3)
    assert share(ranks, 1) > within([one.traversal for one in ranks], 1)


def test_no_single_number_carries_the_result() -> None:
    """Halved or raised by half, each threshold and each weight leaves the cause among the first three."""
    assert all(one.three >= 0.9 for one in variations(shared_data("rca", "petshop"), load_model()))


def test_the_answer_is_not_looked_at() -> None:
    """Another cause written down for an issue changes nothing of what is observed."""
    scenario = read_scenarios(shared_data("rca", "petshop"))[0]
    issue = scenario.issues[0]

    assert observe(scenario, issue, SENSITIVITY) == observe(scenario, replace(issue, cause="?"), SENSITIVITY)


def test_a_service_desk_is_read_in_the_order_of_opening() -> None:
    desk = read_desk(shared_data("itsm", "rabobank_incidents_before_2013-11.csv.gz"))
    others = [one for one in desk.incidents if one.cause not in {None, one.affected}]

    assert (854, 138) == (len(desk.incidents), len(others))
    assert sorted(one.opened for one in desk.incidents) == [one.opened for one in desk.incidents]
