"""The Cypher that questions are compiled to, as it is."""

from inline_snapshot import snapshot

from cmdb.graph.query import AllOf, Condition, Direction, Linked, LinkQuery, NodeQuery, Not, Operator, Order
from cmdb.store.neo4j.compile_find import Place, count_statement, label_counts_statement, page_statements
from cmdb.store.neo4j.compile_labels import cover_of
from cmdb.store.neo4j.compile_links import (
    frontier_statement,
    links_statement,
    region_links_statement,
    region_nodes_statement,
)
from cmdb.store.neo4j.compile_names import labels_of
from cmdb.store.neo4j.compile_nodes import relabel_statement
from cmdb.store.neo4j.compile_schema import create_index_statement, relabel_all_statement
from tests.contract.schema import ALL, ITEMS, SCHEMA


def _texts(query: NodeQuery, after: Place | None = None) -> list[str]:
    return [statement.text for statement in page_statements(SCHEMA, query, after)]


def test_a_class_with_all_its_subclasses_is_one_label() -> None:
    """And what cannot be told by labels alone is told by the node's own."""
    assert cover_of(SCHEMA, ITEMS).labels == ("Item",)
    assert cover_of(SCHEMA, ALL).labels == ("Item", "Ticket")
    assert cover_of(SCHEMA, ("Host", "Server")).labels == ("Host",)
    assert cover_of(SCHEMA, ("Host", "Server")).is_exact
    assert cover_of(SCHEMA, ("Host",)).labels == ("Host",)
    assert not cover_of(SCHEMA, ("Host",)).is_exact


def test_pages() -> None:
    """Filters, orders and places."""
    assert _texts(NodeQuery(("Server",))) == snapshot(
        [
            "MATCH (n:`CmdbNode`&(`Server`)) RETURN [], n{.*, _stamps: null, _seen: null, _claims: null, _title: null, _text: null} ORDER BY n.id LIMIT $first"
        ]
    )
    assert _texts(NodeQuery(("Host",), Not(Condition("rank", Operator.GT, 1)), (Order("name"),))) == snapshot(
        [
            "MATCH (n:`CmdbNode`&(`Host`)) WHERE n.label IN $p0 AND n.`name` IS NOT NULL AND NOT coalesce(n.`rank` > $p1, false) RETURN [n.`name`], n{.*, _stamps: null, _seen: null, _claims: null, _title: null, _text: null} ORDER BY n.`name`, n.id LIMIT $first",
            "MATCH (n:`CmdbNode`&(`Host`)) WHERE n.label IN $p0 AND n.`name` IS NULL AND NOT coalesce(n.`rank` > $p1, false) RETURN [n.`name`], n{.*, _stamps: null, _seen: null, _claims: null, _title: null, _text: null} ORDER BY n.`name`, n.id LIMIT $first",
        ]
    )
    assert _texts(NodeQuery(ALL, order=(Order("size", descending=True),)), Place((10,), "a")) == snapshot(
        [
            "MATCH (n:`CmdbNode`&(`Item`|`Ticket`)) WHERE n.`size` IS NOT NULL AND (n.`size` IS NULL OR n.`size` < $p0 OR (n.`size` = $p0 AND n.id > $p1)) RETURN [n.`size`], n{.*, _stamps: null, _seen: null, _claims: null, _title: null, _text: null} ORDER BY n.`size` IS NULL, n.`size` IS :: STRING DESC, n.`size` DESC, n.id LIMIT $first",
            "MATCH (n:`CmdbNode`&(`Item`|`Ticket`)) WHERE n.`size` IS NULL AND (n.`size` IS NULL OR n.`size` < $p0 OR (n.`size` = $p0 AND n.id > $p1)) RETURN [n.`size`], n{.*, _stamps: null, _seen: null, _claims: null, _title: null, _text: null} ORDER BY n.`size` IS NULL, n.`size` IS :: STRING DESC, n.`size` DESC, n.id LIMIT $first",
        ]
    )
    where = AllOf((Condition("tags", Operator.IN, ["x"]), Linked(("RUNS_ON",), Direction.OUT, ("a",))))
    assert _texts(NodeQuery(ITEMS, where)) == snapshot(
        [
            "MATCH (n)-[:`RUNS_ON`]->(there:CmdbNode) WHERE there.id IN $p0 WITH DISTINCT n MATCH (n:`CmdbNode`&(`Item`)) WHERE any(item IN n.`tags` WHERE item IN $p1) RETURN [], n{.*, _stamps: null, _seen: null, _claims: null, _title: null, _text: null} ORDER BY n.id LIMIT $first"
        ]
    )


def test_counts() -> None:
    """By nothing, by label, by a property."""
    low = Condition("rank", Operator.LT, 5)
    assert count_statement(SCHEMA, NodeQuery(ITEMS, low), None).text == snapshot(
        "MATCH (n:`CmdbNode`&(`Item`)) WHERE n.`rank` < $p0 RETURN null AS value, count(*) AS many"
    )
    assert count_statement(SCHEMA, NodeQuery(("Server",), low), "label").text == snapshot(
        "MATCH (n:`CmdbNode`&(`Server`)) WHERE n.`rank` < $p0 RETURN n.label AS value, count(*) AS many"
    )
    assert count_statement(SCHEMA, NodeQuery(("Server",)), "status").text == snapshot(
        "MATCH (n:`CmdbNode`&(`Server`)) RETURN n.`status` AS value, count(*) AS many"
    )
    assert label_counts_statement(SCHEMA, ("Host", "Server")) == snapshot(
        "MATCH (n:`Host`) WITH count(n) AS many RETURN 'Host' AS label, many UNION ALL MATCH (n:`Server`) WITH count(n) AS many RETURN 'Server' AS label, many"
    )


def test_links() -> None:
    """Reading, following and making them."""
    assert links_statement(SCHEMA, LinkQuery(("a",), Direction.OUT)) == snapshot(
        "UNWIND $groups AS ids CALL (ids) { UNWIND ids AS id MATCH (here:CmdbNode {id: id}) CALL (here) { MATCH (here)-[r]->(there:CmdbNode) RETURN type(r) AS kind, there.id AS other, properties(r) AS own ORDER BY kind, other } RETURN collect([id, kind, other, own]) AS found } RETURN found"
    )
    narrowed = LinkQuery(("a",), Direction.IN, ("RUNS_ON", "CONNECTS"), ("Host",), 3)
    assert links_statement(SCHEMA, narrowed) == snapshot(
        "UNWIND $groups AS ids CALL (ids) { UNWIND ids AS id MATCH (here:CmdbNode {id: id}) CALL (here) { MATCH (here)<-[r:`RUNS_ON`|`CONNECTS`]-(there:CmdbNode) WHERE there.label IN $labels RETURN type(r) AS kind, there.id AS other, properties(r) AS own ORDER BY kind, other LIMIT $first } RETURN collect([id, kind, other, own]) AS found } RETURN found"
    )
    assert frontier_statement(SCHEMA, (("RUNS_ON", Direction.IN),)) == snapshot(
        "UNWIND $ids AS id MATCH (here:CmdbNode {id: id}) MATCH (here)<-[r:`RUNS_ON`]-(there:CmdbNode) WITH DISTINCT there RETURN there.id, there.label, coalesce(there.status, '')"
    )
    both_ways = (("RUNS_ON", Direction.IN), ("CONNECTS", Direction.OUT), ("AFFECTS", Direction.OUT))
    assert frontier_statement(SCHEMA, both_ways) == snapshot(
        "UNWIND $ids AS id MATCH (here:CmdbNode {id: id}) CALL (here) { MATCH (here)-[r:`AFFECTS`|`CONNECTS`]->(there:CmdbNode) RETURN there UNION MATCH (here)<-[r:`RUNS_ON`]-(there:CmdbNode) RETURN there } WITH DISTINCT there RETURN there.id, there.label, coalesce(there.status, '')"
    )
    assert region_nodes_statement() == snapshot(
        "UNWIND $ids AS id MATCH (n:CmdbNode {id: id}) RETURN n.id, n.label, coalesce(n.status, '')"
    )
    assert region_links_statement(SCHEMA, ("RUNS_ON", "CONNECTS"), Direction.OUT) == snapshot(
        "UNWIND $ids AS id MATCH (here:CmdbNode {id: id}) MATCH (here)-[r:`RUNS_ON`|`CONNECTS`]->(there:CmdbNode) RETURN id, type(r), there.id, properties(r)"
    )


def test_nodes_and_indexes() -> None:
    """Names stand quoted, values not at all."""
    assert labels_of(SCHEMA, "Server") == ["CmdbNode", "Server", "Host", "Item"]
    assert relabel_statement(SCHEMA, "Server", "Host") == snapshot(
        "UNWIND $ids AS id MATCH (n:CmdbNode {id: id}) SET n:`Host`:`Item` REMOVE n:`Server`"
    )
    assert relabel_statement(SCHEMA, "Host", "Server") == snapshot(
        "UNWIND $ids AS id MATCH (n:CmdbNode {id: id}) SET n:`Server`:`Host`:`Item`"
    )
    assert create_index_statement("rank") == snapshot(
        "CREATE RANGE INDEX `cmdb_property_rank` IF NOT EXISTS FOR (n:CmdbNode) ON (n.`rank`)"
    )
    assert relabel_all_statement(("Item",), ("Host",)) == snapshot(
        "MATCH (n:CmdbNode) WHERE n.label = $label CALL (n) { WITH n SET n:`Item` REMOVE n:`Host` } IN TRANSACTIONS OF 5000 ROWS"
    )
