"""Filters, order, pages and counts."""

import pytest

from cmdb.graph.batch import NodeCreate, NodeUpdate
from cmdb.graph.errors import InvalidQueryError
from cmdb.graph.query import (
    PAGE_LIMIT,
    AllOf,
    AnyOf,
    Condition,
    Direction,
    Linked,
    NodeQuery,
    Not,
    Operator,
    Order,
    Predicate,
)
from cmdb.graph.store import GraphStore
from cmdb.kernel.values import Value
from tests.contract.build import EVERYTHING, found, host, link, put, ticket
from tests.contract.schema import ALL, ITEMS


async def _estate(store: GraphStore) -> None:
    await put(
        store,
        host("a", rank=1, price=1.5, managed=True, bought="2025-01-01", tags=["x", "y"], size=10),
        host("b", rank=2, price=-2, managed=False, bought="2025-06-01", tags=[], note="100% Größe_1"),
        host("c", label="Server", rank=10, price=0.1, tags=["Y"], note="plain", status="operational"),
        NodeCreate("d", "Service", {"name": "Ärger", "tier": "gold"}),
        ticket("t", size="10"),
        link("RUNS_ON", "d", "c"),
        link("CONNECTS", "c", "a"),
    )


@pytest.mark.parametrize(("kept", "asked"), [(0.0, -0.0), (-0.0, 0.0)])
async def test_zero_has_no_sign(store: GraphStore, kept: float, asked: float) -> None:
    """Zero equals zero, whichever way it was written or is asked for."""
    await put(store, host("z", price=kept))

    for operator, expected in (("LTE", "z"), ("GTE", "z"), ("EQ", "z"), ("LT", ""), ("GT", "")):
        assert await found(store, Condition("price", Operator[operator], asked)) == list(expected)


@pytest.mark.parametrize(
    ("name", "operator", "value", "expected"),
    [
        ("rank", Operator.EQ, 2, "b"),
        ("rank", Operator.NE, 2, "acdt"),
        ("rank", Operator.IN, [1, 10, 99], "ac"),
        ("rank", Operator.IN, [], ""),
        ("rank", Operator.LT, 2, "a"),
        ("rank", Operator.LTE, 2, "ab"),
        ("rank", Operator.GT, 2, "c"),
        ("rank", Operator.GTE, 2, "bc"),
        ("rank", Operator.GT, 1.5, "bc"),
        ("rank", Operator.EXISTS, True, "abc"),
        ("rank", Operator.EXISTS, False, "dt"),
        ("price", Operator.EQ, 0.1, "c"),
        ("price", Operator.LT, 0, "b"),
        ("managed", Operator.EQ, True, "a"),
        ("managed", Operator.NE, True, "bcdt"),
        ("managed", Operator.IN, [True, False], "ab"),
        ("bought", Operator.GTE, "2025-06", "b"),
        ("name", Operator.EQ, "A", ""),
        ("name", Operator.GT, "b", "cd"),
        ("name", Operator.CONTAINS, "ÄRG", "d"),
        ("name", Operator.STARTS_WITH, "är", "d"),
        ("name", Operator.STARTS_WITH, "rg", ""),
        ("note", Operator.CONTAINS, "% G", "b"),
        ("note", Operator.CONTAINS, "E_1", "b"),
        ("note", Operator.STARTS_WITH, "PLA", "c"),
        ("note", Operator.CONTAINS, "", "bc"),
        ("tags", Operator.EQ, "y", "a"),
        ("tags", Operator.NE, "y", "bcdt"),
        ("tags", Operator.IN, ["Y", "x"], "ac"),
        ("tags", Operator.CONTAINS, "y", "ac"),
        ("tags", Operator.EXISTS, True, "abc"),
        ("size", Operator.EQ, 10, "a"),
        ("size", Operator.GT, 5, "a"),
        ("size", Operator.EQ, "10", "t"),
        ("size", Operator.LT, "2", "t"),
        ("id", Operator.IN, ["a", "t", "nobody"], "at"),
        ("id", Operator.STARTS_WITH, "T", "t"),
        ("revision", Operator.EQ, 1, "abcdt"),
        ("created_at", Operator.GT, "2026-03-01", "abcdt"),
        ("updated_at", Operator.LT, "2026-03-01", ""),
    ],
)
async def test_each_operator_on_each_type(
    store: GraphStore, name: str, operator: Operator, value: Value, expected: str
) -> None:
    """Absent values satisfy NE and EXISTS false only; text matches ignore case; lists ask for membership."""
    await _estate(store)
    assert "".join(await found(store, Condition(name, operator, value))) == expected


_LOW = Condition("rank", Operator.LT, 5)


@pytest.mark.parametrize(
    ("predicate", "expected"),
    [
        (AllOf(()), "abcdt"),
        (AnyOf(()), ""),
        (Not(_LOW), "cdt"),
        (Not(Not(_LOW)), "ab"),
        (AllOf((_LOW, Not(Condition("managed", Operator.EQ, True)))), "b"),
        (AnyOf((_LOW, Condition("tier", Operator.EQ, "gold"))), "abd"),
        (Not(AnyOf((_LOW, AllOf(())))), ""),
        (Linked(("RUNS_ON",), Direction.OUT, ("c", "nobody")), "d"),
        (Linked(("RUNS_ON", "CONNECTS"), Direction.IN, ("c", "d")), "ac"),
        (Linked(("CONNECTS",), Direction.OUT, ("c",)), ""),
        (Not(Linked(("RUNS_ON",), Direction.OUT, ("c",))), "abct"),
    ],
)
async def test_predicates_combine_as_in_logic(store: GraphStore, predicate: Predicate, expected: str) -> None:
    """A condition on an absent value is false, so its negation is true."""
    await _estate(store)
    assert "".join(await found(store, predicate)) == expected


async def test_only_the_labels_asked_for_are_found(store: GraphStore) -> None:
    """No labels mean no nodes, and a reclassified node is found under its label of today."""
    await _estate(store)
    assert await found(store, labels=("Host", "Service")) == ["a", "b", "d"]
    assert await found(store, labels=()) == []
    await put(store, NodeUpdate("a", label="Server"))
    assert await found(store, labels=("Server",)) == ["a", "c"]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ((), "abcdt"),
        ((Order("rank"),), "abcdt"),
        ((Order("rank", descending=True),), "cbadt"),
        ((Order("price"),), "bcadt"),
        ((Order("managed"), Order("id", descending=True)), "batdc"),
        ((Order("status"), Order("rank", descending=True)), "cbadt"),
        ((Order("name", descending=True),), "dcbat"),
        ((Order("created_at"), Order("tier")), "dabct"),
    ],
)
async def test_nodes_without_the_property_come_last_both_ways(
    store: GraphStore, order: tuple[Order, ...], expected: str
) -> None:
    """Ties are broken by id, upwards; and pages of any size put together give the same order."""
    await _estate(store)
    assert "".join(await found(store, EVERYTHING, *order)) == expected
    for size in (1, 2, 3):
        assert "".join(await _paged(store, NodeQuery(ALL, order=order, first=size))) == expected


async def _paged(store: GraphStore, query: NodeQuery) -> list[str]:
    ids: list[str] = []
    after = None
    while True:
        page = await store.find(NodeQuery(query.labels, query.where, query.order, query.first, after))
        assert len(page.nodes) == len(page.cursors) <= query.first
        ids += [node.id for node in page.nodes]
        if not page.has_next:
            return ids
        after = page.cursors[-1]


async def test_a_cursor_holds_while_nodes_come_and_change(store: GraphStore) -> None:
    """What is inserted before the cursor does not show, what is after it does, nothing comes twice."""
    await put(store, *[host(f"n{number}", rank=number) for number in (10, 20, 30)])
    query = NodeQuery(ITEMS, order=(Order("rank"),), first=2)
    page = await store.find(query)
    await put(store, host("before", rank=5), host("after", rank=25))
    rest = await store.find(NodeQuery(ITEMS, order=(Order("rank"),), first=9, after=page.cursors[-1]))
    assert [node.id for node in rest.nodes] == ["after", "n30"]
    assert not rest.has_next


async def test_a_page_holds_a_thousand_nodes_at_most(store: GraphStore) -> None:
    """A full page says that there is more; a larger one cannot be asked for."""
    await put(store, *[host(f"n{number:04}") for number in range(PAGE_LIMIT + 1)])
    page = await store.find(NodeQuery(("Host",), first=PAGE_LIMIT))
    assert (len(page.nodes), page.has_next) == (PAGE_LIMIT, True)
    empty = await store.find(NodeQuery(("Host",), first=0))
    assert (empty.nodes, empty.has_next) == ((), True)


@pytest.mark.parametrize(
    "query",
    [
        NodeQuery(("Spaceship",)),
        NodeQuery(ALL, Condition("colour", Operator.EQ, "red")),
        NodeQuery(("Host",), Condition("tier", Operator.EQ, "gold")),
        NodeQuery(ALL, Condition("rank", Operator.EQ, "high")),
        NodeQuery(ALL, Condition("rank", Operator.IN, 1)),
        NodeQuery(ALL, Condition("rank", Operator.IN, ["1"])),
        NodeQuery(ALL, Condition("rank", Operator.LT, ["1"])),
        NodeQuery(ALL, Condition("rank", Operator.CONTAINS, "1")),
        NodeQuery(ALL, Condition("rank", Operator.EXISTS, 1)),
        NodeQuery(ALL, Condition("managed", Operator.LT, True)),
        NodeQuery(ALL, Condition("tags", Operator.LT, "a")),
        NodeQuery(ALL, Condition("name", Operator.EQ, "\ud800")),
        NodeQuery(ALL, Condition("name", Operator.IN, ["\ud800"])),
        NodeQuery(ALL, Condition("rank", Operator.EQ, 2**63)),
        NodeQuery(ALL, Linked(("FLIES_TO",), Direction.OUT, ("a",))),
        NodeQuery(ALL, order=(Order("colour"),)),
        NodeQuery(ALL, order=(Order("tags"),)),
        NodeQuery(ALL, order=(Order('name"; DROP TABLE nodes; --'),)),
        NodeQuery(ALL, first=-1),
        NodeQuery(ALL, first=PAGE_LIMIT + 1),
        NodeQuery(ALL, after="nonsense"),
        NodeQuery(ALL, after="ü"),
        NodeQuery(ALL, after=""),
        NodeQuery(ALL, after="bnVsbA"),
    ],
)
async def test_what_cannot_be_asked_is_refused(store: GraphStore, query: NodeQuery) -> None:
    """Unknown names, values that do not fit, pages out of bounds and damaged cursors are errors."""
    with pytest.raises(InvalidQueryError):
        await store.find(query)


async def test_a_cursor_of_another_query_is_refused(store: GraphStore) -> None:
    """Filter, order and labels must be those the cursor was made with; the page's size may differ."""
    await _estate(store)
    query = NodeQuery(ALL, order=(Order("rank"),), first=1)
    after = (await store.find(query)).cursors[0]
    for other in (
        NodeQuery(ALL, after=after),
        NodeQuery(ALL, _LOW, (Order("rank"),), after=after),
        NodeQuery(ALL, order=(Order("rank", descending=True),), after=after),
        NodeQuery(ITEMS, order=(Order("rank"),), after=after),
    ):
        with pytest.raises(InvalidQueryError):
            await store.find(other)
    same = await store.find(NodeQuery(tuple(reversed(ALL)), order=(Order("rank"),), first=9, after=after))
    assert [node.id for node in same.nodes] == ["b", "c", "d", "t"]


async def test_nodes_are_counted_whole_and_by_group(store: GraphStore) -> None:
    """Without `by` under None; with it by value, nodes without one under None; the page does not matter."""
    await _estate(store)
    assert await store.count(NodeQuery(ALL, first=1)) == {None: 5}
    assert await store.count(NodeQuery(ALL, _LOW)) == {None: 2}
    assert await store.count(NodeQuery((), _LOW)) == {None: 0}
    assert await store.count(NodeQuery(ALL), "label") == {"Host": 2, "Server": 1, "Service": 1, "Ticket": 1}
    assert await store.count(NodeQuery(ALL, _LOW), "label") == {"Host": 2}
    assert await store.count(NodeQuery(ALL), "status") == {None: 4, "operational": 1}
    by_managed = await store.count(NodeQuery(ALL), "managed")
    assert by_managed == {True: 1, False: 1, None: 3}
    assert {type(value) for value in by_managed} == {bool, type(None)}
    assert await store.count(NodeQuery(()), "status") == {}


@pytest.mark.parametrize("by", ["colour", "tags"])
async def test_counting_by_what_has_no_single_value_is_refused(store: GraphStore, by: str) -> None:
    """Unknown properties and lists do not make groups."""
    with pytest.raises(InvalidQueryError):
        await store.count(NodeQuery(ALL), by)
