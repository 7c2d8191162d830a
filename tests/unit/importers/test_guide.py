"""The guide says what the importers do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import cmdb_importers
from cmdb_importers.nmap import NmapImporter
from cmdb_importers.table import TableImporter
from cmdb_importers.table.read_mapping import read_mapping
from tests.unit.importers.table.tables import read_table

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "guide"
CODE = re.compile(r"\b(?:NMAP|TABLE|SOURCE)_[A-Z_]+\b")


def page(name: str) -> str:
    """The text of a page."""
    return (GUIDE / name).read_text()


def blocks(language: str) -> list[str]:
    """The examples of a language on the page about tables."""
    return re.findall(rf"```{language}\n(.*?)```", page("import-tables.md"), re.DOTALL)


@pytest.mark.parametrize("example", blocks("csv") + blocks("json"))
def test_example_tables_are_read_without_a_problem(example: str) -> None:
    """Line by line."""
    reading = read_table(example)

    assert [] == reading.codes
    assert len(reading.observations) >= 2


@pytest.mark.parametrize("example", blocks("yaml"))
def test_example_mappings_make_sense(example: str) -> None:
    """A mapping that is copied from the page is read."""
    assert [] != list(read_mapping(example).columns())


def test_the_page_about_tables_lists_every_option() -> None:
    """And no other."""
    table = page("import-tables.md").partition("## Options")[2].partition("##")[0]

    assert set(TableImporter().options) == set(
        re.findall(r"`([a-z_]+)`", "".join(re.findall(r"^\|.*?\|", table, re.MULTILINE)))
    )
    assert {} == NmapImporter().options


def test_the_pages_list_every_code_of_a_problem() -> None:
    """A person who meets one finds it there."""
    source = Path(cmdb_importers.__file__).parent
    used = {
        code
        for file in source.rglob("*.py")
        for code in re.findall(r'"((?:NMAP|TABLE|SOURCE)_[A-Z_]+)"', file.read_text())
    }

    assert used <= set(CODE.findall(page("import-nmap.md") + page("import-tables.md")))
