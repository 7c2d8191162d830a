"""A store asked as of a revision answers as it answered right after that revision."""

import asyncio
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cmdb.graph.batch import NodeCreate, NodeDelete, NodeUpdate, WriteBatch
from cmdb.graph.elements import Link, LinkKey, Node
from cmdb.graph.errors import InvalidQueryError
from cmdb.graph.former import FEW, MomentTooFarError
from cmdb.graph.history import PastIsReadOnlyError, PastNotKeptError, PastStore
from cmdb.graph.moment import Moment, moment_of
from cmdb.graph.query import (
    AllOf,
    Condition,
    Direction,
    Linked,
    LinkQuery,
    NodeQuery,
    Operator,
    Order,
    Predicate,
    RegionQuery,
    SearchQuery,
    Walk,
)
from cmdb.graph.revision import Revision
from cmdb.graph.store import GraphStore
from cmdb.graph.structure import Structure
from tests import strategies
from tests.contract.build import FixedClock, batch, found, host, ledger, link, put, unlink
from tests.contract.conftest import FACTORIES, STORES
from tests.contract.oracle import Oracle
from tests.contract.schema import ALL, ITEMS, SCHEMA

IDS = tuple(f"n{number}" for number in range(5))
BATCHES = strategies.batches(SCHEMA, IDS, ("serial:0", "serial:1"))
RULES = SCHEMA.labels["Item"].properties
SHAPE = tuple[dict[str, tuple[str, str]], dict[LinkKey, Any]]


@dataclass(frozen=True)
class Questions:
    """What is asked at each revision."""

    where: Predicate
    order: tuple[Order, ...]
    links: LinkQuery
    words: str


QUESTIONS = st.builds(
    Questions,
    strategies.predicates(RULES, sorted(SCHEMA.link_types), IDS),
    strategies.orders({**RULES, "updated_at": RULES["seen_at"]}),
    st.builds(
        LinkQuery,
        st.just(IDS),
        st.sampled_from(Direction),
        st.sampled_from([(), ("RUNS_ON",), ("CONNECTS", "AFFECTS")]),
        st.sampled_from([None, ITEMS, ("Host",), ("Service", "Ticket")]),
        st.sampled_from([None, 1, 2]),
    ),
    st.sampled_from(["a", "ab", "office", "b", "n1", "office-1 1"]),
)


async def paged(store: GraphStore, query: NodeQuery) -> list[Node]:
    """All nodes of a query, page by page."""
    nodes: list[Node] = []
    while True:
        page = await store.find(query)
        nodes += page.nodes
        if not page.has_next:
            return nodes
        query = replace(query, after=page.cursors[-1])


REGION = RegionQuery(
    IDS[:2],
    (("RUNS_ON", Direction.OUT),),
    limit=4,
    then=(Walk(IDS[2:3], (("CONNECTS", Direction.IN), ("RUNS_ON", Direction.IN))),),
    dead_end="open",
    rim=(("AFFECTS", Direction.IN), ("CONNECTS", Direction.OUT)),
)


def shape(bare: Structure) -> SHAPE:
    """A graph's shape, whatever the order of its columns."""
    columns = zip(bare.link_types, bare.link_sources, bare.link_targets, strict=True)
    return (
        dict(zip(bare.ids, zip(bare.labels, bare.statuses, strict=True), strict=True)),
        {
            LinkKey(kind, bare.ids[source], bare.ids[target]): bare.link_properties.get(place, {})
            for place, (kind, source, target) in enumerate(columns)
        },
    )


async def answers(store: GraphStore, asked: Questions) -> Mapping[str, Any]:
    """What a store answers to everything that can be asked of the past."""
    query = NodeQuery(ALL, asked.where, asked.order, first=2)
    region = await store.region(REGION)
    return {
        "head": await store.head(),
        "get": await store.get(IDS),
        "nodes": [node async for node in store.nodes()],
        "all_links": [one async for one in store.all_links()],
        "find": await paged(store, query),
        "count": await store.count(query),
        "count by": await store.count(query, "status"),
        "count by label": await store.count(query, "label"),
        "links": {node: list(some) for node, some in (await store.links(asked.links)).items()},
        "shape": shape(await store.structure()),
        "region": shape(region),
        "region in order": (list(region.ids), region.truncated),
        "search": {hit.node.id: hit.node for hit in await store.search(SearchQuery(asked.words, ALL))},
        "revisions": [revision.number async for revision in store.revisions(1, 3)],
    }


async def past_of(store: GraphStore, revision: int) -> PastStore:
    """The store as of a revision."""
    return PastStore(store, SCHEMA, await moment_of(store, FixedClock(), revision=revision))


async def check_history(store: GraphStore, batches: list[WriteBatch], asked: Questions) -> None:
    """Commit everything; ask after each revision, and of each revision at the end."""
    oracle = Oracle()
    recorded: dict[int, Mapping[str, Any]] = {0: await answers(store, asked)}
    early: PastStore | None = None
    for one in batches:
        fitting = oracle.tidied(replace(one, request_id=None))
        if oracle.commit(fitting).errors:
            continue
        revision = (await store.commit(fitting)).revision
        if revision is not None:
            recorded[revision] = await answers(store, asked)
            if revision == 1:
                early = await past_of(store, 1)
        if early is not None:
            assert await answers(early, asked) == recorded[1]
    for revision, expected in recorded.items():
        assert await answers(await past_of(store, revision), asked) == expected


@pytest.mark.parametrize("factory_name", STORES)
def test_each_revision_answers_as_it_did(factory_name: str) -> None:
    """Whatever was committed, and whatever is asked: nodes, pages, counts, links, shape, search, ledger."""

    @settings(
        max_examples=60 if factory_name == "embedded" else 3,
        deadline=None,
        phases=[Phase.reuse, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(batches=st.lists(BATCHES, min_size=3, max_size=8), asked=QUESTIONS)
    def check(batches: list[WriteBatch], asked: Questions) -> None:
        async def run() -> None:
            with tempfile.TemporaryDirectory() as folder:
                store = await FACTORIES[factory_name](Path(folder))()
                try:
                    await check_history(store, batches, asked)
                finally:
                    await store.close()

        asyncio.run(run())

    check()


async def _three_revisions(store: GraphStore) -> None:
    await put(store, host("a", rank=1), host("b", rank=2), host("c", rank=3), link("CONNECTS", "a", "b"))
    await put(store, NodeUpdate("b", {"rank": 9, "note": "moved"}), unlink("CONNECTS", "a", "b"))
    await put(store, NodeDelete("a"), host("d", rank=0))


async def test_a_deleted_node_comes_back_with_its_links(store: GraphStore) -> None:
    """As it was, down to its version and the times of its making and last change."""
    await put(store, host("a", rank=1), host("b"), link("RUNS_ON", "a", "b", weight=3))
    before = await store.get(["a"])
    await put(store, NodeDelete("a"))
    past = await past_of(store, 1)

    assert await past.get(["a"]) == before
    assert await past.links(LinkQuery(("b",), Direction.IN)) == {
        "b": [Link(LinkKey("RUNS_ON", "a", "b"), {"weight": 3})]
    }


async def test_many_nodes_are_as_they_were(store: GraphStore) -> None:
    """More than the ledger is asked about one by one."""
    ids = [f"h{number:02}" for number in range(FEW + 2)]
    await put(store, *[host(node_id) for node_id in ids[:5]])
    await put(store, *[host(node_id) for node_id in ids[5:]], NodeUpdate(ids[0], {"rank": 1}))
    before = await store.get(ids)
    await put(store, *[NodeUpdate(node_id, {"rank": 2}) for node_id in ids[1:]], NodeDelete(ids[0]))

    assert before == await (await past_of(store, 2)).get(ids)


async def test_pages_of_the_past_stay_while_the_present_moves(store: GraphStore) -> None:
    """A cursor goes on where it was, though what stood there is changed between the pages."""
    await _three_revisions(store)
    past = await past_of(store, 1)
    query = NodeQuery(ALL, order=(Order("rank", descending=True),), first=1)

    first = await past.find(query)
    await put(store, NodeUpdate("c", {"rank": 100}), NodeDelete("b"))
    second = await past.find(replace(query, first=5, after=first.cursors[-1]))

    assert ["c"] == [node.id for node in first.nodes]
    assert ["b", "a"] == [node.id for node in second.nodes]
    assert not second.has_next


async def test_a_cursor_belongs_to_its_moment(store: GraphStore) -> None:
    """One of another moment, of the present, or none at all is refused."""
    await _three_revisions(store)
    query = NodeQuery(ALL, first=1)
    present, past = await store.find(query), await (await past_of(store, 1)).find(query)

    for cursor in (present.cursors[0], past.cursors[0], "%"):
        with pytest.raises(InvalidQueryError):
            await (await past_of(store, 2)).find(replace(query, after=cursor))


async def test_a_link_of_the_past_is_what_a_predicate_asks_for(store: GraphStore) -> None:
    """Linked nodes are those linked then."""
    await _three_revisions(store)
    linked = Linked(("CONNECTS",), Direction.OUT, ("b",))

    assert ["a"] == await found(await past_of(store, 1), linked)
    assert [] == await found(await past_of(store, 2), linked)


async def test_conditions_look_at_values_of_the_past(store: GraphStore) -> None:
    """Also at those that every node has, such as the revision."""
    await _three_revisions(store)
    past = await past_of(store, 2)

    assert ["b"] == await found(past, Condition("revision", Operator.EQ, 2))
    assert ["b"] == await found(past, AllOf((Condition("rank", Operator.GT, 3),)))
    assert {None: 3} == await past.count(NodeQuery(ALL))


async def test_what_the_ledger_does_not_keep_is_refused(store: GraphStore) -> None:
    """Nobody is told a present that passes for the past."""
    await _three_revisions(store)
    past = await past_of(store, 1)

    for question in (past.evidence(["a"]), past.resolve(["x"])):
        with pytest.raises(PastNotKeptError):
            await question


async def test_the_past_is_not_written(store: GraphStore) -> None:
    """A commit is refused, and the store beneath is as before."""
    await _three_revisions(store)

    with pytest.raises(PastIsReadOnlyError):
        await (await past_of(store, 1)).commit(batch(host("z")))
    assert 3 == (await store.head()).revision


async def test_more_than_can_be_undone_is_refused(store: GraphStore) -> None:
    """The error names the limit."""
    await _three_revisions(store)
    past = PastStore(store, SCHEMA, Moment(1, "", ""), most_touched=3)

    with pytest.raises(MomentTooFarError, match="3 can be undone"):
        await past.get(["a"])


async def test_the_ledger_ends_at_the_moment(store: GraphStore) -> None:
    """Its newest revision is the moment's."""
    await _three_revisions(store)
    past = await past_of(store, 2)

    numbers: list[Revision] = await ledger(past)
    assert [1, 2] == [revision.number for revision in numbers]
    assert numbers[-1].hash == (await past.head()).hash


async def test_a_reclassified_node_is_of_its_old_class(store: GraphStore) -> None:
    """In the node itself, in pages and as the other end of links that are asked for by class."""
    await put(store, host("a"), host("b"), link("CONNECTS", "a", "b"))
    await put(store, NodeUpdate("b", label="Server"))
    past = await past_of(store, 1)

    assert ["a", "b"] == await found(past, labels=("Host",))
    assert ["a"] == list(await past.links(LinkQuery(("a",), Direction.OUT, labels=("Host",), first=1)))
    assert {} == await past.links(LinkQuery(("a",), Direction.OUT, labels=("Server",)))


async def test_a_created_node_with_a_claim_is_not_there_before(store: GraphStore) -> None:
    """Neither by id, nor by search, nor in the shape."""
    await put(store, host("a"))
    await store.commit(batch(NodeCreate("late", "Host", {"name": "late"}, ("serial:9",))))
    past = await past_of(store, 1)

    assert {} == await past.get(["late"])
    assert [] == list(await past.search(SearchQuery("late", ALL)))
    assert ["a"] == list((await past.structure()).ids)
