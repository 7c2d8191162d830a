"""Statements about links: their types are names, so each set of types has a text of its own."""

from __future__ import annotations

from collections.abc import Iterable

from cmdb.graph.errors import InvalidQueryError
from cmdb.graph.query import Direction, LinkQuery, Steps
from cmdb.graph.schema import GraphSchema
from cmdb.store.neo4j.compile_names import link_types_of, quoted

_ENDS = "UNWIND $rows AS row MATCH (a:CmdbNode {id: row.source}) MATCH (b:CmdbNode {id: row.target})"


def links_statement(schema: GraphSchema, query: LinkQuery) -> str:
    """The links of each of `$ids`, the first `$first` of each, with `$labels` at the other end.

    Raises:
        InvalidQueryError: unknown link type or label.
    """
    for label in query.labels or ():
        if label not in schema.labels:
            raise InvalidQueryError(f"unknown label {label!a}")
    pattern = _arrow(link_types_of(schema, query.types), query.direction)
    chosen = "" if query.labels is None else " WHERE there.label IN $labels"
    bound = "" if query.first is None else " LIMIT $first"
    return (
        "UNWIND $groups AS ids CALL (ids) { UNWIND ids AS id MATCH (here:CmdbNode {id: id}) "
        f"CALL (here) {{ MATCH (here){pattern}(there:CmdbNode){chosen} "
        "RETURN type(r) AS kind, there.id AS other, properties(r) AS own "
        f"ORDER BY kind, other{bound} }} "
        "RETURN collect([id, kind, other, own]) AS found } RETURN found"
    )


def update_links_statement(link_type: str) -> str:
    """Give links of one type other properties."""
    return f"{_ENDS} MATCH (a)-[r:{quoted(link_type)}]->(b) SET r = row.own"


def delete_links_statement(link_type: str) -> str:
    """Remove links of one type."""
    return f"{_ENDS} MATCH (a)-[r:{quoted(link_type)}]->(b) DELETE r"


def frontier_statement(schema: GraphSchema, steps: Steps) -> str:
    """The different nodes one of these steps (at least one) from `$ids`."""
    ways = [
        f"MATCH (here){_arrow(link_types_of(schema, types), direction)}(there:CmdbNode)"
        for direction in Direction
        if (types := sorted({name for name, way in steps if way is direction}))
    ]
    both = " UNION ".join(f"{way} RETURN there" for way in ways)
    onward = ways[0] if len(ways) == 1 else f"CALL (here) {{ {both} }}"
    return (
        f"UNWIND $ids AS id MATCH (here:CmdbNode {{id: id}}) {onward} WITH DISTINCT there "
        "RETURN there.id, there.label, coalesce(there.status, '')"
    )


def region_nodes_statement() -> str:
    """What a structure holds of the nodes `$ids`."""
    return "UNWIND $ids AS id MATCH (n:CmdbNode {id: id}) RETURN n.id, n.label, coalesce(n.status, '')"


def region_links_statement(schema: GraphSchema, types: Iterable[str], direction: Direction) -> str:
    """The links of `$ids` in one direction, to wherever they lead."""
    pattern = _arrow(link_types_of(schema, types), direction)
    return (
        "UNWIND $ids AS id MATCH (here:CmdbNode {id: id}) "
        f"MATCH (here){pattern}(there:CmdbNode) RETURN id, type(r), there.id, properties(r)"
    )


def _arrow(types: str, direction: Direction) -> str:
    return f"-[r{types}]->" if direction is Direction.OUT else f"<-[r{types}]-"
