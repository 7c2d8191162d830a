"""`cmdb init` and `cmdb import` on an empty store of each kind."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from tests.e2e.command import EXAMPLE, SCAN, cmdb
from tests.e2e.conftest import Person
from tests.stores import SERVERS


def test_init_makes_the_store_where_it_says(tmp_path: Path) -> None:
    """In a folder that is not there yet; a second time is harmless."""
    store = tmp_path / "new" / "estate.db"
    first, second = (cmdb("init", "--store", store, home=tmp_path) for _ in range(2))

    assert (0, 0) == (first.code, second.code)
    assert store.is_file()
    assert f"{store}, 0 configuration items" in first.err


@pytest.mark.parametrize("person", SERVERS, indirect=True)
def test_init_prepares_a_server(person: Person) -> None:
    """It says where, without the password, and a second time is harmless."""
    scheme, _, place = person.store.partition("://")
    address = f"{scheme}://neo4j:of%20no%20account@{place.rpartition('@')[2]}"
    first, second = person.ask("init", "--store", address), person.ask("init")

    assert (0, 0) == (first.code, second.code), (first.err, second.err)
    assert ", 0 configuration items" in first.err
    assert "of%20no%20account" not in first.err + first.out


def test_a_plan_writes_nothing_then_the_import_does_then_nothing_is_left_to_do(person: Person) -> None:
    """The counts of the plan are those of the import, and a second import makes no revision."""

    def bring_in(*options: str) -> dict[str, object]:
        data: dict[str, object] = person.ask("import", "nmap", SCAN, "--json", *options).data()
        return data

    plan, done, again = bring_in("--plan"), bring_in(), bring_in()

    assert plan["counts"] == done["counts"]
    assert 1 == done["first_revision"]
    assert None is again["first_revision"]
    assert ["unchanged"] == list(again["counts"])  # type: ignore[call-overload]


def test_the_very_file_again_is_not_read_until_somebody_changes_a_ci(person: Person) -> None:
    """It says so; `--reread` reads it all the same. A record about a CI is no change of it."""

    def bring_in(*options: str) -> dict[str, object]:
        data: dict[str, object] = person.ask("import", "nmap", SCAN, "--json", *options).data()
        return data

    def asked(document: str) -> object:
        return person.ask("query", "-", stdin=document.encode()).data()

    first, again, reread = bring_in(), bring_in(), bring_in("--reread")
    asked('mutation { createIncident(input: {title: "The printer is slow"}) { id } }')
    said = person.ask("import", "nmap", SCAN).out
    asked('mutation { createConfigurationItem(input: {class: "Team", attributes: {name: "Print"}}) { id } }')
    changed = bring_in()

    assert [False, True, False, False] == [each["repeated"] for each in (first, again, reread, changed)]
    assert again["counts"] == reread["counts"] == changed["counts"]
    assert "the very file was brought in before" in said


def test_files_are_imported_one_after_another_and_from_standard_input(person: Person) -> None:
    """Each has its own report; a pipe may be compressed."""
    piped = person.ask("import", "nmap", "-", stdin=gzip.compress(SCAN.read_bytes()))
    tables = person.ask(
        "import", "table", EXAMPLE / "services.csv", EXAMPLE / "people.csv", "--json", "--source", "register"
    )

    assert (0, 0) == (piped.code, tables.code)
    assert "created 110" in piped.out
    assert ["register", "register"] == [report["source"] for report in tables.data()]


def test_a_mapping_and_options_reach_the_importer(person: Person, tmp_path: Path) -> None:
    """A table in other words is brought in by a mapping from a file."""
    table = tmp_path / "hosts.csv"
    table.write_text("Rechner;Ort\nweb1;Keller\n")
    mapping = tmp_path / "hosts.yaml"
    mapping.write_text("class: Server\nattributes: {name: Rechner, location: Ort}\n")
    ended = person.ask("import", "table", table, "--mapping", mapping, "--option", "delimiter=semicolon")

    assert (0, "") == (ended.code, ended.err)
    assert "created 1" in ended.out


def test_a_file_of_which_nothing_can_be_used_leaves_no_revision(person: Person, tmp_path: Path) -> None:
    """Its error is told, and the exit code is 2."""
    bad = tmp_path / "bad.xml"
    bad.write_bytes(b"<html/>")
    ended = person.ask("import", "nmap", bad)
    head = person.ask("query", "-", stdin=b"{ head }").data()

    assert (2, "") == (ended.code, ended.out)
    assert "error SOURCE_UNREADABLE: " in ended.err
    assert {"head": 0} == head["data"]


def test_a_scan_cut_off_gives_its_complete_hosts(person: Person, tmp_path: Path) -> None:
    """Where it stopped is told, and the exit code is 1."""
    half = tmp_path / "half.xml"
    half.write_bytes(SCAN.read_bytes()[: SCAN.stat().st_size // 2])
    ended = person.ask("import", "nmap", half)

    assert 1 == ended.code
    assert "created" in ended.out
    assert "→ " in ended.err
