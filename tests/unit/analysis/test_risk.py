"""The risk of a change, part by part."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmdb.analysis.risk import EarlierChange, Risk, RiskFacts, RiskLevel, RiskPart, ScoredRisk, assess
from cmdb.analysis.state import ImpactState
from cmdb.model.load import load_model
from tests.oracles.estates import RISK_POLICY

HARMLESS = RiskFacts(
    services={},
    users=0,
    cost_per_hour=0.0,
    affected={},
    earlier=(),
    change_type="normal",
    test_plan=True,
    backout_plan=True,
)


def part(risk: Risk, name: RiskPart) -> ScoredRisk:
    return next(found for found in risk.parts if found.part is name)


def test_a_harmless_change_has_only_the_risk_that_is_assumed() -> None:
    """Without any history one change in ten is assumed to fail."""
    risk = assess(HARMLESS, RISK_POLICY)

    assert {RiskPart.HISTORY} == {found.part for found in risk.parts if found.value}
    assert 0.1 * 0.2 == pytest.approx(risk.score)
    assert RiskLevel.LOW == risk.level


def test_half_of_the_impact_is_reached_at_the_number_of_the_policy() -> None:
    """A hundred users weigh a half, and so does a cost of a thousand an hour; the greater counts."""
    users = assess(replace(HARMLESS, users=100), RISK_POLICY)
    cost = assess(replace(HARMLESS, users=1, cost_per_hour=1000.0), RISK_POLICY)

    assert 0.5 == part(users, RiskPart.IMPACT).value == part(cost, RiskPart.IMPACT).value


def test_redundancy_takes_risk_away() -> None:
    """What stays up with less redundancy counts nothing, what degrades half."""
    affected = {ImpactState.DOWN: 1, ImpactState.DEGRADED: 2, ImpactState.AT_RISK: 1}
    found = part(assess(replace(HARMLESS, affected=affected), RISK_POLICY), RiskPart.REDUNDANCY)

    assert 0.5 == found.value
    assert "redundancy keeps 1 of 4 affected items working" == found.reason


def test_history_weighs_how_changes_of_the_same_kind_went() -> None:
    """Failed and half of those with issues, among two assumed ones of which a tenth failed."""
    earlier = (
        EarlierChange("1", "successful", same_kind=True),
        EarlierChange("2", "with_issues", same_kind=True),
        EarlierChange("3", "failed", same_kind=True),
        EarlierChange("4", "failed", same_kind=False),
    )
    found = part(assess(replace(HARMLESS, earlier=earlier), RISK_POLICY), RiskPart.HISTORY)

    assert (1.5 + 0.2) / 5 == pytest.approx(found.value)
    assert ("1", "2", "3") == found.records
    assert "1 of 3 earlier changes of this kind on these items were successful" == found.reason


def test_no_history_is_said_to_be_none() -> None:
    """Not as none of none, redundancy neither; and large costs are written out."""
    risk = assess(replace(HARMLESS, users=1200, cost_per_hour=1234567.0), RISK_POLICY)

    assert "no earlier changes of this kind on these items" == part(risk, RiskPart.HISTORY).reason
    assert "nothing else is affected" == part(risk, RiskPart.REDUNDANCY).reason
    assert "no earlier changes on these items" == part(risk, RiskPart.INCIDENTS).reason
    assert "up to 1,200 users, 1,234,567 per hour" in part(risk, RiskPart.IMPACT).reason


def test_incidents_that_followed_are_named() -> None:
    """The share of earlier changes that incidents followed, with the incidents."""
    earlier = (
        EarlierChange("1", "successful", same_kind=False, incidents=("i", "j")),
        EarlierChange("2", "successful", same_kind=True),
    )
    found = part(assess(replace(HARMLESS, earlier=earlier), RISK_POLICY), RiskPart.INCIDENTS)

    assert (0.5, ("i", "j")) == (found.value, found.records)


def test_the_worst_of_everything_is_high() -> None:
    """An emergency that takes everything down, untested, where such changes fail."""
    facts = RiskFacts(
        services={ImpactState.DOWN: 3},
        users=5000,
        cost_per_hour=90000.0,
        affected={ImpactState.DOWN: 10},
        earlier=tuple(
            EarlierChange(str(n), "failed", same_kind=True, incidents=(f"i{n}",)) for n in range(8)
        ),
        change_type="emergency",
        test_plan=False,
        backout_plan=False,
    )
    risk = assess(facts, RISK_POLICY)

    assert RiskLevel.HIGH == risk.level
    assert risk.score > 0.9


@given(
    st.integers(0, 10**9),
    st.floats(0, 1e12),
    st.dictionaries(st.sampled_from(ImpactState), st.integers(0, 10**6)),
    st.sampled_from(["standard", "normal", "emergency", ""]),
    st.booleans(),
    st.lists(
        st.builds(
            EarlierChange,
            st.text(max_size=3),
            st.sampled_from(["successful", "with_issues", "failed", "backed_out", ""]),
            st.booleans(),
            st.lists(st.text(max_size=2), max_size=2).map(tuple),
        ),
        max_size=5,
    ).map(tuple),
)
def test_a_score_is_the_sum_of_its_points_and_lies_between_0_and_1(
    users: int,
    cost: float,
    affected: dict[ImpactState, int],
    change_type: str,
    planned: bool,
    earlier: tuple[EarlierChange, ...],
) -> None:
    """Whatever the facts, every part and the score stay in bounds, and the score is explained by its parts."""
    risk = assess(
        RiskFacts(affected, users, cost, affected, earlier, change_type, planned, planned), RISK_POLICY
    )

    assert all(0 <= found.value <= 1 for found in risk.parts)
    assert 0 <= risk.score <= 1
    assert sum(found.points for found in risk.parts) == pytest.approx(risk.score, abs=1e-5)


def test_the_product_weighs_every_part_and_no_other() -> None:
    """The policy of the product names exactly the parts there are."""
    policy = load_model().policies.change_risk

    assert {part.value for part in RiskPart} == set(policy.weights)
    assert 1.0 == pytest.approx(sum(policy.weights.values()))
    assert 0 < policy.medium_from < policy.high_from < 1
