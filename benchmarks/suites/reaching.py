"""Finding the affected set: ours, Neo4j, networkx, recursive SQL and the same loop in C, on the same dependencies.

Every answer is compared with the others' before anything is timed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from benchmarks.baselines import c_loop, cypher, network_graph, recursive_sql
from benchmarks.baselines.cypher import Asker
from benchmarks.baselines.plain import PlainGraph, plain_graph
from benchmarks.bench import Bench
from benchmarks.prepared import SIZES_OF_INTEREST, Prepared, candidates, down, nearest
from benchmarks.timing import measure
from cmdb.analysis.impact import impact
from cmdb.analysis.impact_types import ImpactRequest, Start
from cmdb.analysis.propagate import propagate
from cmdb.topology.adjacency import reach

SECTION = "reach"
OURS = "ours: propagation with states"
SEARCH = "ours: bare search"
RESULT = "ours: whole result in order, with paths"
NETWORKX = "networkx descendants"
SQL = "recursive SQL on the embedded file"
C_LOOP = "the same search in C"
NEO4J = "Neo4j's own traversal, through its driver"


class DifferentAnswersError(Exception):
    """Two means gave different answers to the same question."""


@dataclass(frozen=True, slots=True)
class Subject:
    """One way of answering: `work` asks it, `found` gives the positions that it found, ascending.

    A server works for a while uncounted before it is timed.
    """

    name: str
    work: Callable[[int], object]
    found: Callable[[int], list[int]]
    is_server: bool = False


def run(bench: Bench, prepared: Prepared, neo4j: Asker | None = None) -> None:
    """Measure all ways at each size of interest; Neo4j, which holds the same estate, where there is one."""
    graph = plain_graph(prepared.structure, prepared.model)
    start_of = {
        place: graph.topology.position(prepared.structure.ids[place]) for place in candidates(prepared.estate)
    }
    starts = nearest(
        start_of.values(),
        SIZES_OF_INTEREST,
        lambda position: len(propagate(graph.topology.conduction, down(position)).affected),
    )
    connection, search = recursive_sql.searcher(prepared.file, graph)
    try:
        subjects = [*_ours(graph), *_others(bench, prepared, graph, search)]
        if neo4j is not None:
            subjects.append(_neo4j(graph, neo4j))
        for start, count in starts:
            _compare(subjects, start)
            for subject in subjects:
                if subject.is_server:
                    measure(partial(subject.work, start), bench.warming)
                timing = measure(partial(subject.work, start), bench.quick)
                bench.keep(
                    SECTION,
                    _task(count),
                    subject.name,
                    cis=prepared.cis,
                    amount=count,
                    unit="affected CIs",
                    timing=timing,
                )
    finally:
        connection.close()


def _task(count: int) -> str:
    return f"{count:,} affected"


def _ours(graph: PlainGraph) -> list[Subject]:
    topology = graph.topology
    rows = topology.conduction.hard

    def whole(start: int) -> list[int]:
        result = impact(topology, ImpactRequest((Start(topology.id_at(start)),)))
        return sorted([start, *result.positions.tolist()])

    return [
        Subject(
            SEARCH,
            lambda start: reach(rows, np.array([start], dtype=np.int32)),
            lambda start: sorted(reach(rows, np.array([start], dtype=np.int32)).nodes.tolist()),
        ),
        Subject(
            OURS,
            lambda start: propagate(topology.conduction, down(start)),
            lambda start: sorted(propagate(topology.conduction, down(start)).affected.tolist()),
        ),
        Subject(
            RESULT, lambda start: impact(topology, ImpactRequest((Start(topology.id_at(start)),))), whole
        ),
    ]


def _others(
    bench: Bench, prepared: Prepared, graph: PlainGraph, search: Callable[[str], list[tuple[int]]]
) -> list[Subject]:
    topology = graph.topology
    ids = prepared.structure.ids  # in the order of the store's keys, which count from 1
    place_of = {
        ci_id: place
        for place, ci_id in enumerate(topology.ids_at(np.arange(len(topology.ids), dtype=np.int32)))
    }
    descendants = network_graph.searcher(graph)
    subjects = [
        Subject(NETWORKX, descendants, lambda start: sorted([start, *descendants(start)])),
        Subject(
            SQL,
            lambda start: search(topology.id_at(start)),
            lambda start: sorted(place_of[ids[key - 1]] for (key,) in search(topology.id_at(start))),
        ),
    ]
    library = c_loop.compiled(bench.folder)
    if library is None:
        bench.note("The same search in C was left out: no C compiler was found.")
    else:
        loop = c_loop.searcher(library, graph.rows)
        subjects.append(Subject(C_LOOP, loop, lambda start: sorted(loop(start).tolist())))
    return subjects


def _neo4j(graph: PlainGraph, asks: Asker) -> Subject:
    statement = cypher.traversal(graph.types)
    topology = graph.topology

    def work(start: int) -> list[list[object]]:
        return asks.rows(statement, id=topology.id_at(start))

    def found(start: int) -> list[int]:
        return sorted({start, *topology.positions([str(row[0]) for row in work(start)]).tolist()})

    return Subject(NEO4J, work, found, is_server=True)


def _compare(subjects: list[Subject], start: int) -> None:
    first, *others = subjects
    expected = first.found(start)
    for other in others:
        if other.found(start) != expected:
            raise DifferentAnswersError(
                f"{other.name} and {first.name} differ about what node {start} reaches"
            )
