"""What stands against a change, its time and its risk as people read them."""

from __future__ import annotations

from typing import Any

from cmdb.cli.answers import RecordLine, read
from cmdb.cli.change_answers import Collisions, FreeSlot, Risk, Span
from cmdb.cli.render.change import collision_parts, risk_parts, slot_parts, span
from tests.unit.cli.fakes import shown

CHANGE = RecordLine(id="1", number="CHG0000001", title="Patch ns1", status="draft")
PLANNED = {"start": "2030-03-20T20:00:00.000Z", "end": "2030-03-20T21:00:00.000Z"}
RESOLUTION = {"id": "2", "name": "Name resolution", "class": "TechnicalService"}


def record(number: str, title: str, **rest: object) -> dict[str, Any]:
    return {"id": number, "number": number, "title": title, **rest}


def meeting(**rest: object) -> dict[str, Any]:
    states = {"byThis": "AT_RISK", "byOther": "AT_RISK", "together": "DOWN"}
    group = {"name": "name-servers", "members": 2, "needed": 1, "up": 0, "healthy": 0}
    return {"ci": RESOLUTION, **states, "group": group, **rest}


def collisions(**rest: object) -> str:
    nothing: dict[str, object] = {
        "planned": PLANNED,
        "truncated": False,
        "collisions": [],
        "together": [],
        "windows": [],
    }
    return shown(collision_parts(CHANGE, read(Collisions, {**nothing, **rest})))


def slot(**rest: object) -> str:
    given = {
        "slot": PLANNED,
        "lookedUntil": "2030-06-18T00:00:00.000Z",
        "inMaintenanceOnly": False,
        "truncated": False,
        "obstacles": [],
        **rest,
    }
    return shown(slot_parts(CHANGE, read(FreeSlot, given)))


def test_a_span_of_one_day_says_the_day_once() -> None:
    """Over midnight it says both."""
    over = Span(start="2030-03-20T23:00:00Z", end="2030-03-21T01:00:00Z")

    assert "2030-03-20 20:00 to 21:00 UTC" == span(Span.model_validate(PLANNED))
    assert "2030-03-20 23:00 to 2030-03-21 01:00 UTC" == span(over)


def test_a_change_that_meets_nothing_is_told_in_two_lines() -> None:
    """Which change, and when it is planned."""
    assert (
        "CHG0000001 Patch ns1 (draft)\nPlanned 2030-03-20 20:00 to 21:00 UTC: nothing stands against it."
        == collisions()
    )


def test_a_collision_says_with_what_how_and_in_which_items() -> None:
    """The states by each alone and by both, and the group that is used up."""
    other = {
        "change": record("CHG0000002", "Patch ns2"),
        "kinds": ["LOST_REDUNDANCY"],
        "overlap": PLANNED,
        "totalCount": 5,
        "items": [meeting()],
    }
    text = collisions(collisions=[other])

    assert "1 change stands against it." in text
    assert "CHG0000002 Patch ns2\n  2030-03-20 20:00 to 21:00 UTC: together they use up redundancy" in text
    assert "Name resolution      TechnicalService   AT_RISK   AT_RISK        DOWN" in text
    assert "0 of 2 in name-servers up, 1 needed" in text
    assert "… and 4 more" in text


def test_what_several_bring_about_together_is_told_apart() -> None:
    """With all of them named, and items deleted meanwhile kept."""
    several = {
        "changes": [record("CHG0000002", "One"), record("CHG0000003", "Two")],
        "overlap": PLANNED,
        "totalCount": 1,
        "items": [meeting(ci=None)],
    }
    text = collisions(together=[several])

    assert "CHG0000002 One and CHG0000003 Two" in text
    assert "only all together" in text
    assert "(deleted meanwhile)" in text


def test_windows_say_what_they_govern() -> None:
    """A blackout with its time, maintenance without one; a window without items is listed beside."""
    blackout = {
        "window": record("WIN0000001", "Closing"),
        "kind": "BLACKOUT",
        "overlap": PLANNED,
        "totalCount": 3,
        "items": [RESOLUTION],
    }
    service = {**blackout, "window": record("WIN0000002", "Sundays"), "kind": "MAINTENANCE", "overlap": None}
    text = collisions(windows=[blackout, service], emptyWindows=[record("WIN0000003", "Gone")])

    assert "2 windows stand against it." in text
    assert "WIN0000001 Closing\n  2030-03-20 20:00 to 21:00 UTC: nothing may be changed then" in text
    assert "  3 items of this change: Name resolution and 2 more" in text
    assert "WIN0000002 Sundays\n  its items are changed in maintenance windows only" in text
    assert "Governs nothing any more, all it named is gone: WIN0000003 Gone" in text


def test_what_was_not_looked_at_is_said() -> None:
    """Neither collisions, slots nor risks are cut in silence."""
    risk = {"score": 0.1, "level": "LOW", "truncated": True, "parts": []}

    assert "more changes or windows in that time than one question looks at" in collisions(truncated=True)
    assert "known up to 2030-06-18 00:00 UTC" in slot(truncated=True)
    assert "more history than was looked at" in shown(risk_parts(CHANGE, read(Risk, risk)))


def test_a_slot_comes_with_what_was_in_the_way() -> None:
    """Each with its time and type."""
    obstacle = {"record": record("WIN0000001", "Closing", type="ChangeWindow"), "time": PLANNED}
    text = slot(obstacles=[obstacle], inMaintenanceOnly=True)

    assert "Next free slot: 2030-03-20 20:00 to 21:00 UTC" in text
    assert "changed in maintenance windows only" in text
    assert "2030-03-20 20:00 to 21:00 UTC   WIN0000001 Closing   ChangeWindow" in text


def test_no_slot_is_said_with_how_far_was_looked() -> None:
    """Nobody takes it for never."""
    assert "There is no free slot up to 2030-06-18 00:00 UTC." in slot(slot=None)


def test_a_risk_shows_its_parts_the_heaviest_first() -> None:
    """Points are value times weight; the records a part rests on are named."""
    parts = [
        {"part": "HISTORY", "value": 0.5, "weight": 0.2, "points": 0.1, "reason": "one failed"}
        | {"records": [record("CHG0000009", "Earlier")]},
        {"part": "IMPACT", "value": 0.5, "weight": 0.3, "points": 0.15, "reason": "2 down"},
    ]
    risk = {"score": 0.25, "level": "MEDIUM", "truncated": False, "parts": parts}
    text = shown(risk_parts(CHANGE, read(Risk, risk)))

    assert "Risk MEDIUM 0.25" in text
    assert text.index("0.150   impact     0.50     0.30   2 down") < text.index("0.100   history")
    assert "one failed: CHG0000009 Earlier" in text
