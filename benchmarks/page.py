"""The page docs/benchmarks/README.md, made wholly from results."""

from __future__ import annotations

from benchmarks.formats import Table
from benchmarks.results import Results, Run
from benchmarks.views import tables, titles

_HEAD = """# Benchmarks

<!-- Written by `python -m benchmarks` from results.json: change the tool, not this page. -->

One machine, the same data for everybody. Run it again with `make bench`; it writes this page, the plots and [results.json](results.json). It measures everything that the machine has the means for, Neo4j on a server of its own and its GraphQL library for JavaScript included; what it has no means for (no Java, no Node.js, no C compiler) is left out and said to be.

| command | what it does |
| --- | --- |
| `make bench` | measures everything in one run |
| `make bench STORE=neo4j` | only that in which Neo4j takes part, ours beside it, in one run; put into the earlier results, with its own machine and load |
| `make bench STORE=bolt://host:7687` | the same on a server of yours, whose database is empty before and after (`CMDB_NEO4J_USER`, `CMDB_NEO4J_PASSWORD`) |
| `make bench ARGS=--large` | an estate of a million CIs too |
| `make bench ARGS=--quick` | small estates and few repetitions, to see that everything works; figures that say little |
| `make bench ARGS=--without-neo4j` | leaves out Neo4j and what it takes part in |
| `make bench ARGS=--render` | measures nothing; writes the page of the results again |
"""

_METHOD = """## How it is measured

Each piece of work runs once uncounted and is then repeated, short work some hundred times; shown are the median and the 95th percentile (the slowest, where there are five or fewer repetitions), and the time in which a processor worked for it: where that is far less, the work waited for the disk or for a processor that others were using. Starts of questions are chosen by how much they hit. Where several means answer one question, their answers are compared before anything is timed. Ratios hold within one run; times differ from machine to machine.

Neo4j runs as its own packages run it (G1, all of the compiler; 4 GiB of heap, 1 GiB of page cache: the whole estate fits), listens on this machine only, and works for some seconds uncounted before each thing that is timed, for its Java to compile it. The estate comes into it by `cmdb copy`, with the product's unique index on the id. What clients are told is asked from a process of their own; each client is a thread that asks again as soon as it has its answer and has read the rows out of it.
"""


def page(results: Results, plots: frozenset[str]) -> str:
    """The text of the page; `plots` are the files that stand beside it."""
    parts = [_HEAD, *(_where(run, alone=len(results.runs) == 1) for run in results.runs)]
    parts += [_section(table, plots) for table in tables(results)]
    return "\n".join([*parts, _METHOD])


def _where(run: Run, *, alone: bool) -> str:
    machine = run.machine
    versions = ", ".join(f"{name} {number}" for name, number in machine.versions.items())
    rows = (
        ("date", run.date),
        ("command", f"`{run.command}`"),
        *(() if alone else (("measured", ", ".join(titles(run.sections))),)),
        ("processor", f"{machine.processor}, {machine.cores} cores used"),
        ("memory", f"{machine.memory_gib:.0f} GiB"),
        ("system", machine.system),
        ("Python", machine.python),
        ("C compiler", machine.compiler or "none"),
        ("versions", versions),
        *((("took", f"{run.minutes:.0f} minutes"),) if run.minutes else ()),
        ("load before and after", f"{machine.load_before:.2f}, {machine.load_after:.2f}"),
    )
    notes = "".join(f"\n- {note}" for note in run.notes)
    return _grid(("machine", ""), rows) + (f"{notes}\n" if notes else "")


def _section(table: Table, plots: frozenset[str]) -> str:
    picture = f"\n![{table.title}]({table.plot})\n" if table.plot in plots else ""
    return f"## {table.title}\n\n{table.explanation}\n\n{_grid(table.columns, table.rows)}{picture}"


def _grid(columns: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> str:
    lines = [columns, tuple("---" for _ in columns), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"
