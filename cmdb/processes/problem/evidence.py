"""What the records say about the CIs upstream of a symptom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cmdb.analysis.alerts import Alert
from cmdb.analysis.root_cause_types import CiEvidence, PastIncident, RecentChange
from cmdb.graph.elements import Node
from cmdb.graph.query import AllOf, Condition, Direction, LinkQuery, NodeQuery, Operator, Order, Predicate
from cmdb.graph.store import GraphStore
from cmdb.kernel.clock import instant_text, parse_instant
from cmdb.model.types import Model
from cmdb.processes.problem.events import EVENT, alerts_of
from cmdb.processes.problem.experience import past_incidents

MOST_RECORDS = 1000
"""Most records of one kind that are looked at, the newest first: it bounds the work of one question."""

_HOUR = 3600.0


@dataclass(slots=True)
class _Collected:
    """What is gathered about one CI, while it is."""

    incidents: list[str] = field(default_factory=list)
    changes: list[RecentChange] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    known_errors: list[str] = field(default_factory=list)

    def frozen(self) -> CiEvidence:
        return CiEvidence(
            incidents=tuple(self.incidents),
            changes=tuple(self.changes),
            problems=tuple(self.problems),
            known_errors=tuple(self.known_errors),
        )


@dataclass(frozen=True, slots=True)
class Gathered:
    """Evidence by CI id, what open events say, and earlier incidents whose cause is known."""

    by_ci: Mapping[str, CiEvidence]
    alerts: tuple[Alert, ...]
    history: tuple[PastIncident, ...]


class EvidenceGatherer:
    """Asks the store for records first and follows them to CIs, so the work grows with what happened lately."""

    def __init__(self, store: GraphStore, model: Model) -> None:
        self._store = store
        self._model = model

    async def gather(
        self, symptoms: Sequence[str], asked: Sequence[str], began: datetime, window: timedelta
    ) -> Gathered:
        """What the records say.

        Args:
            symptoms: Ids of the CIs seen failing.
            asked: Ids of the incidents asked about; they are no experience yet.
            began: When the first symptom was noticed.
            window: How long before that a change or an event is still evidence.
        """
        found: defaultdict[str, _Collected] = defaultdict(_Collected)
        await self._changes(found, began, window)
        await self._open_records(found)
        history = await past_incidents(self._store, self._model, symptoms, frozenset(asked), began)
        alerts = await self._events(began - window)
        return Gathered({ci: collected.frozen() for ci, collected in found.items()}, alerts, history)

    async def _changes(self, found: defaultdict[str, _Collected], began: datetime, window: timedelta) -> None:
        since, until = instant_text(began - window), instant_text(began)
        carried_out = AllOf(
            (
                Condition("actual_start", Operator.GTE, since),
                Condition("actual_start", Operator.LTE, until),
            )
        )
        changes = await self._newest("Change", carried_out)
        for change, ci in await self._linked(changes, ("TOUCHES",)):
            started = str(change.properties["actual_start"])
            hours = (began - parse_instant(started)).total_seconds() / _HOUR
            found[ci].changes.append(RecentChange(change.id, max(hours, 0.0)))

    async def _open_records(self, found: defaultdict[str, _Collected]) -> None:
        for problem, ci in await self._linked(await self._open("Problem"), ("AFFECTS", "CAUSED_BY")):
            if problem.id not in found[ci].problems:
                found[ci].problems.append(problem.id)
        for error, ci in await self._linked(await self._open("KnownError"), ("AFFECTS",)):
            found[ci].known_errors.append(error.id)
        for incident, ci in await self._linked(await self._open("Incident"), ("AFFECTS",)):
            found[ci].incidents.append(incident.id)

    async def _events(self, since: datetime) -> tuple[Alert, ...]:
        """What open events say that were noticed since then; later ones tell of the same trouble."""
        lately = Condition("detected_at", Operator.GTE, instant_text(since))
        events = await self._newest(EVENT, AllOf((self._is_open(EVENT), lately)))
        return await alerts_of(self._store, self._model, events)

    async def _open(self, label: str) -> Sequence[Node]:
        return await self._newest(label, self._is_open(label))

    def _is_open(self, label: str) -> Condition:
        states = self._model.record_types[label].lifecycle.states.values()
        return Condition("status", Operator.IN, [state.name for state in states if state.open])

    async def _newest(self, label: str, where: Predicate) -> Sequence[Node]:
        order = (Order("created_at", descending=True),)
        page = await self._store.find(NodeQuery((label,), where, order, MOST_RECORDS))
        return page.nodes

    async def _linked(self, records: Iterable[Node], types: tuple[str, ...]) -> list[tuple[Node, str]]:
        by_id = {record.id: record for record in records}
        query = LinkQuery(tuple(by_id), Direction.OUT, types, tuple(self._model.classes))
        links = await self._store.links(query)
        return [(by_id[source], link.target) for source, found in links.items() for link in found]
