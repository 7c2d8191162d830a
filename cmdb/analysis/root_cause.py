"""Which CI explains these symptoms?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from cmdb.analysis.blame import find_blame
from cmdb.analysis.cause_sets import Option, smallest_cover
from cmdb.analysis.history import learn
from cmdb.analysis.paths import paths_to
from cmdb.analysis.ranking import Ranked, explained_away, rank, try_symptoms
from cmdb.analysis.root_cause_types import (
    Candidate,
    CiEvidence,
    Explanation,
    Likeness,
    PastIncident,
    RootCauseRequest,
    RootCauseResult,
    ScorePart,
    SimilarIncident,
    UpstreamEvidence,
    Verdict,
)
from cmdb.analysis.score import Situation
from cmdb.analysis.state import ImpactState
from cmdb.analysis.trial import Tester
from cmdb.analysis.upstream import Symptoms, find_upstream, read_symptoms
from cmdb.model.types import RootCausePolicy
from cmdb.topology.adjacency import distances, reach
from cmdb.topology.topology import Topology

IMPLAUSIBLE = 0.5
"""A candidate contradicted by this share of what it would hit is not made part of a set of causes."""
MORE_OFTEN_THAN_NOT = 0.5

MOST_SIMILAR = 100
"""So many earlier incidents are told, the likest and newest."""

_RECORDED = frozenset(
    (ScorePart.RECENT_CHANGE, ScorePart.OPEN_PROBLEM, ScorePart.KNOWN_ERROR, ScorePart.PAST_CAUSE)
)


def root_cause(topology: Topology, request: RootCauseRequest, policy: RootCausePolicy) -> RootCauseResult:
    """Rank the CIs upstream of the symptoms, and those known from history, by how well they explain what is seen.

    Raises:
        NodeNotFoundError: a symptom, or a CI seen healthy, is no CI.
    """
    symptoms = read_symptoms(topology, request)
    healthy = topology.positions(sorted(set(request.healthy)))
    if not symptoms.rows:
        return RootCauseResult(
            Verdict.NO_CANDIDATE, (), (), (), 0, 0, truncated=False, missing=symptoms.missing
        )
    conduction = topology.conducting(request.relationship_types)
    upstream = find_upstream(conduction, symptoms)
    among = np.zeros(len(topology.ids), dtype=np.bool_)
    among[upstream.positions] = True
    tester = Tester(topology, conduction, symptoms, np.setdiff1d(healthy, symptoms.positions), among)
    tried = try_symptoms(tester)
    situation = Situation(
        symptoms,
        policy,
        frozenset(request.healthy),
        explained_away(symptoms, tried),
        find_blame(topology, conduction, symptoms, request.alerts, frozenset(healthy.tolist())),
        learn(topology, symptoms, request.history),
    )
    considered = upstream.with_others(sorted(situation.learned))
    ranking = rank(tester, situation, considered, request.evidence, tried, max(request.first, 1))
    verdict, causes = _judge(ranking.ranked, tester, policy.minimum_score)
    listed = list(ranking.ranked[: request.first])
    listed += [one for one in ranking.ranked[request.first :] if one.id in causes]
    return RootCauseResult(
        verdict=verdict,
        candidates=tuple(_candidate(tester, situation, one) for one in listed),
        causes=causes,
        unexplained=_unexplained(tester, situation, causes),
        considered=len(considered.positions),
        verified=len(ranking.ranked),
        truncated=ranking.truncated or topology.cut is not None,
        missing=symptoms.missing,
        upstream=_upstream_evidence(tester, request.evidence),
        similar=_similar(topology, situation, request.history),
    )


def _upstream_evidence(tester: Tester, evidence: Mapping[str, CiEvidence]) -> tuple[UpstreamEvidence, ...]:
    size = len(tester.topology.ids)
    search = reach(tester.conduction.suppliers, tester.symptoms.positions)
    away = np.full(size, -1, dtype=np.int32)
    away[search.nodes] = distances(search, size)
    ids = sorted(evidence)
    found = [
        UpstreamEvidence(ci, int(away[place]), evidence[ci])
        for ci, place in zip(ids, tester.topology.find(ids).tolist(), strict=True)
        if place >= 0 and away[place] >= 0
    ]
    return tuple(sorted(found, key=lambda one: (one.distance, one.ci)))


def _similar(
    topology: Topology, situation: Situation, history: Sequence[PastIncident]
) -> tuple[SimilarIncident, ...]:
    age = {one.incident: one.days_before for one in history}
    ranks = {likeness: rank for rank, likeness in enumerate(Likeness)}
    found = [
        SimilarIncident(past, topology.id_at(cause))
        for cause, learned in situation.learned.items()
        for past in learned.past
    ]
    found.sort(
        key=lambda one: (ranks[one.past.likeness], age[one.past.incident], one.past.incident, one.cause)
    )
    return tuple(found[:MOST_SIMILAR])


def _judge(ranked: Sequence[Ranked], tester: Tester, minimum: float) -> tuple[Verdict, tuple[str, ...]]:
    """What to make of the ranking."""
    every = (1 << len(tester.symptoms.rows)) - 1
    best = ranked[0]
    if best.score >= minimum and best.trial.explained == every:
        return Verdict.CAUSE_FOUND, (best.id,)
    causes = _together(ranked, tester)
    if len(causes) > 1 and _are_worth_naming(causes, tester.symptoms, minimum):
        return Verdict.SEVERAL_CAUSES, tuple(cause.id for cause in causes)
    explains_more_than_itself = best.trial.explained.bit_count() > 1 or bool(_records_of(best))
    if best.score >= minimum and (explains_more_than_itself or len(tester.symptoms.rows) == 1):
        return Verdict.CAUSE_FOUND, (best.id,)
    return Verdict.NO_CANDIDATE, ()


def _together(ranked: Sequence[Ranked], tester: Tester) -> list[Ranked]:
    plausible = {
        one.trial.position: one
        for one in ranked
        if not any(part.part is ScorePart.HEALTHY and part.value >= IMPLAUSIBLE for part in one.parts)
    }
    options = [Option(position, one.trial.explained, one.worth) for position, one in plausible.items()]
    return [plausible[position] for position in smallest_cover(options, tester.explained_together)]


def _are_worth_naming(causes: Sequence[Ranked], symptoms: Symptoms, minimum: float) -> bool:
    """A set says something when it is much smaller than what it explains, or records speak for each of it.

    Otherwise every symptom would be its own cause.
    """
    says_something = 2 * len(causes) <= len(symptoms.rows) or all(map(_records_of, causes))
    return says_something and sum(cause.score for cause in causes) >= minimum


def _records_of(one: Ranked) -> tuple[str, ...]:
    return tuple(record for part in one.parts if part.part in _RECORDED for record in part.records)


def _unexplained(tester: Tester, situation: Situation, causes: tuple[str, ...]) -> tuple[str, ...]:
    """Symptoms that the causes do not bring about, nor by experience more often than not."""
    rows = tester.symptoms.rows
    positions = tester.topology.positions(causes).tolist()
    explained = tester.explained_together(positions) if positions else 0
    for position in positions:
        if position in situation.learned:
            likely = np.flatnonzero(situation.learned[position].shares > MORE_OFTEN_THAN_NOT)
            explained |= sum(1 << n for n in likely.tolist())
    return tuple(row.id for n, row in enumerate(rows) if not explained >> n & 1)


def _candidate(tester: Tester, situation: Situation, one: Ranked) -> Candidate:
    topology, rows = tester.topology, tester.symptoms.rows
    found, traced = tester.explain(one.trial.position)
    hit = np.flatnonzero(one.trial.states)
    learned = situation.learned.get(one.trial.position)
    shares = situation.blame.shares
    paths = paths_to(topology, tester.conduction, found, traced, tester.symptoms.positions[hit])
    explains = tuple(
        Explanation(rows[n].id, ImpactState(state), distance, path)
        for n, state, distance, path in zip(
            hit.tolist(),
            one.trial.states[hit].tolist(),
            one.trial.distances[hit].tolist(),
            paths,
            strict=True,
        )
    )
    return Candidate(
        id=one.id,
        class_name=topology.class_at(one.trial.position),
        score=one.score,
        parts=one.parts,
        explains=explains,
        unexplained=tuple(row.id for n, row in enumerate(rows) if not one.trial.explained >> n & 1),
        breaks_healthy=tuple(sorted(topology.ids_at(one.trial.broken))),
        would_affect=one.trial.hit,
        share=None if shares is None else round(float(shares[one.trial.position]), 6),
        past_causes=learned.past if learned else (),
        upstream=bool(hit.size),
    )
