"""Problems and known errors: a cause is named before it is called known, and a fix before it is called fixed."""

import pytest

from cmdb.records.errors import ActionRefusedError
from cmdb.records.requests import LinkRequest
from tests.unit.records.desk import ANNA, ROUTER, Desk, open_desk, touches


@pytest.fixture
async def desk() -> Desk:
    return await open_desk()


async def test_a_root_cause_is_named_in_words_or_by_a_link(desk: Desk) -> None:
    in_words = await desk.make("Problem")
    by_link = await desk.make("Problem", LinkRequest("CAUSED_BY", ROUTER))
    await desk.walk(in_words.node.id, "investigate")
    with pytest.raises(ActionRefusedError, match="the root cause must be named"):
        await desk.walk(in_words.node.id, "identify_root_cause")
    told = await desk.walk(in_words.node.id, ("identify_root_cause", {"root_cause": "Access list"}))
    linked = await desk.walk(by_link.node.id, "investigate", "identify_root_cause")
    assert ["root_cause_known"] * 2 == [told.node.status, linked.node.status]
    assert "root_cause_known_at" in linked.node.properties


async def test_a_cause_that_was_none_is_taken_back(desk: Desk) -> None:
    problem = await desk.make("Problem", root_cause="The toner", impact="high", urgency="high")
    again = await desk.walk(problem.node.id, "investigate", "identify_root_cause", "investigate_again")
    assert {"root_cause", "root_cause_known_at"}.isdisjoint(again.node.properties)
    assert "P1" == again.node.properties["priority"]


async def test_a_problem_that_comes_back_is_investigated_and_counted(desk: Desk) -> None:
    problem = await desk.make("Problem", root_cause="Access list")
    back = await desk.walk(
        problem.node.id,
        "investigate",
        "identify_root_cause",
        ("resolve", {"resolution": "List mended", "resolution_code": "fixed"}),
        "reopen",
    )
    assert ("investigating", 1) == (back.node.status, back.node.properties["reopen_count"])
    assert "resolution" not in back.node.properties


async def test_a_known_error_is_published_with_symptom_and_cause(desk: Desk) -> None:
    known = await desk.make("KnownError")
    with pytest.raises(ActionRefusedError, match="requires a value for 'symptom'"):
        await desk.walk(known.node.id, ("publish", {"cause": "Access list"}))
    published = await desk.walk(known.node.id, ("publish", {"symptom": "No print", "cause": "Access list"}))
    first = published.node.properties["published_at"]
    again = await desk.walk(known.node.id, "withdraw", "publish")
    assert first == again.node.properties["published_at"]


async def test_a_known_error_is_fixed_in_words_or_by_a_change_that_succeeded(desk: Desk) -> None:
    known = await desk.make("KnownError", symptom="No print", cause="Access list")
    change = await desk.make("Change", touches(), change_type="emergency", reason="Mend it")
    await desk.engine.link(change.node.id, LinkRequest("FIXES", known.node.id), ANNA)
    await desk.walk(known.node.id, "publish")
    with pytest.raises(ActionRefusedError, match="CHG0000001 did not succeed so far"):
        await desk.walk(known.node.id, "fix")
    await desk.walk(change.node.id, "expedite", ("complete", {"outcome": "successful"}))
    fixed = await desk.walk(known.node.id, "fix")
    assert "fixed" == fixed.node.status
    back = await desk.walk(known.node.id, "reopen")
    assert "fixed_at" not in back.node.properties
    told = await desk.walk(known.node.id, ("fix", {"fix": "Replaced the router"}))
    assert "fixed" == told.node.status
