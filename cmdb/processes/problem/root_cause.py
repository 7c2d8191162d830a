"""From incidents to the CI that explains them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from cmdb.analysis.alerts import Alert, Signal
from cmdb.analysis.root_cause import root_cause
from cmdb.analysis.root_cause_types import RootCauseRequest, RootCauseResult, Symptom
from cmdb.graph.elements import Node
from cmdb.graph.query import Condition, Direction, LinkQuery, NodeQuery, Operator
from cmdb.graph.store import GraphStore
from cmdb.kernel.clock import Clock
from cmdb.kernel.errors import CmdbError, ErrorKind
from cmdb.model.types import Model, RootCausePolicy
from cmdb.processes.problem.events import EVENT, alerts_of, events_behind
from cmdb.processes.problem.evidence import EvidenceGatherer
from cmdb.processes.problem.experience import beginning
from cmdb.topology.extent import Topologies, causes_of

INCIDENT = "Incident"


class NoSymptomsError(CmdbError):
    """Nothing is named as failing: neither CIs nor incidents that affect any."""

    code = "NO_SYMPTOMS"
    kind = ErrorKind.INVALID
    summary = "A root cause was asked for, and nothing is named that fails."
    default_remedy = "Name failing configuration items, or incidents that are linked to what they affect."


class IncidentNotFoundError(CmdbError):
    """An incident is named that does not exist; details: incident."""

    code = "INCIDENT_NOT_FOUND"
    kind = ErrorKind.NOT_FOUND
    summary = "There is no such incident."
    default_remedy = "Give its id or its number, e.g. INC0000001; `cmdb search` finds it."


class EventNotFoundError(CmdbError):
    """An event is named that does not exist; details: event."""

    code = "EVENT_NOT_FOUND"
    kind = ErrorKind.NOT_FOUND
    summary = "There is no such event."
    default_remedy = "Give its id or its number, e.g. EVT000000001; `cmdb search` finds it."


@dataclass(frozen=True, slots=True)
class SymptomsSeen:
    """What is seen: incidents and events (by id or number), CIs (by id) seen failing and seen healthy, and alerts.

    When neither incidents nor failing CIs are named, the CIs of the events and alerts are the symptoms. `weights`
    say by CI how much its failing matters (> 0); otherwise each of its incidents counts one. `noticed_at` is when the
    first of it was noticed, otherwise the incidents and events tell; `window` is how long before that a change or an
    event is evidence, otherwise the policy tells.
    """

    incidents: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    failing: tuple[str, ...] = ()
    healthy: tuple[str, ...] = ()
    alerts: tuple[Alert, ...] = ()
    noticed_at: datetime | None = None
    weights: Mapping[str, float] = field(default_factory=dict)
    window: timedelta | None = None


class RootCauseAnalysis:
    """Answers root-cause questions on the newest topology, with what the records say."""

    def __init__(self, store: GraphStore, model: Model, topologies: Topologies, clock: Clock) -> None:
        self._store = store
        self._model = model
        self._topologies = topologies
        self._clock = clock
        self._evidence = EvidenceGatherer(store, model)

    async def ask(self, seen: SymptomsSeen, first: int = 10) -> RootCauseResult:
        """Ranked candidates.

        Raises:
            IncidentNotFoundError: an incident is named that does not exist.
            EventNotFoundError: an event is.
            NoSymptomsError: nothing is named as failing.
            NodeNotFoundError: a CI is named that does not exist.
        """
        incidents = await self._records(INCIDENT, seen.incidents, _no_incident)
        raised = await events_behind(self._store, incidents)
        events = await self._records(EVENT, tuple(dict.fromkeys((*seen.events, *raised))), _no_event)
        alerts = (*seen.alerts, *await alerts_of(self._store, self._model, events))
        failing = (*seen.failing, *seen.weights) or _alerting(incidents, alerts)
        symptoms = await self._symptoms(incidents, failing, seen.weights)
        if not symptoms:
            raise NoSymptomsError("no configuration item is named as failing, and no incident affects one")
        policy = _policy(self._model.policies.root_cause, seen.window)
        gathered = await self._evidence.gather(
            [symptom.id for symptom in symptoms],
            [incident.id for incident in incidents],
            self._began((*incidents, *events), seen.noticed_at),
            timedelta(hours=policy.change_window_hours),
        )
        named = {event.id for event in events}
        alerts += tuple(alert for alert in gathered.alerts if alert.record not in named)
        request = RootCauseRequest(
            symptoms,
            seen.healthy,
            gathered.by_ci,
            first=first,
            alerts=alerts,
            history=gathered.history,
        )
        extent = causes_of(
            (symptom.id for symptom in symptoms),
            (past.cause for past in gathered.history),
            (
                *seen.healthy,
                *(alert.ci for alert in alerts),
                *(past.affected for past in gathered.history),
            ),
        )
        return root_cause(await self._topologies.around(extent), request, policy)

    async def _records(
        self, label: str, references: tuple[str, ...], missing: Callable[[str], CmdbError]
    ) -> list[Node]:
        """Records of a type by id or number, in the order given, each once."""
        if not references:
            return []
        by_id = await self._store.get(references)
        numbers = [reference.strip().upper() for reference in references if reference not in by_id]
        query = NodeQuery((label,), Condition("number", Operator.IN, numbers), first=len(numbers) or 1)
        by_number = {node.name: node for node in (await self._store.find(query)).nodes} if numbers else {}
        found: dict[str, Node] = {}
        for reference in references:
            node = by_id.get(reference) or by_number.get(reference.strip().upper())
            if node is None or node.label != label:
                raise missing(reference)
            found[node.id] = node
        return list(found.values())

    async def _symptoms(
        self, incidents: list[Node], failing: tuple[str, ...], weights: Mapping[str, float]
    ) -> tuple[Symptom, ...]:
        """Each CI that fails, weighted as is said, or by the number of incidents that say so."""
        query = LinkQuery(
            tuple(incident.id for incident in incidents),
            Direction.OUT,
            ("AFFECTS",),
            tuple(self._model.classes),
        )
        by_ci: defaultdict[str, list[str]] = defaultdict(list)
        for ci in failing:
            by_ci[ci] = []
        for links in (await self._store.links(query)).values() if incidents else ():
            for link in links:
                by_ci[link.target].append(link.source)
        return tuple(
            Symptom(ci, weights.get(ci, float(max(len(says), 1))), tuple(says)) for ci, says in by_ci.items()
        )

    def _began(self, records: Sequence[Node], noticed_at: datetime | None) -> datetime:
        """When the first of it was noticed; now, when nobody tells."""
        if noticed_at is not None:
            return noticed_at
        return min(map(beginning, records), default=self._clock.now())


def _no_incident(reference: str) -> CmdbError:
    return IncidentNotFoundError(f"there is no incident {reference!r}", details={"incident": reference})


def _no_event(reference: str) -> CmdbError:
    return EventNotFoundError(f"there is no event {reference!r}", details={"event": reference})


def _policy(policy: RootCausePolicy, window: timedelta | None) -> RootCausePolicy:
    return policy if window is None else replace(policy, change_window_hours=window / timedelta(hours=1))


def _alerting(incidents: list[Node], alerts: tuple[Alert, ...]) -> tuple[str, ...]:
    """The CIs that fail by the alerts, when nothing else says what fails."""
    if incidents:
        return ()
    return tuple(dict.fromkeys(alert.ci for alert in alerts if alert.signal is not Signal.TRAFFIC))
