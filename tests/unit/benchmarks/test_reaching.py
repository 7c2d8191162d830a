"""All means of finding what is reached agree, on an estate in a store."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.console import Console

from benchmarks.baselines import c_loop, network_graph, recursive_sql
from benchmarks.baselines.plain import PlainGraph, plain_graph
from benchmarks.bench import Bench
from benchmarks.prepared import candidates, down, prepared
from benchmarks.suites import reaching
from benchmarks.timing import Patience
from cmdb.analysis.propagate import propagate

QUICK = Patience(least=1, most=1, seconds=0)


async def test_means_agree_about_many_starts(tmp_path: Path) -> None:
    """networkx, SQL, C (where there is a compiler) and ours reach the same CIs from the same starts."""
    async with prepared(1_000, tmp_path) as estate:
        graph = plain_graph(estate.structure, estate.model)
        descendants = network_graph.searcher(graph)
        connection, search = recursive_sql.searcher(estate.file, graph)
        for place in candidates(estate.estate)[::7]:
            start = graph.topology.position(estate.structure.ids[place])
            expected = sorted(propagate(graph.topology.conduction, down(start)).affected.tolist())

            assert expected == sorted([start, *descendants(start)])
            reached = {estate.structure.ids[key - 1] for (key,) in search(graph.topology.id_at(start))}
            assert {graph.topology.id_at(position) for position in expected} == reached
        connection.close()
        _c_agrees(graph, tmp_path)


def _c_agrees(graph: PlainGraph, folder: Path) -> None:
    library = c_loop.compiled(folder)
    if library is None:
        return
    loop = c_loop.searcher(library, graph.rows)
    for start in range(0, len(graph.topology.ids), 29):
        expected = sorted(propagate(graph.topology.conduction, down(start)).affected.tolist())
        assert expected == sorted(loop(start).tolist())


async def test_a_run_keeps_one_measurement_for_each_way_and_size(tmp_path: Path) -> None:
    """Sizes that the estate is too small for are left out."""
    bench = Bench(tmp_path, Console(quiet=True), quick=QUICK)
    async with prepared(1_000, tmp_path) as estate:
        reaching.run(bench, estate)

    tasks = {measurement.task for measurement in bench.measurements}
    subjects = {measurement.subject for measurement in bench.measurements}
    assert len(bench.measurements) == len(tasks) * len(subjects)
    assert {reaching.OURS, reaching.NETWORKX, reaching.SQL} <= subjects


async def test_different_answers_stop_the_run() -> None:
    """A wrong answer is no figure."""
    right = reaching.Subject("right", lambda _: None, lambda start: [start, 2])
    wrong = reaching.Subject("wrong", lambda _: None, lambda start: [start])

    with pytest.raises(reaching.DifferentAnswersError, match="wrong and right differ"):
        reaching._compare([right, wrong], 1)
