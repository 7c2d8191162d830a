"""Every house rule finds what it is there for, and lets its neighbours pass."""

from textwrap import dedent

import pytest

from tools.house_lint.check import check_file
from tools.house_lint.source import SourceFile


def rules_broken(path: str, text: str) -> list[str]:
    """The names of the broken rules, in the order of the lines."""
    return [finding.rule for finding in check_file(SourceFile(path, dedent(text)))]


@pytest.mark.parametrize(
    "text",
    [
        "Q = 'SELECT id FROM node'\n",
        "Q = 'select id, name from node where id = ?'\n",
        "Q = 'INSERT OR IGNORE INTO node VALUES (?)'\n",
        "Q = 'UPDATE node SET name = ?'\n",
        "Q = 'DELETE FROM node'\n",
        "Q = 'CREATE VIRTUAL TABLE search USING fts5(text)'\n",
        "Q = 'PRAGMA journal_mode = WAL'\n",
        "Q = 'WITH RECURSIVE reach(id) AS (VALUES (1))'\n",
        "Q = 'MATCH (n:Server) RETURN n'\n",
        "Q = 'MERGE (n {id: $id})'\n",
        "Q = 'UNWIND $rows AS row'\n",
        "Q = '(a)-[:RUNS_ON]->(b)'\n",
        "Q = 'CALL db.labels()'\n",
        "def f(label: str) -> str:\n    return f'MATCH (n:{label}) RETURN n'\n",
    ],
)
def test_a_statement_outside_the_store_is_found(text: str) -> None:
    """Cypher and SQL are reported in every room but the store, once for each literal."""
    assert ["statement-outside-store"] == rules_broken("cmdb/flows/outage.py", text)
    assert ["statement-outside-store"] == rules_broken("importers/cmdb_importers/nmap.py", text)


@pytest.mark.parametrize(
    "text",
    [
        '"""Select the hosts, then MATCH (n:Host) them FROM the scan."""\n',
        "M = 'select a class from the list below'\n",
        "M = 'Create the table of hosts, then update it.'\n",
        "M = 'no match (see the manual)'\n",
        "M = 'a -> b'\n",
        "M = 'merge the two hosts'\n",
    ],
)
def test_prose_is_not_a_statement(text: str) -> None:
    """Docstrings and messages in plain English pass."""
    assert [] == rules_broken("cmdb/flows/outage.py", text)


def test_statements_are_at_home_in_the_store() -> None:
    """A whole statement in cmdb/store is what belongs there; tests may write them too."""
    text = "Q = 'SELECT id FROM node'\n"

    assert [] == rules_broken("cmdb/store/embedded/read.py", text)
    assert [] == rules_broken("tests/unit/store/test_read.py", text)


@pytest.mark.parametrize(
    "expression",
    [
        "f'SELECT {name} FROM node'",
        "'SELECT {} FROM node'.format(name)",
        "'SELECT %s FROM node' % name",
        "'SELECT id FROM node WHERE ' + name",
    ],
)
def test_a_statement_made_of_pieces_is_found_outside_compile_modules(expression: str) -> None:
    """Assembling statements is the business of modules named compile*.py, or of a folder named so."""
    text = f"def f(name: str) -> str:\n    return {expression}\n"

    assert ["assembled-statement"] == rules_broken("cmdb/store/embedded/read.py", text)
    assert [] == rules_broken("cmdb/store/embedded/compile_filter.py", text)
    assert [] == rules_broken("cmdb/store/neo4j/compile/filter.py", text)


@pytest.mark.parametrize("constant", ["COLUMNS", "_COLUMNS", "rows.COLUMNS"])
def test_constants_may_stand_in_a_statement_anywhere(constant: str) -> None:
    """A module's own constant is part of the text, unlike a value that varies beside it."""
    text = f"def f(name: str) -> str:\n    return f'SELECT {{{constant}}} FROM node'\n"
    varied = f"def f(name: str) -> str:\n    return f'SELECT {{{constant}}} FROM {{name}}'\n"

    assert [] == rules_broken("cmdb/store/embedded/read.py", text)
    assert ["assembled-statement"] == rules_broken("cmdb/store/embedded/read.py", varied)


def test_long_modules_are_found() -> None:
    """A module may have 400 lines, a test module 500."""
    assert [] == rules_broken("cmdb/a.py", "x = 1\n" * 400)
    assert ["module-size"] == rules_broken("cmdb/a.py", "x = 1\n" * 401)
    assert [] == rules_broken("tests/test_a.py", "x = 1\n" * 500)
    assert ["module-size"] == rules_broken("tests/test_a.py", "x = 1\n" * 501)


def test_long_functions_are_found_without_counting_the_docstring() -> None:
    """A function may have 60 lines beside its docstring."""
    docstring = '    """Say.\n' + "    more\n" * 20 + '    """\n'

    assert [] == rules_broken("cmdb/a.py", "def f() -> None:\n" + docstring + "    x = 1\n" * 59)
    assert ["function-size"] == rules_broken("cmdb/a.py", "def f() -> None:\n" + "    x = 1\n" * 60)


@pytest.mark.parametrize("kind", ["", " Exception", " BaseException as e", " (ValueError, Exception)"])
def test_errors_that_are_swallowed_are_found(kind: str) -> None:
    """Dropping every error in silence is reported, however it is spelt."""
    text = f"try:\n    run()\nexcept{kind}:\n    "

    assert ["swallowed-error"] == rules_broken("cmdb/a.py", text + "pass\n")
    assert ["swallowed-error"] == rules_broken("cmdb/a.py", text + "...\n")
    assert [] == rules_broken("cmdb/a.py", text + "report()\n")


def test_an_expected_error_may_be_dropped() -> None:
    """A named error that is not an error here may be passed over."""
    assert [] == rules_broken("cmdb/a.py", "try:\n    run()\nexcept FileNotFoundError:\n    pass\n")


def test_public_names_without_docstring_are_found_where_others_build_on_them() -> None:
    """Functions, classes and their methods need one; private names, overrides and setters do not."""
    text = """
        class Host:
            def name(self) -> str: ...
            def _hidden(self) -> str: ...
            @override
            def close(self) -> None: ...
        def scan() -> None:
            def inner() -> None: ...
        def _hidden() -> None: ...
        @strawberry.field(description="What breaks.")
        def impact() -> None: ...
    """

    assert ["missing-docstring"] * 3 == rules_broken("cmdb/inventory/a.py", text)
    assert [] == rules_broken("cmdb/topology/a.py", text)


@pytest.mark.parametrize(
    "line",
    [
        "@pytest.mark.skip",
        "@pytest.mark.skip()",
        "@pytest.mark.xfail",
        "@pytest.mark.xfail(raises=ValueError)",
        "@pytest.mark.skipif(WINDOWS)",
    ],
)
def test_a_test_set_aside_without_a_reason_is_found(line: str) -> None:
    """Skips and expected failures say why."""
    assert ["skip-without-reason"] == rules_broken("tests/test_a.py", f"{line}\ndef test_a() -> None: ...\n")


@pytest.mark.parametrize(
    "line",
    [
        "@pytest.mark.skip('no such thing on macOS')",
        "@pytest.mark.skip(reason='no such thing on macOS')",
        "@pytest.mark.skipif(WINDOWS, reason='no such thing on Windows')",
        "@pytest.mark.xfail(reason='the driver has a fault', raises=ValueError)",
    ],
)
def test_a_test_set_aside_with_a_reason_passes(line: str) -> None:
    """A reason is enough, by position or by name."""
    assert [] == rules_broken("tests/test_a.py", f"{line}\ndef test_a() -> None: ...\n")


def test_patching_by_string_is_found() -> None:
    """A fake is handed in, not put in place by its dotted name."""
    assert ["patch-by-string"] == rules_broken("tests/test_a.py", "monkeypatch.setattr('cmdb.a.b', 1)\n")
    assert ["patch-by-string"] == rules_broken("tests/test_a.py", "mock.patch('cmdb.a.b')\n")
    assert [] == rules_broken("tests/test_a.py", "monkeypatch.setenv('CMDB_STORE', 'a.sqlite')\n")


def test_python_in_the_data_folders_is_found() -> None:
    """schema/ and graphql/ at the root hold data; folders of that name elsewhere are another matter."""
    assert ["python-in-data-folder"] == rules_broken("schema/classes/load.py", "")
    assert ["python-in-data-folder"] == rules_broken("graphql/__init__.py", "")
    assert [] == rules_broken("schema/classes/network.yaml", "")
    assert [] == rules_broken("cmdb/graph/schema.py", "")


@pytest.mark.parametrize("folder", ["work", "root", "tmp", "home/jane", "Users/jane"])
def test_a_path_of_one_machine_is_found_in_any_file(folder: str) -> None:
    """Absolute paths of a home, work or temporary folder are reported, in data as in code."""
    path = f"/{folder}/scan.xml"

    assert ["machine-path"] == rules_broken("docs/guide.md", f"Open {path}\n")
    assert ["machine-path"] == rules_broken("tests/fixtures/a.xml", f'<run args="-oX {path}"/>\n')
    assert [] == rules_broken("docs/guide.md", f"See https://example.org{path} and docs{path}\n")


def test_a_registry_host_is_found() -> None:
    """No file names the index that packages come from."""
    host = "pypi" + ".org"

    assert ["registry-host"] == rules_broken("requirements.txt", f"--index-url https://{host}/simple\n")
    assert [] == rules_broken("README.md", "pip installs it from the index of your choice\n")


def test_resolved_addresses_in_the_lock_of_npm_are_found() -> None:
    """The lock of npm keeps its hashes and loses its addresses."""
    text = '{\n  "resolved": "https://npm.example.org/react.tgz",\n  "integrity": "sha512-0"\n}\n'

    assert ["resolved-address"] == rules_broken("web/graphiql/package-lock.json", text)
    assert [] == rules_broken("web/graphiql/other.json", text)


@pytest.mark.parametrize("note", ["TO" + "DO", "FIX" + "ME", "XX" + "X"])
def test_left_over_notes_are_found(note: str) -> None:
    """Notes to oneself are reported in code and prose, not in captured data."""
    assert ["left-over-note"] == rules_broken("cmdb/a.py", f"# {note}: later\n")
    assert ["left-over-note"] == rules_broken("Makefile", f"# {note}\n")
    assert [] == rules_broken("tests/fixtures/a.xml", f"<a>{note}</a>\n")


def test_a_line_is_excused_by_a_comment_with_a_reason() -> None:
    """The excuse names the rule and says why; a file's finding is excused anywhere in the file."""
    mark = "house-lint" + ": skip"

    assert [] == rules_broken(
        "cmdb/a.py", f"Q = 'DELETE FROM x'  # {mark} statement-outside-store because y\n"
    )
    assert ["excuse"] == rules_broken("cmdb/a.py", f"Q = 'DELETE FROM x'  # {mark} statement-outside-store\n")
    assert [] == rules_broken("cmdb/a.py", "x = 1\n" * 400 + f"# {mark} module-size because it is a table\n")


def test_an_excuse_for_nothing_is_found() -> None:
    """An excuse that outlived its finding, or names another rule, is reported."""
    mark = "house-lint" + ": skip"

    assert ["excuse"] == rules_broken("cmdb/a.py", f"x = 1  # {mark} module-size because of old times\n")
    assert ["statement-outside-store", "excuse"] == sorted(
        rules_broken("cmdb/a.py", f"Q = 'DELETE FROM x'  # {mark} module-size because y\n"), reverse=True
    )


def test_a_file_that_is_not_python_is_reported_not_raised() -> None:
    """A syntax error is a finding like any other."""
    assert ["syntax"] == rules_broken("cmdb/a.py", "def (:\n")
