"""What a root-cause question holds, and what its answer looks like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from cmdb.analysis.alerts import Alert
from cmdb.analysis.impact_types import PathStep
from cmdb.analysis.state import ImpactState


@dataclass(frozen=True, slots=True)
class Symptom:
    """A CI seen failing. `weight` (> 0) says how much it matters; `incidents` are the records that say so."""

    id: str
    weight: float = 1.0
    incidents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RecentChange:
    """A change on a CI and how many hours before the first symptom it was carried out."""

    id: str
    hours_before: float


@dataclass(frozen=True, slots=True)
class PastIncident:
    """An earlier incident whose cause was found: a CI that showed it and the CI that caused it."""

    incident: str
    affected: str
    cause: str
    days_before: float


class Likeness(StrEnum):
    """How an earlier incident is like a symptom, the likest first.

    SERVES_THE_SAME: the CI affected then and the symptom have a direct dependent in common.
    """

    SAME_CI = "same_ci"
    SERVES_THE_SAME = "serves_the_same"
    SAME_CLASS = "same_class"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class PastCause:
    """An earlier incident that a candidate caused on `affected`, and how it is like a symptom."""

    incident: str
    affected: str
    likeness: Likeness


@dataclass(frozen=True, slots=True)
class CiEvidence:
    """What the records say about one CI itself; all ids are record ids.

    `incidents` and `problems` are open ones.
    """

    incidents: tuple[str, ...] = ()
    changes: tuple[RecentChange, ...] = ()
    problems: tuple[str, ...] = ()
    known_errors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RootCauseRequest:
    """Which CI explains these symptoms?

    `healthy` are ids of CIs seen working. `evidence` is by CI id; a CI without any may be left out. `alerts`
    are what monitoring says, of any CI; those not upstream of a symptom count for nothing. `history` are
    earlier incidents whose cause is known. `first` bounds the candidates listed.
    """

    symptoms: tuple[Symptom, ...]
    healthy: tuple[str, ...] = ()
    evidence: Mapping[str, CiEvidence] = field(default_factory=dict)
    relationship_types: frozenset[str] | None = None
    first: int = 20
    alerts: tuple[Alert, ...] = ()
    history: tuple[PastIncident, ...] = ()


class ScorePart(StrEnum):
    """The parts of a candidate's score; their weights are in the root-cause policy under these names."""

    EXPLAINS = "explains"
    SPECIFICITY = "specificity"
    OWN_EVIDENCE = "own_evidence"
    RECENT_CHANGE = "recent_change"
    OPEN_PROBLEM = "open_problem"
    KNOWN_ERROR = "known_error"
    PAST_CAUSE = "past_cause"
    DISTANCE = "distance"
    HEALTHY = "healthy"


@dataclass(frozen=True, slots=True)
class Score:
    """One part of a score: `value` in 0..1, its `weight`, and the `points` it adds.

    `healthy` is the only part that takes points away. `records` are what it rests on, where it rests on any.
    """

    part: ScorePart
    value: float
    weight: float
    points: float
    records: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """A symptom that a candidate explains: the state it would be in, and a shortest path to it."""

    symptom: str
    state: ImpactState
    distance: int
    path: tuple[PathStep, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A CI that may be the cause. `score` is in 0..1, the sum of the points of its parts.

    `breaks_healthy` are CIs seen working that would be down or degraded if it were down; `would_affect` is
    how many other CIs would be. `share` is the share of the complaint that the alerts leave to it; None without alerts.
    `past_causes` are earlier incidents it caused, the likest and newest first; `upstream` is False for a
    candidate known from these alone.
    """

    id: str
    class_name: str
    score: float
    parts: tuple[Score, ...]
    explains: tuple[Explanation, ...]
    unexplained: tuple[str, ...]
    breaks_healthy: tuple[str, ...]
    would_affect: int
    share: float | None = None
    past_causes: tuple[PastCause, ...] = ()
    upstream: bool = True


@dataclass(frozen=True, slots=True)
class UpstreamEvidence:
    """What the records say about a CI upstream of a symptom; `distance` is that to the nearest one, in links."""

    ci: str
    distance: int
    evidence: CiEvidence


@dataclass(frozen=True, slots=True)
class SimilarIncident:
    """An earlier incident that is like what is seen, and the CI that caused it."""

    past: PastCause
    cause: str


class Verdict(StrEnum):
    """CAUSE_FOUND: look at the first candidate. SEVERAL_CAUSES: it takes all of `causes` together.

    NO_CANDIDATE: nothing explains enough of the symptoms to be worth naming.
    """

    CAUSE_FOUND = "cause_found"
    SEVERAL_CAUSES = "several_causes"
    NO_CANDIDATE = "no_candidate"


@dataclass(frozen=True, slots=True)
class RootCauseResult:
    """Ranked candidates, best first, and what is to be made of them.

    `causes` is the smallest set of candidates that together explain every symptom that can be explained: the
    first candidate alone where it does. `considered` counts all CIs upstream of a symptom or known from history; `verified` those
    whose impact was computed. They differ from the candidates listed by `first` only, and `truncated` says
    when a bound on the work may have left a better one out. `missing` are symptoms that carry no impact:
    retired CIs.

    `upstream` is what the records say of all CIs upstream, the nearest first, whether they are listed or not;
    `similar` are earlier incidents that are like these, the likest and newest first.
    """

    verdict: Verdict
    candidates: tuple[Candidate, ...]
    causes: tuple[str, ...]
    unexplained: tuple[str, ...]
    considered: int
    verified: int
    truncated: bool
    missing: tuple[str, ...] = ()
    upstream: tuple[UpstreamEvidence, ...] = ()
    similar: tuple[SimilarIncident, ...] = ()
