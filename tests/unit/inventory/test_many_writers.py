"""Many importers at once bring the same machines."""

import asyncio
from pathlib import Path

from cmdb.graph.from_model import graph_schema
from cmdb.inventory.engine import InventoryEngine, RunOptions
from cmdb.kernel.ids import UlidSource
from cmdb.store.embedded.store import open_embedded
from tests.unit.inventory.estate import Estate, StillClock, host_with_ports, make_model

WRITERS = 16
MACHINES = [
    host_with_ports({"name": f"h{n}", "serial_number": f"SN-{n}A", "ip_addresses": [f"10.0.{n // 200}.{n % 200 + 1}"]}, [22])
    for n in range(250)
]  # fmt: skip


async def test_sixteen_runs_of_the_same_machines_at_once_make_each_machine_once(tmp_path: Path) -> None:
    model, clock = make_model(), StillClock()
    stores = [
        await open_embedded(tmp_path / "estate.db", graph_schema(model), clock) for _ in range(4)
    ]  # as four processes would
    try:
        engines = [InventoryEngine(stores[n % 4], model, clock, UlidSource(clock)) for n in range(WRITERS)]
        options = RunOptions("nmap", "office", chunk_items=100)
        reports = await asyncio.gather(
            *(
                engine.run(MACHINES if n % 2 else reversed(MACHINES), options)
                for n, engine in enumerate(engines)
            )
        )
        estate = Estate(stores[0], engines[0])
        hosts, endpoints = await estate.cis(), await estate.cis("Endpoint")
    finally:
        for store in stores:
            await store.close()

    assert 250 == len(hosts)
    assert 250 == len(endpoints)
    assert {(0, 0)} == {(report.problem_count, report.conflict_count) for report in reports}
