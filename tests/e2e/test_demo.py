"""The demo as a stranger sees it."""

from __future__ import annotations

import re
from pathlib import Path

from tests.e2e.command import cmdb
from tests.e2e.conftest import Played


def test_the_demo_ends_well_and_says_nothing_odd(played: Played) -> None:
    """No problem of the example files, no warning, no trace."""
    assert (0, "") == (played.ended.code, played.ended.err)


def test_the_scan_is_planned_then_brought_in(played: Played) -> None:
    """The plan in short, the import, and the tables that find the scan's machines again."""
    out = played.ended.out

    planned = re.search(r"office-scan\.xml would create (\d+), relate (\d+)", out)
    done = re.search(r"office-scan\.xml created (\d+), related (\d+)", out)
    assert planned is not None
    assert done is not None
    assert planned.groups() == done.groups()
    assert "machines.csv updated 22" in out
    assert "(was Host)" in out


def test_the_story_is_told_with_its_people(played: Played) -> None:
    """Who could not print, and who changed the router last night."""
    for words in (
        "INC0000003",
        "Anna Berg on prn-accounting",
        "CHG0000001",
        "Piotr Nowak on rtr-print",
        "9 h ago",
    ):
        assert words in played.ended.out


def test_the_impact_of_the_router_is_a_tree_and_tables(played: Played) -> None:
    """Why, what, for whom, and whom to tell."""
    out = played.ended.out

    assert (
        "rtr-print.office.example  Router  DOWN\n├── leads to prn-office.office.example  Printer  DOWN" in out
    )
    assert "is needed by Printing  TechnicalService  DOWN  (0 of 3 in printers up, 1 needed)" in out
    assert re.search(r"DOWN +Shipping +8 +650", out)
    assert "Whom to tell" in out


def test_the_router_comes_out_first_with_last_nights_change_as_a_reason(played: Played) -> None:
    """The ranking with reasons, and the nearer router before the one behind it."""
    out = played.ended.out.split("Ranking")[1]

    assert re.search(r"1 +rtr-print\.office\.example Router", out)
    assert "a change touched it shortly before: CHG0000001 Tighten the access list on rtr-print" in out
    assert "its failing would have broken what is seen working: E-mail, File sharing" in out


def test_the_operations_that_gave_the_answers_are_shown(played: Played) -> None:
    """As committed, with their variables, so that they can be copied."""
    out = played.ended.out

    assert "  query Impact(" in out
    assert "  query RootCause(" in out
    assert 'variables: {"incidents": ["INC0000001", "INC0000002", "INC0000003"]' in out


def test_a_second_telling_on_the_same_store_doubles_nothing(played: Played) -> None:
    """Imports change nothing, and the records are those of the first time."""
    again = played.ask("demo", "--no-serve", "--store", played.store)
    incidents = played.ask("records", "Incident", "--json")

    assert 0 == again.code
    assert "office-scan.xml changed nothing, 110 unchanged" in again.out
    assert 3 == incidents.data()["totalCount"]


def test_without_a_store_the_demo_leaves_the_persons_own_alone(tmp_path: Path) -> None:
    """It makes a fresh one and says where, also when CMDB_STORE names one."""
    own = tmp_path / "own.db"
    fresh = tmp_path / "temporary"
    fresh.mkdir()
    ended = cmdb("demo", "--no-serve", home=tmp_path, CMDB_STORE=str(own), TMPDIR=str(fresh))

    assert 0 == ended.code
    assert not own.exists()
    assert re.search(rf"export CMDB_STORE={re.escape(str(fresh))}/\S+", ended.out)
