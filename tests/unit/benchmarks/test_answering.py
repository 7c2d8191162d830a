"""Questions whose answers can be compared: states and a plain search hit the same CIs."""

from __future__ import annotations

from pathlib import Path

from benchmarks.baselines import cypher
from benchmarks.baselines.plain import crossing_search
from benchmarks.prepared import prepared
from benchmarks.suites.answering import questions
from cmdb.analysis.impact import impact
from cmdb.analysis.impact_types import ImpactRequest, Start
from cmdb.topology.build import build_topology


async def test_states_and_a_plain_search_hit_the_same_cis(tmp_path: Path) -> None:
    """About as many as wanted, none of them a start; sizes beyond the estate are left out."""
    async with prepared(2_000, tmp_path) as estate:
        search = crossing_search(estate.structure, estate.model)
        found = questions(estate, search, (100, 500, 50_000))
        topology = build_topology(estate.structure, estate.model)

    assert len(found) == 2
    for question, wanted in zip(found, (100, 500), strict=True):
        starts = [topology.position(start) for start in question.starts]
        affected = impact(topology, ImpactRequest(tuple(map(Start, question.starts)))).positions
        assert wanted / 1.5 <= len(question.hits) <= wanted * 1.05
        assert set(topology.positions(question.hits).tolist()) == set(affected.tolist()) == search.hit(starts)


def test_cypher_follows_each_type_in_its_direction() -> None:
    """Against the types whose source suffers, along those whose target does."""
    statement = cypher.search_with_rows(("RUNS_ON", "DEPENDS_ON"), ("MEMBER_OF",))

    assert "<-[:RUNS_ON|DEPENDS_ON*0..]-" in statement
    assert "-[:MEMBER_OF]->" in statement
    assert statement.count("n.") == len(cypher.FIELDS) + 1
