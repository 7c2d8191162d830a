"""`python -m benchmarks.probe STORE START`: how long a fresh process takes for each step to its first answers.

Prints seconds and bytes as JSON. It runs by itself, so that nothing is imported or cached beforehand.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

STARTED = time.perf_counter(), time.process_time()


def main(store: str, start: str) -> None:
    """Take each step once."""
    from cmdb.cli.collecting import collect_rarely

    collect_rarely()
    import asyncio
    import json

    from cmdb.app import Settings, open_application

    laps: dict[str, dict[str, float]] = {}
    _lap(laps, "import", STARTED)
    memory = {}

    async def steps() -> None:
        from benchmarks.suites.impacts import SEVEN_FIELDS, answer
        from cmdb.analysis.impact_types import ImpactRequest, Start

        mark = time.perf_counter(), time.process_time()
        async with open_application(Settings(store=store)) as application:
            mark = _lap(laps, "open", mark)
            memory["before"] = _resident("VmRSS")
            services = application.services
            topology = (await services.impact.ask(ImpactRequest((Start(start),)))).topology
            mark = _lap(laps, "topology", mark)
            memory["loaded"] = _resident("VmRSS")
            runner = application.runner
            mark = _lap(laps, "schema", mark)
            await answer(runner, SEVEN_FIELDS, start)
            mark = _lap(laps, "graphql", mark)
            memory["peak"] = _resident("VmHWM")
            memory["arrays"] = sum(
                _bytes_of(part) for part in (topology, topology.links, *_parts(topology.conduction))
            )

    asyncio.run(steps())
    print(json.dumps({"laps": laps, "memory": memory}))


def _lap(laps: dict[str, dict[str, float]], name: str, since: tuple[float, float]) -> tuple[float, float]:
    """Keep how long a step took on the clock and on the processor, and start the next."""
    now = time.perf_counter(), time.process_time()
    laps[name] = {"seconds": now[0] - since[0], "cpu": now[1] - since[1]}
    return now


def _resident(field: str) -> int:
    """Bytes of this process's memory, by a field of its status; 0 where the system does not tell."""
    try:
        with Path("/proc/self/status").open(encoding="ascii") as status:
            found = next((line for line in status if line.startswith(f"{field}:")), None)
    except FileNotFoundError:
        return 0
    return int(found.split()[1]) * 1024 if found else 0


def _parts(conduction: object) -> list[object]:
    """A conduction and everything it is made of."""
    from dataclasses import fields, is_dataclass

    found: list[object] = [conduction]
    for field in fields(conduction):  # type: ignore[arg-type]
        value = getattr(conduction, field.name)
        if is_dataclass(value):
            found += _parts(value)
    return found


def _bytes_of(part: object) -> int:
    """Bytes of the arrays that stand directly in it."""
    from dataclasses import fields

    values = [getattr(part, field.name) for field in fields(part)]  # type: ignore[arg-type]
    return sum(int(value.nbytes) for value in values if hasattr(value, "nbytes"))


if __name__ == "__main__":
    main(*sys.argv[1:])
