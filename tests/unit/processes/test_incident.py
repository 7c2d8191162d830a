"""Incidents: priority, moments, pending and coming back."""

import pytest

from cmdb.records.errors import ActionRefusedError, InvalidRecordError
from cmdb.records.requests import LinkRequest
from tests.unit.records.desk import ANNA, TEAM, Desk, affects, open_desk

RESOLVE = ("resolve", {"resolution": "Paper put in", "resolution_code": "fixed"})


@pytest.fixture
async def desk() -> Desk:
    return await open_desk()


async def test_the_priority_follows_every_change_of_impact_and_urgency(desk: Desk) -> None:
    incident = await desk.make("Incident", impact="high", urgency="high")
    assert "P1" == incident.node.properties["priority"]
    calmer = await desk.engine.update(incident.node.id, {"urgency": "low"}, ANNA)
    assert "P3" == calmer.node.properties["priority"]


async def test_nobody_writes_the_priority_itself(desk: Desk) -> None:
    with pytest.raises(
        InvalidRecordError, match="which give P3; to set P1 all the same, give priority_override"
    ):
        await desk.make("Incident", priority="P1")


async def test_a_priority_is_overridden_with_a_reason_and_given_back_without(desk: Desk) -> None:
    with pytest.raises(InvalidRecordError, match="priority_override needs priority_override_reason"):
        await desk.make("Incident", priority_override="P1")
    incident = await desk.make("Incident", priority_override="P1", priority_override_reason="The board waits")
    assert "P1" == incident.node.properties["priority"]
    given_back = await desk.engine.update(incident.node.id, {"priority_override": None}, ANNA)
    assert "P3" == given_back.node.properties["priority"]


async def test_it_is_detected_when_it_is_recorded_unless_told_otherwise(desk: Desk) -> None:
    recorded = await desk.make("Incident")
    earlier = desk.clock.text(hours=1)
    told = await desk.make("Incident", detected_at=earlier)
    assert recorded.node.created_at[:16] == str(recorded.node.properties["detected_at"])[:16]
    assert earlier == told.node.properties["detected_at"]


async def test_it_is_assigned_to_somebody(desk: Desk) -> None:
    incident = await desk.make("Incident")
    with pytest.raises(ActionRefusedError, match="it must be assigned to a team or person: link ASSIGNED_TO"):
        await desk.walk(incident.node.id, "assign")
    to_team = [LinkRequest("ASSIGNED_TO", TEAM)]
    assigned = await desk.engine.act(incident.node.id, "assign", {}, ANNA, links=to_team)
    assert "assigned" == assigned.node.status


async def test_every_step_is_stamped_and_a_moment_told_is_kept(desk: Desk) -> None:
    incident = await desk.make("Incident", affects())
    await desk.walk(incident.node.id, "start")
    told = desk.clock.text(seconds=0)
    await desk.walk(incident.node.id, (RESOLVE[0], {**RESOLVE[1], "resolved_at": told}))
    closed = await desk.walk(incident.node.id, "close")
    moments = [
        closed.node.properties[f"{step}_at"] for step in ("detected", "responded", "resolved", "closed")
    ]
    assert sorted(map(str, moments)) == moments
    assert told == closed.node.properties["resolved_at"]


async def test_a_moment_told_before_its_step_is_kept_too(desk: Desk) -> None:
    detected, responded = desk.clock.text(hours=2), desk.clock.text(hours=1)
    incident = await desk.make("Incident", detected_at=detected, responded_at=responded)
    started = await desk.walk(incident.node.id, "start")
    assert responded == started.node.properties["responded_at"]


async def test_what_it_waits_for_is_forgotten_when_work_goes_on(desk: Desk) -> None:
    incident = await desk.make("Incident")
    on_hold = await desk.walk(incident.node.id, "start", ("hold", {"pending_reason": "Spare part"}))
    assert "Spare part" == on_hold.node.properties["pending_reason"]
    resumed = await desk.walk(incident.node.id, "resume")
    assert "pending_reason" not in resumed.node.properties


async def test_coming_back_clears_the_resolution_and_is_counted(desk: Desk) -> None:
    incident = await desk.make("Incident", affects())
    first = await desk.walk(incident.node.id, "start", RESOLVE, "reopen")
    assert {"resolution", "resolution_code", "resolved_at"}.isdisjoint(first.node.properties)
    second = await desk.walk(incident.node.id, RESOLVE, "reopen")
    assert 2 == second.node.properties["reopen_count"]
    assert first.node.properties["responded_at"] == second.node.properties["responded_at"]


async def test_moments_given_must_not_run_backwards_nor_lie_ahead(desk: Desk) -> None:
    with pytest.raises(InvalidRecordError, match="is before started_at"):
        await desk.make("Incident", started_at=desk.clock.text(hours=1), detected_at=desk.clock.text(hours=2))
    with pytest.raises(InvalidRecordError, match=r"started_at \(2030-01-01T00:00:00.000Z\) is in the future"):
        await desk.make("Incident", started_at="2030-01-01T00:00:00Z")


async def test_a_clock_that_was_set_back_stops_nobody(desk: Desk) -> None:
    incident = await desk.make("Incident", affects())
    desk.clock.moment = desk.clock.moment.replace(hour=5)
    closed = await desk.walk(incident.node.id, "start", RESOLVE, "close")
    assert "closed" == closed.node.status
