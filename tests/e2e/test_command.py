"""Every command that asks, run as a process on the demo's store."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.e2e.command import COMMAND, EXAMPLE, cmdb, environment
from tests.e2e.conftest import Played, only_embedded

COMMANDS = (
    "demo", "init", "import", "impact", "root-cause", "search", "show", "records", "query", "classes", "serve",
)  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_examples(command: str, tmp_path: Path) -> None:
    """`--help` says what it does and shows how."""
    ended = cmdb(command, "--help", home=tmp_path)

    assert 0 == ended.code
    assert "Examples" in ended.out
    assert f"cmdb {command}" in ended.out


def test_the_help_of_import_lists_the_importers(tmp_path: Path) -> None:
    """With their options."""
    out = cmdb("import", "--help", home=tmp_path).out

    assert "nmap" in out.split("Importers")[1]
    assert "--option delimiter=" in out.split("Importers")[1]


def test_the_version_is_told(tmp_path: Path) -> None:
    """A name and a number."""
    assert cmdb("--version", home=tmp_path).out.startswith("cmdb 0.")


def test_impact_reads_the_same_in_a_pipe_and_as_data(played: Played) -> None:
    """No colours and no cut in a pipe; with --json the API's answer and nothing else."""
    told = played.ask("impact", "rtr-print")
    data = played.ask("impact", "rtr-print", "--json")

    assert (0, 0, "", "") == (told.code, data.code, told.err, data.err)
    assert "\x1b" not in told.out
    assert "If rtr-print.office.example is DOWN" in told.out
    names = {row["ci"]["name"] for row in data.data()["affected"]["nodes"]}
    assert {"Printing", "Shipping", "prn-office.office.example"} <= names


def test_impact_takes_addresses_states_and_several_items(played: Played) -> None:
    """An address names a host, and a degraded start hits less hard."""
    data = played.ask("impact", "10.20.10.11", "ns2", "--state", "degraded", "--json").data()

    assert ["ns1.office.example", "ns2.office.example"] == sorted(s["ci"]["name"] for s in data["starts"])
    assert {"DEGRADED"} == {start["state"] for start in data["starts"]}


def test_an_impact_is_narrowed(played: Played) -> None:
    """By class, environment, relationship type and distance."""
    whole = played.ask("impact", "rtr-core", "--json").data()["affected"]
    services = played.ask("impact", "rtr-core", "--class", "Service", "--json").data()["affected"]
    near = played.ask("impact", "rtr-core", "--distance", "1", "--json").data()["affected"]
    nowhere = played.ask("impact", "rtr-core", "--environment", "nowhere", "--json").data()["affected"]
    along = played.ask("impact", "rtr-core", "--via", "RUNS_ON", "--json").data()["affected"]

    assert 0 < services["totalCount"] < whole["totalCount"]
    assert {1} == {one["distance"] for one in near["nodes"]}
    assert (0, 0) == (nowhere["totalCount"], along["totalCount"])


def test_questions_are_asked_as_of_a_revision(played: Played) -> None:
    """After the first revision there were no services yet; where values came from then is not told."""
    then = played.ask("impact", "rtr-print", "--as-of", "1", "--json").data()
    shown = played.ask("show", "rtr-print", "--as-of", "1", "--json").data()
    late = played.ask("search", "print", "--as-of", "2999-01-01T00:00:00Z")

    names = {row["ci"]["name"] for row in then["affected"]["nodes"]}
    assert "prn-office.office.example" in names
    assert "Printing" not in names
    assert 1 == shown["version"]
    assert "provenance" not in shown
    assert "MOMENT_UNKNOWN" in late.err


def test_root_cause_ranks_from_incidents_and_healthy_items(played: Played) -> None:
    """The router first; what is healthy speaks against the one behind it."""
    data = played.ask("root-cause", "inc0000001", "INC0000002", "--healthy", "E-mail", "--json").data()

    assert "CAUSE_FOUND" == data["verdict"]
    assert "rtr-print.office.example" == data["candidates"][0]["ci"]["name"]


def test_root_cause_works_from_items_alone(played: Played) -> None:
    """No incident need be recorded."""
    ended = played.ask("root-cause", "--failing", "prn-office", "--failing", "prn-warehouse")

    assert 0 == ended.code
    assert "Ranking" in ended.out


def test_root_cause_works_from_alerts_and_weights(played: Played) -> None:
    """What monitoring says is enough; weights, the moment and the window are passed on."""
    told = played.ask("root-cause", "--alert", "rtr-print=5", "--alert", "prn-office=5", "--json").data()
    asked = ("--failing", "prn-office=3", "--failing", "prn-warehouse", "--healthy", "E-mail")
    moment = ("--noticed-at", "2100-01-01T00:00:00Z", "--window", "1")
    timed = played.ask("root-cause", *asked, *moment, "--json").data()

    assert "rtr-print.office.example" == told["candidates"][0]["ci"]["name"]
    assert [] == timed["recentChanges"]
    values = {
        part["value"]
        for one in timed["candidates"]
        for part in one["parts"]
        if part["part"] == "EXPLAINS" and one["ci"]["name"] == "prn-office.office.example"
    }
    assert {0.75} == values


def test_search_finds_items_and_records(played: Played) -> None:
    """By words; a class narrows it."""
    both = played.ask("search", "printing", "--json").data()
    only = played.ask("search", "printing", "--class", "Incident", "--json").data()

    assert {"Incident", "TechnicalService"} <= {
        hit["node"].get("class") or hit["node"]["type"] for hit in both
    }
    assert {"Incident"} == {hit["node"]["type"] for hit in only}


def test_show_gives_values_with_their_sources(played: Played) -> None:
    """What the scan saw and what the register says of the same machine."""
    out = played.ask("show", "rtr-print").out

    assert "manufacturer       Juniper                       asset register" in out
    assert "leads to            prn-office.office.example" in out
    assert "CHG0000001" in out


def test_show_gives_a_record_with_its_history(played: Played) -> None:
    """By its number, in any case of letters."""
    out = played.ask("show", "chg0000001").out

    assert "touches          rtr-print.office.example" in out
    assert out.index("submit → submitted") < out.index("close → closed")


def test_records_are_listed_by_type(played: Played) -> None:
    """Newest first, in the singular or the plural; --open leaves out what is done."""
    assert ["INC0000003", "INC0000002", "INC0000001"] == [
        record["number"] for record in played.ask("records", "incidents", "--json").data()["nodes"]
    ]
    assert "There are none." in played.ask("records", "Change", "--open").out


def test_a_query_runs_with_variables_from_a_file(played: Played, tmp_path: Path) -> None:
    """The committed operations can be run as they are."""
    variables = tmp_path / "variables.json"
    variables.write_text(json.dumps({"filter": {"class": "Printer"}, "first": 2}))
    file = EXAMPLE.parents[1] / "graphql" / "operations" / "configuration_items.graphql"
    page = played.ask("query", file, "--variables", f"@{variables}").data()["data"]["configurationItems"]

    assert 3 == page["totalCount"]
    assert 2 == len(page["edges"])


def test_a_query_comes_from_standard_input(played: Played) -> None:
    """`-` reads it, and --operation chooses one of several."""
    two = b"query A { head } query B { configurationItems { totalCount } }"

    assert ["configurationItems"] == list(
        played.ask("query", "-", "--operation", "B", stdin=two).data()["data"]
    )


def test_classes_need_no_store(tmp_path: Path) -> None:
    """The tree, one class, and both as data; nothing is made on the way."""
    tree = cmdb("classes", home=tmp_path)
    one = cmdb("classes", "router", home=tmp_path)

    assert "ConfigurationItem" in tree.out.splitlines()[0]
    assert "is reached through" in one.out
    assert "Router" in {each["name"] for each in cmdb("classes", "--json", home=tmp_path).data()}
    assert [] == list(tmp_path.iterdir())


def test_classes_of_the_persons_own_folder_are_shown(tmp_path: Path) -> None:
    """CMDB_SCHEMA adds classes without code."""
    folder = tmp_path / "model" / "classes"
    folder.mkdir(parents=True)
    (folder / "own.yaml").write_text("- class: CoffeeMachine\n  parent: Host\n  description: Makes coffee.\n")
    ended = cmdb("classes", "CoffeeMachine", home=tmp_path, CMDB_SCHEMA=str(tmp_path / "model"))

    assert (0, "") == (ended.code, ended.err)
    assert ended.out.startswith("CoffeeMachine")


def test_the_contract_is_exported_whole(tmp_path: Path) -> None:
    """The schema, and every error sorted by code, importers' and the command's own among them."""
    ended = cmdb("schema", "export", "--directory", tmp_path / "contract", home=tmp_path)
    errors = json.loads((tmp_path / "contract" / "errors.json").read_text())
    codes = [error["code"] for error in errors]

    assert 0 == ended.code
    assert "type Query" in (tmp_path / "contract" / "schema.graphql").read_text()
    assert sorted(set(codes)) == codes
    assert {
        "PORT_IN_USE",
        "SOURCE_UNREADABLE",
        "MODEL_INVALID",
        "DOCUMENT_TOO_LARGE",
        "STORE_DAMAGED",
    } <= set(codes)


def test_a_reader_that_goes_away_is_no_trouble(tmp_path: Path) -> None:
    """`cmdb … | head` stays quiet."""
    process = subprocess.Popen(
        [str(COMMAND), "classes", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(tmp_path, {}),
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()

    assert b"" == process.stderr.read()
    process.stderr.close()
    assert process.wait(timeout=60) in {0, 1}


@only_embedded("colours are the terminal's matter")
def test_colours_come_when_they_are_wanted_and_go_when_not(played: Played) -> None:
    """FORCE_COLOR for a pipe that understands them; NO_COLOR takes colours away."""
    assert "\x1b[" in played.ask("impact", "rtr-print", FORCE_COLOR="1").out
    assert "\x1b[31m" not in played.ask("impact", "rtr-print", FORCE_COLOR="1", NO_COLOR="1").out


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("cmdb classes Rout", "Router"),
        ("cmdb import nm", "nmap"),
        ("cmdb records Inc", "Incident"),
        ("cmdb root", "root-cause"),
    ],
)
def test_the_tab_key_completes(words: str, expected: str, tmp_path: Path) -> None:
    """Commands, classes, importers and record types."""
    place = str(words.count(" "))
    ended = cmdb(home=tmp_path, COMP_WORDS=words, COMP_CWORD=place, _CMDB_COMPLETE="complete_bash")

    assert expected in ended.out.split()
    assert "" == ended.err
