"""Bringing files in: importer, identification, reconciliation, provenance and ledger, on the embedded store."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path

from benchmarks.baselines import plain_tables
from benchmarks.bench import Bench
from benchmarks.estate.estate import Estate
from benchmarks.estate.files import machine_table, nmap_scan
from benchmarks.estate.generate import generate
from benchmarks.estate.observed import observations
from benchmarks.timing import Lap, Stopwatch, timing
from cmdb.api.services import Services
from cmdb.app import Settings, open_application
from cmdb.inventory.engine import RunOptions
from cmdb.inventory.observation import Severity
from cmdb.inventory.plan import ActionKind, Plan, RunReport
from cmdb.kernel.actor import Actor
from cmdb.processes.configuration.imports import ImportRequest

SECTION = "import"
FIRST = "first time"
AGAIN = "the same again"
READ_AGAIN = "the same read again, asked for"
BARE = "bare executemany of the same rows"
SCAN = "nmap XML"
TABLE = "CSV table"
STREAM = "stream of observations"
SEED = 11
_IMPORTER = Actor("benchmark")

Bring = Callable[[Services], Awaitable[RunReport]]


@dataclass(frozen=True, slots=True)
class Brought:
    """Something that is brought in. `read_again` looks at it although all of it stands."""

    task: str
    bring: Bring
    read_again: Bring


class IncompleteImportError(Exception):
    """Not everything of a made-up file went in."""


async def run(bench: Bench, hosts: int, machines: Sequence[int], estate_size: int) -> None:
    """Measure each kind of file: the first time, the same again, and the same rows without the product.

    Tables are of several sizes: the small one tells what starting takes.
    """
    for brought in (scanned(hosts), *map(tabled, machines), streamed(generate(estate_size))):
        await _measure(bench, brought)


def scanned(hosts: int) -> Brought:
    """An nmap scan of so many hosts."""
    return _file(f"{SCAN}, {hosts:,} hosts", "nmap", "scan.xml", nmap_scan(hosts, SEED))


def tabled(machines: int) -> Brought:
    """A table of so many machines."""
    return _file(f"{TABLE}, {machines:,} machines", "table", "machines.csv", machine_table(machines, SEED))


def streamed(estate: Estate) -> Brought:
    """Observations of a whole estate, from no file."""

    async def bring(services: Services, *, reread: bool = False) -> RunReport:
        return await services.inventory.run(observations(estate), RunOptions("discovery", reread=reread))

    return Brought(f"{STREAM}, a whole estate", bring, partial(bring, reread=True))


def _file(task: str, importer: str, name: str, data: bytes) -> Brought:
    async def bring(services: Services, *, reread: bool = False) -> RunReport:
        report = await services.imports.bring_in(
            ImportRequest(importer, name, reread=reread), BytesIO(data), _IMPORTER
        )
        assert not isinstance(report, Plan)
        return report

    return Brought(task, bring, partial(bring, reread=True))


async def _measure(bench: Bench, brought: Brought) -> None:
    laps: dict[str, list[Lap]] = {FIRST: [], AGAIN: []}
    items = 0
    for attempt in range(bench.slow.least):
        file = _fresh(bench.folder / f"import-{attempt}.db")
        async with open_application(Settings(store=str(file))) as application:
            services = application.services
            report, lap = await timed(brought.bring, services)
            items = report.counts.total(ActionKind.CREATE)
            laps[FIRST].append(lap)
            for subject, bring in ((AGAIN, brought.bring), (READ_AGAIN, brought.read_again)):
                report, lap = await timed(bring, services)
                bench.repeated_import_revisions += report.last_revision is not None
                laps.setdefault(subject, []).append(lap)
            rows = await plain_tables.rows_of(services.store)
        plain = _fresh(bench.folder / "plain.db")
        watch = Stopwatch()
        plain_tables.put(rows, plain)
        laps.setdefault(BARE, []).append(watch.lap())
    for subject, taken in laps.items():
        bench.keep(SECTION, brought.task, subject, cis=items, amount=items, unit="CIs", timing=timing(taken))


async def timed(bring: Bring, services: Services) -> tuple[RunReport, Lap]:
    """What came of it, and how long it took.

    Raises:
        IncompleteImportError: not everything went in.
    """
    watch = Stopwatch()
    report = await bring(services)
    lap = watch.lap()
    errors = [problem for problem in report.problems if problem.severity is Severity.ERROR]
    if errors or report.conflict_count:
        raise IncompleteImportError(f"{report.conflict_count} conflicts, problems: {errors[:3]}")
    return report, lap


def _fresh(file: Path) -> Path:
    """The path, with no file of that name left (nor SQLite's files beside it)."""
    for old in file.parent.glob(f"{file.name}*"):
        old.unlink()
    return file
