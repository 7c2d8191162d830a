"""How Neo4j goes about each statement: by an index, never by looking at everything."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import neo4j
import pytest

from cmdb.graph.batch import NodeDelete, NodeUpdate, Sighting
from cmdb.graph.errors import IdentifierTakenError
from cmdb.graph.query import (
    AllOf,
    AnyOf,
    Condition,
    Direction,
    Linked,
    LinkQuery,
    NodeQuery,
    Operator,
    Order,
    RegionQuery,
    SearchQuery,
)
from cmdb.graph.receipt import Receipt
from cmdb.store.neo4j import statements
from cmdb.store.neo4j.layout import layout_of
from cmdb.store.neo4j.store import Neo4jStore, open_neo4j
from cmdb.store.neo4j.writing import BatchWriter
from tests.contract.build import FixedClock, batch, host, link, put, ticket, unlink
from tests.contract.schema import ALL, ITEMS, SCHEMA
from tests.neo4j_server import wipe

OUT, IN = Direction.OUT, Direction.IN
NEVER = {"AllNodesScan", "CartesianProduct", "AllRelationshipsScan", "DirectedAllRelationshipsScan"}
LABEL_SCANS = {"NodeByLabelScan", "UnionNodeByLabelsScan", "IntersectionNodeByLabelsScan"}
INDEX_SEEKS = {
    "NodeIndexSeek", "NodeUniqueIndexSeek", "NodeUniqueIndexSeek(Locking)", "NodeIndexSeekByRange",
    "NodeUniqueIndexSeekByRange", "NodeIndexScan", "NodeIndexContainsScan",
}  # fmt: skip

Seen = dict[str, Mapping[str, Any]]


async def _fill(store: Neo4jStore) -> None:
    """Enough of everything for the planner to tell few from many."""
    hosts = [
        host(f"h{number:03}", f"c{number}", label="Server" if number % 3 else "Host", rank=number)
        for number in range(300)
    ]
    links = [link("RUNS_ON", f"h{number:03}", f"h{number // 2:03}") for number in range(1, 300)]
    await put(store, *hosts, *links)
    await store.commit(batch(*[ticket(f"t{number:03}") for number in range(60)], request_id="first"))


async def _use(store: Neo4jStore) -> None:
    """Every kind of question and change."""
    await put(store, host("again", "mine"), link("CONNECTS", "again", "h001"))
    await store.commit(batch(ticket("last"), request_id="second"))
    await put(
        store,
        NodeDelete("again"),
        NodeDelete("last"),
        NodeUpdate("h001", {"rank": 7}, claims=("fresh",), releases=("c1",)),
        NodeUpdate("h002", {"cores": None}, label="Host", claims=("c1",)),
        link("RUNS_ON", "h003", "h004", weight=1),
        link("CONNECTS", "h003", "h004"),
        unlink("RUNS_ON", "h004", "h002"),
        Sighting("h005", "scan", "2026-03-01T00:00:00.000Z"),
        NodeDelete("h299"),
    )
    await put(store, link("RUNS_ON", "h003", "h004", weight=2))
    with pytest.raises(IdentifierTakenError):
        await put(store, host("x", "c9"))
    await store.commit(batch(request_id="first"))
    await store.get(["h001"])
    await store.resolve(["c5"])
    await store.evidence(["h001"])
    await store.keep_receipt(Receipt("file", await store.head(), b""))
    await store.receipt("file")
    for direction in (OUT, IN):
        await store.links(LinkQuery(("h001", "h002"), direction))
        await store.links(LinkQuery(("h001",), direction, ("RUNS_ON",), ("Host",), 3))
        steps = (("RUNS_ON", direction),)
        await store.region(RegionQuery(("h001",), steps))
        await store.region(RegionQuery(("h001",), steps, dead_end="shut", rim=(("CONNECTS", direction),)))
    await store.region(RegionQuery(("h001",), (("RUNS_ON", OUT), ("CONNECTS", IN))))
    await store.search(SearchQuery("h00", ALL))
    await store.structure()
    assert len([one async for one in store.nodes()]) == 359
    assert len([one async for one in store.all_links()]) > 290
    assert len([one async for one in store.revisions()]) == 6
    assert len([one async for one in store.revisions(touching="h001")]) == 3
    await _commit_whose_reply_is_lost(store)


async def _commit_whose_reply_is_lost(store: Neo4jStore) -> None:
    """The driver does the same work again, which finds what it has done before."""
    writer = BatchWriter(layout_of(SCHEMA), FixedClock(), batch(host("twice")), "lost")
    first = await store._connection.write(writer.write)
    again = await store._connection.write(writer.write)
    assert first == again


FINDS = [
    NodeQuery(("Server",), Condition("name", Operator.EQ, "h001")),
    NodeQuery(ITEMS, Condition("name", Operator.IN, ["h001", "h002"])),
    NodeQuery(ALL, Condition("number", Operator.EQ, "INC0000001")),
    NodeQuery(("Host",), AllOf((Condition("rank", Operator.EQ, 7), Condition("status", Operator.NE, "x")))),
    NodeQuery(ALL, Condition("id", Operator.IN, ["h001", "t001"])),
    NodeQuery(ITEMS, Linked(("RUNS_ON",), OUT, ("h001",))),
    NodeQuery(
        ("Ticket",), AllOf((Linked(("AFFECTS",), OUT, ("h001",)), Condition("status", Operator.EQ, "open")))
    ),
]
"""Questions for a few nodes: an index must lead to them."""

LISTINGS = [
    NodeQuery(ITEMS),
    NodeQuery(("Server",), order=(Order("name"),)),
    NodeQuery(ALL, AnyOf((Condition("price", Operator.GT, 1), Linked(("RUNS_ON",), IN, ("h001",))))),
    NodeQuery(
        ("Host", "Ticket"), Condition("note", Operator.CONTAINS, "x"), (Order("size", descending=True),)
    ),
]
"""Questions for many, which may look at all nodes of their classes."""


def _operators(plan: Mapping[str, Any]) -> Iterator[str]:
    yield plan["operatorType"].split("@")[0]
    for child in plan.get("children", ()):
        yield from _operators(child)


def _plan(session: neo4j.Session, text: str, values: Mapping[str, Any]) -> set[str]:
    summary = session.run(neo4j.Query(f"EXPLAIN {text}"), dict(values)).consume()
    assert summary.plan is not None
    return set(_operators(summary.plan))


FILLING = {
    "TOUCHES_AFTER": {"after": 0, "first": 20},
    "SET_TOUCHES": {"rows": [{"number": 1, "touches": ""}]},
}
"""Statements of a migration, which a store that is up to date never runs, with values."""


async def test_every_statement_uses_an_index(address: str) -> None:
    """Whatever the port is asked, no statement scans all nodes, and lookups do not scan a label."""
    seen: Seen = {}
    store = await open_neo4j(address, SCHEMA, FixedClock(), observe=seen.setdefault)
    await _fill(store)
    seen.clear()
    await _use(store)
    await store.close()
    seen.update({getattr(statements, name): values for name, values in FILLING.items()})
    texts = {text: values for text, values in seen.items() if not text.lstrip().startswith("CALL db.")}
    with neo4j.GraphDatabase.driver(address) as driver, driver.session() as session:
        plans = {text: _plan(session, text, values) for text, values in texts.items()}
    assert {text: plan & NEVER for text, plan in plans.items() if plan & NEVER} == {}
    assert {text: plan & LABEL_SCANS for text, plan in plans.items() if plan & LABEL_SCANS} == {}
    assert _constants() - {_squeezed(text) for text in seen} == set()


async def test_what_goes_by_keys_is_planned_well_in_an_empty_database(address: str) -> None:
    """Its plans are kept while the database fills, so none of them may look at everything there is."""
    seen: Seen = {}
    store = await open_neo4j(address, SCHEMA, FixedClock(), observe=seen.setdefault)
    await _fill(store)
    await _use(store)
    await store.close()
    wipe(address)
    kept = {text: values for text, values in seen.items() if "replan=skip" in text}
    with neo4j.GraphDatabase.driver(address) as driver, driver.session() as session:
        plans = {
            text: _plan(session, text.replace("replan=skip", "replan=force"), values)
            for text, values in kept.items()
        }
    everything = NEVER | LABEL_SCANS | {"NodeIndexScan"}
    assert {text: plan & everything for text, plan in plans.items() if plan & everything} == {}
    assert 10 < len(plans)


def _constants() -> set[str]:
    return {
        _squeezed(text)
        for name, text in vars(statements).items()
        if name.isupper() and name[0] != "_" and isinstance(text, str) and name not in {"NODE", *FILLING}
    }


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


@pytest.mark.parametrize("query", FINDS, ids=str)
async def test_a_question_for_a_few_nodes_is_led_by_an_index(address: str, query: NodeQuery) -> None:
    """By id, by an indexed property, or from the other end of a link."""
    plans = await _find_plans(address, query)
    for text, plan in plans.items():
        assert not plan & (NEVER | LABEL_SCANS), text
        assert plan & INDEX_SEEKS, text


@pytest.mark.parametrize("query", LISTINGS, ids=str)
async def test_a_listing_looks_at_its_own_classes_at_most(address: str, query: NodeQuery) -> None:
    """Never at all nodes of the database."""
    for text, plan in (await _find_plans(address, query)).items():
        assert not plan & NEVER, text


async def test_counting_whole_classes_looks_at_no_node(address: str) -> None:
    """Neo4j keeps the number of nodes of each label."""
    seen: Seen = {}
    store = await open_neo4j(address, SCHEMA, FixedClock(), observe=seen.setdefault)
    await _fill(store)
    seen.clear()
    assert await store.count(NodeQuery(("Host", "Ticket"))) == {None: 160}
    await store.close()
    ((text, values),) = seen.items()
    with neo4j.GraphDatabase.driver(address) as driver, driver.session() as session:
        plan = _plan(session, text, values)
    assert "NodeCountFromCountStore" in plan
    assert not plan & (NEVER | LABEL_SCANS | INDEX_SEEKS)


async def _find_plans(address: str, query: NodeQuery) -> dict[str, set[str]]:
    seen: Seen = {}
    store = await open_neo4j(address, SCHEMA, FixedClock(), observe=seen.setdefault)
    await _fill(store)
    seen.clear()
    await store.find(query)
    await store.close()
    with neo4j.GraphDatabase.driver(address) as driver, driver.session() as session:
        return {text: _plan(session, text, values) for text, values in seen.items()}
