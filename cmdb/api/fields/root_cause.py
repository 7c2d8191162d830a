"""The question of root cause."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from math import inf
from typing import Annotated, Any, TypeAlias

import strawberry
from strawberry.types.field import StrawberryField

from cmdb.analysis.alerts import Alert
from cmdb.analysis.root_cause_types import (
    Candidate,
    Explanation,
    PastCause,
)
from cmdb.api.context import ApiInfo
from cmdb.api.enums import ImpactState, Likeness, ScorePart, Signal, Verdict
from cmdb.api.fields.impact import ImpactPath
from cmdb.api.fields.root_cause_records import RecordsUpstream, items
from cmdb.api.interfaces import ConfigurationItem, GraphNode
from cmdb.graph.errors import InvalidQueryError
from cmdb.kernel.clock import parse_instant
from cmdb.processes.problem.root_cause import SymptomsSeen


@strawberry.input(description="What monitoring says of a configuration item that is not as it usually is.")
class AlertInput:
    """One alert."""

    ci: strawberry.ID
    signal: Signal = Signal.STATE
    excess: float = strawberry.field(
        default=1.0,
        description="By how much a request is worse than usual; for TRAFFIC the requests above it.",
    )
    volume: float | None = strawberry.field(default=None, description="How many requests were hit.")
    usual: float = strawberry.field(default=0.0, description="What is usual.")
    deviation: float = strawberry.field(default=0.0, description="How far off, in the usual scatter.")

    def read(self) -> Alert:
        """The alert as root cause takes it."""
        return Alert(str(self.ci), self.signal, self.deviation, self.excess, self.usual, self.volume)


@strawberry.input(
    description="A configuration item seen failing, and how much that matters beside the others."
)
class SymptomInput:
    """One symptom."""

    ci: strawberry.ID
    weight: float = 1.0


Symptoms: TypeAlias = Annotated[
    list[SymptomInput] | None,
    strawberry.argument(
        description="Seen failing, like `failing`, with weights; one counts like one incident."
    ),
]
Events: TypeAlias = Annotated[
    list[strawberry.ID] | None,
    strawberry.argument(description="Events, by id or number; those that raised an incident count anyway."),
]
NoticedAt: TypeAlias = Annotated[
    str | None,
    strawberry.argument(
        description="When the first of it was noticed (RFC 3339); as the incidents say unless given."
    ),
]
WindowHours: TypeAlias = Annotated[
    float | None,
    strawberry.argument(
        description="How long before that a change is evidence; as the policy says unless given."
    ),
]

MOST_HOURS = 24 * 366
"""So far back a change may be evidence."""


@strawberry.type(description="An earlier incident that a candidate caused.")
class RootCausePast:
    """One pair of what was affected and, as its cause, the candidate."""

    found: strawberry.Private[PastCause]
    likeness: Likeness = strawberry.field(description="How it is like a symptom.")

    @strawberry.field(description="The earlier incident.")
    async def incident(self, info: ApiInfo) -> GraphNode | None:
        shown = await info.context.show_ids([self.found.incident])
        return next((view for view in shown if isinstance(view, GraphNode)), None)

    @strawberry.field(description="What it affected.")
    async def affected(self, info: ApiInfo) -> ConfigurationItem | None:
        return next(iter(await items(info, (self.found.affected,))), None)


@strawberry.type(description="A part of a score: value (0 to 1) times weight gives the points.")
class RootCauseScore:
    """One part."""

    record_ids: strawberry.Private[tuple[str, ...]]
    part: ScorePart
    value: float
    weight: float
    points: float

    @strawberry.field(description="The records it rests on.")
    async def records(self, info: ApiInfo) -> list[GraphNode]:
        shown = await info.context.show_ids(list(self.record_ids))
        return [view for view in shown if isinstance(view, GraphNode)]


@strawberry.type(description="A symptom that a candidate explains, and how.")
class ExplainedSymptom:
    """One symptom."""

    found: strawberry.Private[Explanation]
    state: ImpactState = strawberry.field(description="The state it would be in if the candidate were down.")
    distance: int

    @strawberry.field(description="The configuration item seen failing.")
    async def ci(self, info: ApiInfo) -> ConfigurationItem | None:
        return next(iter(await items(info, (self.found.symptom,))), None)

    @strawberry.field(description="A shortest path from the candidate to the symptom.")
    def path(self) -> ImpactPath:
        return ImpactPath(steps_found=self.found.path)


@strawberry.type(description="A configuration item that may be the cause.")
class RootCauseCandidate:
    """One candidate; `score` lies between 0 and 1."""

    found: strawberry.Private[Candidate]
    ci: ConfigurationItem
    score: float
    would_affect: int = strawberry.field(
        description="How many other items would be down or degraded if it were down."
    )

    @strawberry.field(
        description="The share of the complaint, 0 to 1, that the alerts leave to it; null without any."
    )
    def share(self) -> float | None:
        return self.found.share

    @strawberry.field(description="False when it is known from earlier incidents alone.")
    def upstream(self) -> bool:
        return self.found.upstream

    @strawberry.field(description="Earlier incidents that it caused, the likest and newest first.")
    def past_causes(self) -> list[RootCausePast]:
        return [RootCausePast(found=past, likeness=past.likeness) for past in self.found.past_causes]

    @strawberry.field(description="Ids of the symptoms it explains.")
    def explains(self) -> list[strawberry.ID]:
        return [strawberry.ID(explanation.symptom) for explanation in self.found.explains]

    @strawberry.field(description="The symptoms it explains, each with state and path.")
    def symptoms(self) -> list[ExplainedSymptom]:
        return [
            ExplainedSymptom(found=explanation, state=explanation.state, distance=explanation.distance)
            for explanation in self.found.explains
        ]

    @strawberry.field(description="The symptoms it does not explain.")
    async def unexplained(self, info: ApiInfo) -> list[ConfigurationItem]:
        return await items(info, self.found.unexplained)

    @strawberry.field(description="Items seen working that would be down or degraded if it were down.")
    async def breaks_healthy(self, info: ApiInfo) -> list[ConfigurationItem]:
        return await items(info, self.found.breaks_healthy)

    @strawberry.field(description="How the score comes about.")
    def parts(self) -> list[RootCauseScore]:
        return [
            RootCauseScore(
                record_ids=part.records,
                part=part.part,
                value=part.value,
                weight=part.weight,
                points=part.points,
            )
            for part in self.found.parts
        ]


@strawberry.type(description="Which configuration item upstream explains what is seen failing.")
class RootCause(RecordsUpstream):
    """The answer."""

    verdict: Verdict
    candidates: list[RootCauseCandidate]
    considered: int = strawberry.field(
        description="Items upstream of a symptom, or known as causes of earlier incidents."
    )
    verified: int = strawberry.field(description="Items whose impact was computed.")
    truncated: bool = strawberry.field(
        description="True when a bound on the work may have hidden a better one."
    )

    @strawberry.field(
        description="The smallest set of candidates that together explain what can be explained."
    )
    async def causes(self, info: ApiInfo) -> list[ConfigurationItem]:
        return await items(info, self.result.causes)

    @strawberry.field(description="Symptoms that nothing explains.")
    async def unexplained(self, info: ApiInfo) -> list[ConfigurationItem]:
        return await items(info, self.result.unexplained)


@strawberry.type
class RootCauseFields:
    """The root field."""

    @strawberry.field(
        description="Which configuration item explains these incidents and events (by id or number) and items seen "
        "failing, given others seen healthy, alerts and earlier incidents, and what changed there?"
    )
    async def root_cause(  # noqa: PLR0913, PLR0917 - they are the field's arguments
        self,
        info: ApiInfo,
        incidents: list[strawberry.ID] | None = None,
        failing: list[strawberry.ID] | None = None,
        healthy: list[strawberry.ID] | None = None,
        alerts: list[AlertInput] | None = None,
        first: int = 10,
        symptoms: Symptoms = None,
        noticed_at: NoticedAt = None,
        window_hours: WindowHours = None,
        events: Events = None,
    ) -> RootCause:
        incidents_asked = tuple(map(str, incidents or ()))
        seen = _seen(incidents_asked, failing, healthy, alerts, symptoms, noticed_at, window_hours)
        return await _asked(info, replace(seen, events=tuple(map(str, events or ()))), first)


async def cause_of_incident(  # noqa: PLR0913, PLR0917 - they are the field's arguments
    self: Any,
    info: ApiInfo,
    failing: list[strawberry.ID] | None = None,
    healthy: list[strawberry.ID] | None = None,
    alerts: list[AlertInput] | None = None,
    first: int = 10,
    symptoms: Symptoms = None,
    noticed_at: NoticedAt = None,
    window_hours: WindowHours = None,
) -> RootCause:
    """Resolves `rootCause` of an incident."""
    if _is_in_a_list(info):
        raise InvalidQueryError(
            "the root cause is asked of one incident at a time",
            remedy="Ask `incident(id: …) { rootCause { … } }`, or `rootCause(incidents: […])` for several together.",
        )
    seen = _seen((self.node.id,), failing, healthy, alerts, symptoms, noticed_at, window_hours)
    return await _asked(info, seen, first)


def _seen(
    incidents: tuple[str, ...],
    failing: list[strawberry.ID] | None,
    healthy: list[strawberry.ID] | None,
    alerts: list[AlertInput] | None,
    symptoms: list[SymptomInput] | None,
    noticed_at: str | None,
    window_hours: float | None,
) -> SymptomsSeen:
    """What is seen, as the arguments put it.

    Raises:
        InvalidQueryError: a weight or the window is not above 0.
    """
    weights = {str(symptom.ci): symptom.weight for symptom in symptoms or ()}
    if not all(0 < weight < inf for weight in weights.values()):
        raise InvalidQueryError(
            "a symptom's weight is not above 0", remedy="Give 1, or more for what matters more."
        )
    if window_hours is not None and not 0 < window_hours <= MOST_HOURS:
        raise InvalidQueryError(f"`windowHours` is {window_hours}", remedy=f"Give at most {MOST_HOURS:,}.")
    return SymptomsSeen(
        incidents=incidents,
        failing=tuple(map(str, failing or ())),
        healthy=tuple(map(str, healthy or ())),
        alerts=tuple(alert.read() for alert in alerts or ()),
        noticed_at=parse_instant(noticed_at) if noticed_at else None,
        weights=weights,
        window=timedelta(hours=window_hours) if window_hours is not None else None,
    )


def incident_fields() -> dict[str, StrawberryField]:
    """What an incident has besides what the model says."""
    return {
        "root_cause": strawberry.field(
            resolver=cause_of_incident,
            description="Which configuration item explains it, and what is known upstream of what it affects? The "
            "same as `rootCause`; not for incidents of a list.",
        )
    }


def _is_in_a_list(info: ApiInfo) -> bool:
    """Whether a list lies on the way from the root: each of its objects would cost questions of its own."""
    path: Any = info.path
    while path is not None:
        if isinstance(path.key, int):
            return True
        path = path.prev
    return False


async def _asked(info: ApiInfo, seen: SymptomsSeen, first: int) -> RootCause:
    result = await info.context.services.root_cause.ask(seen, first)
    cis = {view.node.id: view for view in await items(info, tuple(c.id for c in result.candidates))}
    return RootCause(
        result=result,
        verdict=result.verdict,
        candidates=[
            RootCauseCandidate(
                found=candidate,
                ci=cis[candidate.id],
                score=candidate.score,
                would_affect=candidate.would_affect,
            )
            for candidate in result.candidates
            if candidate.id in cis
        ],
        considered=result.considered,
        verified=result.verified,
        truncated=result.truncated,
    )
