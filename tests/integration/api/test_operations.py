"""Every committed operation is executed against the office."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from tests.integration.api.changes import ROUTER, add_second_router, make_change, window
from tests.office import EXAMPLES, OPERATIONS, Office

pytestmark = pytest.mark.asyncio(loop_scope="module")

Variables = Callable[[Office], Awaitable[dict[str, object]]]


async def nothing(_office: Office) -> dict[str, object]:
    return {}


async def of_router(office: Office) -> dict[str, object]:
    return {"of": [{"id": await office.id_of("rtr-print.office.example"), "state": "DOWN"}]}


async def router(office: Office) -> dict[str, object]:
    return {"id": await office.id_of("rtr-print.office.example")}


async def routers(office: Office) -> dict[str, object]:
    return {"ids": [await office.id_of("rtr-print.office.example")]}


async def an_incident(office: Office) -> dict[str, object]:
    return {"incidents": [await office.report_incident("No printing", "prn-office.office.example")]}


async def incident_id(office: Office) -> dict[str, object]:
    number = await office.report_incident("No printing", "prn-office.office.example")
    found = await office.data("query($id: ID!) { incident(id: $id) { id } }", {"id": number})
    return {"id": found["incident"]["id"]}


async def new_incident(office: Office) -> dict[str, object]:
    return {"input": {"title": "No printing", "affects": [await office.id_of("Printing")]}}


async def a_scan(_office: Office) -> dict[str, object]:
    content = (EXAMPLES / "office-scan-later.xml").read_text()
    return {"input": {"importer": "nmap", "content": content, "plan": True}}


async def a_change(office: Office) -> dict[str, object]:
    return {"change": await make_change(office, ROUTER, **window(20, 10))}


async def a_change_with_modifications(office: Office) -> dict[str, object]:
    change = await make_change(office, ROUTER)
    await add_second_router(office, change)
    return {"change": change}


async def a_planned_change(office: Office) -> dict[str, object]:
    touches = [await office.id_of(ROUTER)]
    return {"input": {"title": "New software", "touches": touches, **window(21, 10)}}


async def a_modification(office: Office) -> dict[str, object]:
    change = await make_change(office, ROUTER)
    found = await office.operation("change", change=change)
    part_of = [found["change"]["id"]]
    return {
        "input": {
            "title": "Take it away",
            "kind": "remove_ci",
            "ci": await office.id_of(ROUTER),
            "partOf": part_of,
        }
    }


async def a_spare(office: Office) -> dict[str, object]:
    router = await office.id_of(ROUTER)
    return {"of": [{"id": router}], "spares": [{"of": router}]}


async def printing(office: Office) -> dict[str, object]:
    return {"of": await office.id_of("Printing")}


def given(**variables: object) -> Variables:
    async def build(_office: Office) -> dict[str, object]:
        return dict(variables)

    return build


async def router_at_first(office: Office) -> dict[str, object]:
    router = await office.id_of(ROUTER)
    return {"revision": 1, "id": router, "of": [{"id": router, "state": "DOWN"}]}


CASES: dict[str, Variables] = {
    "as_of": router_at_first,
    "change": a_change,
    "change_collisions": a_change,
    "change_impact": a_change,
    "change_risk": a_change,
    "choose_by_id": router,
    "configuration_item": router,
    "configuration_items": given(filter={"class": "Host"}),
    "diff": given(**{"from": {"revision": 1}, "to": {"revision": 2}}),
    "find_configuration_item": given(
        value="rtr-print.office.example", text="rtr-print.office.example", label="rtr-print"
    ),
    "impact": of_router,
    "impact_diff": a_change_with_modifications,
    "import_inventory": a_scan,
    "model": nothing,
    "next_free_slot": a_change,
    "open_incident": new_incident,
    "plan_change": a_planned_change,
    "propose_modification": a_modification,
    "record": incident_id,
    "record_types": nothing,
    "revisions": nothing,
    "root_cause": an_incident,
    "search": given(text="print"),
    "single_points_of_failure": printing,
    "what_if": a_spare,
}


async def test_there_is_a_case_for_every_operation() -> None:
    assert sorted(CASES) == sorted(path.stem for path in OPERATIONS.glob("*.graphql"))


@pytest.mark.parametrize("name", sorted(CASES))
async def test_the_operation_answers_without_errors(office: Office, name: str) -> None:
    data = await office.operation(name, **await CASES[name](office))

    assert all(value is not None for value in data.values())
