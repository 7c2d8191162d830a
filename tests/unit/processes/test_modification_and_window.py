"""Modifications say what they are about, and stay as they were approved; windows end after they begin."""

import pytest

from cmdb.records.errors import ActionRefusedError, InvalidRecordError
from cmdb.records.requests import LinkRequest
from tests.unit.records.desk import ANNA, ROUTER, Desk, open_desk, touches

PLANNED = {"reason": "Tidy up", "plan": "1. Log in", "backout_plan": "1. Log out", "risk": "low"}


@pytest.fixture
async def desk() -> Desk:
    return await open_desk()


async def test_each_kind_names_what_it_needs(desk: Desk) -> None:
    with pytest.raises(InvalidRecordError) as caught:
        await desk.make("Modification", kind="add_relationship", source=ROUTER)
    assert [
        "add_relationship needs relationship_type",
        "add_relationship needs target",
    ] == caught.value.details["mistakes"]


async def test_values_are_written_name_equals_value(desk: Desk) -> None:
    with pytest.raises(InvalidRecordError) as caught:
        await desk.make(
            "Modification", kind="change_ci", ci=ROUTER, new_values=["status=retired", "oops", "=1"]
        )
    assert [
        "new_values: 'oops' is not written name=value",
        "new_values: '=1' is not written name=value",
    ] == caught.value.details["mistakes"]


async def test_what_was_approved_is_neither_altered_nor_added_to(desk: Desk) -> None:
    change = (await desk.make("Change", touches(), **PLANNED)).node.id
    part_of = LinkRequest("PART_OF", change)
    made = await desk.make("Modification", part_of, kind="remove_ci", ci=ROUTER)
    await desk.walk(change, "submit", "approve")
    for attempt in (
        desk.engine.update(made.node.id, {"ci": "printer"}, ANNA),
        desk.make("Modification", part_of, kind="remove_ci", ci=ROUTER),
    ):
        with pytest.raises((ActionRefusedError, InvalidRecordError)) as caught:
            await attempt
        assert "CHG0000001 was approved as it is" in caught.value.message
    await desk.engine.update(made.node.id, {"title": "Another title"}, ANNA)
    await desk.walk(change, "revise")
    await desk.engine.update(made.node.id, {"ci": "printer"}, ANNA)


async def test_a_modification_is_confirmed_when_it_was_made(desk: Desk) -> None:
    made = await desk.make("Modification", kind="remove_ci", ci=ROUTER)
    confirmed = await desk.walk(made.node.id, "confirm")
    assert "made" == confirmed.node.status
    assert "closed_at" in confirmed.node.properties


async def test_a_window_ends_after_it_begins(desk: Desk) -> None:
    with pytest.raises(InvalidRecordError) as caught:
        await desk.make(
            "ChangeWindow",
            kind="blackout",
            window_start="2026-12-20T00:00:00Z",
            window_end="2026-12-20T00:00:00Z",
        )
    assert [
        "window_end (2026-12-20T00:00:00.000Z) must be after window_start (2026-12-20T00:00:00.000Z)"
    ] == caught.value.details["mistakes"]


ONE_HOUR = {"kind": "blackout", "window_start": "2026-12-24T00:00:00Z", "window_end": "2026-12-24T01:00:00Z"}


async def test_a_window_is_in_a_time_zone_that_exists(desk: Desk) -> None:
    await desk.make("ChangeWindow", time_zone="Europe/Berlin", **ONE_HOUR)
    for unknown in ("Europe/Bielefeld", "../../etc/passwd", "Europe"):
        with pytest.raises(InvalidRecordError) as caught:
            await desk.make("ChangeWindow", time_zone=unknown, **ONE_HOUR)
        assert f"there is no time zone {unknown!r}" in caught.value.message


async def test_a_window_remembers_that_it_named_something(desk: Desk) -> None:
    """Until it is said to govern everything; what still names something cannot."""
    everything = await desk.make("ChangeWindow", **ONE_HOUR)
    assert "everything" == everything.node.properties["scope"]
    named = await desk.make("ChangeWindow", LinkRequest("APPLIES_TO", ROUTER), **ONE_HOUR)
    assert "named" == named.node.properties["scope"]
    of_class = (await desk.make("ChangeWindow", classes=["Router"], **ONE_HOUR)).node.id
    held = await desk.engine.update(of_class, {"scope": "everything"}, ANNA)
    assert "named" == held.node.properties["scope"]
    emptied = await desk.engine.update(of_class, {"classes": None}, ANNA)
    assert "named" == emptied.node.properties["scope"]
    widened = await desk.engine.update(of_class, {"scope": "everything"}, ANNA)
    assert "everything" == widened.node.properties["scope"]
