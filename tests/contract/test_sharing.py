"""Many writers, several store objects, and a schema that changes."""

import asyncio
from dataclasses import replace

import pytest

from cmdb.graph.batch import NodeUpdate
from cmdb.graph.errors import StoreUnavailableError, VersionConflictError
from cmdb.graph.ledger import LedgerReport, verify_ledger
from cmdb.graph.query import Condition, NodeQuery, Operator, SearchQuery
from cmdb.graph.schema import PropertySchema
from cmdb.graph.store import GraphStore
from cmdb.kernel.values import ValueType
from tests.contract.build import batch, found, host, ledger, link, node, put, ticket
from tests.contract.conftest import OpenStore
from tests.contract.schema import ALL, SCHEMA


async def test_sixteen_writers_leave_no_gap_and_no_double(open_store: OpenStore) -> None:
    """Over two store objects: revisions and numbers are 1, 2, 3 … and every acknowledged one is there."""
    stores = [await open_store(), await open_store()]

    async def writer(name: int) -> list[tuple[int | None, str]]:
        done = []
        for step in range(5):
            node_id = f"{name}-{step}"
            commit = await put(stores[name % 2], ticket(node_id))
            done.append((commit.revision, commit.numbers[node_id]))
        return done

    written = [pair for pairs in await asyncio.gather(*map(writer, range(16))) for pair in pairs]
    assert sorted(revision or 0 for revision, _ in written) == list(range(1, 81))
    assert sorted(number for _, number in written) == [f"INC{number:07}" for number in range(1, 81)]
    assert [revision.number for revision in await ledger(stores[0])] == list(range(1, 81))
    assert await verify_ledger(stores[1]) == LedgerReport(80)


async def test_of_many_optimistic_writers_one_wins_each_version(open_store: OpenStore) -> None:
    """Nobody's change is lost: the rank counts exactly the changes that were acknowledged."""
    stores = [await open_store(), await open_store()]
    await put(stores[0], host("h", rank=0))

    async def raise_rank(store: GraphStore) -> int:
        for _ in range(100):
            read = await node(store, "h")
            rank = read.properties["rank"]
            assert isinstance(rank, int)
            try:
                await put(store, NodeUpdate("h", {"rank": rank + 1}, expected_version=read.version))
            except VersionConflictError:
                continue
            return 1
        return 0

    wins = sum(await asyncio.gather(*[raise_rank(stores[number % 2]) for number in range(16)]))
    read = await node(stores[0], "h")
    assert (read.properties["rank"], read.version) == (wins, wins + 1)
    assert wins == 16


async def test_the_same_request_from_many_writers_is_written_once(open_store: OpenStore) -> None:
    """One of them writes, the others get its result."""
    stores = [await open_store(), await open_store()]
    work = [stores[number % 2].commit(batch(host("h"), request_id="r")) for number in range(8)]
    commits = await asyncio.gather(*work)
    assert {commit.revision for commit in commits} == {1}
    assert sum(not commit.replayed for commit in commits) == 1


async def test_two_store_objects_see_each_others_commits_at_once(open_store: OpenStore) -> None:
    """Whatever the kind of question."""
    one, other = await open_store(), await open_store()
    for round_ in range(3):
        await put(one, host(f"h{round_}", f"c{round_}", name=f"word{round_}"), host(f"i{round_}"))
        await put(other, link("RUNS_ON", f"h{round_}", f"i{round_}"))
        assert (await other.resolve([f"c{round_}"])) == {f"c{round_}": f"h{round_}"}
        assert f"h{round_}" in await found(other)
        assert [hit.node.id for hit in await other.search(SearchQuery(f"word{round_}", ALL))] == [
            f"h{round_}"
        ]
        assert len((await one.structure()).link_types) == round_ + 1
        assert await one.head() == await other.head()


async def test_migrating_again_changes_nothing(open_store: OpenStore) -> None:
    """It is harmless at any time."""
    store = await open_store()
    await put(store, host("h", "c"))
    before = [await store.head(), await store.get(["h"]), await store.resolve(["c"])]
    await store.migrate()
    assert [await store.head(), await store.get(["h"]), await store.resolve(["c"])] == before


async def test_what_the_schema_no_longer_knows_can_still_be_read(open_store: OpenStore) -> None:
    """A smaller model hides nothing; asking by what it does not know is an error, reading is not."""
    await put(await open_store(), host("h", rank=1, note="secret word"), ticket("t"))
    known = SCHEMA.labels["Host"].properties
    fewer = {name: rule for name, rule in known.items() if name not in {"rank", "note"}}
    smaller = replace(
        SCHEMA, labels={"Host": replace(SCHEMA.labels["Host"], properties=fewer)}, fingerprint="contract-2"
    )
    store = await open_store(smaller)
    assert (await node(store, "h")).properties == {"name": "h", "rank": 1, "note": "secret word"}
    assert [one.id async for one in store.nodes()] == ["h", "t"]
    assert len(await ledger(store)) == 1
    assert await store.search(SearchQuery("secret", ("Host",))) == []
    await put(store, NodeUpdate("h", {"status": "retired", "rank": None}))
    assert (await node(store, "h")).properties == {"name": "h", "note": "secret word", "status": "retired"}


async def test_a_grown_schema_serves_old_nodes(open_store: OpenStore) -> None:
    """A property made searchable and indexed later finds nodes written before."""
    await put(await open_store(), host("h", bought="2025-01-01"))
    rules = {
        **SCHEMA.labels["Host"].properties,
        "bought": PropertySchema(ValueType.DATE, searchable=True, indexed=True),
    }
    labels = {**SCHEMA.labels, "Host": replace(SCHEMA.labels["Host"], properties=rules)}
    store = await open_store(replace(SCHEMA, labels=labels, fingerprint="contract-3"))
    assert [hit.node.id for hit in await store.search(SearchQuery("2025", ("Host",)))] == ["h"]
    assert await found(store, Condition("bought", Operator.EQ, "2025-01-01")) == ["h"]


async def test_a_closed_store_says_so(store: GraphStore) -> None:
    """Closing twice is harmless; using it after is a clear error."""
    await store.close()
    await store.close()
    with pytest.raises(StoreUnavailableError):
        await store.find(NodeQuery(ALL))
