"""Which migrations a store has yet to take."""

from pathlib import Path

import pytest

from cmdb.graph.errors import StoreVersionError
from cmdb.model.locate import builtin_schema
from cmdb.store.neo4j.errors import MigrationChangedError
from cmdb.store.neo4j.migrations import Migration, missing, read_migrations

ONE = Migration(1, "one", "a", ("RETURN 1",))
TWO = Migration(2, "two", "b", ("RETURN 2",))


def test_those_shipped_are_numbered_without_a_gap() -> None:
    """And each has statements."""
    shipped = read_migrations(builtin_schema() / "migrations")
    assert [migration.number for migration in shipped] == list(range(1, len(shipped) + 1))
    assert all(migration.statements for migration in shipped)


def test_a_file_is_statements_that_end_at_the_end_of_a_line(tmp_path: Path) -> None:
    """Comments are left out; other files are no migrations."""
    text = "// why\nCREATE (a {b: 'x;y'});\n\n// more; comment\nRETURN 1\n  AS one;\n"
    (tmp_path / "0001_first.cypher").write_text(text)
    (tmp_path / "notes.cypher").write_text("RETURN 1;")
    (found,) = read_migrations(tmp_path)
    assert (found.number, found.name) == (1, "first")
    assert found.statements == ("CREATE (a {b: 'x;y'})", "RETURN 1\n  AS one")


def test_the_missing_ones_are_taken() -> None:
    """In their order, and none twice."""
    assert missing((ONE, TWO), {}, "x") == [ONE, TWO]
    assert missing((ONE, TWO), {1: "a"}, "x") == [TWO]
    assert missing((ONE, TWO), {1: "a", 2: "b"}, "x") == []


def test_a_store_of_a_newer_version_is_refused() -> None:
    """Nobody knows what its migrations did."""
    with pytest.raises(StoreVersionError) as refused:
        missing((ONE, TWO), {1: "a", 2: "b", 3: "c"}, "x")
    assert refused.value.details == {"found": 3, "known": 2}


def test_a_migration_applied_in_another_form_is_refused() -> None:
    """Its checksum tells."""
    with pytest.raises(MigrationChangedError):
        missing((ONE, TWO), {1: "other"}, "x")
