"""Whole impact answers, with states, soft links and redundancy groups: in memory and as GraphQL answers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from benchmarks.bench import Bench
from benchmarks.prepared import SIZES_OF_INTEREST, Prepared, candidates, down, nearest
from benchmarks.timing import measure, measure_async
from cmdb.analysis.impact import impact
from cmdb.analysis.impact_types import ImpactRequest, Start
from cmdb.analysis.propagate import propagate
from cmdb.api.execution import GraphQLRunner, Operation
from cmdb.kernel.actor import Actor
from cmdb.topology.build import build_topology
from cmdb.topology.topology import Topology

SECTION = "impact"
GROWTH = "growth"
PROPAGATION = "propagation with states"
RESULT = "whole result in order, with paths"
ANSWER = "GraphQL answer, 1,000 rows of 7 fields"
PATHS = "GraphQL answer, 1,000 rows with their paths"
ASKER = Actor("benchmark")
PAGE = 1_000
SEVEN_FIELDS = """query($id: ID!) {
  impact(of: [{id: $id, state: DOWN}]) { truncated affected(first: 1000) {
    totalCount endCursor nodes { state distance ci { id name status version __typename } }
  } }
}"""
WITH_PATHS = """query($id: ID!) {
  impact(of: [{id: $id, state: DOWN}]) { affected(first: 1000) {
    nodes { state ci { id name } path { steps { state verb ci { id name } } } }
  } }
}"""


@dataclass(frozen=True, slots=True)
class Question:
    """A CI that is down, `others` that are down with it, and how many CIs that hits."""

    start: str
    hits: int
    others: tuple[str, ...] = ()


class NoAnswerError(Exception):
    """A GraphQL answer held errors."""


def questions(prepared: Prepared, topology: Topology, sizes: tuple[int, ...]) -> list[Question]:
    """Starts whose impact comes nearest to each of these sizes."""
    positions = [topology.position(prepared.structure.ids[place]) for place in candidates(prepared.estate)]
    found = nearest(
        positions, sizes, lambda place: len(propagate(topology.conduction, down(place)).affected) - 1
    )
    return [Question(topology.id_at(position), count) for position, count in found]


def share(prepared: Prepared, topology: Topology) -> Question:
    """A question that hits about a third of the estate: a CI that does, or several in a larger estate of more sites."""
    conduction, wanted = topology.conduction, prepared.cis * 37 // 100
    positions = topology.positions([prepared.structure.ids[place] for place in candidates(prepared.estate)])
    counted = [(len(propagate(conduction, down(place)).affected), place) for place in positions.tolist()]
    chosen: list[int] = []
    hits = 0
    for count, place in sorted(counted, reverse=True):
        if hits > 0.8 * wanted:
            break
        more = [*chosen, place]
        reached = len(propagate(conduction, down(*more)).affected) - len(more) if count < 1.2 * wanted else 0
        if 1.1 * hits < reached < 1.2 * wanted:
            chosen, hits = more, reached
    first, *others = map(topology.id_at, chosen)
    return Question(first, hits, tuple(others))


async def run(bench: Bench, prepared: Prepared) -> None:
    """Measure each size of interest, from propagation to the answer in GraphQL."""
    topology = build_topology(prepared.structure, prepared.model)
    runner = prepared.application.runner
    for question in questions(prepared, topology, SIZES_OF_INTEREST):
        _in_memory(bench, prepared, topology, question, SECTION)
        rows = min(PAGE, question.hits)
        for subject, document in ((ANSWER, SEVEN_FIELDS), (PATHS, WITH_PATHS)):
            timing = await measure_async(partial(answer, runner, document, question.start), bench.quick)
            bench.keep(
                SECTION,
                f"{question.hits:,} affected",
                subject,
                cis=prepared.cis,
                amount=rows,
                unit="rows",
                timing=timing,
            )


def grow(bench: Bench, prepared: Prepared) -> None:
    """Measure questions whose time for each affected CI is to stay the same as estates grow."""
    topology = build_topology(prepared.structure, prepared.model)
    for question in (*questions(prepared, topology, (1_000,)), share(prepared, topology)):
        _in_memory(bench, prepared, topology, question, GROWTH)


def _in_memory(
    bench: Bench, prepared: Prepared, topology: Topology, question: Question, section: str
) -> None:
    starts = (question.start, *question.others)
    assumed = down(*topology.positions(starts).tolist())
    request = ImpactRequest(tuple(map(Start, starts)))
    works = (
        (PROPAGATION, lambda: propagate(topology.conduction, assumed)),
        (RESULT, lambda: impact(topology, request)),
    )
    for subject, work in works:
        bench.keep(
            section,
            f"{question.hits:,} affected",
            subject,
            cis=prepared.cis,
            amount=question.hits,
            unit="affected CIs",
            timing=measure(work, bench.quick),
        )


async def answer(runner: GraphQLRunner, document: str, start: str) -> object:
    """The answer's data.

    Raises:
        NoAnswerError: it holds errors.
    """
    found = await runner.run(Operation(document, {"id": start}), ASKER, "benchmark")
    if "errors" in found.body:
        raise NoAnswerError(str(found.body["errors"]))
    return found.body["data"]
