"""A run's tables in the terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from benchmarks.budgets import Verdict
from benchmarks.results import Results
from benchmarks.views import tables

_STYLES = {Verdict.MET.value: "green", Verdict.NOT_MET.value: "bold red", Verdict.NOT_MEASURED.value: "dim"}


def show(results: Results, console: Console) -> None:
    """Print every table of a run."""
    for table in tables(results):
        shown = RichTable(title=table.title, title_style="bold", title_justify="left")
        for place, column in enumerate(table.columns):
            shown.add_column(column, justify="left" if place == 0 else "right")
        for row in table.rows:
            shown.add_row(*(Text(cell, style=_STYLES.get(cell, "")) for cell in row))
        console.print(shown)
