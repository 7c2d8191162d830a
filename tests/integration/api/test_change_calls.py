"""The questions to the store that a question about a change costs do not depend on how much there is."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.integration.api.changes import (
    PRINTERS,
    ROUTER,
    add_second_router,
    carry_out,
    make,
    make_change,
    modify,
    window,
)
from tests.integration.api.test_store_calls import calls
from tests.office import OPERATIONS, Office

pytestmark = pytest.mark.asyncio(loop_scope="module")

MOST = {
    "change_impact": {"head": 1, "get": 7, "links": 4, "find": 3},
    "impact_diff": {"head": 1, "get": 4, "links": 2, "find": 1},
    "change_collisions": {"head": 1, "get": 2, "links": 3, "find": 3},
    "next_free_slot": {"head": 1, "get": 1, "links": 3, "find": 3},
    "change_risk": {"head": 1, "get": 3, "links": 3, "find": 3},
}


async def asked(office: Office, name: str, change: str) -> Counter[str]:
    """The calls of a committed operation about a change."""
    query = (OPERATIONS / f"{name}.graphql").read_text()
    query = query.replace("$change: ID!", f'$change: ID! = "{change}"')
    query = query.replace("$notBefore: String", '$notBefore: String = "2030-03-01T00:00:00Z"')
    return await calls(office, query)


async def fill(office: Office, times: int) -> None:
    """Other changes, incidents, windows and history around the router, as often as said."""
    for number in range(times):
        await make_change(office, PRINTERS[number % 3], **window(2, 10))
        await carry_out(office, await make_change(office, ROUTER, changeType="emergency"), "failed")
        await office.report_incident("No printing", ROUTER, PRINTERS[number % 3])
        await make(
            office,
            "ChangeWindow",
            kind="blackout",
            windowStart="2030-03-02T00:00:00Z",
            windowEnd="2030-03-03T00:00:00Z",
            appliesTo=[await office.id_of(PRINTERS[number % 3])],
        )


async def test_more_records_make_no_more_calls(office: Office) -> None:
    """With one of everything and with four, each question costs no more calls than are written here.

    Parts of a document that come to the same loader at one moment share a call, so it may be one less.
    """
    change = await make_change(office, ROUTER, **window(2, 10))
    await add_second_router(office, change)
    await fill(office, 1)
    few = {name: await asked(office, name, change) for name in MOST}
    await fill(office, 3)
    await modify(
        office, change, "change_ci", ci=await office.id_of(PRINTERS[0]), newValues=["status=maintenance"]
    )
    many = {name: await asked(office, name, change) for name in MOST}

    for name, most in MOST.items():
        assert few[name] <= Counter(most)
        assert many[name] <= Counter(most)


EACH_CHANGE = """{ changes(first: %d, orderBy: {attribute: "number", direction: DESC}) { nodes {
    number
    impact {
        byState { state count }
        affected(first: 5) { totalCount nodes { ci { name } state path { steps { verb ci { name } } } } }
        summary { usersAtMost costPerHour services { ci { name } state } }
        responsible { party { name } count }
        openIncidents { totalCount nodes { record { number } } }
        plannedChanges { totalCount nodes { record { number } } }
    }
    impactDiff { dependencies { item { ci { name } } gained { ci { name } } } modifications { number } }
} } }"""


async def test_the_impact_of_each_change_of_a_list_costs_what_that_of_one_does(office: Office) -> None:
    """Fields of a change that are worked out read together with those of the others.

    On a server, parts that come to a loader a moment apart read once more; each change of its own would show.
    """
    most = Counter({"links": 6, "get": 6, "find": 4, "head": 3})
    for number in range(3):
        change = await make_change(office, PRINTERS[number], **window(4, 10))
        await add_second_router(office, change)

    one, many = await calls(office, EACH_CHANGE % 1), await calls(office, EACH_CHANGE % 3)

    assert one <= most
    assert many <= most


async def test_a_change_tells_its_impact_as_the_root_field_does(office: Office) -> None:
    """With the same arguments, side by side with another change."""
    change = await make_change(office, ROUTER, expectedState="degraded", **window(5, 10))
    await make_change(office, PRINTERS[0], **window(5, 10))
    told = await office.data(
        """query($id: ID!) {
            change(id: $id) {
                impact { byState { state count } }
                narrow: impact(assume: DOWN, classes: ["Service"], maxDistance: 9) { byState { state count } }
                impactDiff { compared }
            }
            changeImpact(change: $id) { byState { state count } }
            narrow: changeImpact(change: $id, assume: DOWN, classes: ["Service"], maxDistance: 9) { byState { state count } }
            impactDiff(change: $id) { compared }
            changes(first: 2, orderBy: {attribute: "number", direction: DESC}) {
                nodes { number impact { byState { state count } } }
            }
        }""",
        {"id": change},
    )

    assert told["changeImpact"] == told["change"]["impact"]
    assert told["narrow"] == told["change"]["narrow"]
    assert told["impactDiff"] == told["change"]["impactDiff"]
    by_number = {each["number"]: each["impact"] for each in told["changes"]["nodes"]}
    assert told["changeImpact"] == by_number[change]
    assert 2 == len({str(each) for each in by_number.values()})
