"""How well a candidate explains what is seen: the parts of its score.

Whatever speaks for a candidate counts as far as the candidate explains the symptoms: a change on a CI that
explains one of ten symptoms says little about the other nine. What is observed to work although the candidate
would have broken it takes points away. A candidate that is itself seen failing needs no inference that it fails:
what else its failing as a whole would hit, or would have broken, counts the less against it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from cmdb.analysis.blame import Blame
from cmdb.analysis.history import Learned
from cmdb.analysis.root_cause_types import CiEvidence, Score, ScorePart, Symptom
from cmdb.analysis.state import ImpactState
from cmdb.analysis.trial import Trial
from cmdb.analysis.upstream import Symptoms
from cmdb.model.types import RootCausePolicy

AT_RISK_SHARE = 0.25
"""A symptom that would only be at risk is explained by so much: what is at risk still works."""
EXPLAINED_AWAY = 0.75
"""How much of a CI's own failing is put down to a failing CI upstream of it that is as bad."""

OTHER_SIGNAL_SHARE = 0.25
"""What an alert counts whose signal is not that of the complaint: it may be related, and cannot be added up."""

_SHARES = np.array([0.0, AT_RISK_SHARE, 1.0, 1.0])


@dataclass(frozen=True, slots=True)
class Situation:
    """What a candidate is judged by. `explained_away` is by symptom, 0..1; `healthy` are ids seen working.

    `learned` is by position of a CI.
    """

    symptoms: Symptoms
    policy: RootCausePolicy
    healthy: frozenset[str]
    explained_away: Mapping[str, float]
    blame: Blame = field(default_factory=Blame)
    learned: Mapping[int, Learned] = field(default_factory=dict)

    def weight(self, part: ScorePart) -> float:
        """The weight of a part; one the policy does not name has none."""
        return self.policy.weights.get(part.value, 0.0)

    def score(self, part: ScorePart, value: float, records: tuple[str, ...] = ()) -> Score:
        """A part with the points it gives or takes."""
        weight = self.weight(part)
        sign = -1.0 if part is ScorePart.HEALTHY else 1.0
        return Score(part, round(value, 6), weight, round(sign * weight * value, 6), records)


def coverage(situation: Situation, trial: Trial) -> float:
    """The share of the symptoms, by weight, that the candidate explains, or by experience causes."""
    by_alerts = _by_alerts(situation, trial)
    learned = situation.learned.get(trial.position)
    explained = _SHARES[trial.states] * by_alerts
    if learned is not None:
        explained = np.maximum(explained, learned.shares)
    symptoms = situation.symptoms
    return float((explained * symptoms.weights).sum() / symptoms.total)


def parts_of(situation: Situation, ci_id: str, trial: Trial, evidence: CiEvidence) -> tuple[Score, ...]:
    """The parts of a candidate's score; parts of value 0 are left out, except `explains`."""
    share = coverage(situation, trial)
    values = evidence_values(situation, ci_id, trial.position, evidence)
    seen = _seen_failing(situation, trial, values)
    parts = [
        situation.score(ScorePart.EXPLAINS, share),
        situation.score(ScorePart.SPECIFICITY, share * _specificity(situation, ci_id, trial, seen)),
        situation.score(ScorePart.DISTANCE, _nearness(situation, trial)),
        situation.score(ScorePart.HEALTHY, _contradiction(situation, ci_id, trial, seen)),
        *(situation.score(part, share * value, records) for part, value, records in values),
        situation.score(ScorePart.PAST_CAUSE, *past_value(situation, trial.position)),
    ]
    return tuple(part for part in parts if part.value or part.part is ScorePart.EXPLAINS)


def _by_alerts(situation: Situation, trial: Trial) -> float:
    """How much of what it would explain the alerts leave to it."""
    if situation.blame.shares is None:
        return 1.0
    symptoms = situation.symptoms
    reached = float((_SHARES[trial.states] * symptoms.weights).sum() / symptoms.total)
    return min(float(situation.blame.shares[trial.position]) / reached, 1.0) if reached else 0.0


def _seen_failing(
    situation: Situation, trial: Trial, values: list[tuple[ScorePart, float, tuple[str, ...]]]
) -> float:
    """How far its failing is a fact: measured, or reported and not put down to others.

    An alert that does not say by how much leaves it open whether it fails as a whole.
    """
    if trial.position in situation.blame.measured:
        return 1.0
    if trial.position in situation.blame.failing and trial.position not in situation.symptoms.positions:
        return 0.0
    return next(value for part, value, _ in values if part is ScorePart.OWN_EVIDENCE)


def past_value(situation: Situation, position: int) -> tuple[float, tuple[str, ...]]:
    """The share of incidents like these that it causes, by experience, and the incidents that say so."""
    learned = situation.learned.get(position)
    if learned is None:
        return 0.0, ()
    symptoms = situation.symptoms
    value = float((learned.shares * symptoms.weights).sum() / symptoms.total)
    return value, tuple(dict.fromkeys(past.incident for past in learned.past))


def evidence_values(
    situation: Situation, ci_id: str, position: int, evidence: CiEvidence
) -> list[tuple[ScorePart, float, tuple[str, ...]]]:
    """What the records say of a CI, before it is known how much the CI explains."""
    symptom = next((row for row in situation.symptoms.rows if row.id == ci_id), None)
    window = situation.policy.change_window_hours
    changes = [change for change in evidence.changes if 0 <= change.hours_before <= window]
    changes.sort(key=lambda change: (change.hours_before, change.id))
    freshest = 1 - changes[0].hours_before / window if changes and window else 0.0
    return [
        (ScorePart.OWN_EVIDENCE, *_own(situation, position, symptom, evidence)),
        (ScorePart.RECENT_CHANGE, freshest, tuple(change.id for change in changes)),
        (ScorePart.OPEN_PROBLEM, float(bool(evidence.problems)), evidence.problems),
        (ScorePart.KNOWN_ERROR, float(bool(evidence.known_errors)), evidence.known_errors),
    ]


def _own(
    situation: Situation, position: int, symptom: Symptom | None, evidence: CiEvidence
) -> tuple[float, tuple[str, ...]]:
    """Seen failing itself: by an alert, or by incidents as badly as the worst symptom.

    A failing CI counts less when a failing CI upstream of it would bring it about; for alerts, what it makes
    itself is looked at as a whole.
    """
    blame = situation.blame
    records = dict.fromkeys((*blame.records.get(position, ()), *evidence.incidents))
    alerted = 1.0 if position in blame.failing else OTHER_SIGNAL_SHARE * (position in blame.alerting)
    if symptom is None:
        return max(alerted, float(bool(evidence.incidents))), tuple(records)
    worst = float(situation.symptoms.weights.max())
    value = symptom.weight / worst * (1 - situation.explained_away.get(symptom.id, 0.0))
    return max(value, alerted), tuple(dict.fromkeys((*symptom.incidents, *records)))


def _specificity(situation: Situation, ci_id: str, trial: Trial, seen: float) -> float:
    """1 when it hits nothing but the symptoms; halved when it hits twice, a third when four times as many."""
    explained = int(np.count_nonzero(trial.states >= ImpactState.DEGRADED))
    if not explained:
        return 0.0
    hit = trial.hit + any(row.id == ci_id for row in situation.symptoms.rows)
    return max(seen, 1 / (1 + math.log2(max(hit / explained, 1.0))))


def _nearness(situation: Situation, trial: Trial) -> float:
    symptoms = situation.symptoms
    near = (
        _by_alerts(situation, trial)
        * _SHARES[trial.states]
        * symptoms.weights
        / (1.0 + np.maximum(trial.distances, 0))
    )
    return float(near.sum() / symptoms.total)


def _contradiction(situation: Situation, ci_id: str, trial: Trial, seen: float) -> float:
    """Of all it would have hit that was looked at, the share that was seen working; all, when it is itself."""
    if ci_id in situation.healthy:
        return 1.0
    explained = int(np.count_nonzero(trial.states >= ImpactState.DEGRADED))
    broken = len(trial.broken)
    return (1 - seen) * broken / (broken + explained) if broken else 0.0
