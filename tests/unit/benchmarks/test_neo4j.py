"""Cypher finds what our searches find, on a copy of an estate in a real Neo4j."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from benchmarks.baselines import cypher
from benchmarks.baselines.cypher import Asker, asker
from benchmarks.baselines.plain import crossing_search
from benchmarks.bench import Bench
from benchmarks.neo4j_place import DatabaseNotEmptyError, copy_into, neo4j_place, versions
from benchmarks.prepared import prepared
from benchmarks.suites import reaching
from benchmarks.suites.answering import questions
from benchmarks.timing import Patience
from cmdb.store.neo4j.address import parse_address
from tests.neo4j_server import VERSIONS, neo4j_marks, server_address, wipe

ONCE = Patience(least=1, most=1, seconds=0)
# The first test starts the server, in which a busy machine takes its time.
pytestmark = [*neo4j_marks(VERSIONS[0]), pytest.mark.timeout(400)]


@pytest.fixture
def address() -> Iterator[str]:
    """A server with an empty database."""
    found = server_address(VERSIONS[0])
    wipe(found)
    yield found
    wipe(found)


async def test_cypher_finds_what_our_searches_find(address: str, tmp_path: Path) -> None:
    """The affected set, and the rows of what several starts hit; the planner searches by pruning."""
    bench = Bench(tmp_path, Console(quiet=True), quick=ONCE, warming=ONCE)
    place = parse_address(address, {})
    async with prepared(1_000, tmp_path) as estate:
        copy_into(estate.file, place)
        with asker(place) as asks:
            reaching.run(bench, estate, asks)
            search = crossing_search(estate.structure, estate.model)
            (question,) = questions(estate, search, (200,))
            statement = cypher.search_with_rows(search.types, search.crossed)
            rows = asks.rows(statement, ids=list(question.starts))
            told = versions(asks)
            _prunes(asks, search.types)

    assert any(each.subject == reaching.NEO4J for each in bench.measurements)
    assert sorted(question.hits) == sorted(str(row[0]) for row in rows)
    assert {"Neo4j", "Java"} == told.keys()
    with pytest.raises(DatabaseNotEmptyError):
        neo4j_place(address)


def _prunes(asks: Asker, types: tuple[str, ...]) -> None:
    """Otherwise the budget would be measured beside Cypher that is not the best one can write."""
    assert any("Pruning" in name for name in asks.operators(cypher.traversal(types), id="any"))
