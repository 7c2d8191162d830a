"""`python -m benchmarks`: measure everything in one run and write docs/benchmarks."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from benchmarks.bench import Bench
from benchmarks.machine import describe, load_average
from benchmarks.prepared import prepared
from benchmarks.results import EstateSize, Results, load, save
from benchmarks.suites import completion, impacts, importing, reaching, starting
from benchmarks.tables import show
from benchmarks.timing import Patience
from benchmarks.write import write
from cmdb.cli.collecting import collect_rarely

OUT = Path(__file__).resolve().parents[1] / "docs" / "benchmarks"
MAIN, SMALL, LARGE = 100_000, 10_000, 1_000_000
HOSTS, MACHINES = 16_000, 20_000


def main() -> int:
    """Run what the command line asks for."""
    collect_rarely()  # as every process of the command does
    options = _options()
    console = Console()
    results = load(options.out / "results.json") if options.render else _measured(options, console)
    options.out.mkdir(parents=True, exist_ok=True)
    if not options.render:
        save(results, options.out / "results.json")
    show(results, console)
    for line in write(results, options.out):
        console.print(line, highlight=False)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
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
    return parser.parse_args()


def _measured(options: argparse.Namespace, console: Console) -> Results:
    before = load_average()
    with tempfile.TemporaryDirectory(prefix="cmdb-bench-") as folder:
        bench = Bench(Path(folder), console)
        if options.quick:
            bench.quick, bench.slow = Patience(3, 5, 0.05), Patience(1, 1, 0)
        if before > 1:
            bench.note(
                f"The machine was busy when the run began (load {before}): times are too long and ratios rough; the processor's time tells more."
            )
        estates = asyncio.run(_run(bench, _sizes(options), quick=options.quick))
    return Results(
        date=datetime.now(UTC).date().isoformat(),
        command=f"make bench{_arguments()}",
        machine=describe(before),
        estates=tuple(estates),
        measurements=tuple(bench.measurements),
        footprints=tuple(bench.footprints),
        repeated_import_revisions=bench.repeated_import_revisions,
        notes=tuple(bench.notes),
    )


def _sizes(options: argparse.Namespace) -> list[int]:
    if options.quick:
        return [SMALL // 4, SMALL]
    return [SMALL, MAIN, *([LARGE] if options.large else [])]


def _arguments() -> str:
    given = [word for word in sys.argv[1:] if word in {"--large", "--quick"}]
    return f' ARGS="{" ".join(given)}"' if given else ""


async def _run(bench: Bench, sizes: list[int], *, quick: bool) -> list[EstateSize]:
    """Everything, the suites that need an estate on each in turn; the second size is the one looked at closely."""
    bench.say("Import")
    scale = 40 if quick else 1
    await importing.run(bench, HOSTS // scale, MACHINES // scale, sizes[0])
    estates = []
    for size in sizes:
        bench.say(f"Estate of {size:,} CIs")
        async with prepared(size, bench.folder) as estate:
            estates.append(estate.size)
            impacts.grow(bench, estate)
            if size != sizes[0]:
                starting.run(bench, estate)
            if size == sizes[1]:
                reaching.run(bench, estate)
                await impacts.run(bench, estate)
                await completion.run(bench, estate)
    return estates


if __name__ == "__main__":
    raise SystemExit(main())
