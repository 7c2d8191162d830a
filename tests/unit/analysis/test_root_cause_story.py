"""Root cause on stories whose answer an engineer would know."""

from __future__ import annotations

from cmdb.analysis.alerts import Alert, Signal
from cmdb.analysis.root_cause import root_cause
from cmdb.analysis.root_cause_types import (
    CiEvidence,
    PastIncident,
    RecentChange,
    RootCauseRequest,
    RootCauseResult,
    ScorePart,
    Symptom,
    Verdict,
)
from cmdb.model.types import RootCausePolicy
from cmdb.topology.build import build_topology
from tests.oracles.estates import POLICY, small_model, structure_of
from tests.oracles.fixpoint import Dependency

MODEL = small_model()
PRINTERS = ("printer-1", "printer-2", "printer-3")
OFFICE = tuple(f"pc-{number}" for number in range(1, 21))
CHANGED = {"print-router": CiEvidence(changes=(RecentChange("CHG0000001", 9.5),))}


def depends(dependent: str, *providers: str, group: str | None = None, hard: bool = True) -> list[Dependency]:
    return [Dependency(provider, dependent, hard=hard, group=group) for provider in providers]


def office() -> list[Dependency]:
    """Printers behind their own router, computers behind another one, both behind the core router."""
    return [
        *depends("print-router", "core-router"),
        *depends("office-router", "core-router"),
        *(d for printer in PRINTERS for d in depends(printer, "print-router")),
        *(d for printer in PRINTERS for d in depends(f"queue-{printer}", printer)),
        *(d for computer in OFFICE for d in depends(computer, "office-router")),
    ]


def ask(
    dependencies: list[Dependency],
    symptoms: tuple[str, ...],
    healthy: tuple[str, ...] = (),
    evidence: dict[str, CiEvidence] | None = None,
    policy: RootCausePolicy = POLICY,
    **weights: float,
) -> RootCauseResult:
    request = RootCauseRequest(
        symptoms=tuple(
            Symptom(name, weights.get(name.replace("-", "_"), 1.0), (f"INC-{name}",)) for name in symptoms
        ),
        healthy=healthy,
        evidence=evidence or {},
    )
    return root_cause(build_topology(structure_of(dependencies), MODEL), request, policy)


def ranked(result: RootCauseResult) -> list[str]:
    return [candidate.id for candidate in result.candidates]


def part(result: RootCauseResult, ci_id: str, name: ScorePart) -> float:
    candidate = next(candidate for candidate in result.candidates if candidate.id == ci_id)
    return next((score.value for score in candidate.parts if score.part is name), 0.0)


def test_three_printers_point_at_the_changed_router_in_front_of_them() -> None:
    """The router before the printers comes first, with last night's change, before core router and printers."""
    result = ask(office(), PRINTERS, healthy=OFFICE[:5], evidence=CHANGED)

    assert Verdict.CAUSE_FOUND is result.verdict
    assert ("print-router",) == result.causes
    assert "print-router" == ranked(result)[0]
    assert {"core-router", *PRINTERS} == set(ranked(result)[1:])
    records = {score.part: score.records for score in result.candidates[0].parts}
    assert ("CHG0000001",) == records[ScorePart.RECENT_CHANGE]
    assert () == result.candidates[0].breaks_healthy


def test_the_misconfigured_router_stays_first_whatever_monitoring_and_history_add() -> None:
    """An alert of a printer and its earlier paper jams do not outweigh what all three printers have in common."""
    asked = RootCauseRequest(
        symptoms=tuple(Symptom(name) for name in PRINTERS),
        healthy=OFFICE[:5],
        evidence=CHANGED,
        alerts=(Alert("printer-1", Signal.STATE, 1.0), Alert(OFFICE[7], Signal.LATENCY, 4.0)),
        history=tuple(PastIncident(f"INC{n}", "printer-1", "printer-1", 10.0 * n) for n in range(1, 4)),
    )
    result = root_cause(build_topology(structure_of(office()), MODEL), asked, POLICY)

    assert ["print-router", "printer-1"] == ranked(result)[:2]
    assert (Verdict.CAUSE_FOUND, ("print-router",)) == (result.verdict, result.causes)


def test_without_any_change_the_nearer_and_more_specific_router_is_first() -> None:
    """Of two that explain all symptoms the one that breaks less else is likelier."""
    assert ["print-router", "core-router"] == ranked(ask(office(), PRINTERS))[:2]


def test_healthy_cis_behind_a_candidate_count_against_it() -> None:
    """The core router would have broken the computers that work, and names them."""
    result = ask(office(), PRINTERS, healthy=OFFICE[:3])
    core = next(candidate for candidate in result.candidates if candidate.id == "core-router")

    assert OFFICE[:3] == core.breaks_healthy
    assert 0.5 == part(result, "core-router", ScorePart.HEALTHY)
    assert 0 == part(result, "print-router", ScorePart.HEALTHY)


def test_printers_seen_working_are_not_the_cause_of_their_own_incidents() -> None:
    """A CI that is reported and yet seen working comes after what stands in front of it."""
    result = ask(office(), PRINTERS[:1], healthy=PRINTERS[:1], evidence=CHANGED)

    assert "print-router" == ranked(result)[0]
    assert 1 == part(result, PRINTERS[0], ScorePart.HEALTHY)


def test_one_incident_on_one_ci_points_at_the_ci_itself() -> None:
    """With nothing else known, what is reported is itself the likeliest cause."""
    result = ask(office(), PRINTERS[:1])

    assert PRINTERS[0] == ranked(result)[0]
    assert Verdict.CAUSE_FOUND is result.verdict


def test_the_failing_ci_without_a_failing_ci_upstream_is_first() -> None:
    """Along a chain of failing services the one nearest to the source is the origin, not the database it uses."""
    calls = [
        *depends("front", "cart", "search"),
        *depends("cart", "payment"),
        *depends("payment", "ledger"),
        *depends("ledger", "database"),
    ]
    result = ask(calls, ("front", "cart", "payment"), healthy=("search",))

    assert "payment" == ranked(result)[0]
    assert part(result, "cart", ScorePart.OWN_EVIDENCE) < part(result, "payment", ScorePart.OWN_EVIDENCE)


def test_services_in_a_cycle_do_not_explain_each_other_away() -> None:
    """Two failing CIs that depend on each other both count as failing in their own right."""
    result = ask([*depends("a", "b"), *depends("b", "a")], ("a", "b"))

    assert 1 == part(result, "a", ScorePart.OWN_EVIDENCE) == part(result, "b", ScorePart.OWN_EVIDENCE)


def test_a_member_of_a_redundant_group_does_not_explain_the_outage() -> None:
    """One of two redundant members puts the service at risk only; what both stand on explains it."""
    dependencies = [
        *depends("service", "node-1", "node-2", group="nodes"),
        *depends("node-1", "power"),
        *depends("node-2", "power"),
    ]
    result = ask(dependencies, ("service",), healthy=())
    node = next(candidate for candidate in result.candidates if candidate.id == "node-1")

    assert ("service",) == node.unexplained
    assert ranked(result).index("power") < ranked(result).index("node-1")


def test_two_causes_are_found_when_none_explains_all() -> None:
    """Two broken routers with their printers and computers come out as the smallest set of causes."""
    both = (*PRINTERS, *OFFICE[:3])
    separate = [d for d in office() if d.provider != "core-router"]
    result = ask(separate, both)

    assert Verdict.SEVERAL_CAUSES is result.verdict
    assert {"print-router", "office-router"} == set(result.causes)
    assert () == result.unexplained


def test_both_members_of_a_group_explain_together_what_neither_does_alone() -> None:
    """A failing service behind two failing redundant nodes needs no cause of its own."""
    dependencies = [
        *depends("service", "node-1", "node-2", group="nodes"),
        *depends("one", "node-1"),
        *depends("two", "node-2"),
    ]
    result = ask(dependencies, ("service", "node-1", "node-2", "one", "two"))

    assert {"node-1", "node-2"} == set(result.causes)
    assert Verdict.SEVERAL_CAUSES is result.verdict


def test_unrelated_symptoms_have_no_candidate() -> None:
    """When every symptom could only be its own cause, nothing is named."""
    unrelated = [d for name in "abcdef" for d in depends(f"{name}-app", f"{name}-host")]
    result = ask(unrelated, tuple(f"{name}-app" for name in "abcdef"))

    assert Verdict.NO_CANDIDATE is result.verdict
    assert () == result.causes


def test_retired_symptoms_are_told_and_explain_nothing() -> None:
    """A retired CI carries no impact, so it can neither be nor have a cause."""
    topology = build_topology(structure_of(office(), retired=frozenset({"printer-1"})), MODEL)
    result = root_cause(topology, RootCauseRequest((Symptom("printer-1"),)), POLICY)

    assert Verdict.NO_CANDIDATE is result.verdict
    assert ("printer-1",) == result.missing


def test_the_order_of_symptoms_and_evidence_does_not_matter() -> None:
    """The same question in another order has the same answer."""
    evidence = {**CHANGED, "printer-2": CiEvidence(problems=("PRB0000001",))}
    one = ask(office(), PRINTERS, healthy=OFFICE[:3], evidence=evidence)
    other = ask(
        list(reversed(office())),
        tuple(reversed(PRINTERS)),
        healthy=OFFICE[2::-1],
        evidence=dict(reversed(evidence.items())),
    )

    assert one == other


def test_paths_lead_from_the_candidate_to_each_symptom() -> None:
    """Each symptom explained comes with the way there."""
    result = ask(office(), PRINTERS, evidence=CHANGED)
    core = next(candidate for candidate in result.candidates if candidate.id == "core-router")

    assert [["core-router", "print-router", printer] for printer in PRINTERS] == [
        [step.id for step in explanation.path] for explanation in core.explains
    ]


def test_points_add_up_to_the_score() -> None:
    """The score is the sum of its parts' points."""
    for candidate in ask(office(), PRINTERS, healthy=OFFICE[:1], evidence=CHANGED).candidates:
        assert abs(candidate.score - sum(score.points for score in candidate.parts)) < 1e-5
