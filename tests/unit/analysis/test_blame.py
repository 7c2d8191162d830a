"""Whose doing a complaint is, by the alerts."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmdb.analysis.alerts import Alert, Signal
from cmdb.analysis.root_cause import root_cause
from cmdb.analysis.root_cause_types import RootCauseRequest, RootCauseResult, Symptom
from cmdb.topology.build import build_topology
from tests.oracles.estates import NAMES, POLICY, dependency_lists, small_model, structure_of
from tests.oracles.fixpoint import Dependency

MODEL = small_model()


def calls(*pairs: str, soft: bool = False) -> list[Dependency]:
    """`front>cart`: the first calls the second."""
    return [
        Dependency(called, caller, hard=not soft) for caller, called in (pair.split(">") for pair in pairs)
    ]


def slow(ci: str, excess: float, requests: float | None = 100) -> Alert:
    return Alert(ci, Signal.LATENCY, 5.0, excess, 0.1, requests)


def more_traffic(ci: str, usual: float, above: float) -> Alert:
    return Alert(ci, Signal.TRAFFIC, 9.0, above, usual)


def ask(dependencies: list[Dependency], *alerts: Alert, healthy: tuple[str, ...] = ()) -> RootCauseResult:
    topology = build_topology(structure_of(dependencies), MODEL)
    request = RootCauseRequest((Symptom("front"),), healthy, first=100, alerts=alerts)
    return root_cause(topology, request, POLICY)


def ranked(result: RootCauseResult) -> list[str]:
    return [candidate.id for candidate in result.candidates]


def shares(result: RootCauseResult) -> dict[str, float]:
    return {candidate.id: candidate.share or 0.0 for candidate in result.candidates}


def test_the_provider_that_makes_most_of_the_waiting_is_first() -> None:
    """A large slowdown of few requests is less than a small one of many."""
    result = ask(
        calls("front>search", "front>ads"),
        slow("front", 0.12),
        slow("search", 0.1, 100),
        slow("ads", 0.5, 4),
    )

    assert ["search", "ads", "front"] == ranked(result)
    assert pytest.approx(10 / 12, abs=1e-6) == shares(result)["search"]


def test_what_a_provider_waits_for_itself_is_not_its_own_doing() -> None:
    """Along a chain that is slow all the way down, the end of it is the origin."""
    result = ask(
        calls("front>cart", "cart>stock", "stock>database"),
        slow("front", 1.1),
        slow("cart", 1.05),
        slow("stock", 1.0),
        healthy=("database",),
    )

    assert "stock" == ranked(result)[0]
    assert pytest.approx(0.05 / 1.1, abs=1e-3) == shares(result)["cart"]


def test_a_little_slowness_further_up_does_not_clear_the_one_that_makes_it() -> None:
    """Unlike the rule `nothing failing upstream`, amounts keep the cause in front of a small coincidence."""
    result = ask(
        calls("front>cart", "cart>database"), slow("front", 1.0), slow("cart", 1.0), slow("database", 0.1)
    )

    assert ["cart", "database"] == ranked(result)[:2]


def test_healthy_dependents_do_not_clear_what_is_measured_to_fail() -> None:
    """A service that is slow for one caller may be quick for another."""
    result = ask(
        calls("front>search", "list>search", "mail>search", "front>ads"),
        slow("front", 0.1),
        slow("search", 0.1),
        healthy=("list", "mail"),
    )

    assert "search" == ranked(result)[0]


def test_a_ci_without_metrics_passes_blame_on() -> None:
    """Between two alerting CIs there may be one that nobody watches."""
    result = ask(calls("front>proxy", "proxy>search"), slow("front", 0.1), slow("search", 0.1))

    assert "search" == ranked(result)[0]


def test_little_blame_goes_past_a_ci_seen_working() -> None:
    """What passes it should show there."""
    through, past = (
        ask(calls("front>proxy", "proxy>search"), slow("front", 0.1), slow("search", 0.1), healthy=healthy)
        for healthy in ((), ("proxy",))
    )

    assert pytest.approx(1.0) == shares(through)["search"]
    assert pytest.approx(0.25) == shares(past)["search"]


def test_who_hands_work_to_a_queue_does_not_wait_for_it() -> None:
    """A slow worker behind a soft dependency counts a quarter."""
    result = ask(
        [*calls("front>cart"), *calls("front>worker", soft=True)],
        slow("front", 1.0),
        slow("cart", 0.9),
        slow("worker", 1.0),
    )

    assert "cart" == ranked(result)[0]


def test_a_surge_is_put_down_to_where_it_begins() -> None:
    """Three times the requests at the entry slow down what it calls: the entry is the cause."""
    alerts = (slow("front", 0.5), slow("cart", 0.5))
    calm = ask(calls("front>cart"), *alerts)
    surge = ask(calls("front>cart"), *alerts, more_traffic("front", 100, 200), more_traffic("cart", 100, 200))

    assert ("cart", "front") == (ranked(calm)[0], ranked(surge)[0])


def test_more_requests_that_no_caller_sent_stay_where_they_are() -> None:
    """A surge that begins at the provider, such as retries of its own clients, does not clear it."""
    result = ask(calls("front>cart"), slow("front", 0.5), slow("cart", 0.5), more_traffic("cart", 100, 200))

    assert "cart" == ranked(result)[0]


def test_alerts_without_amounts_name_the_failing_ci_with_nothing_failing_upstream() -> None:
    """An alert that only says that a CI fails is enough."""
    states = tuple(Alert(ci, Signal.STATE, 1.0) for ci in ("front", "cart", "stock"))
    result = ask(calls("front>cart", "cart>stock", "stock>database", "front>ads"), *states)

    assert "stock" == ranked(result)[0]


def test_cis_that_call_each_other_share_the_blame_by_their_amounts() -> None:
    """In a cycle none discounts the other."""
    result = ask(calls("front>a", "a>b", "b>a"), slow("front", 1.0), slow("a", 1.0), slow("b", 3.0))

    assert pytest.approx(0.25) == shares(result)["a"]
    assert pytest.approx(0.75) == shares(result)["b"]


def test_alerts_elsewhere_change_nothing() -> None:
    """What is not upstream of the symptom cannot be its cause, however badly it fails."""
    dependencies = calls("front>cart", "other>disk")
    alone = ask(dependencies, slow("front", 0.5), slow("cart", 0.5))
    beside = ask(dependencies, slow("front", 0.5), slow("cart", 0.5), slow("disk", 99.0))

    assert alone.candidates == beside.candidates


alerts = st.lists(
    st.builds(
        Alert,
        st.sampled_from(NAMES),
        st.sampled_from(tuple(Signal)),
        st.just(5.0),
        st.floats(0.01, 10),
        st.floats(1, 10),
        st.sampled_from([None, 10.0, 100.0]),
    ),
    max_size=8,
)


@settings(max_examples=200, deadline=None)
@given(dependency_lists(), st.lists(st.sampled_from(NAMES), min_size=1, max_size=3), alerts)
def test_what_alerting_cis_make_themselves_is_not_more_than_there_is(
    dependencies: list[Dependency], failing: list[str], told: list[Alert]
) -> None:
    """Shares lie between 0 and 1, scores too, and the order of the alerts does not matter."""
    topology = build_topology(structure_of(dependencies, names=NAMES), MODEL)
    one, other = (
        root_cause(
            topology,
            RootCauseRequest(tuple(map(Symptom, failing)), first=100, alerts=tuple(some)),
            POLICY,
        )
        for some in (told, told[::-1])
    )

    assert one == other
    assert all(0 <= (candidate.share or 0) <= 1 for candidate in one.candidates)
    assert all(0 <= candidate.score <= 1 for candidate in one.candidates)
