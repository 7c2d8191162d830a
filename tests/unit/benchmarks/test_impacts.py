"""Questions that hit a share of an estate, however many sites it has."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.console import Console

from benchmarks.bench import Bench
from benchmarks.prepared import prepared
from benchmarks.suites import impacts
from benchmarks.timing import Patience
from cmdb.analysis.impact import impact
from cmdb.analysis.impact_types import ImpactRequest, Start
from cmdb.topology.build import build_topology


async def test_growth_is_measured_on_about_a_third_of_the_estate(tmp_path: Path) -> None:
    """By one CI or several, and the answer has as many CIs as the question says."""
    bench = Bench(tmp_path, Console(quiet=True), quick=Patience(1, 1, 0))
    async with prepared(1_500, tmp_path) as estate:
        topology = build_topology(estate.structure, estate.model)
        question = impacts.share(estate, topology)
        impacts.grow(bench, estate)

    starts = tuple(map(Start, (question.start, *question.others)))
    assert question.hits == impact(topology, ImpactRequest(starts)).total
    assert question.hits == pytest.approx(0.37 * estate.cis, rel=0.25)
    assert question.hits in {each.amount for each in bench.measurements}
