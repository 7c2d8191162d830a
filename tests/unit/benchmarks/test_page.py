"""The page of a run, made from its results alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.console import Console

from benchmarks.budgets import judge
from benchmarks.page import page
from benchmarks.results import load, merged, save
from benchmarks.suites import importing, reaching
from benchmarks.tables import show
from tests.unit.benchmarks.made_up import beside_neo4j, results

COMMITTED = Path(__file__).resolve().parents[3] / "docs" / "benchmarks"


def test_results_come_back_as_they_were_written(tmp_path: Path) -> None:
    """JSON keeps all of them."""
    save(results(), tmp_path / "results.json")

    assert results() == load(tmp_path / "results.json")


def test_the_page_tells_every_budget_with_its_verdict() -> None:
    """One row each, met or not."""
    text = page(results(first=2000.0), frozenset())

    for judged in judge(results(first=2000.0)):
        assert f"| {judged.what} | {judged.wanted} | {judged.seen or '–'} | {judged.verdict.value} |" in text
    assert "not met" in text


def test_a_later_run_takes_the_place_of_what_it_measured() -> None:
    """The rest stays as it was found, and the page tells which run found what."""
    both = merged(results(), beside_neo4j())

    assert both.of(importing.SECTION) == results().of(importing.SECTION)
    assert both.of(reaching.SECTION) == beside_neo4j().of(reaching.SECTION)
    assert [run.command for run in both.runs] == ["make bench", "make bench STORE=neo4j"]
    assert reaching.SECTION not in both.runs[0].sections
    text = page(both, frozenset())
    assert "| measured | Finding the affected set, Answers to clients, Import into Neo4j |" in text


def test_a_run_whose_sections_were_all_measured_again_is_forgotten() -> None:
    """Its machine and load would say nothing about what stands in the page."""
    again = merged(beside_neo4j(neo4j=600.0), beside_neo4j())

    assert again == beside_neo4j()


def test_the_page_tells_how_clients_were_answered() -> None:
    """Ours and others', with answers a second for each number of clients."""
    text = page(beside_neo4j(), frozenset())

    assert "| 1,000 affected | ours over HTTP, on the embedded store | 10 (1×) | 20 | 100.0 | 100.0 |" in text
    assert "| 30 (3×) |" in text


def test_only_plots_that_exist_are_shown() -> None:
    """A page without plots has no broken pictures."""
    assert "![" not in page(results(), frozenset())
    assert "(reach.svg)" in page(results(), frozenset({"reach.svg"}))


def test_the_terminal_shows_the_same_tables() -> None:
    """Every table of the page is printed."""
    console = Console(width=160, record=True, quiet=False, file=None)
    with console.capture() as captured:
        show(results(), console)

    for title in ("Budgets", "Estates", "Finding the affected set", "Import"):
        assert title in captured.get()


def test_plots_are_the_same_for_the_same_results(tmp_path: Path) -> None:
    """Byte for byte, so that a page rendered again makes no difference."""
    plots = pytest.importorskip("benchmarks.plots", reason="matplotlib is not installed")
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
    both = merged(results(), beside_neo4j())
    names = plots.plot(both, first)
    plots.plot(both, second)

    assert {"reach.svg", "answers.svg", "growth.svg", "import.svg"} == names
    assert all((first / name).read_bytes() == (second / name).read_bytes() for name in names)


def test_the_committed_page_is_what_the_committed_results_give() -> None:
    """The page in docs/benchmarks is never edited by hand."""
    plots = frozenset(path.name for path in COMMITTED.glob("*.svg"))

    assert (COMMITTED / "README.md").read_text(encoding="utf-8") == page(
        load(COMMITTED / "results.json"), plots
    )
