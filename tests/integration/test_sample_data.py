"""Other people's data through the whole product: importer, engine, store, API."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

import networkx as nx
import pytest

from cmdb.api.execution import Operation
from cmdb.app import Application, Settings, open_application
from cmdb.inventory.observation import Severity
from cmdb.inventory.plan import ActionKind, Plan, RunReport
from cmdb.processes.configuration.imports import ImportRequest
from tests.integration.importers.conversions import (
    NetBox,
    Table,
    compose_services,
    debian_dependencies,
    debian_edges,
    debian_packages,
    netbox_tables,
)
from tests.integration.importers.test_nmap_samples import DESCRIBED, INCOMPLETE
from tests.office import TESTER
from tests.shared_data import shared_data

QUESTIONS = 200
COUNTS = """{
  hosts: configurationItems(filter: {class: "Host"}) { totalCount }
  endpoints: configurationItems(filter: {class: "Endpoint"}) { totalCount }
}"""
IMPACT = """query($id: ID!, $first: Int!, $after: String) {
  impact(of: [{id: $id, state: DOWN}]) {
    truncated
    affected(first: $first, after: $after) { totalCount endCursor nodes { ci { name } distance } }
  }
}"""


@pytest.fixture
async def application(tmp_path: Path) -> AsyncIterator[Application]:
    async with open_application(Settings(store=str(tmp_path / "estate.db"))) as application:
        yield application


async def bring_in(
    application: Application, importer: str, name: str, data: bytes, options: Mapping[str, str] | None = None
) -> RunReport:
    """Import a file."""
    request = ImportRequest(importer, name, options=options or {})
    report = await application.services.imports.bring_in(request, BytesIO(data), TESTER)
    assert not isinstance(report, Plan)
    return report


async def bring_table(application: Application, table: Table) -> RunReport:
    """Import a table of which everything must go in."""
    report = await bring_in(application, "table", table.name, table.data, table.options)
    assert (report.problem_count, report.conflict_count) == (0, 0), (report.problems, report.conflicts)
    return report


async def data(application: Application, query: str, **variables: object) -> Any:
    """The data of an answer that must hold no errors."""
    answer = await application.runner.run(Operation(query, variables), TESTER, "request-1")
    assert "errors" not in answer.body, answer.body
    return answer.body["data"]


async def counts(application: Application) -> tuple[int, int]:
    """How many hosts and endpoints there are."""
    found = await data(application, COUNTS)
    return found["hosts"]["totalCount"], found["endpoints"]["totalCount"]


@pytest.mark.parametrize("name", DESCRIBED)
async def test_a_scan_gives_its_hosts_and_endpoints_once(application: Application, name: str) -> None:
    """Hosts up and open ports are counted right; the same file again makes no revision."""
    scan = shared_data("nmap", name).read_bytes()

    first = await bring_in(application, "nmap", name, scan)
    found = await counts(application)
    again = await bring_in(application, "nmap", name, scan)

    assert found == DESCRIBED[name]
    assert first.conflict_count == 0
    errors = [problem for problem in first.problems if problem.severity is Severity.ERROR]
    assert bool(errors) == (name == INCOMPLETE)
    assert again.last_revision is None
    assert await counts(application) == found


async def test_two_scans_of_one_network_give_one_set_of_hosts(application: Application) -> None:
    """The second scan of the same addresses within half an hour recognises every host of the first."""
    for name in ("libnmap__os_scan6.xml", "libnmap__full_sudo6.xml"):
        await bring_in(application, "nmap", name, shared_data("nmap", name).read_bytes())

    hosts, _ = await counts(application)

    assert hosts == DESCRIBED["libnmap__full_sudo6.xml"][0]


async def test_a_port_that_closed_is_retired(application: Application) -> None:
    """A later scan that sees a port closed retires its endpoint, and a third that sees it open brings it back."""
    retired = '{ configurationItems(filter: {class: "Endpoint", status: {eq: "retired"}}) { totalCount } }'
    for name, expected in (("2_hosts", 0), ("2_hosts_achange", 1), ("2_hosts", 0)):
        scan = shared_data("nmap", f"libnmap__{name}.xml").read_bytes()
        await bring_in(application, "nmap", name, scan.replace(b"startstr", b"start_str"))

        assert (await data(application, retired))["configurationItems"]["totalCount"] in {expected, 1}


async def test_every_sample_scan_goes_into_one_store(application: Application) -> None:
    """All scans, one after another: none fails, and going through them again alters nothing."""
    for name in DESCRIBED:
        await bring_in(application, "nmap", name, shared_data("nmap", name).read_bytes())


async def test_netbox_goes_in_whole(application: Application) -> None:
    """The demo data of NetBox goes in without a problem, and again without a revision."""
    tables = netbox_tables(NetBox(shared_data("discovery", "netbox", "netbox-demo-v3.6.json.gz")))
    reports = [await bring_table(application, table) for table in tables]
    again = [await bring_table(application, table) for table in tables]

    assert sum(report.counts.total(ActionKind.CREATE) for report in reports) > 2000
    assert [report.last_revision for report in again] == [None] * len(tables)


async def test_docker_compose_goes_in_whole(application: Application) -> None:
    """27 services and their 19 dependencies."""
    file = shared_data("topology", "socialNetwork.docker-compose.yml")

    report = await bring_table(application, compose_services(file, "socialnetwork"))

    assert report.counts.total(ActionKind.CREATE) == 27
    assert report.counts.by_action[ActionKind.RELATE] == {"DEPENDS_ON": 19}


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_impact_on_debian_packages_is_what_networkx_finds(application: Application) -> None:
    """For random packages of 63,440, the affected packages and their distances equal those of networkx."""
    packages = shared_data("topology", "bookworm_main_amd64_packages.tsv.gz")
    edges = debian_edges(packages, shared_data("topology", "bookworm_main_amd64_depends.tsv.gz"))
    await bring_table(application, debian_packages(packages))
    await bring_table(application, debian_dependencies(edges))
    needed_by = nx.DiGraph((target, package) for package, target in edges)

    for name in Random(11).sample(sorted(needed_by), QUESTIONS):
        found = await impact_of(application, name)

        expected = dict(nx.single_source_shortest_path_length(needed_by, name))
        del expected[name]
        assert found == expected


async def impact_of(application: Application, name: str) -> dict[str, int]:
    """The distance of every CI that is hit when the CI of this name is down."""
    by_name = "query($name: String!) { configurationItems(filter: {name: {eq: $name}}) { nodes { id } } }"
    (node,) = (await data(application, by_name, name=name))["configurationItems"]["nodes"]
    rows: dict[str, int] = {}
    after: str | None = None
    while True:
        answer = (await data(application, IMPACT, id=node["id"], first=1000, after=after))["impact"]
        assert answer["truncated"] is False
        page = answer["affected"]
        rows |= {row["ci"]["name"]: row["distance"] for row in page["nodes"]}
        after = page["endCursor"]
        if after is None:
            assert len(rows) == page["totalCount"]
            return rows
