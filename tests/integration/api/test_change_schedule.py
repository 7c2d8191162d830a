"""What stands against a change, and when it can be done, through the API."""

from __future__ import annotations

import pytest

from cmdb.graph.batch import NodeCreate, NodeDelete, WriteBatch
from tests.integration.api.changes import (
    PRINTERS,
    ROUTER,
    make,
    make_change,
    window,
)
from tests.office import TESTER, Office

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_two_changes_each_safe_alone_collide_on_the_name_servers(office: Office) -> None:
    """Each takes one of two name servers off; both at once take name resolution down."""
    first = await make_change(office, "ns1.office.example", title="Patch ns1", **window(2, 10, 2))
    second = await make_change(office, "ns2.office.example", title="Patch ns2", **window(2, 11, 2))
    found = (await office.operation("change_collisions", change=first))["changeCollisions"]
    (collision,) = found["collisions"]

    assert second == collision["change"]["number"]
    assert "LOST_REDUNDANCY" == collision["kinds"][0]
    assert {"start": "2030-03-02T11:00:00.000Z", "end": "2030-03-02T12:00:00.000Z"} == collision["overlap"]
    names = next(row for row in collision["items"] if row["ci"]["name"] == "Name resolution")
    assert ("AT_RISK", "AT_RISK", "DOWN") == (names["byThis"], names["byOther"], names["together"])
    assert {"name": "name-servers", "members": 2, "needed": 1, "up": 0, "healthy": 0} == names["group"]


async def test_three_changes_take_the_last_printer_away(office: Office) -> None:
    """Any two of them leave a printer that prints; all three leave none, and no pair says so."""
    first, *others = [await make_change(office, name, **window(6, 10)) for name in PRINTERS]
    found = (await office.operation("change_collisions", change=first))["changeCollisions"]
    (together,) = found["together"]

    assert sorted(others) == sorted(change["number"] for change in together["changes"])
    printing = next(row for row in together["items"] if row["ci"]["name"] == "Printing")
    assert ("AT_RISK", "AT_RISK", "DOWN") == (printing["byThis"], printing["byOther"], printing["together"])
    assert ("printers", 0) == (printing["group"]["name"], printing["group"]["up"])


async def test_a_blackout_of_a_service_stands_against_work_on_what_it_needs(office: Office) -> None:
    """The blackout applies to shipping, and the router would take it down."""
    change = await make_change(office, ROUTER, **window(4, 10))
    blackout = await make(
        office,
        "ChangeWindow",
        kind="blackout",
        windowStart="2030-03-04T00:00:00Z",
        windowEnd="2030-03-05T00:00:00Z",
        appliesTo=[await office.id_of("Shipping")],
    )
    found = (await office.operation("change_collisions", change=change))["changeCollisions"]
    (conflict,) = found["windows"]

    assert (blackout, "BLACKOUT") == (conflict["window"]["number"], conflict["kind"])
    assert ["Shipping"] == [ci["name"] for ci in conflict["items"]]


async def test_the_next_free_slot_lies_in_maintenance_after_what_is_in_the_way(office: Office) -> None:
    """Weekly maintenance of the web server; its first evening is taken, so the slot is an hour later."""
    change = await make_change(office, "web1.office.example")
    taken = await make_change(office, "db1.office.example", **window(9, 20))
    maintenance = await make(
        office,
        "ChangeWindow",
        kind="maintenance",
        windowStart="2030-03-02T20:00:00Z",
        windowEnd="2030-03-02T22:00:00Z",
        recurrence="weekly",
        appliesTo=[await office.id_of("web1.office.example")],
    )
    question = {"change": change, "durationMinutes": 60, "notBefore": "2030-03-05T00:00:00Z"}
    found = (await office.operation("next_free_slot", **question))["nextFreeSlot"]

    assert {"start": "2030-03-09T21:00:00.000Z", "end": "2030-03-09T22:00:00.000Z"} == found["slot"]
    assert found["inMaintenanceOnly"]
    assert taken in {row["record"]["number"] for row in found["obstacles"]}
    planned = await make_change(office, "web1.office.example", **window(9, 12))
    outside = (await office.operation("change_collisions", change=planned))["changeCollisions"]["windows"]
    assert [(maintenance, "MAINTENANCE", None)] == [
        (row["window"]["number"], row["kind"], row["overlap"]) for row in outside
    ]


async def test_what_is_planned_in_the_slot_found_collides_with_nothing(office: Office) -> None:
    """Asked the other way round, as a planned window, the slot has neither collisions nor windows against it."""
    for hour in (8, 9, 11, 13):
        await make_change(office, "mail1.office.example", **window(12, hour))
    await make(
        office,
        "ChangeWindow",
        kind="blackout",
        windowStart="2030-03-12T10:00:00Z",
        windowEnd="2030-03-12T11:00:00Z",
        classes=["Server"],
    )
    change = await make_change(office, "mail2.office.example")
    question = {"change": change, "durationMinutes": 60, "notBefore": "2030-03-12T08:00:00Z"}
    slot = (await office.operation("next_free_slot", **question))["nextFreeSlot"]["slot"]
    against = {}
    for number in range(6):
        start = f"2030-03-12T{8 + number:02}:00:00.000Z"
        values = {"plannedStart": start, "plannedEnd": f"2030-03-12T{9 + number:02}:00:00.000Z"}
        await office.data(
            "mutation($id: ID!, $input: UpdateChangeInput!) { updateChange(id: $id, input: $input) { id } }",
            {"id": change, "input": values},
        )
        found = (await office.operation("change_collisions", change=change))["changeCollisions"]
        against[start] = bool(found["collisions"] or found["windows"])

    assert slot["start"] == min(start for start, taken in against.items() if not taken)
    assert against["2030-03-12T10:00:00.000Z"]


@pytest.mark.parametrize(
    "values",
    [
        "durationMinutes: 0",
        "durationMinutes: 60, withinDays: 2000000000",
        "durationMinutes: 60, withinDays: -5",
        'durationMinutes: 60, notBefore: "9999-12-31T00:00:00Z"',
    ],
)
async def test_a_slot_that_cannot_be_is_refused(office: Office, values: str) -> None:
    """No length, no time to look in, or no end of it."""
    change = await make_change(office, ROUTER)
    answer = await office.answer(f'{{ nextFreeSlot(change: "{change}", {values}) {{ lookedUntil }} }}')

    assert ["SLOT_INVALID"] == [error["extensions"]["code"] for error in answer["errors"]]


async def test_a_change_without_a_window_has_no_collisions_to_tell(office: Office) -> None:
    """The error says what is missing."""
    change = await make_change(office, ROUTER)
    answer = await office.answer(
        "query($id: ID!) { changeCollisions(change: $id) { truncated } }", {"id": change}
    )

    assert ["CHANGE_NOT_PLANNED"] == [error["extensions"]["code"] for error in answer["errors"]]


async def test_a_window_whose_items_are_all_gone_governs_nothing_and_says_so(office: Office) -> None:
    """It does not come to govern everything when its last item is deleted."""
    store = office.application.services.store
    item = office.application.services.ids.new_id()
    printer = NodeCreate(item, "Printer", {"name": "old printer", "status": "operational"})
    await store.commit(WriteBatch(TESTER, "a test", creates=(printer,)))
    blackout = await make(
        office,
        "ChangeWindow",
        kind="blackout",
        windowStart="2030-03-20T00:00:00Z",
        windowEnd="2030-03-21T00:00:00Z",
        appliesTo=[item],
    )
    await store.commit(WriteBatch(TESTER, "a test", deletes=(NodeDelete(item),)))
    change = await make_change(office, ROUTER, **window(20, 10))
    query = "query($id: ID!) { changeCollisions(change: $id) { windows { window { number } } emptyWindows { number } } }"
    found = (await office.data(query, {"id": change}))["changeCollisions"]

    assert ([], [{"number": blackout}]) == (found["windows"], found["emptyWindows"])
