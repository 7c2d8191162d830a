"""Asks the product for the root cause of an issue on a call graph."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.root_cause.petshop_alerts import Seen
from benchmarks.root_cause.petshop_data import Issue, Scenario
from cmdb.analysis.alerts import Alert
from cmdb.app import Application, Settings, open_application
from cmdb.graph.batch import LinkPut, NodeCreate, WriteBatch
from cmdb.graph.elements import LinkKey
from cmdb.kernel.actor import Actor
from cmdb.kernel.ids import encode_ulid
from cmdb.processes.problem.root_cause import SymptomsSeen

_LOADER = Actor("root cause benchmark")
_FIRST_ID = 1_700_000_000_000 << 80


@dataclass(frozen=True, slots=True)
class Estate:
    """The call graph as CIs in a store of its own; ids by name."""

    application: Application
    ids: Mapping[str, str]

    async def ask(self, issue: Issue, seen: Seen) -> list[str]:
        """The product's ranking, by names, best first."""
        names = {ci: name for name, ci in self.ids.items()}
        alerts = tuple(
            Alert(self.ids[a.ci], a.signal, a.deviation, a.excess, a.usual, a.volume)
            for a in seen.alerts
            if a.ci in self.ids
        )
        healthy = tuple(self.ids[name] for name in seen.healthy if name in self.ids and name != issue.target)
        told = SymptomsSeen(failing=(self.ids[issue.target],), healthy=healthy, alerts=alerts)
        result = await self.application.services.root_cause.ask(told, first=len(self.ids))
        return [names[candidate.id] for candidate in result.candidates]


@asynccontextmanager
async def estate_of(scenario: Scenario) -> AsyncIterator[Estate]:
    """Every node is an application, every call a dependency of the caller on the one called."""
    names = sorted({*scenario.calls, *(name for called in scenario.calls.values() for name in called)})
    ids = {name: encode_ulid(_FIRST_ID + (place << 80)) for place, name in enumerate(names)}
    creates = tuple(NodeCreate(ids[n], "Application", {"name": n, "status": "operational"}) for n in names)
    puts = tuple(
        LinkPut(LinkKey("DEPENDS_ON", ids[caller], ids[one]), {})
        for caller, called in scenario.calls.items()
        for one in called
    )
    with tempfile.TemporaryDirectory(prefix="cmdb-petshop-") as folder:
        async with open_application(Settings(store=str(Path(folder) / "estate.db"))) as application:
            store = application.services.store
            await store.commit(WriteBatch(_LOADER, "call graph", creates=creates, link_puts=puts))
            yield Estate(application, ids)
