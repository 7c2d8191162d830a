"""Questions for nodes to Cypher: filter, order, where a page begins, and counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cmdb.graph.query import AllOf, Linked, NodeQuery, Predicate
from cmdb.graph.schema import GraphSchema
from cmdb.store.cursors import SortValue
from cmdb.store.neo4j.compile_fields import Field, Fields
from cmdb.store.neo4j.compile_labels import cover_of
from cmdb.store.neo4j.compile_names import quoted
from cmdb.store.neo4j.compile_predicates import Parameters, PredicateCompiler
from cmdb.store.neo4j.compile_rows import NODE


@dataclass(frozen=True, slots=True)
class Statement:
    """A text with its parameters."""

    text: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Where the page before ended: its last node's sort values and id."""

    values: tuple[SortValue, ...]
    node_id: str


@dataclass(frozen=True, slots=True)
class _Sorting:
    field: Field
    descending: bool


def page_statements(schema: GraphSchema, query: NodeQuery, after: Place | None) -> Iterator[Statement]:
    """Statements that give, one after the other, the query's nodes in order; each takes `$first`.

    Nodes that have the leading sort key come first, then those that have not: each part can use an index.

    Raises:
        InvalidQueryError: unknown label, property or link type, or a value that does not fit.
    """
    order = [
        _Sorting(Fields(schema, query.labels).sortable(key.property), key.descending) for key in query.order
    ]
    if not order:
        yield _page_statement(schema, query, order, after, "")
        return
    leading = order[0].field
    if after is None or after.values[0] is not None:
        yield _page_statement(schema, query, order, after, f"{leading.expression} IS NOT NULL")
    if not leading.is_own:
        yield _page_statement(schema, query, order, after, f"{leading.expression} IS NULL")


def _page_statement(
    schema: GraphSchema, query: NodeQuery, order: list[_Sorting], after: Place | None, segment: str
) -> Statement:
    parameters = Parameters()
    conditions = [segment] if segment else []
    if after is not None:
        conditions.append(_after(order, after, 0, parameters))
    matched = _matched(schema, query, parameters, conditions)
    keys = ", ".join(key.field.expression for key in order)
    sorting = ", ".join([*(part for key in order for part in _sorted_by(key)), "n.id"])
    text = f"{matched} RETURN [{keys}], {NODE} ORDER BY {sorting} LIMIT $first"
    return Statement(text, parameters.values)


def _matched(schema: GraphSchema, query: NodeQuery, parameters: Parameters, further: list[str]) -> str:
    """MATCH … WHERE …, with further conditions.

    A link to given nodes is followed from those: they are few, and the nodes to look through many.
    """
    fields = Fields(schema, query.labels)
    compiler = PredicateCompiler(schema, fields, parameters)
    cover = cover_of(schema, query.labels)
    conditions = [] if cover.is_exact else [f"n.label IN {parameters.add(sorted(set(query.labels)))}"]
    anchor, rest = _anchored(query.where)
    begin = ""
    if anchor is not None:
        begin = f"MATCH {compiler.linked_pattern(anchor)} WITH DISTINCT n "
    conditions += [*further, *(compiler.compile(part) for part in rest)]
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return f"{begin}MATCH (n:{cover.pattern}){where}"


def _anchored(predicate: Predicate) -> tuple[Linked | None, list[Predicate]]:
    parts: list[Predicate] = list(predicate.parts) if isinstance(predicate, AllOf) else [predicate]
    for part in parts:
        if isinstance(part, Linked) and part.types:
            return part, [other for other in parts if other is not part]
    return None, parts


def _sorted_by(key: _Sorting) -> Iterator[str]:
    direction = " DESC" if key.descending else ""
    expression = key.field.expression
    if key.descending:
        # Going down, Neo4j gives nodes without the property first.
        yield f"{expression} IS NULL"
    if key.field.is_mixed:
        yield f"{expression} IS :: STRING{direction}"
    yield f"{expression}{direction}"


def _after(order: list[_Sorting], place: Place, position: int, parameters: Parameters) -> str:
    """True for nodes that come after the place, as far as the sort keys from `position` on decide it."""
    if position == len(order):
        return f"n.id > {parameters.add(place.node_id)}"
    key, value = order[position], place.values[position]
    expression = key.field.expression
    if value is None:
        return f"({expression} IS NULL AND {_after(order, place, position + 1, parameters)})"
    here = parameters.add(value)
    further = f"{expression} {'<' if key.descending else '>'} {here}"
    if key.field.is_mixed:
        further = _further_mixed(expression, value, further, descending=key.descending)
    rest = _after(order, place, position + 1, parameters)
    return f"({expression} IS NULL OR {further} OR ({expression} = {here} AND {rest}))"


def _further_mixed(expression: str, value: SortValue, further: str, *, descending: bool) -> str:
    """Numbers come before texts; Neo4j does not compare one with the other."""
    is_text = isinstance(value, str)
    if is_text == descending:
        other = "NOT " if is_text else ""
        return f"({further} OR {expression} IS {other}:: STRING)"
    return further


def count_statement(schema: GraphSchema, query: NodeQuery, by: str | None) -> Statement:
    """How many nodes satisfy the query, by the value of a property or `label`: rows of value and number.

    Raises:
        InvalidQueryError: unknown label or property, or a property that holds lists.
    """
    parameters = Parameters()
    group = "null"
    if by == "label":
        group = "n.label"
    elif by is not None:
        group = Fields(schema, query.labels).sortable(by).expression
    matched = _matched(schema, query, parameters, [])
    return Statement(f"{matched} RETURN {group} AS value, count(*) AS many", parameters.values)


def label_counts_statement(schema: GraphSchema, labels: Iterable[str]) -> str:
    """How many nodes carry each label; Neo4j knows without looking at them."""
    names = [name for name in labels if name in schema.labels]
    counts = [
        f"MATCH (n:{quoted(name)}) WITH count(n) AS many RETURN '{name}' AS label, many" for name in names
    ]
    return " UNION ALL ".join(counts)
