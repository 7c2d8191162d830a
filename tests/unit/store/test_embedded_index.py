"""The embedded store's index of property values: in step with the nodes, and used by the questions it is for."""

import json
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from cmdb.graph.batch import NodeDelete, NodeUpdate, Sighting
from cmdb.graph.query import AllOf, AnyOf, Condition, NodeQuery, Operator, Order, Predicate
from cmdb.graph.schema import GraphSchema, PropertySchema
from cmdb.store.embedded.compile_find import count_by_value_statement, count_statement, page_statements
from cmdb.store.embedded.compile_predicates import Sql
from cmdb.store.embedded.connection import StoreSettings
from cmdb.store.embedded.fields import Fields
from cmdb.store.embedded.finding import prepared
from cmdb.store.embedded.functions import add_functions
from cmdb.store.embedded.names import Names
from cmdb.store.embedded.store import EmbeddedStore, open_embedded
from cmdb.store.embedded.value_index import covered
from tests.contract.build import FixedClock, found, host, put, ticket
from tests.contract.schema import ALL, ITEMS, SCHEMA

MANY = 3_000
FEW = Condition("rank", Operator.EQ, 7)


def marked(*names: str) -> GraphSchema:
    """The contract's schema with other properties marked as indexed: these only."""

    def rule(name: str, before: PropertySchema) -> PropertySchema:
        return replace(before, indexed=name in names)

    labels = {
        label.name: replace(label, properties={n: rule(n, p) for n, p in label.properties.items()})
        for label in SCHEMA.labels.values()
    }
    return replace(SCHEMA, labels=labels, fingerprint=" ".join(names))


INDEXED = marked("name", "status", "rank", "tags", "managed", "size", "number")


async def opened(path: Path, schema: GraphSchema = INDEXED) -> EmbeddedStore:
    return await open_embedded(path, schema, FixedClock(), StoreSettings(readers=1, durable=False))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cmdb.db"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[EmbeddedStore]:
    store = await opened(path)
    yield store
    await store.close()


@contextmanager
def inside(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection of one's own to the file."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        add_functions(connection)
        yield connection


def in_index(path: Path) -> set[tuple[object, ...]]:
    """What the index holds: property, value, id, label and row key of a node."""
    with inside(path) as connection:
        return set(
            connection.execute(
                "SELECT p.name, v.value, v.id, l.name, v.node FROM indexed_values v "
                "JOIN indexed_properties p ON p.key = v.property JOIN labels l ON l.key = v.label"
            )
        )


def in_nodes(path: Path) -> set[tuple[object, ...]]:
    """The same, worked out from the nodes."""
    rows: set[tuple[object, ...]] = set()
    with inside(path) as connection:
        names = covered(connection)
        for key, node_id, label, text in connection.execute(
            "SELECT n.key, n.id, l.name, n.properties FROM nodes n JOIN labels l ON l.key = n.label"
        ):
            for name, value in json.loads(text).items():
                values = value if isinstance(value, list) else [value]
                rows |= {(name, each, node_id, label, key) for each in values if name in names}
    return rows


async def filled(store: EmbeddedStore) -> None:
    await put(
        store,
        *[
            host(f"h{number:05}", rank=number, size=number % 5, status="up", tags=[f"t{number}", "all"])
            for number in range(MANY)
        ],
    )


def plans(path: Path, statements: list[Sql]) -> list[str]:
    """How SQLite goes about these statements, step by step."""
    with inside(path) as connection:
        steps = []
        for statement in statements:
            values = (*statement.values, 10) if statement.text.endswith("LIMIT ?") else statement.values
            rows = connection.execute(f"EXPLAIN QUERY PLAN {statement.text}", values)
            steps += [row[3] for row in rows]
        return steps


def page_plans(path: Path, query: NodeQuery) -> list[str]:
    with inside(path) as connection:
        statements = page_statements(prepared(connection, Names(), INDEXED, query))
    return plans(path, statements[:1])


async def test_the_index_follows_every_kind_of_write(store: EmbeddedStore, path: Path) -> None:
    """Created, changed, relabelled and deleted nodes stand in it as they are."""
    await put(store, host("a", rank=1, tags=["x", "y"]), host("b", rank=2), host("c", rank=3), ticket("t"))
    await put(store, NodeUpdate("a", {"rank": 5, "tags": ["y", "z"]}), NodeUpdate("b", {"rank": None}))
    await put(store, NodeUpdate("c", {"cores": 4}, label="Server"), host("d", tags=["x"], managed=True))
    await put(store, NodeDelete("d"), NodeUpdate("a", {"note": "n"}))
    held = in_index(path)
    assert held == in_nodes(path)
    assert {row[:4] for row in held if row[0] == "rank"} == {
        ("rank", 5, "a", "Host"),
        ("rank", 3, "c", "Server"),
    }
    assert {row[1] for row in held if row[0] == "tags"} == {"y", "z"}


@pytest.mark.parametrize(
    "where",
    [
        FEW,
        AllOf((Condition("rank", Operator.GTE, 10), Condition("rank", Operator.LT, 20))),
        Condition("rank", Operator.GT, MANY - 9),
        Condition("tags", Operator.EQ, "t8"),
        Condition("tags", Operator.IN, ["t8", "t9"]),
        AllOf((Condition("status", Operator.EQ, "up"), FEW)),
        AnyOf((FEW, Condition("name", Operator.EQ, "h00001"))),
        Condition("name", Operator.IN, ["h00001", "h00002"]),
        Condition("id", Operator.EQ, "h00001"),
    ],
    ids=str,
)
async def test_a_condition_that_few_satisfy_is_answered_from_an_index(
    store: EmbeddedStore, path: Path, where: Predicate
) -> None:
    """No table is scanned, whatever the order wanted."""
    await filled(store)
    for order in ((), (Order("size"),), (Order("price"),)):
        steps = page_plans(path, NodeQuery(ITEMS, where, order))
        assert [step for step in steps if step.startswith("SCAN nodes")] == []
        assert any("indexed_values" in step or ("USING" in step and "nodes" in step) for step in steps)


@pytest.mark.parametrize("where", [AllOf(()), Condition("status", Operator.EQ, "up")], ids=str)
async def test_a_page_in_order_is_a_walk_through_the_index(
    store: EmbeddedStore, path: Path, where: Predicate
) -> None:
    """Where many nodes come into question, nothing is sorted; a later page begins where the one before ended."""
    await filled(store)
    query = NodeQuery(ITEMS, where, (Order("rank"),), first=50)
    begin = page_plans(path, query)
    page = await store.find(query)
    later = page_plans(path, replace(query, after=page.cursors[-1]))
    for steps, search in ((begin, "(property=?)"), (later, "(property=? AND value>?)")):
        assert any(step.startswith("SEARCH place") and step.endswith(search) for step in steps), steps
        assert [step for step in steps if "TEMP B-TREE" in step] == []


async def test_pages_in_order_are_the_same_with_and_without_the_index(path: Path) -> None:
    """Down and up, by one key and by two, page by page, over nodes with and without the property."""
    answers = []
    for schema in (marked("name"), INDEXED):
        store = await opened(path.with_name(f"{schema.fingerprint[:9]}.db"), schema)
        await filled(store)
        await put(store, *[host(f"x{number}", label="Server") for number in range(7)])
        taken = []
        for order in (
            (Order("rank"),),
            (Order("rank", descending=True),),
            (Order("size", descending=True), Order("rank")),
        ):
            query = NodeQuery(ITEMS, Condition("name", Operator.NE, "h00003"), order, first=700)
            while True:
                page = await store.find(query)
                taken.append([node.id for node in page.nodes])
                if not page.has_next:
                    break
                query = replace(query, after=page.cursors[-1])
        answers.append(taken)
        await store.close()
    assert answers[0] == answers[1]
    assert sum(map(len, answers[0])) == 3 * (MANY + 7 - 1)


async def test_counting_what_many_satisfy_reads_an_index_only(store: EmbeddedStore, path: Path) -> None:
    """By one condition, and by value."""
    await filled(store)
    wide = NodeQuery(ALL, Condition("managed", Operator.NE, True))
    assert await store.count(wide) == {None: MANY}
    with inside(path) as connection:
        exact = prepared(
            connection, Names(), INDEXED, NodeQuery(ITEMS, Condition("tags", Operator.EQ, "all"))
        )
        every = prepared(connection, Names(), INDEXED, NodeQuery(ITEMS))
        field = Fields(INDEXED, ITEMS, covered(connection)).field("rank")
    for statement in (count_statement(exact), count_by_value_statement(every, field)):
        assert [step for step in plans(path, [statement]) if "nodes" in step] == []
    assert await store.count(NodeQuery(ITEMS, Condition("tags", Operator.EQ, "all"))) == {None: MANY}
    by_size = await store.count(NodeQuery(ITEMS), by="size")
    assert by_size == dict.fromkeys(range(5), MANY // 5)


async def test_the_index_covers_what_the_schema_marks(path: Path) -> None:
    """A property marked later is filled in, one no longer marked is taken out, and answers stay the same."""
    store = await opened(path, marked("rank"))
    await put(store, host("a", rank=1, size=9, tags=["x"]), host("b", rank=2, size=8))
    await store.close()
    assert {row[0] for row in in_index(path)} == {"rank"}
    store = await opened(path, marked("size", "tags"))
    assert in_index(path) == in_nodes(path)
    assert {row[0] for row in in_index(path)} == {"size", "tags"}
    assert await found(store, Condition("rank", Operator.EQ, 2), labels=ITEMS) == ["b"]
    assert await found(store, Condition("tags", Operator.EQ, "x"), labels=ITEMS) == ["a"]
    await store.close()


async def test_a_process_with_another_model_keeps_the_index_in_step(path: Path) -> None:
    """What is covered stands in the file: a writer that began before the model grew leaves no gap."""
    early = await opened(path, marked("rank"))
    late = await opened(path, marked("rank", "size"))
    await put(early, host("a", rank=1, size=9))
    assert await found(late, Condition("size", Operator.EQ, 9), labels=ITEMS) == ["a"]
    assert in_index(path) == in_nodes(path)
    await early.close()
    await late.close()


async def test_a_file_of_layout_1_is_brought_to_the_index_of_values(path: Path) -> None:
    """Its expression indexes go, and every value it held is found and ordered as before."""
    store = await opened(path)
    await put(
        store, host("a", "claim", rank=3, tags=["x"]), host("b", rank=1), host("c", rank=2), ticket("t")
    )
    await put(store, Sighting("a", "scan", "2026-03-01T00:00:00.000Z"))
    await store.close()
    with inside(path) as connection:
        for statement in (
            "ALTER TABLE evidence DROP COLUMN checksum",
            "ALTER TABLE sightings DROP COLUMN checksum",
            "DROP TABLE receipts",
            "DROP TABLE touches",
            "DROP TABLE indexed_values",
            "DROP TABLE indexed_properties",
            "DROP INDEX nodes_by_name",
            "DROP INDEX nodes_by_status",
            (
                'CREATE INDEX "property:rank" ON nodes (json_extract(properties, \'$."rank"\'), id, label) '
                "WHERE json_extract(properties, '$.\"rank\"') IS NOT NULL"
            ),
            "PRAGMA user_version = 1",
        ):
            connection.execute(statement)
    store = await opened(path)
    assert [revision.number async for revision in store.revisions(touching="b")] == [1]
    assert await found(store, Condition("rank", Operator.LT, 9), Order("rank"), labels=ITEMS) == [
        "b",
        "c",
        "a",
    ]
    await store.check()
    await store.close()
    assert in_index(path) == in_nodes(path)
    with inside(path) as connection:
        left = connection.execute("SELECT name FROM sqlite_master WHERE name LIKE 'property:%'").fetchall()
    assert left == []
