"""Laws of root cause on random graphs."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from cmdb.analysis.alerts import Alert, Signal
from cmdb.analysis.cause_sets import LARGEST_EXACT, Option, smallest_cover
from cmdb.analysis.root_cause import root_cause
from cmdb.analysis.root_cause_types import (
    CiEvidence,
    PastIncident,
    RecentChange,
    RootCauseRequest,
    RootCauseResult,
    Symptom,
)
from cmdb.topology.build import build_topology
from tests.oracles.estates import NAMES, POLICY, dependency_lists, retired_sets, small_model, structure_of
from tests.oracles.fixpoint import DEGRADED, DOWN, Dependency, states_after

MODEL = small_model()

symptoms = st.lists(
    st.builds(Symptom, st.sampled_from(NAMES), st.sampled_from([1.0, 2.0, 3.0])),
    min_size=1,
    max_size=4,
    unique_by=lambda symptom: symptom.id,
)
healthy = st.lists(st.sampled_from(NAMES), max_size=3)
evidence = st.dictionaries(
    st.sampled_from(NAMES),
    st.builds(
        CiEvidence,
        changes=st.lists(st.builds(RecentChange, st.just("CHG"), st.floats(0, 100)), max_size=1).map(tuple),
        problems=st.sampled_from([(), ("PRB",)]),
    ),
    max_size=3,
)

alerts = st.lists(
    st.builds(
        Alert, st.sampled_from(NAMES), st.sampled_from(tuple(Signal)), st.just(5.0), st.floats(0.01, 10)
    ),
    max_size=5,
)
history = st.lists(
    st.builds(PastIncident, st.just("INC"), st.sampled_from(NAMES), st.sampled_from(NAMES), st.floats(0, 99)),
    max_size=5,
)


def ask(
    dependencies: list[Dependency], request: RootCauseRequest, retired: frozenset[str] = frozenset()
) -> RootCauseResult:
    topology = build_topology(structure_of(dependencies, names=NAMES, retired=retired), MODEL)
    return root_cause(topology, request, POLICY)


@settings(max_examples=200, deadline=None)
@given(dependency_lists(), symptoms, healthy, evidence, alerts, history)
def test_leaving_out_candidates_by_their_bounds_loses_none_of_the_best(
    dependencies: list[Dependency],
    seen: list[Symptom],
    well: list[str],
    known: dict[str, CiEvidence],
    told: list[Alert],
    past: list[PastIncident],
) -> None:
    """The first candidates of a short list are those of the list of all candidates."""
    asked = RootCauseRequest(tuple(seen), tuple(well), known, alerts=tuple(told), history=tuple(past))
    short, full = (ask(dependencies, replace(asked, first=first)) for first in (2, 100))

    assert [c.score for c in full.candidates[:2]] == [c.score for c in short.candidates[:2]]
    assert full.considered == full.verified


@settings(max_examples=200, deadline=None)
@given(dependency_lists(), symptoms, healthy, retired_sets())
def test_what_a_candidate_explains_and_breaks_is_its_brute_force_impact(
    dependencies: list[Dependency], seen: list[Symptom], well: list[str], retired: frozenset[str]
) -> None:
    """Symptoms explained, healthy CIs broken and CIs hit are those of the fixpoint with the candidate down."""
    result = ask(dependencies, RootCauseRequest(tuple(seen), tuple(well), first=100), retired)
    ids = {symptom.id for symptom in seen} - retired
    for candidate in result.candidates:
        states = states_after({candidate.id: DOWN}, dependencies, retired)
        hit = {name for name, state in states.items() if state >= DEGRADED} - {candidate.id}

        assert {name: states[name] for name in ids & states.keys()} == {
            e.symptom: int(e.state) for e in candidate.explains
        }
        assert sorted(ids - hit - {candidate.id}) == sorted(candidate.unexplained)
        assert sorted((set(well) - {s.id for s in seen}) & hit) == list(candidate.breaks_healthy)
        assert len(hit) == candidate.would_affect
        assert 0 <= candidate.score <= 1


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 63), st.floats(0, 1)), min_size=1, max_size=8))
def test_a_cover_is_complete_and_as_small_as_can_be(drawn: list[tuple[int, float]]) -> None:
    """The chosen options explain all that any does, and no smaller set would."""
    options = [Option(position, bits, worth) for position, (bits, worth) in enumerate(drawn)]

    def union(positions: list[int]) -> int:
        bits = 0
        for position in positions:
            bits |= drawn[position][0]
        return bits

    everything = union(list(range(len(drawn))))
    chosen = list(smallest_cover(options, union))

    assert everything == union(chosen)
    smaller = [0]
    for _ in range(len(chosen) - 1):
        smaller = [bits | other for bits in smaller for other, _ in drawn]
    assert not chosen or len(chosen) > LARGEST_EXACT or len(chosen) == 1 or everything not in smaller
