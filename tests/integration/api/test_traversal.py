"""Where questions are worked out makes no difference to their answers."""

from __future__ import annotations

from typing import Any

import pytest

from cmdb.api.execution import GraphQLRunner, Operation
from cmdb.app import Settings, Traversal, wire
from tests.integration.api.changes import CORE, PRINTERS, ROUTER, add_second_router, make_change, window
from tests.office import OPERATIONS, TESTER, Office

pytestmark = pytest.mark.asyncio(loop_scope="module")


def by_store(office: Office, limit: int = 1_000) -> GraphQLRunner:
    """The office's API over regions that the store gives."""
    services = office.application.services
    source = Settings(traversal=Traversal.STORE, region_limit=limit).topologies
    regional = wire(services.model, services.store, services.clock, source)
    # The same schema as the office's: building one takes a hundred times as long as a query.
    return GraphQLRunner(office.application.runner.api, regional)


async def data(runner: GraphQLRunner, query: str, variables: dict[str, Any]) -> Any:
    answer = (await runner.run(Operation(query, variables), TESTER, "request-1")).body
    assert "errors" not in answer, answer["errors"]
    return answer["data"]


async def test_each_question_has_the_same_answer_from_regions(office: Office) -> None:
    """Impact, causes, points of failure, redundancy, and all that is asked of a change."""
    router, printer, core = [await office.id_of(name) for name in (ROUTER, PRINTERS[0], CORE)]
    await office.report_incident("It does not print", *PRINTERS[:2])
    change = await make_change(office, ROUTER, **window(3, 8))
    await make_change(office, CORE, **window(3, 8))
    await add_second_router(office, change)
    down = [{"id": router, "state": "DOWN"}]
    questions: list[tuple[str, dict[str, Any]]] = [
        ("impact", {"of": down}),
        ("root_cause", {"failing": [printer], "healthy": [core]}),
        ("single_points_of_failure", {"of": printer}),
        ("what_if", {"of": down, "spares": [{"of": core}]}),
        ("change_impact", {"change": change}),
        ("impact_diff", {"change": change}),
        ("change_collisions", {"change": change}),
        ("change_risk", {"change": change}),
    ]
    regional = by_store(office)
    for name, variables in questions:
        query = (OPERATIONS / f"{name}.graphql").read_text()
        expected = await data(office.application.runner, query, variables)
        assert expected == await data(regional, query, variables), name


async def test_the_past_has_the_same_answer_from_regions(office: Office) -> None:
    """Regions of the past are followed link by link."""
    query = """query($id: ID!, $revision: Int!) { asOf(revision: $revision) {
        impact(of: [{id: $id}]) { affected(first: 99) { nodes { ci { id } state distance } } }
    } }"""
    newest = (await office.application.services.store.head()).revision
    regional = by_store(office)
    for revision in (newest, newest // 2):
        asked = {"id": await office.id_of(CORE), "revision": revision}
        expected = await data(office.application.runner, query, asked)
        assert expected == await data(regional, query, asked)


async def test_a_region_that_is_cut_is_told(office: Office) -> None:
    """With its limit; how much is left out is not known."""
    query = "query($id: ID!) { impact(of: [{id: $id}]) { truncated truncations { reason limit leftOut } } }"
    found = await data(by_store(office, limit=2), query, {"id": await office.id_of(CORE)})

    assert found["impact"] == {
        "truncated": True,
        "truncations": [{"reason": "REGION", "limit": 2, "leftOut": None}],
    }
