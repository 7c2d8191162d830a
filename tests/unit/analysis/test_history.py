"""What earlier incidents teach."""

from __future__ import annotations

import pytest

from cmdb.analysis.root_cause import root_cause
from cmdb.analysis.root_cause_types import (
    Candidate,
    Likeness,
    PastCause,
    PastIncident,
    RootCauseRequest,
    RootCauseResult,
    ScorePart,
    Symptom,
    Verdict,
)
from cmdb.topology.build import build_topology
from tests.oracles.estates import POLICY, small_model, structure_of
from tests.oracles.fixpoint import Dependency

MODEL = small_model()
SERVED = [
    Dependency(app, service) for app, service in (("app-1", "sales"), ("app-2", "sales"), ("app-3", "pay"))
]
NAMES = ("app-1", "app-2", "app-3", "san", "switch", "sales", "pay", "lonely")
CLASSES = {"san": "Service", "switch": "Service"}


def past(affected: str, cause: str, days: float = 1.0, number: int = 1) -> PastIncident:
    return PastIncident(f"INC-{affected}-{cause}-{number}", affected, cause, days)


def ask(symptom: str, *history: PastIncident, healthy: tuple[str, ...] = ()) -> RootCauseResult:
    topology = build_topology(structure_of(SERVED, names=NAMES, classes=CLASSES), MODEL)
    return root_cause(topology, RootCauseRequest((Symptom(symptom),), healthy, history=history), POLICY)


def candidate(result: RootCauseResult, ci_id: str) -> Candidate:
    return next(one for one in result.candidates if one.id == ci_id)


def past_value(result: RootCauseResult, ci_id: str) -> float:
    return next(
        (part.value for part in candidate(result, ci_id).parts if part.part is ScorePart.PAST_CAUSE), 0.0
    )


def test_a_past_cause_is_a_candidate_without_any_link() -> None:
    """What caused incidents on this CI before may cause this one, though the graph does not say how."""
    result = ask("app-1", past("app-1", "san"), past("app-1", "san", number=2))
    san = candidate(result, "san")

    assert (False, ()) == (san.upstream, san.explains)
    assert (PastCause("INC-app-1-san-1", "app-1", Likeness.SAME_CI)) == san.past_causes[0]
    records = {part.part: part.records for part in san.parts}
    assert ("INC-app-1-san-1", "INC-app-1-san-2") == records[ScorePart.PAST_CAUSE]


def test_enough_incidents_on_the_ci_name_the_cause() -> None:
    """When the CI was looked at and works, and one cause explains most of its past, that is the answer."""
    history = [past("app-1", "san", number=number) for number in range(9)]
    result = ask("app-1", *history, healthy=("app-1",))

    assert (Verdict.CAUSE_FOUND, ("san",), ()) == (result.verdict, result.causes, result.unexplained)


def test_the_same_ci_teaches_more_than_one_that_serves_the_same_and_this_more_than_the_class() -> None:
    """The likest incident counts most."""
    same = ask("app-1", past("app-1", "san"), past("app-2", "switch"))
    serves = ask("app-1", past("app-2", "san"), past("app-3", "switch"))

    assert past_value(same, "san") > past_value(same, "switch") > 0
    assert past_value(serves, "san") > past_value(serves, "switch") > 0
    assert Likeness.SERVES_THE_SAME is candidate(serves, "san").past_causes[0].likeness
    assert Likeness.SAME_CLASS is candidate(serves, "switch").past_causes[0].likeness


def test_an_incident_counts_half_after_a_half_life() -> None:
    """Of two past causes the later one is likelier."""
    result = ask("app-1", past("app-1", "san", days=0), past("app-1", "switch", days=90))

    assert past_value(result, "san") > past_value(result, "switch")


def test_shares_are_smoothed_by_what_is_seen_elsewhere() -> None:
    """One incident of one's own is half the truth: (1 + 1 * 1/2...) over the circles from wide to narrow."""
    result = ask("lonely", past("lonely", "san", days=0))

    assert pytest.approx(1 - 1 / 2**4) == past_value(result, "san")


def test_cis_that_broke_by_themselves_teach_that_such_cis_do() -> None:
    """That other applications broke by themselves speaks for the application, and not for the others."""
    result = ask("app-1", past("app-2", "app-2"), past("app-3", "app-3"))

    assert past_value(result, "app-1") > 0
    assert ["app-1"] == [one.id for one in result.candidates]


def test_causes_that_are_gone_are_left_out() -> None:
    """A CI that is no longer there or retired causes nothing."""
    topology = build_topology(
        structure_of(SERVED, names=NAMES, classes=CLASSES, retired=frozenset({"san"})), MODEL
    )
    history = (past("app-1", "san"), past("app-1", "gone"))
    result = root_cause(topology, RootCauseRequest((Symptom("app-1"),), history=history), POLICY)

    assert ["app-1"] == [one.id for one in result.candidates]


def test_the_order_of_the_history_does_not_matter() -> None:
    """The same incidents in another order teach the same."""
    history = [past("app-1", "san"), past("app-2", "switch", 7), past("app-3", "app-3", 3)]

    assert ask("app-1", *history) == ask("app-1", *reversed(history))
