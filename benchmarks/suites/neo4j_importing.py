"""Bringing an estate into Neo4j, and the same nodes and links by a bare `UNWIND … MERGE` on the same server.

Both begin on an emptied database of a server that both have warmed up, in turn; the bare way with the size of
transactions that suits it best. It is measured twice: with the constraint on the id as its only index, which the
budget is about, and under the product's label, whose property and full-text indexes it then has to keep too.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import neo4j
from rich.console import Console

from benchmarks.baselines import bare_merge
from benchmarks.bench import Bench
from benchmarks.estate.generate import generate
from benchmarks.suites.importing import (
    AGAIN,
    FIRST,
    READ_AGAIN,
    Brought,
    scanned,
    streamed,
    timed,
)
from benchmarks.timing import Lap, Patience, Stopwatch, timing
from cmdb.api.services import Services
from cmdb.app import wire
from cmdb.cli.collecting import collect_rarely
from cmdb.graph.from_model import graph_schema
from cmdb.graph.schema import GraphSchema
from cmdb.inventory.plan import ActionKind
from cmdb.kernel.clock import SystemClock
from cmdb.model.load import load_model
from cmdb.store.neo4j.address import Neo4jAddress, parse_address
from cmdb.store.neo4j.store import Neo4jStore, open_neo4j

SECTION = "neo4j import"
BARE = "bare UNWIND … MERGE of the same"
BARE_INDEXED = "bare UNWIND … MERGE of the same, with the store's indexes"
SIZES = (1_000, 2_000, 5_000)
"""Rows in a transaction that are tried for the bare way."""
ESTATE = 20_000
CIS_OF_A_HOST = 6
"""About as many come of each host of a scan: itself, its address, its interface and its endpoints."""


@dataclass(frozen=True, slots=True)
class _Server:
    """What is measured on: the store and the engine over it, and a driver of its own for the bare way."""

    schema: GraphSchema
    store: Neo4jStore
    services: Services
    driver: neo4j.AsyncDriver
    database: str
    version: str

    async def empty(self) -> None:
        """Begin anew; what earlier work left in this process is given back first."""
        await bare_merge.empty(self.driver, self.database)
        gc.collect()


async def measure(bench: Bench, address: Neo4jAddress, estate_size: int = ESTATE) -> None:
    """Measure on a running server, whose database is emptied: the first time, the same again, and bare.

    Of a scan as many hosts are taken as give about as many CIs.
    """
    estate = generate(estate_size)
    async with _opened(address) as server:
        for brought in (streamed(estate), scanned(estate_size // CIS_OF_A_HOST)):
            await _measure(bench, server, brought)
        await server.empty()


async def _measure(bench: Bench, server: _Server, brought: Brought) -> None:
    rows, at_once = await _warmed(server, brought)
    task = f"{brought.task}, Neo4j {server.version}"
    bench.note(
        f"Bare UNWIND … MERGE of {brought.task}: {at_once:,} rows in a transaction, the best of {SIZES}."
    )
    laps: dict[str, list[Lap]] = {FIRST: [], AGAIN: []}
    items = 0
    for _ in range(bench.slow.least):
        await server.empty()
        report, lap = await timed(brought.bring, server.services)
        items = report.counts.total(ActionKind.CREATE)
        laps[FIRST].append(lap)
        for subject, bring in ((AGAIN, brought.bring), (READ_AGAIN, brought.read_again)):
            gc.collect()
            report, lap = await timed(bring, server.services)
            bench.repeated_import_revisions += report.last_revision is not None
            laps.setdefault(subject, []).append(lap)
        for subject, label in ((BARE, bare_merge.PLAIN_LABEL), (BARE_INDEXED, bare_merge.PRODUCT_LABEL)):
            laps.setdefault(subject, []).append(await _put(server, rows, label, at_once))
    for subject, taken in laps.items():
        bench.keep(SECTION, task, subject, cis=items, amount=items, unit="CIs", timing=timing(taken))


@asynccontextmanager
async def _opened(address: Neo4jAddress) -> AsyncIterator[_Server]:
    model, clock = load_model([]), SystemClock()
    schema = graph_schema(model)
    store = await open_neo4j(address, schema, clock)
    auth = (address.user or "neo4j", address.password) if address.password else None
    driver = neo4j.AsyncGraphDatabase.driver(address.uri, auth=auth)
    try:
        version = (await driver.get_server_info()).agent.removeprefix("Neo4j/")
        services = wire(model, store, clock, receipts=store)
        await bare_merge.constrain(driver, address.database)
        yield _Server(schema, store, services, driver, address.database, version)
        await bare_merge.unconstrain(driver, address.database)
    finally:
        await driver.close()
        await store.close()


async def _warmed(server: _Server, brought: Brought) -> tuple[bare_merge.Rows, int]:
    """Discarded passes of everything, for the server's Java to compile; and the bare way's best size."""
    await server.empty()
    await timed(brought.bring, server.services)
    await timed(brought.read_again, server.services)
    rows = await bare_merge.rows_of(server.store, server.schema)
    await _put(server, rows, bare_merge.PRODUCT_LABEL, SIZES[0])
    await _put(server, rows, bare_merge.PLAIN_LABEL, SIZES[0])
    taken = {size: (await _put(server, rows, bare_merge.PLAIN_LABEL, size)).seconds for size in SIZES}
    return rows, min(taken, key=taken.__getitem__)


async def _put(server: _Server, rows: bare_merge.Rows, label: str, at_once: int) -> Lap:
    await server.empty()
    watch = Stopwatch()
    await bare_merge.put(server.driver, server.database, rows, label, at_once)
    return watch.lap()


def main() -> int:
    """Measure on a server that is named by its address, whose database is emptied for it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.suites.neo4j_importing", description=__doc__)
    parser.add_argument(
        "address", help="of the server, e.g. bolt://localhost:7687; everything in its database is removed"
    )
    parser.add_argument("--cis", type=int, default=ESTATE, help=f"about so many CIs (default: {ESTATE:,})")
    parser.add_argument("--rounds", type=int, default=3, help="how often (default: 3)")
    options = parser.parse_args()
    collect_rarely()  # as every process of the command does
    with tempfile.TemporaryDirectory(prefix="cmdb-bench-") as folder:
        bench = Bench(Path(folder), Console(), slow=Patience(options.rounds, options.rounds, 0))
        asyncio.run(measure(bench, parse_address(options.address, {}), options.cis))
        for task in dict.fromkeys(each.task for each in bench.measurements):
            found = {each.subject: each.timing.median for each in bench.measurements if each.task == task}
            bench.say(
                f"{task}: {found[BARE] / found[FIRST]:.0%} of the bare throughput, "
                f"{found[BARE_INDEXED] / found[FIRST]:.0%} of that with the same indexes; the same again {found[FIRST] / found[AGAIN]:.1f} times as fast"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
