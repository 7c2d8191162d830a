"""An impact as people read it."""

from __future__ import annotations

from typing import Any

from cmdb.cli.answers import Impact, read
from cmdb.cli.asking import Narrowed
from cmdb.cli.render.impact import impact_parts
from tests.unit.cli.fakes import shown


def step(
    id_: str, name: str, class_name: str = "Server", state: str = "DOWN", **rest: object
) -> dict[str, Any]:
    return {"ci": {"id": id_, "name": name, "class": class_name}, "state": state, **rest}


def row(*path: dict[str, Any]) -> dict[str, Any]:
    last = path[-1]
    return {
        "ci": last["ci"],
        "state": last["state"],
        "distance": len(path) - 1,
        "path": {"steps": list(path)},
    }


START = step("1", "rtr", "Router")
PRINTER = step("2", "prn", "Printer", verb="leads to")
SERVICE = step(
    "3",
    "Printing",
    "TechnicalService",
    "AT_RISK",
    verb="is needed by",
    group={"name": "printers", "members": 3, "needed": 1, "up": 2, "healthy": 2},
)


def answer(*rows: dict[str, Any], **rest: object) -> Impact:
    given: dict[str, object] = {
        "starts": [START],
        "byState": [{"state": "DOWN", "count": 1}, {"state": "AT_RISK", "count": 1}],
        "affected": {"totalCount": len(rows), "nodes": list(rows)},
        "summary": {"services": [], "usersAtLeast": 0, "usersAtMost": 0, "costPerHour": 0},
        "responsible": [],
        **rest,
    }
    return read(Impact, given)


def test_the_tree_says_why_with_verbs_and_groups() -> None:
    """Paths with a common beginning share it; a group says how many of it are left."""
    text = shown(impact_parts(answer(row(START, PRINTER), row(START, PRINTER, SERVICE))))

    assert "If rtr is DOWN: 2 configuration items hit – 1 DOWN, 1 AT_RISK" in text
    assert (
        "rtr  Router  DOWN\n"
        "└── leads to prn  Printer  DOWN\n"
        "    └── is needed by Printing  TechnicalService  AT_RISK  (2 of 3 in printers up, 1 needed)\n"
    ) in text


def test_a_group_of_one_says_nothing() -> None:
    """Redundancy that is none is not mentioned."""
    alone = {
        **PRINTER,
        "group": {"name": "REACHED_THROUGH", "members": 1, "needed": 1, "up": 0, "healthy": 0},
    }

    assert "leads to prn  Printer  DOWN\n" in shown(impact_parts(answer(row(START, alone))))


def test_leaves_of_one_kind_are_told_together() -> None:
    """Ten endpoints take one line, without the name they all begin with."""
    rows = [row(START, step(str(n), f"rtr:{n}/tcp", "Endpoint", verb="has endpoint")) for n in (22, 80, 443)]

    assert "└── has endpoint 3 × Endpoint  DOWN  22/tcp, 80/tcp, 443/tcp\n" in shown(
        impact_parts(answer(*rows))
    )


def test_the_table_gives_state_name_class_and_distance() -> None:
    """One row for each CI that is hit."""
    assert "AT_RISK   Printing             TechnicalService            2" in shown(
        impact_parts(answer(row(START, PRINTER, SERVICE)))
    )


def test_sums_come_in_words_and_tables() -> None:
    """Services with users and costs, and whom to tell."""
    text = shown(
        impact_parts(
            answer(
                row(START, PRINTER, SERVICE),
                summary={
                    "services": [{**SERVICE, "usersAffected": 60, "costPerHour": 1400.0}],
                    "usersAtLeast": 60,
                    "usersAtMost": 100,
                    "costPerHour": 1400.0,
                },
                responsible=[{"party": {"id": "9", "name": "Network", "class": "Team"}, "count": 2}],
            )
        )
    )

    assert "1 service hit, 60 to 100 users, 1,400 an hour for what is down" in text
    assert "AT_RISK   Printing      60           1,400" in text
    assert "Network          Team        2" in text


def test_nothing_hit_is_said_in_a_line() -> None:
    """No empty tables."""
    assert "If rtr is DOWN: nothing else is hit." == shown(impact_parts(answer()))


def test_a_narrowed_question_says_so() -> None:
    """Nothing of what was asked for is not nothing at all."""
    only = Narrowed(("Service", "Server"), ("production",), ("RUNS_ON",), 1).words

    assert "class Service or Server, environment production, along RUNS_ON, at most 1 link away" == only
    assert "If rtr is DOWN: nothing that was asked for is hit.\nAsked only for: distance." == shown(
        impact_parts(answer(), "distance")
    )
    assert "" == Narrowed().words


def test_what_is_left_out_is_said() -> None:
    """Neither a page nor a limit cuts in silence."""
    page = {"totalCount": 5000, "nodes": [row(START, PRINTER)]}
    cut = [{"reason": "DISTANCE", "limit": 3, "leftOut": 7}]
    text = shown(impact_parts(answer(affected=page, truncations=cut)))

    assert "… and 4,999 more" in text
    assert "Cut: 7 left out by the distance of 3" in text


def test_a_region_that_was_cut_is_said() -> None:
    """How much it leaves out nobody knows."""
    cut = [{"reason": "REGION", "limit": 1000, "leftOut": None}]
    text = shown(impact_parts(answer(truncations=cut)))

    assert "Cut: only 1,000 configuration items were read for this; more may be hit, and worse" in text


def test_a_long_name_is_folded_at_eighty_columns_and_kept_whole() -> None:
    """Nothing is lost on a narrow terminal."""
    text = shown(impact_parts(answer(row(START, step("2", "n" * 120, verb="runs")))), width=80)

    assert 240 <= text.count("n")
    assert 80 >= max(map(len, text.splitlines()))


def test_hostile_names_cannot_steer_the_terminal() -> None:
    """Escape sequences of a banner are made visible, and brackets stay brackets."""
    text = shown(impact_parts(answer(row(START, step("2", "\x1b[2J[red]x", verb="runs")))))

    assert "\x1b" not in text
    assert "[2J[red]x" in text
