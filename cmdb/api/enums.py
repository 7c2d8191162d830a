"""The enumerations of the other rooms, made known to GraphQL under their names."""

from __future__ import annotations

import strawberry

from cmdb.analysis.alerts import Signal
from cmdb.analysis.impact_types import TruncationReason
from cmdb.analysis.root_cause_types import Likeness, ScorePart, Verdict
from cmdb.analysis.state import ImpactState
from cmdb.graph.query import Direction, Operator
from cmdb.graph.revision import ChangeKind

__all__ = [
    "ChangeKind",
    "Direction",
    "ImpactState",
    "Likeness",
    "Operator",
    "ScorePart",
    "Signal",
    "TruncationReason",
    "Verdict",
]

strawberry.enum(ChangeKind, description="What happened to a node or link.")
strawberry.enum(
    Direction,
    description="Seen from a node: OUT follows links it is the source of, IN those it is the target of.",
)
strawberry.enum(
    ImpactState,
    description="AT_RISK works, but redundancy is used up; DEGRADED works less well; DOWN does not work.",
)
strawberry.enum(
    Likeness,
    name="IncidentLikeness",
    description="How an earlier incident is like a symptom. SERVES_THE_SAME: what it was on and the symptom have a "
    "direct dependent in common.",
)
strawberry.enum(Operator, description="How a value is compared; CONTAINS and STARTS_WITH ignore case.")
strawberry.enum(ScorePart, name="RootCauseScorePart", description="A part of a candidate's score.")
strawberry.enum(
    Signal,
    name="AlertSignal",
    description="LATENCY: seconds a request takes. ERRORS: share of requests that fail. TRAFFIC: requests. "
    "STATE: something says it fails, and not by how much.",
)
strawberry.enum(TruncationReason, description="Why an answer is not whole.")
strawberry.enum(
    Verdict,
    name="RootCauseVerdict",
    description="CAUSE_FOUND: the first candidate explains the symptoms. SEVERAL_CAUSES: it takes all of `causes`. "
    "NO_CANDIDATE: nothing explains enough to be worth naming.",
)
