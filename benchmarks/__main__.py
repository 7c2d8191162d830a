"""`python -m benchmarks`: measure everything in one run and write docs/benchmarks."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from benchmarks.bench import Bench
from benchmarks.machine import describe, load_average
from benchmarks.neo4j_place import DatabaseNotEmptyError, Neo4jPlace, neo4j_place
from benchmarks.results import Results, Run, load, merged, save
from benchmarks.running import measure, scope
from benchmarks.tables import show
from benchmarks.timing import Patience
from benchmarks.write import write
from cmdb.cli.collecting import collect_rarely
from cmdb.kernel.errors import CmdbError
from cmdb.store.neo4j.server.parts import ServerPartsError

OUT = Path(__file__).resolve().parents[1] / "docs" / "benchmarks"


def main() -> int:
    """Run what the command line asks for."""
    collect_rarely()  # as every process of the command does
    options = _options()
    console = Console()
    kept = options.out / "results.json"
    try:
        results = load(kept) if options.render else _measured(options, console)
    except (CmdbError, DatabaseNotEmptyError) as error:
        console.print(str(error), style="bold red")
        return 1
    if not options.render:
        if options.store and kept.exists():
            results = merged(load(kept), results)
        options.out.mkdir(parents=True, exist_ok=True)
        save(results, kept)
    show(results, console)
    for line in write(results, options.out):
        console.print(line, highlight=False)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--store",
        help="measure only what Neo4j takes part in, and put it into the earlier results: `neo4j` for a server of our "
        "own, or the address of a server whose database is empty",
    )
    parser.add_argument(
        "--without-neo4j", action="store_true", help="leave Neo4j out (as where its parts cannot be had)"
    )
    parser.add_argument(
        "--large", action="store_true", help="an estate of a million CIs too (needs about 8 GiB)"
    )
    parser.add_argument(
        "--quick", action="store_true", help="small estates and few repetitions: to see that it works"
    )
    parser.add_argument("--out", type=Path, default=OUT, help="where to write (default: docs/benchmarks)")
    parser.add_argument(
        "--render", action="store_true", help="measure nothing; write the page of earlier results again"
    )
    options = parser.parse_args()
    if options.store and (options.without_neo4j or options.large):
        parser.error("--store measures what Neo4j takes part in, and that alone")
    return options


def _measured(options: argparse.Namespace, console: Console) -> Results:
    before, began = load_average(), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="cmdb-bench-") as folder:
        bench = _bench(Path(folder), console, quick=options.quick)
        if before > 1:
            bench.note(
                f"The machine was busy when the run began (load {before}): times are too long and ratios rough; the processor's time tells more."
            )
        wanted = scope(
            quick=options.quick,
            large=options.large,
            neo4j_only=bool(options.store),
            neo4j=_neo4j(options, bench),
        )
        found = asyncio.run(measure(bench, wanted))
    run = Run(
        date=datetime.now(UTC).date().isoformat(),
        command=f"make bench{_arguments(options)}",
        machine=describe(before, found.versions),
        sections=tuple(found.sections),
        notes=tuple(bench.notes),
        minutes=round((time.monotonic() - began) / 60, 1),
    )
    return Results(
        runs=(run,),
        estates=tuple(found.estates),
        measurements=tuple(bench.measurements),
        loads=tuple(bench.loads),
        footprints=tuple(bench.footprints),
        repeated_import_revisions=bench.repeated_import_revisions,
    )


def _bench(folder: Path, console: Console, *, quick: bool) -> Bench:
    if not quick:
        return Bench(folder, console)
    once, few = Patience(1, 1, 0), Patience(3, 5, 0.05)
    return Bench(folder, console, quick=few, slow=once, warming=once, asking=0.2, clients=(1, 4))


def _neo4j(options: argparse.Namespace, bench: Bench) -> Neo4jPlace | None:
    """Where Neo4j is measured; None where it is left out, which is told unless it was asked for by name."""
    if options.without_neo4j:
        bench.note("Neo4j was left out, as asked for.")
        return None
    try:
        return neo4j_place(options.store)
    except ServerPartsError as error:
        if options.store:
            raise
        bench.note(f"Neo4j was left out: {error.message}.")
        return None


def _arguments(options: argparse.Namespace) -> str:
    # An address may hold a password.
    store = f" STORE={options.store if '://' not in options.store else 'address'}" if options.store else ""
    given = [word for word in sys.argv[1:] if word in {"--large", "--quick", "--without-neo4j"}]
    return store + (f' ARGS="{" ".join(given)}"' if given else "")


if __name__ == "__main__":
    raise SystemExit(main())
