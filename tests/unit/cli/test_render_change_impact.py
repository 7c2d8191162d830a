"""What a change hits and alters as people read it."""

from __future__ import annotations

from typing import Any

from cmdb.cli.answers import Impact, RecordLine, read
from cmdb.cli.change_answers import ImpactDiff
from cmdb.cli.render.change_impact import change_impact_parts, impact_diff_parts
from tests.unit.cli.fakes import shown

CHANGE = RecordLine(id="1", number="CHG0000001", title="A second uplink", status="draft")
PRINTING = {
    "id": "7",
    "class": "TechnicalService",
    "proposedName": None,
    "ci": {"id": "7", "name": "Printing"},
}
ROUTER = {"id": "8", "class": "Router", "proposedName": None, "ci": {"id": "8", "name": "rtr"}}
SECOND = {"id": "second", "class": "Router", "proposedName": "rtr-2", "ci": None}


def on_it(id_: str, number: str) -> dict[str, Any]:
    line = {"id": id_, "number": number, "title": "A title", "status": "new"}
    return {"record": line, "count": 12, "cis": [{"id": "7", "name": "Printing"}]}


def impact(**rest: object) -> str:
    nothing: dict[str, object] = {
        "starts": [{"ci": {"id": "8", "name": "rtr"}, "state": "DOWN"}],
        "byState": [],
        "affected": {"totalCount": 0, "nodes": []},
        "summary": {"services": [], "usersAtLeast": 0, "usersAtMost": 0, "costPerHour": 0},
        "responsible": [],
    }
    return shown(change_impact_parts(CHANGE, read(Impact, {**nothing, **rest})))


def diff(**rest: object) -> str:
    nothing: dict[str, object] = {
        "truncated": False,
        "compared": 9,
        "modifications": [
            {"id": "2", "number": "MOD0000001", "title": "rtr-2", "attributes": {"kind": "add_ci"}}
        ],
        "dependencies": [],
        "dependents": [],
        "pointsOfFailure": [],
        "redundancy": [],
    }
    return shown(impact_diff_parts(CHANGE, read(ImpactDiff, {**nothing, **rest})))


def reach(**rest: object) -> list[dict[str, object]]:
    return [{"item": PRINTING, "gainedCount": 0, "gained": [], "lostCount": 0, "lost": [], **rest}]


def test_records_on_what_is_hit_are_listed_also_where_nothing_else_is() -> None:
    """With the items they are about, and how many more."""
    text = impact(openIncidents={"totalCount": 3, "truncated": True, "nodes": [on_it("4", "INC0000004")]})

    assert "CHG0000001 A second uplink (draft)\nIf rtr is DOWN: nothing else is hit." in text
    assert "INC0000004   new      A title   Printing and 11 more" in text
    assert "… and 2 more." in text
    assert "more open records in all than one question looks at" in text


def test_a_change_that_touches_nothing_is_said_to() -> None:
    """There is nothing to begin at."""
    assert "It touches no configuration item, so it hits nothing" in impact(starts=[])


def test_a_diff_tells_points_of_failure_redundancy_and_dependencies() -> None:
    """Each with what comes and what goes; items that are proposed by their names to be."""
    one = {"members": [ROUTER], "total": 1, "needed": 1, "hard": True}
    two = {"members": [ROUTER, SECOND], "total": 2, "needed": 1, "hard": False}
    text = diff(
        pointsOfFailure=reach(lostCount=1, lost=[ROUTER]),
        redundancy=[{"dependent": PRINTING, "name": "uplinks", "before": one, "after": two}],
        dependencies=reach(gainedCount=3, gained=[SECOND]),
    )

    assert "1 modification to be made; 9 services compared" in text
    assert "MOD0000001  add an item  rtr-2" in text
    assert "Printing                        rtr" in text
    assert "  Printing, group uplinks\n      before: 1 of 1 needed: rtr\n" in text
    assert "      after: 1 of 2 needed (soft): rtr, rtr-2\n" in text
    assert "rtr-2 and 2 more" in text


def test_a_group_that_was_not_there_is_said_so() -> None:
    """None before, or none after."""
    one = {"members": [ROUTER], "total": 1, "needed": 1, "hard": True}
    text = diff(redundancy=[{"dependent": PRINTING, "name": "uplinks", "before": None, "after": one}])

    assert "      before: none\n      after: 1 of 1 needed: rtr" in text


def test_modifications_that_alter_nothing_are_said_to() -> None:
    """And a change without modifications is told apart from that."""
    assert "alters no dependency, redundancy or point of failure" in diff()
    assert "no modifications that are still to be made" in diff(modifications=[])


def test_a_comparison_that_was_cut_is_said_to_be() -> None:
    """What is told is right all the same."""
    assert "There was more to compare than was" in diff(truncated=True)
