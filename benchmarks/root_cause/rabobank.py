"""Walks through a service desk's incidents and asks, before each cause is known, which CI it will be."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from benchmarks.root_cause.rabobank_data import Desk, PastIncident
from cmdb.app import Application, Settings, open_application
from cmdb.graph.batch import LinkPut, NodeCreate, WriteBatch
from cmdb.graph.elements import LinkKey
from cmdb.kernel.actor import Actor
from cmdb.kernel.ids import encode_ulid
from cmdb.processes.problem.root_cause import SymptomsSeen
from cmdb.records.requests import Attribution, LinkRequest

_LOADER = Actor("root cause benchmark")
_FIRST_ID = 1_300_000_000_000 << 80
_SERVED = ("Application", "Software", "Database", "Server", "Computer", "StorageDevice", "NetworkDevice")
LISTED = 50
"""So many candidates are looked at; a cause beyond counts as not found."""

Baseline = Callable[[Sequence[PastIncident], PastIncident], list[str]]


@dataclass(slots=True)
class MovingClock:
    """Stands where the walk is."""

    moment: datetime

    def now(self) -> datetime:
        """The moment of the walk."""
        return self.moment


@dataclass(frozen=True, slots=True)
class Question:
    """One incident whose cause is another CI: the rank of the cause by method, None where it is not listed.

    `seen_before`: the cause had caused an earlier incident on another CI, so that history can tell at all.
    """

    incident: str
    ranks: Mapping[str, int | None]
    seen_before: bool


@dataclass(slots=True)
class _Walk:
    application: Application
    clock: MovingClock
    ids: Mapping[str, str]
    records: dict[str, str] = field(default_factory=dict)
    known: list[PastIncident] = field(default_factory=list)

    async def open(self, incident: PastIncident) -> None:
        """Record it, with what it affects."""
        self.clock.moment = incident.opened
        made = await self.application.services.records.create(
            "Incident",
            {
                "title": incident.number,
                "impact": incident.impact,
                "urgency": incident.urgency,
                "started_at": incident.opened.isoformat(),
            },
            Attribution(_LOADER),
            (LinkRequest("AFFECTS", self.ids[incident.affected]),),
        )
        self.records[incident.number] = made.node.id

    async def learn(self, incident: PastIncident) -> None:
        """Record what caused it."""
        if incident.cause is not None:
            request = LinkRequest("CAUSED_BY", self.ids[incident.cause])
            await self.application.services.records.link(
                self.records[incident.number], request, Attribution(_LOADER)
            )
            self.known.append(incident)

    async def ask(self, incident: PastIncident) -> list[str]:
        """The product's candidates: the affected CI was looked at, and is not the cause."""
        affected = self.ids[incident.affected]
        seen = SymptomsSeen(incidents=(self.records[incident.number],), healthy=(affected,))
        result = await self.application.services.root_cause.ask(seen, LISTED)
        names = {ci: name for name, ci in self.ids.items()}
        return [names[one.id] for one in result.candidates if one.id != affected]


async def walk(desk: Desk, *, known_when_closed: bool) -> list[Question]:
    """Go through the incidents in the order in which they were opened.

    A cause is known to later incidents: with `known_when_closed` once the incident is closed, and otherwise as
    soon as the next one is opened.
    """
    ids = _ids(desk)
    clock = MovingClock(desk.incidents[0].opened)
    questions = []
    with tempfile.TemporaryDirectory(prefix="cmdb-rabobank-") as folder:
        async with open_application(Settings(store=str(Path(folder) / "desk.db")), clock) as application:
            await application.services.store.commit(_batch(desk, ids))
            going = _Walk(application, clock, ids)
            waiting: list[PastIncident] = []
            for incident in desk.incidents:
                ready = [w for w in waiting if not known_when_closed or w.closed < incident.opened]
                for one in sorted(ready, key=lambda one: (one.closed, one.number)):
                    await going.learn(one)
                    waiting.remove(one)
                await going.open(incident)
                if incident.cause not in {None, incident.affected}:
                    questions.append(await _question(going, incident))
                waiting.append(incident)
    return questions


async def _question(going: _Walk, incident: PastIncident) -> Question:
    answers = {"product": await going.ask(incident)}
    answers |= {name: baseline(going.known, incident) for name, baseline in BASELINES.items()}
    ranks = {
        name: answer.index(incident.cause) + 1 if incident.cause in answer else None
        for name, answer in answers.items()
    }
    before = any(one.cause == incident.cause != one.affected for one in going.known)
    return Question(incident.number, ranks, before)


def most_frequent(known: Sequence[PastIncident], incident: PastIncident) -> list[str]:
    """What caused most incidents on other CIs than itself."""
    return _by_count(one for one in known if one.cause not in {one.affected, incident.affected})


def most_frequent_of_ci(known: Sequence[PastIncident], incident: PastIncident) -> list[str]:
    """What caused most incidents on this CI."""
    return most_frequent([one for one in known if one.affected == incident.affected], incident)


def both(known: Sequence[PastIncident], incident: PastIncident) -> list[str]:
    """What caused most on this CI, then what caused most overall."""
    return list(dict.fromkeys([*most_frequent_of_ci(known, incident), *most_frequent(known, incident)]))


BASELINES: Mapping[str, Baseline] = {
    "most frequent overall": most_frequent,
    "most frequent of the CI": most_frequent_of_ci,
    "of the CI, then overall": both,
}


def _by_count(incidents: Iterable[PastIncident]) -> list[str]:
    counts = Counter(one.cause for one in incidents if one.cause is not None)
    return sorted(counts, key=lambda cause: (-counts[cause], cause))


def _ids(desk: Desk) -> dict[str, str]:
    names = [*sorted(desk.classes), *sorted(desk.components)]
    return {name: encode_ulid(_FIRST_ID + (place << 80)) for place, name in enumerate(names)}


def _batch(desk: Desk, ids: Mapping[str, str]) -> WriteBatch:
    """CIs, and service components that depend on them."""
    kinds = {**desk.classes, **dict.fromkeys(desk.components, "TechnicalService")}
    return WriteBatch(
        _LOADER,
        "CIs of a service desk",
        creates=tuple(
            NodeCreate(ids[name], kind, {"name": name, "status": "operational"})
            for name, kind in kinds.items()
        ),
        link_puts=tuple(
            LinkPut(LinkKey("DEPENDS_ON", ids[component], ids[ci]), {})
            for component, cis in desk.components.items()
            for ci in cis
            if desk.classes[ci] in _SERVED
            or desk.classes[ci] in {"Laptop", "Workstation", "VirtualMachine", "Switch"}
        ),
    )
