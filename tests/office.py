"""The small office of the examples, brought into a store of a test's own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cmdb.api.execution import Operation
from cmdb.app import Application, Settings, open_application
from cmdb.kernel.actor import Actor
from cmdb.processes.configuration.imports import ImportRequest

EXAMPLES = Path(__file__).resolve().parents[1] / "examples" / "small-office"
OPERATIONS = Path(__file__).resolve().parents[1] / "graphql" / "operations"
TABLES = ("machines", "services", "people", "relationships")
TESTER = Actor("tester")


@dataclass(frozen=True, slots=True)
class Office:
    """An application whose store holds the office."""

    application: Application

    async def answer(self, query: str, variables: Mapping[str, object] | None = None) -> dict[str, Any]:
        """The whole GraphQL answer."""
        operation = Operation(query, variables or {})
        return dict((await self.application.runner.run(operation, TESTER, "request-1")).body)

    async def data(self, query: str, variables: Mapping[str, object] | None = None) -> Any:
        """The data of an answer that must hold no errors."""
        answer = await self.answer(query, variables)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    async def operation(self, name: str, **variables: object) -> Any:
        """The data of a committed operation."""
        return await self.data((OPERATIONS / f"{name}.graphql").read_text(), variables)

    async def id_of(self, name: str) -> str:
        """The id of the only CI of this name."""
        found = await self.data(
            "query($name: String!) { configurationItems(filter: {name: {eq: $name}}) { nodes { id } } }",
            {"name": name},
        )
        (node,) = found["configurationItems"]["nodes"]
        return str(node["id"])

    async def report_incident(self, title: str, *affects: str) -> str:
        """The number of an incident that affects the CIs of these names."""
        affected = [await self.id_of(name) for name in affects]
        made = await self.operation("open_incident", input={"title": title, "affects": affected})
        return str(made["createIncident"]["number"])


@asynccontextmanager
async def open_office(store: str) -> AsyncIterator[Office]:
    """An empty store with the office brought in: the scan first, then the tables."""
    async with open_application(Settings(store=store)) as application:
        await bring_in(application, "nmap", EXAMPLES / "office-scan.xml")
        for table in TABLES:
            await bring_in(application, "table", EXAMPLES / f"{table}.csv")
        yield Office(application)


async def bring_in(application: Application, importer: str, path: Path) -> None:
    """Import one file of which everything must go in."""
    with path.open("rb") as stream:
        request = ImportRequest(importer, path.name)
        report = await application.services.imports.bring_in(request, stream, TESTER)
    assert (report.problem_count, report.conflict_count) == (0, 0), report.problems
