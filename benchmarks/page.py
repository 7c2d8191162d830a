"""The page docs/benchmarks/README.md, made wholly from a run's results."""

from __future__ import annotations

from benchmarks.results import Machine, Results
from benchmarks.views import Table, tables

_HEAD = """# Benchmarks

<!-- Written by `python -m benchmarks` from results.json: change the tool, not this page. -->

One run, one machine, the same data for everybody. Run it again with `{command}`; it writes this page, the plots and [results.json](results.json). `make bench ARGS=--large` adds an estate of a million CIs, `ARGS=--render` writes the page of earlier results again.
"""

_METHOD = """## How it is measured

Each piece of work runs once uncounted and is then repeated, short work some hundred times; shown are the median and the 95th percentile (the slowest, where there are five or fewer repetitions), and the time in which a processor worked for it: where that is far less, the work waited for the disk or for a processor that others were using. Starts of questions are chosen by how much they hit. Where several means answer one question, their answers are compared before anything is timed. Ratios hold within one run; times differ from machine to machine.
"""


def page(results: Results, plots: frozenset[str]) -> str:
    """The text of the page; `plots` are the files that stand beside it."""
    parts = [_HEAD.format(command=results.command), _where(results.date, results.machine)]
    if results.notes:
        parts.append("\n".join(f"- {note}" for note in results.notes) + "\n")
    parts += [_section(table, plots) for table in tables(results)]
    return "\n".join([*parts, _METHOD])


def _where(date: str, machine: Machine) -> str:
    versions = ", ".join(f"{name} {number}" for name, number in machine.versions.items())
    rows = (
        ("date", date),
        ("processor", f"{machine.processor}, {machine.cores} cores used"),
        ("memory", f"{machine.memory_gib:.0f} GiB"),
        ("system", machine.system),
        ("Python", machine.python),
        ("C compiler", machine.compiler or "none"),
        ("versions", versions),
        ("load before and after", f"{machine.load_before:.2f}, {machine.load_after:.2f}"),
    )
    return _grid(("machine", ""), rows)


def _section(table: Table, plots: frozenset[str]) -> str:
    picture = f"\n![{table.title}]({table.plot})\n" if table.plot in plots else ""
    return f"## {table.title}\n\n{table.explanation}\n\n{_grid(table.columns, table.rows)}{picture}"


def _grid(columns: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> str:
    lines = [columns, tuple("---" for _ in columns), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"
