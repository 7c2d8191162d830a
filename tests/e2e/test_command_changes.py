"""The commands about changes, redundancy and the difference of two moments, run as processes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from cmdb.app import Settings, open_application
from tests.e2e.command import cmdb
from tests.e2e.conftest import Person, Played, Telling, only_embedded
from tests.integration.api.changes import make_change, window
from tests.office import Office
from tests.stores import EMBEDDED, empty_store

GROUPED = ("impact", "diff", "collisions", "slot", "risk")
ALONE = ("points-of-failure", "what-if", "diff", "revisions")
ASKED = only_embedded("for the API is asked of every store")
CLOSED = "CHG0000001"
"""The change of the demo's story, on the printers' router."""


async def plan(store: str, *servers: str) -> None:
    """A change on each server, all for one hour."""
    async with open_application(Settings(store=store)) as application:
        office = Office(application)
        for server in servers:
            await make_change(office, server, title=f"Patch {server}", **window(20, 20))


@pytest.fixture(scope="module")
def planner(first_telling: Callable[[str], Telling], tmp_path_factory: pytest.TempPathFactory) -> Person:
    """A person on whose store two changes are planned for one hour, each on one of two name servers."""
    home = tmp_path_factory.mktemp("planner")
    person = Person(empty_store(EMBEDDED, home / "data"), home)
    assert 0 == person.ask("restore", first_telling(EMBEDDED).backup).code
    asyncio.run(plan(person.store, "ns1.office.example", "ns2.office.example"))
    return person


@pytest.mark.parametrize("words", [("change", name) for name in GROUPED] + [(name,) for name in ALONE])
def test_every_command_has_help_with_examples(words: tuple[str, ...], tmp_path: Path) -> None:
    """`--help` says what it does and shows how."""
    ended = cmdb(*words, "--help", home=tmp_path)

    assert 0 == ended.code
    assert f"cmdb {' '.join(words)}" in ended.out.split("Examples")[1]


@ASKED
def test_a_change_has_its_impact(played: Played) -> None:
    """Number and title, then the impact of what it touches; as data the API's answer."""
    told = played.ask("change", "impact", CLOSED.lower(), "--class", "Service")
    data = played.ask("change", "impact", CLOSED, "--state", "degraded", "--json").data()

    assert told.out.startswith(f"{CLOSED} Tighten the access list on rtr-print (closed)\nIf rtr-print")
    assert "INC0000003   new      Printing does not work" in told.out
    assert ["DEGRADED"] == [start["state"] for start in data["starts"]]


@ASKED
def test_a_change_has_a_risk_and_a_slot(played: Played) -> None:
    """Nothing is planned there, so it may begin at once."""
    risk = played.ask("change", "risk", CLOSED, "--json").data()
    slot = played.ask("change", "slot", CLOSED, "--minutes", 90, "--not-before", "2030-03-20T20:00:00Z")

    assert {"IMPACT", "REDUNDANCY", "HISTORY", "INCIDENTS", "URGENCY", "UNTESTED"} == {
        part["part"] for part in risk["parts"]
    }
    assert "Next free slot: 2030-03-20 20:00 to 21:30 UTC" in slot.out


@ASKED
def test_a_change_without_modifications_alters_nothing(played: Played) -> None:
    """Which is said, and is no error."""
    ended = played.ask("change", "diff", CLOSED)

    assert (0, "") == (ended.code, ended.err)
    assert "no modifications that are still to be made" in ended.out


def test_two_changes_that_use_up_redundancy_collide(planner: Person) -> None:
    """Neither alone takes name resolution down; and the next free slot is after the other."""
    told = planner.ask("change", "collisions", "CHG0000002").out
    slot = planner.ask(
        "change", "slot", "CHG0000002", "--not-before", "2030-03-20T20:00:00Z", "--json"
    ).data()

    assert "Planned 2030-03-20 20:00 to 21:00 UTC: 1 change stands against it." in told
    assert "Name resolution      TechnicalService   AT_RISK      AT_RISK        DOWN" in told
    assert "2030-03-20T21:00:00.000Z" == slot["slot"]["start"]
    assert ["CHG0000003"] == [each["record"]["number"] for each in slot["obstacles"]]


@ASKED
def test_points_of_failure_and_what_a_spare_would_save(played: Played) -> None:
    """The router is one, and with a spare it is none."""
    points = played.ask("points-of-failure", "Printing", "--json").data()["nodes"]
    saved = played.ask("what-if", "rtr-print")
    other = played.ask("what-if", "rtr-print", "--fails", "rtr-core", "--independent", "--json").data()

    assert "rtr-print.office.example" in {point["ci"]["name"] for point in points}
    assert "2 services fewer down" in saved.out
    assert 0 == other["saves"]["servicesDown"]


@ASKED
def test_what_an_item_depends_on_may_get_alternatives(played: Played) -> None:
    """Shipping prints on one printer; on two it would only be at risk."""
    words = ("--via", "DEPENDS_ON", "--add", "prn-office", "--fails", "prn-warehouse", "--json")
    changes = played.ask("what-if", "Shipping", *words).data()["changes"]["nodes"]

    assert [("Shipping", "DOWN", "AT_RISK")] == [
        (row["ci"]["name"], row["before"], row["after"]) for row in changes
    ]


def test_two_moments_are_compared(played: Played) -> None:
    """Of one item what the tables brought, of a record what happened to it, of a service the whole of it."""
    item = played.ask("diff", "rtr-print", "--from", 1, "--to", 5)
    record = played.ask("diff", CLOSED, "--from", 6).out
    service = played.ask("diff", "--service", "Printing", "--from", 2, "--to", 5, "--json").data()

    assert "manufacturer:  nothing → Juniper" in item.out
    assert "+ rtr-print.office.example OWNED_BY Nadia Haddad" in item.out
    assert "status:       draft → closed" in record
    assert {"CREATED"} == {each["node"]["kind"] for each in service["nodes"] if each["node"]}


@ASKED
def test_revisions_are_listed_with_the_newest_last(played: Played) -> None:
    """Without --after those at the end, with it those that follow."""
    newest = played.ask("revisions", "--first", 2, "--json").data()
    after = played.ask("revisions", "--after", 0, "--first", 1)

    assert newest[0]["number"] + 1 == newest[1]["number"]
    assert "import of office-scan.xml from nmap" in after.out
    assert "later ones; --after 1 shows them." in after.out


@pytest.mark.parametrize(
    ("words", "code", "name"),
    [
        (("change", "impact", "CHG0000999"), 3, "CHANGE_NOT_FOUND"),
        (("change", "risk", "INC0000001"), 3, "CHANGE_NOT_FOUND"),
        (("diff", "--from", "999"), 3, "MOMENT_UNKNOWN"),
        (("diff", "--from", "yesterday"), 2, "INVALID_INSTANT"),
        (("diff", "nix", "--from", "1"), 3, "CI_NOT_FOUND"),
        (("points-of-failure", "printer"), 2, "CI_AMBIGUOUS"),
    ],
)
def test_what_cannot_be_asked_has_its_code(
    planner: Person, words: tuple[str, ...], code: int, name: str
) -> None:
    """One message, and nothing on standard output."""
    ended = planner.ask(*words)

    assert (code, "") == (ended.code, ended.out)
    assert f"error {name}: " in ended.err
    assert "→ " in ended.err


@pytest.mark.parametrize(
    "words",
    [
        ("change", "impact"),
        ("diff",),
        ("diff", "rtr-print", "--service", "Printing", "--from", "1"),
        ("what-if", "rtr-print", "--add", "rtr-core"),
        ("what-if", "Shipping", "--via", "DEPENDS_ON"),
        ("what-if", "Shipping", "--via", "DEPENDS_ON", "--fails", "rtr-core", "--independent"),
    ],
)
def test_bad_usage_ends_in_two_with_a_hint(words: tuple[str, ...], tmp_path: Path) -> None:
    """Options that do not go together are told before anything is opened."""
    ended = cmdb(*words, home=tmp_path)

    assert (2, "") == (ended.code, ended.out)
    assert "Usage: cmdb" in ended.err
    assert [] == list(tmp_path.iterdir())
