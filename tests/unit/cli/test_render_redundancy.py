"""Single points of failure, and what more redundancy would save, as people read them."""

from __future__ import annotations

from cmdb.cli.answers import Ci, read
from cmdb.cli.change_answers import PointsOfFailure, WhatIf
from cmdb.cli.render.redundancy import Supposition, points_parts, what_if_parts
from tests.unit.cli.fakes import shown

PRINTING = Ci(id="1", name="Printing", class_name="TechnicalService")
ROUTER = Ci(id="2", name="rtr", class_name="Router")


def points(*distances: int, **rest: object) -> str:
    nodes = [{"ci": {"id": "2", "name": "rtr", "class": "Router"}, "distance": each} for each in distances]
    given = {"totalCount": len(nodes), "lookedAt": 11, "truncated": False, "nodes": nodes, **rest}
    return shown(points_parts(PRINTING, read(PointsOfFailure, given)))


def what_if(supposed: Supposition, **rest: object) -> str:
    given: dict[str, object] = {
        "saves": {"servicesDown": 0, "servicesHit": 0, "usersAtMost": 0, "costPerHour": 0},
        "before": {"byState": [{"state": "DOWN", "count": 3}]},
        "after": {"byState": [{"state": "DOWN", "count": 4}]},
        "changes": {"totalCount": 0, "nodes": []},
        **rest,
    }
    return shown(what_if_parts(supposed, read(WhatIf, given)))


def test_points_of_failure_are_counted_and_listed() -> None:
    """With how many items were looked at for it."""
    text = points(2)

    assert "1 single point of failure of Printing" in text
    assert "(11 items looked at, itself among them.)" in text
    assert "rtr                  Router            2" in text


def test_none_is_said_in_a_line() -> None:
    """No empty table."""
    assert (
        "Nothing takes Printing down by failing alone. (11 items looked at, itself among them.)" == points()
    )


def test_what_is_not_shown_is_said() -> None:
    """Neither a page nor the bound on the looking cuts in silence."""
    text = points(1, totalCount=5, truncated=True)

    assert "… and 4 more" in text
    assert "there may be more of them" in text


def test_what_a_spare_saves_is_told_in_words_and_states() -> None:
    """Services, users and cost; then each item that would be better off."""
    saves = {"servicesDown": 2, "servicesHit": 1, "usersAtMost": 140, "costPerHour": 1050.0}
    row = {
        "ci": {"id": "1", "name": "Printing", "class": "TechnicalService"},
        "before": "DOWN",
        "after": "AT_RISK",
    }
    text = what_if(
        Supposition([ROUTER], [ROUTER], "DOWN"), saves=saves, changes={"totalCount": 3, "nodes": [row]}
    )

    assert "If rtr is DOWN, with a spare for rtr:" in text
    assert "2 services fewer down, 1 service fewer hit, up to 140 users fewer, 1,050 an hour less." in text
    assert "DOWN       AT_RISK          Printing             TechnicalService" in text
    assert "… and 2 more" in text


def test_a_spare_that_saves_nothing_points_to_an_independent_one() -> None:
    """What the original stands on failed; an independent one or alternatives get no such advice."""
    several = [ROUTER, PRINTING]
    dependent = what_if(Supposition([ROUTER], several, "DEGRADED"))
    independent = what_if(Supposition([ROUTER], [PRINTING], "DOWN", independent=True))
    alternatives = what_if(Supposition([ROUTER], [PRINTING], "DOWN", by_spares=False))

    assert "If rtr and Printing are DEGRADED, with a spare for rtr:" in dependent
    assert "no service would be better off." in dependent
    assert "--independent" in dependent
    assert "with an independent spare for rtr" in independent
    assert "--independent" not in independent
    assert "with alternatives for rtr" in alternatives
    assert "spares that are hit themselves" not in alternatives


def test_redundancy_may_cost() -> None:
    """A further member that fails puts a group at risk: that is said as more."""
    worse = {"servicesDown": 0, "servicesHit": -1, "usersAtMost": -60, "costPerHour": -5.0}
    text = what_if(Supposition([ROUTER], [ROUTER], "DOWN"), saves=worse)

    assert "1 service more hit, up to 60 users more, 5 an hour more." in text
