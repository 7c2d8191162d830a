"""The record engine: what it makes, what it refuses, and how it says so."""

import pytest

from cmdb.graph.errors import VersionConflictError
from cmdb.graph.query import Direction
from cmdb.kernel.actor import Actor
from cmdb.records.errors import (
    ActionNotAllowedError,
    ActionRefusedError,
    InvalidRecordError,
    RecordClosedError,
    RecordNotFoundError,
    UnknownRecordTypeError,
)
from cmdb.records.requests import Attribution, LinkRequest
from tests.unit.records.desk import ANNA, PRINTER, ROUTER, TEAM, Desk, affects, open_desk, touches


@pytest.fixture
async def desk() -> Desk:
    return await open_desk()


async def test_a_record_starts_in_its_initial_state_with_the_next_number(desk: Desk) -> None:
    first = await desk.make("Incident")
    second = await desk.make("Incident")
    problem = await desk.make("Problem")
    seen = [(w.node.properties["number"], w.node.status) for w in (first, second, problem)]
    assert [("INC0000001", "new"), ("INC0000002", "new"), ("PRB0000001", "new")] == seen


async def test_a_record_and_its_links_are_one_revision(desk: Desk) -> None:
    written = await desk.make("Incident", affects(PRINTER), affects(ROUTER))
    assert written.revision == len(desk.store.ledger)
    assert {PRINTER, ROUTER} == {change.key.target for change in desk.store.ledger[-1].links}
    assert {"reported"} == {change.after["basis"] for change in desk.store.ledger[-1].links}


async def test_every_mistake_of_a_new_record_is_named_at_once(desk: Desk) -> None:
    links = [
        LinkRequest("AFECTS", PRINTER),
        LinkRequest("AFFECTS", "nobody"),
        LinkRequest("AFFECTS", TEAM, {"basis": "guessed"}),
        LinkRequest("TOUCHES", ROUTER),
    ]
    attributes = {"titel": "x", "major": "yes", "impact": "huge", "status": "closed", "number": "INC7"}
    before = len(desk.store.ledger)
    with pytest.raises(InvalidRecordError) as caught:
        await desk.engine.create("Incident", attributes, ANNA, links)
    mistakes = caught.value.details["mistakes"]
    assert [
        "Incident has no attribute 'titel'; did you mean 'title'?",
        "Incident.major: 'yes' is not true or false",
        "Incident.impact: 'huge' is not one of low, medium, high",
        "Incident.number is given by the store",
        "Incident.status is changed by the actions of the lifecycle only",
        "there is no link type 'AFECTS'; did you mean 'AFFECTS'?",
        "AFFECTS: there is no node 'nobody'",
        "AFFECTS.basis: 'guessed' is not one of reported, predicted, confirmed",
        "TOUCHES does not lead from Incident to Router; it may lead from Change to ConfigurationItem",
        "Incident.title is required and has no value",
    ] == mistakes
    assert before == len(desk.store.ledger)


async def test_an_unknown_record_type_is_answered_with_the_nearest_name(desk: Desk) -> None:
    with pytest.raises(UnknownRecordTypeError, match="did you mean 'Incident'"):
        await desk.make("Incidnet")


async def test_a_link_the_wrong_way_round_is_told_from_one_that_cannot_be(desk: Desk) -> None:
    incident = await desk.make("Incident")
    change = await desk.make("Change")
    with pytest.raises(InvalidRecordError, match="FIXES leads from Change to Incident, not from Incident"):
        await desk.engine.link(incident.node.id, LinkRequest("FIXES", change.node.id), ANNA)
    with pytest.raises(InvalidRecordError, match="does not link a record with itself"):
        await desk.engine.link(incident.node.id, LinkRequest("PART_OF", incident.node.id), ANNA)


async def test_an_action_is_refused_where_it_does_not_start_and_told_where_it_does(desk: Desk) -> None:
    incident = await desk.make("Incident")
    with pytest.raises(ActionNotAllowedError) as caught:
        await desk.engine.act(incident.node.id, "resolve", {}, ANNA)
    expected = (
        "INC0000001 was not changed: INC0000001 is 'new'; 'resolve' is allowed from in_progress or pending"
    )
    assert expected == caught.value.message


async def test_an_unknown_action_is_answered_with_the_nearest_name(desk: Desk) -> None:
    incident = await desk.make("Incident")
    with pytest.raises(InvalidRecordError, match="Incident has no action 'strat'; did you mean 'start'"):
        await desk.engine.act(incident.node.id, "strat", {}, ANNA)


async def test_what_an_action_requires_and_what_its_guards_object_to_is_named_together(desk: Desk) -> None:
    incident = await desk.make("Incident")
    await desk.walk(incident.node.id, "start")
    with pytest.raises(ActionRefusedError) as caught:
        await desk.engine.act(incident.node.id, "resolve", {}, ANNA)
    assert [
        "Incident.resolve requires a value for 'resolution'",
        "Incident.resolve requires a value for 'resolution_code'",
        "it must affect at least one configuration item or service: link AFFECTS",
    ] == caught.value.details["mistakes"]


async def test_a_refused_value_is_not_reported_as_missing_too(desk: Desk) -> None:
    incident = await desk.make("Incident", affects())
    await desk.walk(incident.node.id, "start")
    with pytest.raises(InvalidRecordError) as caught:
        await desk.engine.act(
            incident.node.id, "resolve", {"resolution": "Done", "resolution_code": "fixd"}, ANNA
        )
    codes = "fixed, workaround, restored_by_itself, user_error, duplicate, not_reproducible"
    mistake = f"Incident.resolution_code: 'fixd' is not one of {codes}; did you mean 'fixed'?"
    assert [mistake] == caught.value.details["mistakes"]


async def test_a_step_takes_attributes_and_links_in_one_commit(desk: Desk) -> None:
    incident = await desk.make("Incident")
    await desk.walk(incident.node.id, "start")
    before = len(desk.store.ledger)
    done = await desk.engine.act(
        incident.node.id,
        "resolve",
        {"resolution": "Paper", "resolution_code": "fixed"},
        ANNA,
        links=[affects()],
    )
    assert "resolved" == done.node.status
    assert before + 1 == len(desk.store.ledger)


async def test_a_terminal_record_refuses_changes(desk: Desk) -> None:
    incident = await desk.make("Incident", affects())
    await desk.walk(incident.node.id, ("cancel", {"cancel_reason": "A test"}))
    with pytest.raises(RecordClosedError, match="INC0000001 is 'cancelled' and is not changed any more"):
        await desk.engine.update(incident.node.id, {"title": "Other"}, ANNA)
    with pytest.raises(RecordClosedError, match="its AFFECTS link with rtr-print stays as it is"):
        await desk.engine.link(incident.node.id, affects(ROUTER), ANNA)
    with pytest.raises(RecordClosedError, match="its AFFECTS link with prn-accounting stays as it is"):
        await desk.engine.unlink(incident.node.id, affects(), ANNA)
    with pytest.raises(ActionNotAllowedError):
        await desk.walk(incident.node.id, "start")


async def test_a_record_still_alive_may_be_linked_to_a_terminal_one(desk: Desk) -> None:
    incident = await desk.make("Incident", affects())
    await desk.walk(incident.node.id, ("cancel", {"cancel_reason": "A test"}))
    problem = await desk.make("Problem")
    linked = await desk.engine.link(incident.node.id, LinkRequest("CAUSED_BY", problem.node.id), ANNA)
    assert linked.revision is not None


async def test_a_stale_version_is_refused_when_one_is_given(desk: Desk) -> None:
    incident = await desk.make("Incident")
    await desk.engine.update(incident.node.id, {"title": "Second"}, ANNA)
    with pytest.raises(VersionConflictError):
        await desk.engine.update(incident.node.id, {"title": "Third"}, ANNA, expected_version=1)


async def test_an_update_that_alters_nothing_makes_no_revision(desk: Desk) -> None:
    incident = await desk.make("Incident")
    same = await desk.engine.update(incident.node.id, {"title": "A title"}, ANNA)
    assert (None, 1) == (same.revision, same.node.version)


async def test_none_takes_a_value_away_but_not_a_required_one(desk: Desk) -> None:
    incident = await desk.make("Incident", category="printing")
    cleared = await desk.engine.update(incident.node.id, {"category": None}, ANNA)
    assert "category" not in cleared.node.properties
    with pytest.raises(InvalidRecordError, match=r"Incident\.title is required and has no value"):
        await desk.engine.update(incident.node.id, {"title": "  "}, ANNA)


async def test_creating_again_under_the_same_request_id_gives_the_first_record(desk: Desk) -> None:
    again = Attribution(Actor("anna"), request_id="r-1")
    first = await desk.engine.create("Incident", {"title": "One"}, again)
    second = await desk.engine.create("Incident", {"title": "One"}, again)
    assert (first.node, first.revision, True) == (second.node, second.revision, second.replayed)


async def test_taking_a_step_again_under_the_same_request_id_is_no_second_step(desk: Desk) -> None:
    incident = await desk.make("Incident")
    again = Attribution(Actor("anna"), request_id="r-1")
    first = await desk.engine.act(incident.node.id, "start", {}, again)
    await desk.engine.update(incident.node.id, {"category": "printing"}, ANNA)
    second = await desk.engine.act(incident.node.id, "start", {}, again)
    assert (first.revision, True) == (second.revision, second.replayed)
    with pytest.raises(ActionNotAllowedError):
        await desk.engine.act(incident.node.id, "start", {}, Attribution(Actor("anna"), request_id="r-2"))


async def test_a_record_is_found_by_id_and_by_number_in_any_case(desk: Desk) -> None:
    incident = await desk.make("Incident")
    found = [await desk.engine.find(name) for name in (incident.node.id, "INC0000001", " inc0000001 ")]
    assert [incident.node] * 3 == found
    with pytest.raises(RecordNotFoundError, match="there is no record 'INC9'"):
        await desk.engine.find("INC9")
    with pytest.raises(RecordNotFoundError, match="'printer' is a Printer, not a record"):
        await desk.engine.find(PRINTER)


async def test_a_ci_is_no_record(desk: Desk) -> None:
    with pytest.raises(RecordNotFoundError, match="is a Printer, not a record"):
        await desk.engine.update(PRINTER, {"title": "x"}, ANNA)


async def test_the_available_actions_say_what_they_lack(desk: Desk) -> None:
    incident = await desk.make("Incident")
    started = await desk.walk(incident.node.id, "start")
    (actions,) = (await desk.engine.available_actions([started.node], ANNA.actor)).values()
    seen = [(each.action.name, each.missing, each.objections) for each in actions]
    objection = "it must affect at least one configuration item or service: link AFFECTS"
    assert [
        ("hold", ("pending_reason",), ()),
        ("resolve", ("resolution", "resolution_code"), (objection,)),
        ("cancel", ("cancel_reason",), ()),
    ] == seen


async def test_unlinking_what_is_not_linked_changes_nothing(desk: Desk) -> None:
    incident = await desk.make("Incident")
    assert (await desk.engine.unlink(incident.node.id, affects(), ANNA)).revision is None


async def test_a_link_may_be_asked_for_from_either_end(desk: Desk) -> None:
    change = await desk.make("Change", touches())
    release = await desk.make("Release")
    await desk.engine.link(
        release.node.id, LinkRequest("PART_OF", change.node.id, direction=Direction.IN), ANNA
    )
    key = desk.store.ledger[-1].links[0].key
    assert (change.node.id, release.node.id) == (key.source, key.target)
