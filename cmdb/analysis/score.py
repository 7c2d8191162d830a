"""How well a candidate explains what is seen: the parts of its score.

Whatever speaks for a candidate counts as far as the candidate explains the symptoms: a change on a CI that
explains one of ten symptoms says little about the other nine. What is observed to work although the candidate
would have broken it takes points away.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from cmdb.analysis.root_cause_types import CiEvidence, Score, ScorePart, Symptom
from cmdb.analysis.state import ImpactState
from cmdb.analysis.trial import Trial
from cmdb.analysis.upstream import Symptoms
from cmdb.model.types import RootCausePolicy

AT_RISK_SHARE = 0.25
"""A symptom that would only be at risk is explained by so much: what is at risk still works."""
EXPLAINED_AWAY = 0.75
"""How much of a CI's own failing is put down to a failing CI upstream of it that is as bad."""
OTHER_PAST_SHARE = 0.25
"""What an earlier incident counts that this CI caused on a CI which is no symptom today."""

_SHARES = np.array([0.0, AT_RISK_SHARE, 1.0, 1.0])


@dataclass(frozen=True, slots=True)
class Situation:
    """What a candidate is judged by. `explained_away` is by symptom, 0..1; `healthy` are ids seen working."""

    symptoms: Symptoms
    policy: RootCausePolicy
    healthy: frozenset[str]
    explained_away: dict[str, float]

    def weight(self, part: ScorePart) -> float:
        """The weight of a part; one the policy does not name has none."""
        return self.policy.weights.get(part.value, 0.0)

    def score(self, part: ScorePart, value: float, records: tuple[str, ...] = ()) -> Score:
        """A part with the points it gives or takes."""
        weight = self.weight(part)
        sign = -1.0 if part is ScorePart.HEALTHY else 1.0
        return Score(part, round(value, 6), weight, round(sign * weight * value, 6), records)


def coverage(symptoms: Symptoms, trial: Trial) -> float:
    """The share of the symptoms, by weight, that the candidate explains."""
    return float((_SHARES[trial.states] * symptoms.weights).sum() / symptoms.total)


def parts_of(situation: Situation, ci_id: str, trial: Trial, evidence: CiEvidence) -> tuple[Score, ...]:
    """The parts of a candidate's score; parts of value 0 are left out, except `explains`."""
    share = coverage(situation.symptoms, trial)
    parts = [
        situation.score(ScorePart.EXPLAINS, share),
        situation.score(ScorePart.SPECIFICITY, share * _specificity(situation, ci_id, trial)),
        situation.score(ScorePart.DISTANCE, _nearness(situation, trial)),
        situation.score(ScorePart.HEALTHY, *_contradiction(situation, ci_id, trial)),
        *(
            situation.score(part, share * value, records)
            for part, value, records in evidence_values(situation, ci_id, evidence)
        ),
    ]
    return tuple(part for part in parts if part.value or part.part is ScorePart.EXPLAINS)


def evidence_values(
    situation: Situation, ci_id: str, evidence: CiEvidence
) -> list[tuple[ScorePart, float, tuple[str, ...]]]:
    """What the records say of a CI, before it is known how much the CI explains."""
    symptom = next((row for row in situation.symptoms.rows if row.id == ci_id), None)
    window = situation.policy.change_window_hours
    changes = [change for change in evidence.changes if 0 <= change.hours_before <= window]
    changes.sort(key=lambda change: (change.hours_before, change.id))
    freshest = 1 - changes[0].hours_before / window if changes and window else 0.0
    ids = {row.id for row in situation.symptoms.rows}
    past = sum(1.0 if cause.affected in ids else OTHER_PAST_SHARE for cause in evidence.past_causes)
    incidents = tuple(cause.incident for cause in evidence.past_causes)
    return [
        (ScorePart.OWN_EVIDENCE, *_own(situation, symptom, evidence)),
        (ScorePart.RECENT_CHANGE, freshest, tuple(change.id for change in changes)),
        (ScorePart.OPEN_PROBLEM, float(bool(evidence.problems)), evidence.problems),
        (ScorePart.KNOWN_ERROR, float(bool(evidence.known_errors)), evidence.known_errors),
        (ScorePart.PAST_CAUSE, 1 - math.pow(2, -past), incidents),
    ]


def _own(
    situation: Situation, symptom: Symptom | None, evidence: CiEvidence
) -> tuple[float, tuple[str, ...]]:
    """Seen failing itself, as badly as the worst symptom, and not because of a failing CI upstream of it."""
    records = dict.fromkeys((*evidence.alerts, *evidence.incidents))
    if symptom is None:
        return float(bool(records)), tuple(records)
    worst = float(situation.symptoms.weights.max())
    value = symptom.weight / worst * (1 - situation.explained_away.get(symptom.id, 0.0))
    return value, tuple(dict.fromkeys((*symptom.incidents, *records)))


def _specificity(situation: Situation, ci_id: str, trial: Trial) -> float:
    """1 when it hits nothing but the symptoms; halved when it hits twice, a third when four times as many."""
    explained = int(np.count_nonzero(trial.states >= ImpactState.DEGRADED))
    if not explained:
        return 0.0
    hit = trial.hit + any(row.id == ci_id for row in situation.symptoms.rows)
    return 1 / (1 + math.log2(max(hit / explained, 1.0)))


def _nearness(situation: Situation, trial: Trial) -> float:
    near = _SHARES[trial.states] * situation.symptoms.weights / (1.0 + np.maximum(trial.distances, 0))
    return float(near.sum() / situation.symptoms.total)


def _contradiction(situation: Situation, ci_id: str, trial: Trial) -> tuple[float, tuple[str, ...]]:
    """Of all it would have hit that was looked at, the share that was seen working; all, when it is itself."""
    if ci_id in situation.healthy:
        return 1.0, ()
    explained = int(np.count_nonzero(trial.states >= ImpactState.DEGRADED))
    broken = len(trial.broken)
    return (broken / (broken + explained) if broken else 0.0), ()
