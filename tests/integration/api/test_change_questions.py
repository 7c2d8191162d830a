"""Questions about a change on the office: what it hits and alters, how risky it is, and what redundancy would save."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.api.changes import (
    PRINTERS,
    ROUTER,
    add_second_router,
    carry_out,
    make_change,
    modify,
)
from tests.office import Office

pytestmark = pytest.mark.asyncio(loop_scope="module")


def named(items: list[dict[str, Any]]) -> list[str]:
    return sorted(item["proposedName"] or item["ci"]["name"] for item in items)


def by_item(differences: list[dict[str, Any]]) -> dict[str, tuple[list[str], list[str]]]:
    return {named([one["item"]])[0]: (named(one["gained"]), named(one["lost"])) for one in differences}


async def test_a_change_starts_at_what_it_touches(office: Office) -> None:
    """Taking the router off brings the printers down, and shipping with them."""
    change = await make_change(office, ROUTER)
    found = (await office.operation("change_impact", change=change))["changeImpact"]

    assert [(ROUTER, "DOWN")] == [(row["ci"]["name"], row["state"]) for row in found["starts"]]
    states = {row["ci"]["name"]: row["state"] for row in found["affected"]["nodes"]}
    assert dict.fromkeys(PRINTERS, "DOWN").items() <= states.items()
    assert ("DOWN", "AT_RISK") == (states["Shipping"], states["Invoicing"])
    assert 1050.0 == found["summary"]["costPerHour"]
    assert {"Network", "Bruno Keller"} <= {row["party"]["name"] for row in found["responsible"]}


async def test_the_expected_state_is_that_of_the_link_then_of_the_change(office: Office) -> None:
    """A change that only degrades the router says so; the question may assume another state."""
    change = await make_change(office, ROUTER, expectedState="degraded")
    states = []
    for assume in (None, "DOWN"):
        found = await office.operation("change_impact", change=change, assume=assume)
        states.append(found["changeImpact"]["starts"][0]["state"])
    link = {
        "type": "TOUCHES",
        "other": await office.id_of(ROUTER),
        "attributes": {"expected_state": "at_risk"},
    }
    await office.data(
        "mutation($id: ID!, $link: LinkInput!) { linkRecord(id: $id, link: $link) { id } }",
        {"id": change, "link": link},
    )
    found = await office.operation("change_impact", change=change)

    assert ["DEGRADED", "DOWN", "AT_RISK"] == [*states, found["changeImpact"]["starts"][0]["state"]]


async def test_what_is_listed_can_be_narrowed_to_environments(office: Office) -> None:
    """Only CIs of the environments asked for are listed; the rest still pass states on."""
    change = await make_change(office, ROUTER)
    listed = []
    for environments in (["production"], ["test"]):
        found = await office.operation("change_impact", change=change, environments=environments)
        listed.append({row["ci"]["name"] for row in found["changeImpact"]["affected"]["nodes"]})

    assert {*PRINTERS, "Printing", "Shipping", "Office work", "Invoicing"} == listed[0]
    assert set() == listed[1]


async def test_a_relationship_type_that_is_none_is_refused(office: Office) -> None:
    """In a change's impact as in any other: along nothing nothing would be hit, which would be wrong."""
    change = await make_change(office, ROUTER)
    query = 'query($id: ID!) { changeImpact(change: $id, relationshipTypes: ["RUN_ON"]) { truncated } }'
    answer = await office.answer(query, {"id": change})

    assert "there is no relationship type 'RUN_ON'; did you mean 'RUNS_ON'?" == answer["errors"][0]["message"]


async def test_incidents_and_changes_on_what_is_hit_are_told(office: Office) -> None:
    """An open incident on a printer and another change on it show up at the router's change, which itself does not."""
    number = await office.report_incident("No paper", PRINTERS[0])
    other = await make_change(office, PRINTERS[1], title="New toner")
    change = await make_change(office, ROUTER)
    found = (await office.operation("change_impact", change=change))["changeImpact"]

    incidents = {row["record"]["number"]: row["cis"] for row in found["openIncidents"]["nodes"]}
    assert [PRINTERS[0]] == [ci["name"] for ci in incidents[number]]
    planned = [row["record"]["number"] for row in found["plannedChanges"]["nodes"]]
    assert other in planned
    assert change not in planned


async def test_an_impact_of_nothing_is_refused(office: Office) -> None:
    """Nothing would be hit, and that would look like an answer."""
    for question in ("impact(of: []) { truncated }", "whatIf(of: []) { before { truncated } }"):
        answer = await office.answer(f"{{ {question} }}")
        assert "INVALID_QUERY" == answer["errors"][0]["extensions"]["code"], answer


async def test_a_second_uplink_is_compared_before_it_is_made(office: Office) -> None:
    """Each printer has one of two uplinks to lose, and the router is no single point of failure any more."""
    change = await make_change(office, ROUTER)
    await add_second_router(office, change)
    diff = (await office.operation("impact_diff", change=change))["impactDiff"]

    assert not diff["truncated"]
    assert 5 == len(diff["modifications"])
    lost = {service: lost for service, (_, lost) in by_item(diff["pointsOfFailure"]).items()}
    assert {"Printing": [ROUTER], "Shipping": [ROUTER]} == lost
    gained = {service: gained for service, (gained, _) in by_item(diff["dependencies"]).items()}
    assert ["rtr-print-2.office.example"] == gained["Printing"]
    groups = {named([one["dependent"]])[0]: one for one in diff["redundancy"]}
    assert set(PRINTERS) == set(groups)
    before, after = groups[PRINTERS[0]]["before"], groups[PRINTERS[0]]["after"]
    assert [(1, 1), (1, 2)] == [(shape["needed"], shape["total"]) for shape in (before, after)]
    assert ["rtr-print-2.office.example", ROUTER] == named(after["members"])


async def test_a_relationship_keeps_what_a_modification_does_not_mention(office: Office) -> None:
    """Needing two printers in place of one leaves them in the group they are in."""
    change = await make_change(office, PRINTERS[0])
    await modify(
        office,
        change,
        "change_relationship",
        relationshipType="DEPENDS_ON",
        source=await office.id_of("Printing"),
        target=await office.id_of(PRINTERS[0]),
        newValues=["redundancy_needed=2"],
    )
    diff = (await office.operation("impact_diff", change=change))["impactDiff"]
    (group,) = diff["redundancy"]

    assert ("printers", (1, 3), (2, 3)) == (
        group["name"],
        *((group[side]["needed"], group[side]["total"]) for side in ("before", "after")),
    )
    assert [] == diff["dependencies"]


async def test_a_ci_that_is_retired_carries_nothing_any_more(office: Office) -> None:
    """Retiring the only printer of the warehouse takes it out of what shipping depends on."""
    change = await make_change(office, PRINTERS[2])
    await modify(
        office, change, "change_ci", ci=await office.id_of(PRINTERS[2]), newValues=["status=retired"]
    )
    diff = (await office.operation("impact_diff", change=change))["impactDiff"]

    assert PRINTERS[2] in by_item(diff["dependencies"])["Shipping"][1]
    (group,) = diff["redundancy"]
    assert (3, 2) == (group["before"]["total"], group["after"]["total"])


async def test_a_change_without_modifications_alters_nothing(office: Office) -> None:
    """The diff is empty."""
    diff = (await office.operation("impact_diff", change=await make_change(office, ROUTER)))["impactDiff"]

    assert {
        "modifications": [],
        "dependencies": [],
        "dependents": [],
        "pointsOfFailure": [],
        "redundancy": [],
    } == {name: value for name, value in diff.items() if isinstance(value, list)}


async def test_modifications_that_do_not_fit_are_all_named(office: Office) -> None:
    """What they are about has to be there, and the model has to permit it."""
    change = await make_change(office, ROUTER)
    router = await office.id_of(ROUTER)
    numbers = [
        await modify(office, change, "remove_ci", ci="nobody"),
        await modify(office, change, "add_ci", ci="new", ciClass="Ruoter"),
        await modify(office, change, "change_ci", ci=router, newValues=["status=asleep"]),
        await modify(
            office, change, "add_relationship", relationshipType="PRINTS_TO", source=router, target=router
        ),
    ]
    answer = await office.answer("query($id: ID!) { impactDiff(change: $id) { compared } }", {"id": change})
    (error,) = answer["errors"]

    assert "MODIFICATIONS_INVALID" == error["extensions"]["code"]
    mistakes = error["extensions"]["details"]["mistakes"]
    assert numbers == [mistake.partition(":")[0] for mistake in sorted(mistakes)]


async def test_risk_rests_on_impact_and_on_what_happened_before(office: Office) -> None:
    """A change of the same kind failed here and an incident followed: both are named with their points."""
    server = "files1.office.example"
    failed = await make_change(office, server, changeType="emergency", category="storage")
    await carry_out(office, failed, "failed")
    incident = await office.report_incident("No files", server)
    change = await make_change(office, server, category="storage", testPlan="Try it")
    risk = (await office.operation("change_risk", change=change))["changeRisk"]
    parts = {part["part"]: part for part in risk["parts"]}

    assert sum(part["points"] for part in risk["parts"]) == pytest.approx(risk["score"], abs=1e-5)
    assert [failed] == [record["number"] for record in parts["HISTORY"]["records"]]
    assert (1 + 0.2) / 3 == pytest.approx(parts["HISTORY"]["value"], abs=1e-5)
    assert [incident] == [record["number"] for record in parts["INCIDENTS"]["records"]]
    assert 1.0 == parts["INCIDENTS"]["value"]
    assert "without backout plan" == parts["UNTESTED"]["reason"]
    assert parts["IMPACT"]["value"] > 0.4
    assert "HIGH" == risk["level"]


async def test_incidents_behind_what_an_earlier_change_touched_followed_it(office: Office) -> None:
    """A printer fails after a change on the router in front of it; one on something else says nothing."""
    earlier = await make_change(office, ROUTER, changeType="emergency", category="routing")
    await carry_out(office, earlier, "successful")
    behind = await office.report_incident("No print behind the router", PRINTERS[0])
    await office.report_incident("Something else", "files1.office.example")
    change = await make_change(office, ROUTER, category="routing")
    risk = (await office.operation("change_risk", change=change))["changeRisk"]
    found = next(part for part in risk["parts"] if part["part"] == "INCIDENTS")
    numbers = {record["number"] for record in found["records"]}
    titles = {record["title"] for record in found["records"]}

    assert behind in numbers
    assert "Something else" not in titles


async def test_a_spare_router_saves_shipping_and_printing(office: Office) -> None:
    """What the spare saves is told in services, users and cost."""
    router = await office.id_of(ROUTER)
    found = (await office.operation("what_if", of=[{"id": router}], spares=[{"of": router}]))["whatIf"]

    assert {"servicesDown": 2, "servicesHit": 4, "usersAtMost": 140, "costPerHour": 1050.0} == found["saves"]
    changes = {row["ci"]["name"]: (row["before"], row["after"]) for row in found["changes"]["nodes"]}
    assert ("DOWN", "UNAFFECTED") == changes["Shipping"]
    assert ("DOWN", "AT_RISK") == changes[PRINTERS[0]]


async def test_an_alternative_uplink_of_one_printer_helps_nearly_as_much(office: Office) -> None:
    """One printer that may also be reached through the core router keeps printing and shipping going."""
    router, core = await office.id_of(ROUTER), await office.id_of("rtr-core.office.example")
    idea = {
        "dependent": await office.id_of(PRINTERS[2]),
        "relationshipType": "REACHED_THROUGH",
        "add": [core],
    }
    found = (await office.operation("what_if", of=[{"id": router}], alternatives=[idea]))["whatIf"]

    assert (2, 3) == (found["saves"]["servicesDown"], found["saves"]["servicesHit"])


async def test_the_router_is_a_single_point_of_failure_of_printing(office: Office) -> None:
    """All three printers hang on it, so their redundancy does not help."""
    found = await office.operation("single_points_of_failure", of=await office.id_of("Printing"))
    names = [row["ci"]["name"] for row in found["singlePointsOfFailure"]["nodes"]]

    assert ROUTER in names
    assert not set(PRINTERS) & set(names)


@pytest.mark.parametrize(
    "field", ["changeRisk { score }", "impactDiff { compared }", "nextFreeSlot { truncated }"]
)
async def test_a_change_that_does_not_exist_is_told(office: Office, field: str) -> None:
    """Every question about a change says so."""
    name, _, rest = field.partition(" ")
    answer = await office.answer(f'{{ {name}(change: "CHG9999999") {rest} }}')

    assert ["CHANGE_NOT_FOUND"] == [error["extensions"]["code"] for error in answer["errors"]]
