"""From nothing to the first answer, in processes of their own; and the memory they take."""

from __future__ import annotations

import json
import subprocess
import sys

from benchmarks.bench import Bench
from benchmarks.prepared import Prepared
from benchmarks.results import Footprint
from benchmarks.suites.impacts import questions
from benchmarks.timing import Lap, Stopwatch, timing
from cmdb.topology.build import build_topology

SECTION = "start"
COMMAND = "cmdb impact, the whole command"
STEPS = {
    "import": "load the program",
    "open": "read the model and open the store",
    "topology": "load the topology and answer a first impact",
    "schema": "build the GraphQL schema",
    "graphql": "first GraphQL answer, 1,000 rows of 7 fields",
}
FIRST_IMPACT = "process to first impact"
FIRST_GRAPHQL = "process to first GraphQL answer"
_HITS = 1_000


def run(bench: Bench, prepared: Prepared) -> None:
    """Measure the command, then each step of a fresh process."""
    topology = build_topology(prepared.structure, prepared.model)
    (question,) = questions(prepared, topology, (_HITS,))
    store = str(prepared.file)
    command = [sys.executable, "-m", "cmdb.cli.main", "impact", question.start, "--store", store, "--json"]
    taken = [_lap(command) for _ in range(bench.slow.least)]
    _keep(bench, prepared, COMMAND, taken)
    laps: dict[str, list[Lap]] = {}
    memory: list[dict[str, int]] = []
    for _ in range(bench.slow.least):
        told = subprocess.run(
            [sys.executable, "-m", "benchmarks.probe", store, question.start], check=True, capture_output=True
        ).stdout
        probe = json.loads(told)
        memory.append(probe["memory"])
        for step in STEPS:
            laps.setdefault(step, []).append(Lap(**probe["laps"][step]))
    for step, title in STEPS.items():
        _keep(bench, prepared, title, laps[step])
    until_impact = [_sum(steps) for steps in zip(*(laps[step] for step in list(STEPS)[:3]), strict=True)]
    _keep(bench, prepared, FIRST_IMPACT, until_impact)
    _keep(bench, prepared, FIRST_GRAPHQL, [_sum(steps) for steps in zip(*laps.values(), strict=True)])
    middle = sorted(memory, key=lambda each: each["loaded"])[len(memory) // 2]
    if middle["loaded"]:
        bench.footprints.append(Footprint(cis=prepared.cis, **middle))
    else:
        bench.note("Memory was left out: this system does not tell a process's memory under /proc.")


def _lap(command: list[str]) -> Lap:
    watch = Stopwatch()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return watch.lap()


def _sum(laps: tuple[Lap, ...]) -> Lap:
    return Lap(sum(lap.seconds for lap in laps), sum(lap.cpu for lap in laps))


def _keep(bench: Bench, prepared: Prepared, subject: str, taken: list[Lap]) -> None:
    bench.keep(
        SECTION, "a fresh process", subject, cis=prepared.cis, amount=1, unit="time", timing=timing(taken)
    )
