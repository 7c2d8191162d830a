"""Changes and releases: authorised before they are carried out, and looked back at."""

import pytest

from cmdb.records.errors import ActionRefusedError, InvalidRecordError
from tests.unit.records.desk import ANNA, BRUNO, ROUTER, Desk, consists_of, open_desk, touches

PLANNED = {"reason": "Tidy up", "plan": "1. Log in", "backout_plan": "1. Log out", "risk": "low"}
WINDOW = {"planned_start": "2026-03-03T22:00:00Z", "planned_end": "2026-03-03T23:00:00Z"}


@pytest.fixture
async def desk() -> Desk:
    return await open_desk()


async def test_a_normal_change_goes_from_draft_to_closed(desk: Desk) -> None:
    change = await desk.make("Change", touches(), **PLANNED)
    await desk.walk(change.node.id, "submit")
    approved = await desk.engine.act(change.node.id, "approve", {}, BRUNO)
    closed = await desk.walk(
        change.node.id, ("schedule", WINDOW), "implement", ("complete", {"outcome": "successful"}), "close"
    )
    who = [approved.node.properties[f"{step}_by"] for step in ("submitted", "approved")]
    assert ["anna", "bruno"] == who
    assert "closed" == closed.node.status
    assert {"actual_start", "actual_end", "closed_at"} <= set(closed.node.properties)


async def test_a_change_touches_something_before_it_is_submitted(desk: Desk) -> None:
    change = await desk.make("Change", **PLANNED)
    with pytest.raises(ActionRefusedError) as caught:
        await desk.walk(change.node.id, "submit")
    assert ["it must touch at least one configuration item: link TOUCHES"] == caught.value.details["mistakes"]


async def test_the_last_ci_is_not_taken_from_a_submitted_change(desk: Desk) -> None:
    change = await desk.make("Change", touches(), **PLANNED)
    await desk.walk(change.node.id, "submit")
    with pytest.raises(InvalidRecordError, match="it must touch at least one configuration item"):
        await desk.engine.unlink(change.node.id, touches(), ANNA)
    await desk.walk(change.node.id, "revise")
    assert (await desk.engine.unlink(change.node.id, touches(), ANNA)).revision is not None


@pytest.mark.parametrize("end", ["2026-03-03T22:00:00Z", "2026-03-03T23:00:00+02:00"])
async def test_the_planned_window_begins_before_it_ends(desk: Desk, end: str) -> None:
    with pytest.raises(InvalidRecordError, match=r"planned_end \(.*\) must be after planned_start"):
        await desk.make("Change", planned_start="2026-03-03T22:00:00Z", planned_end=end)


async def test_what_was_approved_stays_as_it_was_approved(desk: Desk) -> None:
    change = await desk.make("Change", touches(), **PLANNED)
    await desk.walk(change.node.id, "submit", "approve")
    with pytest.raises(InvalidRecordError, match="plan was approved as it is"):
        await desk.engine.update(change.node.id, {"plan": "1. Pull the plug"}, ANNA)
    with pytest.raises(ActionRefusedError, match="risk was approved as it is"):
        await desk.engine.act(change.node.id, "schedule", {**WINDOW, "risk": "high"}, ANNA)
    revised = await desk.walk(change.node.id, ("revise", {"plan": "1. Pull the plug"}))
    assert {"approved_by", "approved_at", "submitted_by"}.isdisjoint(revised.node.properties)


async def test_nobody_claims_an_approval(desk: Desk) -> None:
    with pytest.raises(
        InvalidRecordError, match="approved_by is set by the actions 'submit' and 'approve' only"
    ):
        await desk.make("Change", approved_by="the boss")


async def test_only_a_standard_change_is_scheduled_without_approval(desk: Desk) -> None:
    normal = await desk.make("Change", touches(), **PLANNED)
    standard = await desk.make("Change", touches(), change_type="standard", **PLANNED)
    with pytest.raises(ActionRefusedError, match="only standard changes may do so, and this is a normal one"):
        await desk.walk(normal.node.id, ("schedule_standard", WINDOW))
    scheduled = await desk.walk(standard.node.id, ("schedule_standard", WINDOW))
    assert "scheduled" == scheduled.node.status
    with pytest.raises(InvalidRecordError, match="plan was approved as it is"):
        await desk.engine.update(standard.node.id, {"plan": "Something else"}, ANNA)


async def test_an_emergency_change_is_carried_out_at_once_and_reviewed_in_words(desk: Desk) -> None:
    change = await desk.make("Change", touches(), change_type="emergency", reason="Nobody can print")
    await desk.walk(change.node.id, "expedite", ("complete", {"outcome": "successful"}))
    with pytest.raises(ActionRefusedError, match="an emergency change needs a review in words"):
        await desk.walk(change.node.id, "close")
    closed = await desk.walk(change.node.id, ("close", {"review": "Test access lists first"}))
    assert "closed" == closed.node.status


async def test_a_normal_change_takes_no_short_way(desk: Desk) -> None:
    change = await desk.make("Change", touches(ROUTER), reason="In a hurry")
    with pytest.raises(ActionRefusedError, match="only emergency changes may do so"):
        await desk.walk(change.node.id, "expedite")


async def test_a_release_consists_of_changes_that_somebody_approved_and_that_were_carried_out(
    desk: Desk,
) -> None:
    release = await desk.make("Release", release_version="2026.3", planned_date="2026-03-04")
    with pytest.raises(
        ActionRefusedError, match="at least one change that is not cancelled must be part of it"
    ):
        await desk.walk(release.node.id, "build")
    change = await desk.make("Change", touches(), **PLANNED)
    await desk.engine.link(release.node.id, consists_of(change.node.id), ANNA)
    await desk.walk(release.node.id, "build", ("pass_tests", {"test_result": "All green"}))
    with pytest.raises(
        ActionRefusedError, match="CHG0000001, which is part of it, is 'draft' and not approved"
    ):
        await desk.walk(release.node.id, "deploy")
    await desk.walk(change.node.id, "submit", "approve")
    deployed = await desk.walk(release.node.id, "deploy")
    assert "released_at" in deployed.node.properties
    with pytest.raises(ActionRefusedError, match="is 'approved' and not carried out"):
        await desk.walk(release.node.id, "close")
    await desk.walk(
        change.node.id, ("schedule", WINDOW), "implement", ("complete", {"outcome": "with_issues"})
    )
    assert "closed" == (await desk.walk(release.node.id, "close")).node.status


async def test_a_release_of_cancelled_changes_alone_is_none(desk: Desk) -> None:
    change = await desk.make("Change")
    release = await desk.make("Release", consists_of(change.node.id), release_version="1")
    await desk.walk(change.node.id, ("cancel", {"cancel_reason": "Not wanted"}))
    with pytest.raises(ActionRefusedError, match="at least one change that is not cancelled"):
        await desk.walk(release.node.id, "build")
