"""Bringing files in: importer, identification, reconciliation, provenance and ledger, on the embedded store."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from io import BytesIO
from pathlib import Path

from benchmarks.baselines import plain_tables
from benchmarks.bench import Bench
from benchmarks.estate.files import machine_table, nmap_scan
from benchmarks.estate.generate import generate
from benchmarks.estate.observed import observations
from benchmarks.timing import Lap, Stopwatch, timing
from cmdb.app import Application, Settings, open_application
from cmdb.inventory.engine import RunOptions
from cmdb.inventory.observation import Severity
from cmdb.inventory.plan import ActionKind, Plan, RunReport
from cmdb.kernel.actor import Actor
from cmdb.processes.configuration.imports import ImportRequest

SECTION = "import"
FIRST = "first time"
AGAIN = "the same again"
BARE = "bare executemany of the same rows"
SCAN = "nmap XML"
TABLE = "CSV table"
STREAM = "stream of observations"
SEED = 11
_IMPORTER = Actor("benchmark")

Bring = Callable[[Application], Awaitable[RunReport]]


class IncompleteImportError(Exception):
    """Not everything of a made-up file went in."""


async def run(bench: Bench, hosts: int, machines: int, estate_size: int) -> None:
    """Measure each kind of file: the first time, the same again, and the same rows without the product."""
    scan, table, estate = nmap_scan(hosts, SEED), machine_table(machines, SEED), generate(estate_size)

    async def discovery(application: Application) -> RunReport:
        return await application.services.inventory.run(observations(estate), RunOptions("discovery"))

    await _measure(bench, f"{SCAN}, {hosts:,} hosts", _file("nmap", "scan.xml", scan))
    await _measure(bench, f"{TABLE}, {machines:,} machines", _file("table", "machines.csv", table))
    await _measure(bench, f"{STREAM}, a whole estate", discovery)


def _file(importer: str, name: str, data: bytes) -> Bring:
    async def bring(application: Application) -> RunReport:
        request = ImportRequest(importer, name)
        report = await application.services.imports.bring_in(request, BytesIO(data), _IMPORTER)
        assert not isinstance(report, Plan)
        return report

    return bring


async def _measure(bench: Bench, task: str, bring: Bring) -> None:
    first, again, bare = [], [], []
    items = 0
    for attempt in range(bench.slow.least):
        file = _fresh(bench.folder / f"import-{attempt}.db")
        async with open_application(Settings(store=str(file))) as application:
            report, lap = await _timed(bring, application)
            items = report.counts.total(ActionKind.CREATE)
            first.append(lap)
            report, lap = await _timed(bring, application)
            bench.repeated_import_revisions += report.last_revision is not None
            again.append(lap)
            rows = await plain_tables.rows_of(application.services.store)
        plain = _fresh(bench.folder / "plain.db")
        watch = Stopwatch()
        plain_tables.put(rows, plain)
        bare.append(watch.lap())
    for subject, taken in ((FIRST, first), (AGAIN, again), (BARE, bare)):
        bench.keep(SECTION, task, subject, cis=items, amount=items, unit="CIs", timing=timing(taken))


async def _timed(bring: Bring, application: Application) -> tuple[RunReport, Lap]:
    watch = Stopwatch()
    report = await bring(application)
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
