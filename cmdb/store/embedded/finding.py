"""Pages and counts of nodes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cmdb.graph.errors import InvalidQueryError
from cmdb.graph.query import PAGE_LIMIT, NodePage, NodeQuery
from cmdb.graph.schema import GraphSchema
from cmdb.kernel.values import Value, ValueType
from cmdb.store.embedded import cursors
from cmdb.store.embedded.cursors import SortValue
from cmdb.store.embedded.fields import Field, Fields
from cmdb.store.embedded.names import Names
from cmdb.store.embedded.predicates import PredicateCompiler, Sql
from cmdb.store.embedded.rows import NODE_COLUMNS, json_list, node_of

_MANY = 2000
_PART = 50


@dataclass(frozen=True, slots=True)
class _Sorting:
    """One key of the order, and the value it has where the page before ended."""

    field: Field
    descending: bool


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the page before ended."""

    values: tuple[SortValue, ...]
    node_id: str


@dataclass(frozen=True, slots=True)
class _Question:
    """A query made ready: its filter, its order, and where to begin."""

    labels: list[int]
    where: Sql
    order: tuple[_Sorting, ...]
    after: _Place | None
    mark: str
    is_wide: bool


def check_page(first: int) -> None:
    """A page holds 0 to PAGE_LIMIT nodes.

    Raises:
        InvalidQueryError: it would hold fewer or more.
    """
    if not 0 <= first <= PAGE_LIMIT:
        raise InvalidQueryError(f"a page of {first} nodes was asked for; it holds 0 to {PAGE_LIMIT}")


def find(connection: sqlite3.Connection, names: Names, schema: GraphSchema, query: NodeQuery) -> NodePage:
    """One page of nodes.

    Raises:
        InvalidQueryError: unknown label or property, a cursor of another query, or `first` out of bounds.
    """
    check_page(query.first)
    question = _prepared(connection, names, schema, query)
    rows = _rows(connection, question, query.first + 1)
    page = rows[: query.first]
    width = len(question.order)
    return NodePage(
        tuple([node_of(connection, names, row[width:]) for row in page]),
        tuple([cursors.encoded(question.mark, row[:width], row[width]) for row in page]),
        len(rows) > query.first,
    )


def count(
    connection: sqlite3.Connection, names: Names, schema: GraphSchema, query: NodeQuery, by: str | None
) -> Mapping[Value | None, int]:
    """How many nodes satisfy the query, by a property's value or by label.

    Raises:
        InvalidQueryError: unknown label or property, or a property that holds lists.
    """
    question = _prepared(connection, names, schema, query)
    where = _filter(question)
    if by is None:
        row = connection.execute(f"SELECT count(*) FROM nodes WHERE {where.text}", where.values).fetchone()
        return {None: row[0]}
    if by == "label":
        by_label = _groups(connection, "nodes.label", where)
        return {names.labels.name(connection, label): how_many for label, how_many in by_label}
    field = Fields(schema, query.labels).sortable(by)
    ordered = _filter(question, in_order=question.is_wide)
    there = Sql(f"{field.expression} IS NOT NULL AND {ordered.text}", ordered.values)
    groups: dict[Any, int] = dict(_groups(connection, field.expression, there))
    # What is absent is not looked for: it is the rest, and to count all takes a walk through an index only.
    row = connection.execute(f"SELECT count(*) FROM nodes WHERE {where.text}", where.values).fetchone()
    missing = row[0] - sum(groups.values())
    if field.types == {ValueType.BOOLEAN}:
        groups = {bool(value): how_many for value, how_many in groups.items()}
    return {**groups, None: missing} if missing else groups


def _groups(connection: sqlite3.Connection, expression: str, where: Sql) -> list[tuple[Any, int]]:
    return connection.execute(
        f"SELECT {expression}, count(*) FROM nodes WHERE {where.text} GROUP BY 1", where.values
    ).fetchall()


def _prepared(
    connection: sqlite3.Connection, names: Names, schema: GraphSchema, query: NodeQuery
) -> _Question:
    fields = Fields(schema, query.labels)

    def link_types(wanted: tuple[str, ...]) -> list[int]:
        return link_type_keys(connection, names, schema, wanted)

    where = PredicateCompiler(fields, link_types).compile(query.where)
    order = tuple(_Sorting(fields.sortable(key.property), key.descending) for key in query.order)
    mark = cursors.mark_of(query)
    after = None
    if query.after is not None:
        after = _Place(*cursors.decoded(query.after, mark, len(order)))
    labels = names.labels.keys(connection, query.labels)
    # The nodes of one label stand in the order of their ids already.
    in_place = len(labels) == 1 and not order
    is_wide = not in_place and _is_wide(connection, labels)
    return _Question(labels, where, order, after, mark, is_wide)


def _is_wide(connection: sqlite3.Connection, labels: list[int]) -> bool:
    """Whether so many nodes have these labels that walking in the wanted order beats sorting them."""
    (total,) = connection.execute("SELECT coalesce(max(key), 0) FROM nodes").fetchone()
    enough = _MANY + total // _PART
    (found,) = connection.execute(
        "SELECT count(*) FROM (SELECT 1 FROM nodes WHERE label IN (SELECT value FROM json_each(?)) LIMIT ?)",
        (json_list(labels), enough),
    ).fetchone()
    return bool(found == enough)


def link_type_keys(
    connection: sqlite3.Connection, names: Names, schema: GraphSchema, wanted: tuple[str, ...]
) -> list[int]:
    """The row keys of link types.

    Raises:
        InvalidQueryError: the schema does not know one of them.
    """
    for name in wanted:
        if name not in schema.link_types:
            raise InvalidQueryError(f"unknown link type {name!r}")
    return names.link_types.keys(connection, wanted)


def _filter(question: _Question, *, in_order: bool = False) -> Sql:
    # The plus keeps the planner from collecting by label, so that it walks an index in the wanted order.
    plus = "+" if in_order else ""
    return Sql(
        f"{plus}nodes.label IN (SELECT value FROM json_each(?)) AND ({question.where.text})",
        (json_list(question.labels), *question.where.values),
    )


def _rows(connection: sqlite3.Connection, question: _Question, wanted: int) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    for segment in _segments(question):
        rows += _segment_rows(connection, question, segment, wanted - len(rows))
        if len(rows) >= wanted:
            break
    return rows


def _segments(question: _Question) -> Iterator[Sql]:
    """The nodes that have the leading sort key, then those that have not; each can use an index."""
    if not question.order:
        yield Sql("1")
        return
    expression = question.order[0].field.expression
    after = question.after
    if after is None or after.values[0] is not None:
        yield Sql(f"{expression} IS NOT NULL")
    yield Sql(f"{expression} IS NULL")


def _segment_rows(
    connection: sqlite3.Connection, question: _Question, segment: Sql, wanted: int
) -> list[tuple[Any, ...]]:
    where = _filter(question, in_order=question.is_wide)
    begin = Sql("1")
    if question.after is not None:
        begin = _after(question.order, question.after, 0)
    keys = "".join(f"{key.field.expression}, " for key in question.order)
    directions = [
        f"{key.field.expression} {'DESC' if key.descending else 'ASC'} NULLS LAST" for key in question.order
    ]
    order = ", ".join([*directions, "nodes.id"])
    return connection.execute(
        f"SELECT {keys}{NODE_COLUMNS} FROM nodes WHERE {segment.text} AND {where.text} AND ({begin.text}) "
        f"ORDER BY {order} LIMIT ?",
        (*segment.values, *where.values, *begin.values, wanted),
    ).fetchall()


def _after(order: tuple[_Sorting, ...], place: _Place, position: int) -> Sql:
    """True for nodes that come after the place, as far as the sort keys from `position` on decide it."""
    if position == len(order):
        return Sql("nodes.id > ?", (place.node_id,))
    key, value = order[position], place.values[position]
    expression = key.field.expression
    rest = _after(order, place, position + 1)
    if value is None:
        return Sql(f"{expression} IS NULL AND ({rest.text})", rest.values)
    sign = "<" if key.descending else ">"
    return Sql(
        f"{expression} IS NULL OR ({expression} {sign}= ? AND ({expression} {sign} ? OR ({rest.text})))",
        (value, value, *rest.values),
    )
