"""What `cmdb` says when something is wrong: a code, what to do, an exit code, and never a traceback."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from tests.e2e.command import EXAMPLE, SCAN, Ended, cmdb
from tests.e2e.conftest import Played, only_embedded


def failed(ended: Ended, code: int, name: str) -> None:
    """The command failed as it should: nothing on standard output, one error with its code and a remedy."""
    assert (code, "") == (ended.code, ended.out)
    assert f"error {name}: " in ended.err
    assert "→ " in ended.err
    assert "Traceback" not in ended.err


@pytest.mark.parametrize(
    ("words", "code", "name"),
    [
        (("impact", "nix"), 3, "CI_NOT_FOUND"),
        (("impact", "printer"), 2, "CI_AMBIGUOUS"),
        (("root-cause", "INC0000999"), 3, "INCIDENT_NOT_FOUND"),
        (("root-cause", "INC0000001", "--healthy", "nix"), 3, "CI_NOT_FOUND"),
        (("show", "INC0000999"), 3, "RECORD_NOT_FOUND"),
        (("search", "x", "--class", "Prnter"), 2, "INVALID_QUERY"),
    ],
)
def test_what_the_store_does_not_hold_has_its_code(
    played: Played, words: tuple[str, ...], code: int, name: str
) -> None:
    """Names and numbers that are looked up."""
    failed(played.ask(*words), code, name)


@only_embedded("no store is asked")
@pytest.mark.parametrize(
    ("words", "code", "name"),
    [
        (("records", "Incidence"), 2, "RECORD_TYPE_UNKNOWN"),
        (("query", "missing.graphql"), 2, "FILE_UNREADABLE"),
        (("query", str(EXAMPLE / "people.csv")), 2, "DOCUMENT_INVALID"),
        (("query", "-", "--variables", "[1]"), 2, "VARIABLES_INVALID"),
        (("query", "-", "--variables", "{"), 2, "VARIABLES_INVALID"),
        (("classes", "Ruter"), 3, "CLASS_NOT_FOUND"),
        (("import", "nmpa", str(SCAN)), 3, "IMPORTER_UNKNOWN"),
        (("import", "table", str(SCAN), "--option", "mapping"), 2, "IMPORT_OPTION_INVALID"),
        (("import", "table", "people.csv", "--mapping", "missing.yaml"), 2, "FILE_UNREADABLE"),
        (("impact", "rtr-print", "--url", "http://127.0.0.1:1"), 6, "SERVER_UNREACHABLE"),
        (("impact", "rtr-print", "--url", "nonsense"), 6, "SERVER_UNREACHABLE"),
        (("init", "--store", "ftp://localhost"), 2, "STORE_ADDRESS_INVALID"),
        (("init", "--store", str(SCAN)), 6, "NOT_A_STORE"),
        (("serve", "--host", "192.0.2.1"), 2, "ADDRESS_UNUSABLE"),
        (("serve", "--log-level", "loud"), 2, "LOG_LEVEL_INVALID"),
    ],
)
def test_each_mistake_has_its_code(played: Played, words: tuple[str, ...], code: int, name: str) -> None:
    """Files, addresses and options that are wrong."""
    failed(played.ask(*words, stdin=b"{ head }"), code, name)


def test_a_near_name_is_suggested(tmp_path: Path) -> None:
    """A slip of the pen is not a riddle."""
    assert "did you mean 'Router'?" in cmdb("classes", "Ruter", home=tmp_path).err


@only_embedded("the schema refuses it")
def test_a_query_that_does_not_fit_the_schema_is_refused(played: Played) -> None:
    """With the API's own code and message."""
    failed(played.ask("query", "-", stdin=b"{ printers { name } }"), 2, "DOCUMENT_INVALID")


def test_an_unknown_attribute_in_a_query_is_refused(played: Played) -> None:
    """A comparison names an attribute the model does not have."""
    query = b'{ configurationItems(filter: {where: {attribute: "colour", value: "red"}}) { totalCount } }'
    failed(played.ask("query", "-", stdin=query), 2, "INVALID_QUERY")


def test_a_port_in_use_is_told_before_anything_is_done(tmp_path: Path) -> None:
    """No store is made for a server that cannot serve."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = cmdb("serve", "--port", port, "--store", tmp_path / "estate.db", home=tmp_path)

    failed(ended, 6, "PORT_IN_USE")
    assert [] == list(tmp_path.iterdir())


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_folder_that_may_not_be_written_is_told(tmp_path: Path) -> None:
    """For a store and for the contract alike."""
    tmp_path.chmod(0o500)
    failed(cmdb("init", "--store", tmp_path / "estate.db", home=tmp_path), 6, "STORE_UNAVAILABLE")
    failed(cmdb("schema", "export", "--directory", tmp_path / "x", home=tmp_path), 6, "FILE_UNWRITABLE")


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """A file stands where a folder should be."""
    (tmp_path / "file").touch()
    failed(cmdb("init", "--store", tmp_path / "file" / "estate.db", home=tmp_path), 6, "STORE_UNAVAILABLE")
    failed(cmdb("schema", "export", "--directory", tmp_path / "file", home=tmp_path), 6, "FILE_UNWRITABLE")


def test_a_model_with_mistakes_names_each_line(tmp_path: Path) -> None:
    """Unknown parents and cyclic inheritance, file and line, all at once."""
    classes = tmp_path / "classes"
    classes.mkdir()
    (classes / "own.yaml").write_text(
        "- {class: A, parent: B, description: One.}\n"
        "- {class: B, parent: A, description: Two.}\n"
        "- {class: C, parent: Hots, description: Three.}\n"
    )
    ended = cmdb("classes", home=tmp_path, CMDB_SCHEMA=str(tmp_path))

    failed(ended, 2, "MODEL_INVALID")
    assert "own.yaml:3: UNKNOWN_CLASS" in ended.err
    assert "CYCLIC_INHERITANCE" in ended.err


@pytest.mark.parametrize("content", [b"", b"\x00\x01"])
def test_a_file_of_which_nothing_can_be_used_ends_in_two(tmp_path: Path, content: bytes) -> None:
    """An empty one, and one that is no text."""
    bad = tmp_path / "bad.xml"
    bad.write_bytes(content)
    failed(cmdb("import", "nmap", bad, "--store", tmp_path / "e.db", home=tmp_path), 2, "SOURCE_UNREADABLE")


def test_a_missing_file_does_not_keep_the_others_out(tmp_path: Path) -> None:
    """The good one goes in, the missing one is told, and the exit code says so."""
    ended = cmdb(
        "import",
        "nmap",
        tmp_path / "missing.xml",
        SCAN,
        "--json",
        "--store",
        tmp_path / "e.db",
        home=tmp_path,
    )
    missing, good = ended.data()

    assert 2 == ended.code
    assert "FILE_UNREADABLE" == missing["error"]["code"]
    assert {"Router": 3} == {name: n for name, n in good["counts"]["create"].items() if name == "Router"}


def test_rows_that_do_not_fit_are_told_and_the_others_go_in(tmp_path: Path) -> None:
    """Exit code 1: unknown class and attribute, each with its line and what to do."""
    table = tmp_path / "some.csv"
    table.write_text("class,name,location\nServer,web1,Cellar\nSever,web2,Cellar\n")
    ended = cmdb("import", "table", table, "--store", tmp_path / "e.db", home=tmp_path)

    assert 1 == ended.code
    assert "created 1" in ended.out
    assert "line 3" in ended.err
    assert "Sever" in ended.err
    assert "Traceback" not in ended.err


def test_many_problems_are_cut_for_a_person_and_whole_for_a_program(tmp_path: Path) -> None:
    """Twenty and how many more; --json has them all."""
    table = tmp_path / "bad.csv"
    table.write_text("class,name\nServer,web1\n" + "".join(f"Sever,web{n}\n" for n in range(30)))
    person = cmdb("import", "table", table, "--plan", "--store", tmp_path / "e.db", home=tmp_path)
    program = cmdb("import", "table", table, "--plan", "--json", "--store", tmp_path / "e.db", home=tmp_path)

    assert "… and 10 more (--json lists them)" in person.err
    assert 30 == len(program.data()["problems"])


@pytest.mark.parametrize(
    "words",
    [("impact",), ("import", "nmap"), ("nonsense",), ("root-cause",), ("impact", "x", "--state", "up")],
)
def test_bad_usage_ends_in_two_with_a_hint(words: tuple[str, ...], tmp_path: Path) -> None:
    """The command line's own mistakes go to standard error too."""
    ended = cmdb(*words, home=tmp_path)

    assert (2, "") == (ended.code, ended.out)
    assert "Usage: cmdb" in ended.err
