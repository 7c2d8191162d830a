"""Neo4j shows a change record by record; what the product reads is one state of a node, or another."""

import asyncio
from pathlib import Path
from typing import Any

import neo4j
import pytest

from cmdb.graph.batch import NodeUpdate
from cmdb.graph.elements import Node, Stamp
from cmdb.graph.query import AllOf, NodeQuery, SearchQuery
from cmdb.store.neo4j.compile_names import CHECKSUM
from cmdb.store.neo4j.store import Neo4jStore, open_neo4j
from cmdb.store.neo4j.wholeness import TornReadError, Wholeness
from tests.contract.build import FixedClock, batch, host, put, ticket
from tests.contract.schema import ALL, SCHEMA
from tests.unit.processes.configuration.backup.stores import backup_of, fill, restored, store_in

ROWS = "MATCH (n:CmdbNode) RETURN n{.*} ORDER BY n.id"


def _do(address: str, statement: str, **values: Any) -> list[dict[str, Any]]:
    with neo4j.GraphDatabase.driver(address) as driver, driver.session() as session:
        return [record[0] for record in session.run(statement, **values)]


async def _changed_in_all_ways(store: Neo4jStore) -> None:
    await put(
        store,
        host("a", "claim", rank=1, price=-0.0, tags=["x", "y"], note="ü", managed=True),
        host("b", tags=[], price=1e300, rank=-(2**63)),
        ticket("t"),
    )
    await put(store, NodeUpdate("a", {"price": 0.5, "tags": None, "rank": 2**63 - 1}))
    await put(store, NodeUpdate("a", {"tier": "gold"}, label="Service"), NodeUpdate("b", {"note": ""}))
    await put(store, NodeUpdate("b", claims=("other",), stamps={"name": Stamp("hand", "2026-01-01")}))


async def test_every_node_carries_a_checksum_of_what_it_is(address: str) -> None:
    """However it came to be: made, changed, of another class, with a number, or with new evidence only."""
    store = await open_neo4j(address, SCHEMA, FixedClock())
    await _changed_in_all_ways(store)
    rows = _do(address, ROWS)

    assert ["a", "b", "t"] == [node.id for node in Wholeness().nodes(rows)]
    assert [True] * 3 == [CHECKSUM in row for row in rows]
    await store.close()


async def test_so_does_every_node_that_was_loaded(address: str, tmp_path: Path) -> None:
    """Out of a backup, whichever store it was made of."""
    store = await open_neo4j(address, SCHEMA, FixedClock())
    async with store_in(tmp_path) as origin:
        await fill(origin)
        await restored(await backup_of(origin), store)
    rows = _do(address, ROWS)

    assert len(rows) == len(Wholeness().nodes(rows)) > 0
    assert {True} == {CHECKSUM in row for row in rows}
    await store.close()


@pytest.mark.parametrize("change", [{"rank": 7}, {"version": 9}, {"revision": 9}, {"label": "Server"}])
async def test_a_node_in_two_states_at_once_is_read_again(address: str, change: dict[str, Any]) -> None:
    """By its id, in a page, by a search and among all: each time the state that it is in afterwards."""
    store = await open_neo4j(address, SCHEMA, FixedClock())
    await put(store, host("a", rank=1))
    (whole,) = _do(address, ROWS)

    async def by_id() -> object:
        return (await store.get(["a"]))["a"]

    async def in_a_page() -> object:
        return (await store.find(NodeQuery(ALL, AllOf(())))).nodes[0]

    async def by_search() -> object:
        return (await store.search(SearchQuery("a", ALL)))[0].node

    async def among_all() -> object:
        return await anext(store.nodes())

    expected = await by_id()
    for ask in (by_id, in_a_page, by_search, among_all):
        _do(address, "MATCH (n:CmdbNode {id: 'a'}) SET n += $change", change=change)
        asked = asyncio.ensure_future(ask())
        await asyncio.sleep(0.05)
        assert not asked.done()
        await asyncio.to_thread(_do, address, "MATCH (n:CmdbNode {id: 'a'}) SET n = $whole", whole=whole)

        assert expected == await asked
    await store.close()


async def test_a_node_that_was_altered_past_the_product_is_taken_as_it_is(address: str) -> None:
    """After a while once, and at once from then on; a change by the product makes it whole."""
    store = await open_neo4j(address, SCHEMA, FixedClock())
    await put(store, host("a", rank=1))
    _do(address, "MATCH (n:CmdbNode {id: 'a'}) SET n.rank = 7")
    asked = [(await store.get(["a"]))["a"].properties["rank"] for _ in range(3)]
    await put(store, NodeUpdate("a", {"note": "by the product"}, expected_version=1))

    assert [7, 7, 7] == asked
    assert ["a"] == [node.id for node in Wholeness().nodes(_do(address, ROWS))]
    await store.close()


async def test_a_node_that_changes_all_the_time_is_told_from_one_that_was_altered() -> None:
    """Only what comes the same way twice is tolerated."""
    row = {
        "id": "a", "label": "Host", "version": 1, "revision": 1, "created_at": "", "updated_at": "", CHECKSUM: 1,
    }  # fmt: skip
    wholeness = Wholeness()
    with pytest.raises(TornReadError) as torn:
        wholeness.nodes([row])
    wholeness.tolerate(torn.value.marks)
    wholeness.nodes([row])
    with pytest.raises(TornReadError):
        wholeness.nodes([{**row, "version": 2}])


async def test_readers_see_no_mixture_while_others_write(address: str) -> None:
    """A hundred commits of three hundred nodes, in each of which all values belong to one version."""
    store = await open_neo4j(address, SCHEMA, FixedClock())
    other = await open_neo4j(address, SCHEMA, FixedClock())
    ids = [f"h{number}" for number in range(300)]
    await store.commit(batch(*[host(each, rank=0) for each in ids]))
    done = False
    mixed: list[Node] = []

    async def read(part: list[str]) -> None:
        while not done:
            nodes = (await other.get(part)).values()
            mixed.extend([node for node in nodes if node.properties["rank"] != node.version - 1])

    readers = [asyncio.ensure_future(read(ids[start::4])) for start in range(4)]
    for rank in range(1, 101):
        await store.commit(batch(*[NodeUpdate(each, {"rank": rank, "note": "n" * rank}) for each in ids]))
    done = True
    await asyncio.gather(*readers)

    assert [] == mixed
    await store.close()
    await other.close()
