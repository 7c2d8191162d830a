"""The risk of a change: parts between 0 and 1, each weighted and explained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from cmdb.analysis.state import ImpactState
from cmdb.model.change_risk import ChangeRiskPolicy


class RiskPart(StrEnum):
    """What the risk of a change consists of; each is explained in `schema/policies/change_risk.yaml`."""

    IMPACT = "impact"
    REDUNDANCY = "redundancy"
    HISTORY = "history"
    INCIDENTS = "incidents"
    URGENCY = "urgency"
    UNTESTED = "untested"


class RiskLevel(StrEnum):
    """How a score reads; the borders are in the policy."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class EarlierChange:
    """A change that was carried out on one of the same CIs.

    `outcome` is what the record says: successful, with_issues, failed or backed_out. `same_kind`: of the same
    category, or of the same type where the change has no category. `incidents` (ids) followed it.
    """

    id: str
    outcome: str
    same_kind: bool
    incidents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RiskFacts:
    """What is known of a change.

    services: how many services would be in each state. users: people on them, at most. cost_per_hour: of the
    services DOWN, in the organisation's currency. affected: how many CIs would be in each state.
    """

    services: Mapping[ImpactState, int]
    users: int
    cost_per_hour: float
    affected: Mapping[ImpactState, int]
    earlier: tuple[EarlierChange, ...]
    change_type: str
    test_plan: bool
    backout_plan: bool


@dataclass(frozen=True, slots=True)
class ScoredRisk:
    """One part: its value (0 to 1), its weight, why in words, and the records (ids) it rests on."""

    part: RiskPart
    value: float
    weight: float
    reason: str
    records: tuple[str, ...] = ()

    @property
    def points(self) -> float:
        """What it adds to the score."""
        return round(self.value * self.weight, 6)


@dataclass(frozen=True, slots=True)
class Risk:
    """The score lies between 0 and 1: the weighted mean of the parts."""

    score: float
    level: RiskLevel
    parts: tuple[ScoredRisk, ...]


@dataclass(frozen=True, slots=True)
class _Finding:
    value: float
    reason: str
    records: tuple[str, ...] = ()


_BADNESS = {"with_issues": 0.5, "failed": 1.0, "backed_out": 1.0}
_SHIELD = {ImpactState.DOWN: 1.0, ImpactState.DEGRADED: 0.5, ImpactState.AT_RISK: 0.0}


def assess(facts: RiskFacts, policy: ChangeRiskPolicy) -> Risk:
    """The risk that follows from the facts; the same facts always give the same risk."""
    findings = {
        RiskPart.IMPACT: _impact(facts, policy),
        RiskPart.REDUNDANCY: _redundancy(facts),
        RiskPart.HISTORY: _history(facts, policy),
        RiskPart.INCIDENTS: _incidents(facts, policy),
        RiskPart.URGENCY: _urgency(facts),
        RiskPart.UNTESTED: _untested(facts),
    }
    total = sum(policy.weights.values()) or 1.0
    parts = tuple(
        ScoredRisk(
            part,
            found.value,
            policy.weights.get(part.value, 0.0) / total,
            found.reason,
            found.records,
        )
        for part, found in findings.items()
    )
    score = round(sum(part.points for part in parts), 6)
    return Risk(score, _level(score, policy), parts)


def _level(score: float, policy: ChangeRiskPolicy) -> RiskLevel:
    if score >= policy.high_from:
        return RiskLevel.HIGH
    return RiskLevel.MEDIUM if score >= policy.medium_from else RiskLevel.LOW


def _impact(facts: RiskFacts, policy: ChangeRiskPolicy) -> _Finding:
    """The worse of users and cost; half of the risk at the policy's number of users or cost, never all of it."""
    users = facts.users / (facts.users + policy.half_users)
    cost = facts.cost_per_hour / (facts.cost_per_hour + policy.half_cost)
    down, degraded = facts.services.get(ImpactState.DOWN, 0), facts.services.get(ImpactState.DEGRADED, 0)
    return _Finding(
        max(users, cost),
        f"services: {down} down, {degraded} degraded; up to {facts.users:,} users, "
        f"{facts.cost_per_hour:,.0f} per hour",
    )


def _redundancy(facts: RiskFacts) -> _Finding:
    """Of all that is hit, how much redundancy does not keep working."""
    hit = sum(facts.affected.get(state, 0) for state in _SHIELD)
    bare = sum(facts.affected.get(state, 0) * share for state, share in _SHIELD.items())
    kept = facts.affected.get(ImpactState.AT_RISK, 0)
    if not hit:
        return _Finding(0.0, "nothing else is affected")
    return _Finding(bare / hit, f"redundancy keeps {kept} of {hit} affected items working")


def _history(facts: RiskFacts, policy: ChangeRiskPolicy) -> _Finding:
    """How badly changes of the same kind went here, with some that are assumed as long as there are few."""
    known = [one for one in facts.earlier if one.same_kind]
    bad = sum(_BADNESS.get(one.outcome, 0.0) for one in known)
    weight = len(known) + policy.assumed_changes
    value = (bad + policy.assumed_failure_rate * policy.assumed_changes) / weight if weight else 0.0
    well = sum(one.outcome == "successful" for one in known)
    reason = f"{well} of {len(known)} earlier changes of this kind on these items were successful"
    if not known:
        reason = "no earlier changes of this kind on these items"
    return _Finding(value, reason, tuple(one.id for one in known))


def _incidents(facts: RiskFacts, policy: ChangeRiskPolicy) -> _Finding:
    """The share of earlier changes on these CIs that incidents followed."""
    followed = [one for one in facts.earlier if one.incidents]
    hours = f"{policy.followed_within_hours:g} hours"
    reason = f"incidents followed {len(followed)} of {len(facts.earlier)} earlier changes on these items within {hours}"
    if not facts.earlier:
        reason = "no earlier changes on these items"
    records = tuple(dict.fromkeys(incident for one in followed for incident in one.incidents))
    return _Finding(len(followed) / len(facts.earlier) if facts.earlier else 0.0, reason, records)


def _urgency(facts: RiskFacts) -> _Finding:
    return _Finding(
        1.0 if facts.change_type == "emergency" else 0.0, f"a {facts.change_type or 'normal'} change"
    )


def _untested(facts: RiskFacts) -> _Finding:
    missing = [
        name
        for name, there in (("test plan", facts.test_plan), ("backout plan", facts.backout_plan))
        if not there
    ]
    return _Finding(
        len(missing) / 2, f"without {' and '.join(missing)}" if missing else "test and backout planned"
    )
