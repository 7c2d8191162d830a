"""Tries the candidates that may be among the best, and ranks them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from cmdb.analysis.root_cause_types import CiEvidence, Score, ScorePart
from cmdb.analysis.score import EXPLAINED_AWAY, Situation, coverage, evidence_values, parts_of, past_value
from cmdb.analysis.trial import Tester, Trial
from cmdb.analysis.upstream import Floats, Symptoms, Upstream
from cmdb.topology.topology import Topology

MOST_TRIED = 256
"""So many candidates are tried at most."""
MOST_HIT = 2_000_000
"""No further candidate is tried once those tried hit so many CIs together: about a second of work."""

NO_EVIDENCE = CiEvidence()


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate that was tried, and its score."""

    id: str
    trial: Trial
    share: float
    parts: tuple[Score, ...]
    score: float

    @property
    def order(self) -> tuple[float, float, int, float, str]:
        """Sorts the best first; ties go to the one with less against it, that hits fewer CIs, then the nearer, then by id."""
        near = sum(part.value for part in self.parts if part.part is ScorePart.DISTANCE)
        points = round(sum(part.points for part in self.parts), 6)
        return (-self.score, -points, self.trial.hit, -near, self.id)

    @property
    def worth(self) -> float:
        """The score it would have if what it explains were all there is to explain."""
        return min(self.score / self.share, 1.0) if self.share else 0.0


@dataclass(frozen=True, slots=True)
class Ranking:
    """Candidates, best first. `truncated`: a bound on the work may have left out a better one."""

    ranked: tuple[Ranked, ...]
    truncated: bool


def rank(
    tester: Tester,
    situation: Situation,
    upstream: Upstream,
    evidence: Mapping[str, CiEvidence],
    tried: Mapping[int, Trial],
    first: int,
) -> Ranking:
    """The `first` best candidates, and every other one that was tried.

    No score is above its bound, so candidates are tried by falling bound until none left can be among the
    first. `tried` holds trials already made, by position.
    """
    bounds = _bounds(tester.topology, situation, upstream, evidence)
    ranked: list[Ranked] = []
    best: list[float] = []
    work = 0
    truncated = False
    order = np.lexsort((upstream.positions, -upstream.nearness, -bounds))
    # Beyond these no further one is tried: there may be as many as there are CIs.
    most = MOST_TRIED + len(tried) + 1
    later = order[most:][np.isin(upstream.positions[order[most:]], list(tried))]
    for place in (*order[:most].tolist(), *later.tolist()):
        position = int(upstream.positions[place])
        if position not in tried:
            if len(best) >= first and bounds[place] < best[first - 1]:
                continue
            if len(ranked) >= MOST_TRIED or work > MOST_HIT:
                truncated = True
                continue
        trial = tried.get(position) or tester.try_one(position)
        work += trial.hit
        ci_id = tester.topology.id_at(position)
        ranked.append(_ranked(situation, ci_id, trial, evidence.get(ci_id, NO_EVIDENCE)))
        best = sorted([*best, ranked[-1].score], reverse=True)[:first]
    return Ranking(tuple(sorted(ranked, key=lambda one: one.order)), truncated)


def try_symptoms(tester: Tester) -> dict[int, Trial]:
    """Trials of the symptoms themselves, the heaviest ones when there are too many."""
    weights = tester.symptoms.weights
    heaviest = np.lexsort((tester.symptoms.positions, -weights))[:MOST_TRIED]
    tried: dict[int, Trial] = {}
    work = 0
    for position in tester.symptoms.positions[heaviest].tolist():
        if work <= MOST_HIT:
            tried[position] = tester.try_one(position)
            work += tried[position].hit
    return tried


def explained_away(symptoms: Symptoms, tried: Mapping[int, Trial]) -> dict[str, float]:
    """How far each symptom is put down to another one that would bring it about, 0..1.

    A failing CI with no failing CI upstream of it is the likeliest origin. Two that bring each other about
    (in a cycle) do not explain each other away.
    """
    weights = symptoms.weights
    bits = [tried[p].explained if p in tried else 1 << n for n, p in enumerate(symptoms.positions.tolist())]
    away: dict[str, float] = {}
    for n, row in enumerate(symptoms.rows):
        above = [
            min(1.0, float(weights[m] / weights[n]))
            for m in range(len(bits))
            if m != n and bits[m] >> n & 1 and not bits[n] >> m & 1
        ]
        if above:
            away[row.id] = EXPLAINED_AWAY * max(above)
    return away


def _ranked(situation: Situation, ci_id: str, trial: Trial, evidence: CiEvidence) -> Ranked:
    parts = parts_of(situation, ci_id, trial, evidence)
    score = round(min(max(sum(part.points for part in parts), 0.0), 1.0), 6)
    return Ranked(ci_id, trial, coverage(situation, trial), parts, score)


def _bounds(
    topology: Topology, situation: Situation, upstream: Upstream, evidence: Mapping[str, CiEvidence]
) -> Floats:
    """For each candidate a number that its score cannot exceed: no redundancy, nothing else hit."""
    per_share = np.full(
        len(upstream.positions),
        situation.weight(ScorePart.EXPLAINS) + situation.weight(ScorePart.SPECIFICITY),
    )
    alerting = topology.ids_at(np.array(sorted(situation.blame.alerting), dtype=np.int32))
    spoken_of = sorted({*evidence, *alerting, *(row.id for row in situation.symptoms.rows)})
    positions = topology.find(spoken_of)
    places = np.searchsorted(upstream.positions, positions)
    for ci_id, position, place in zip(spoken_of, positions.tolist(), places.tolist(), strict=True):
        if position >= 0 and place < len(per_share) and upstream.positions[place] == position:
            values = evidence_values(situation, ci_id, position, evidence.get(ci_id, NO_EVIDENCE))
            per_share[place] += sum(situation.weight(part) * value for part, value, _ in values)
    blame = situation.blame.shares
    reaches = (
        upstream.reaches.copy() if blame is None else np.minimum(upstream.reaches, blame[upstream.positions])
    )
    past = np.zeros(len(per_share))
    for position in situation.learned:
        place = int(np.searchsorted(upstream.positions, position))
        past[place], _ = past_value(situation, position)
        reaches[place] = min(reaches[place] + past[place], 1.0)
    bounds: Floats = (
        reaches * per_share
        + upstream.nearness * situation.weight(ScorePart.DISTANCE)
        + past * situation.weight(ScorePart.PAST_CAUSE)
        + 1e-6
    )
    return bounds
