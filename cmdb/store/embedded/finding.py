"""Pages and counts of nodes."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cmdb.graph.errors import InvalidQueryError
from cmdb.graph.query import PAGE_LIMIT, NodePage, NodeQuery
from cmdb.graph.schema import GraphSchema
from cmdb.kernel.values import Value, ValueType
from cmdb.store import cursors
from cmdb.store.embedded import value_index
from cmdb.store.embedded.compile_find import (
    Place,
    Question,
    Sorting,
    count_by_label_statement,
    count_by_value_statement,
    count_statement,
    page_statements,
    probe_statement,
)
from cmdb.store.embedded.compile_predicates import PredicateCompiler, Sql
from cmdb.store.embedded.faults import damaged
from cmdb.store.embedded.fields import Fields
from cmdb.store.embedded.names import Names
from cmdb.store.embedded.rows import json_list, node_of

_MANY = 2000
_PART = 50


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
    question = prepared(connection, names, schema, query)
    wanted = query.first + 1
    rows: list[tuple[Any, ...]] = []
    for statement in page_statements(question):
        rows += connection.execute(statement.text, (*statement.values, wanted - len(rows))).fetchall()
        if len(rows) >= wanted:
            break
    page = rows[: query.first]
    width, mark = len(question.order), cursors.mark_of(query)
    return NodePage(
        tuple([node_of(connection, names, row[width:]) for row in page]),
        tuple([cursors.encoded(mark, row[:width], row[width]) for row in page]),
        len(rows) > query.first,
    )


def count(
    connection: sqlite3.Connection, names: Names, schema: GraphSchema, query: NodeQuery, by: str | None
) -> Mapping[Value | None, int]:
    """How many nodes satisfy the query, by a property's value or by label.

    Raises:
        InvalidQueryError: unknown label or property, or a property that holds lists.
    """
    question = prepared(connection, names, schema, query)
    # Every node has to be looked at, so an order of walking is worth nothing unless it groups.
    flat = replace(question, is_wide=False)
    if by is None:
        return {None: _number(connection, count_statement(flat))}
    if by == "label":
        by_label = _groups(connection, count_by_label_statement(flat))
        return {names.labels.name(connection, label): how_many for label, how_many in by_label.items()}
    field = _fields(connection, schema, query).sortable(by)
    groups = _groups(connection, count_by_value_statement(question, field))
    # What is absent is not looked for: it is the rest, and to count all takes a walk through an index only.
    missing = _number(connection, count_statement(flat)) - sum(groups.values())
    if field.types == {ValueType.BOOLEAN}:
        groups = {bool(value): how_many for value, how_many in groups.items()}
    return {**groups, None: missing} if missing else groups


def prepared(connection: sqlite3.Connection, names: Names, schema: GraphSchema, query: NodeQuery) -> Question:
    """The query with its names looked up, and with where to begin.

    Raises:
        InvalidQueryError: unknown label or property, or a cursor of another query.
    """
    fields = _fields(connection, schema, query)

    def link_types(wanted: tuple[str, ...]) -> list[int]:
        return link_type_keys(connection, names, schema, wanted)

    compiler = PredicateCompiler(fields, link_types)
    where = compiler.compile(query.where)
    order = tuple(Sorting(fields.sortable(key.property), key.descending) for key in query.order)
    after = None
    if query.after is not None:
        after = Place(*cursors.decoded(query.after, cursors.mark_of(query), len(order)))
    labels = names.labels.keys(connection, query.labels)
    enough = _enough(connection)
    chosen = _narrowest(connection, compiler.choices(query.where), enough)
    # The nodes of one label stand in the order of their ids already.
    in_place = len(labels) == 1 and not order
    is_wide = chosen is None and not in_place and _is_wide(connection, labels, enough)
    return Question(labels, where, order, after, chosen, compiler.exact(query.where), is_wide)


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


def _fields(connection: sqlite3.Connection, schema: GraphSchema, query: NodeQuery) -> Fields:
    return Fields(schema, query.labels, value_index.covered(connection))


def _enough(connection: sqlite3.Connection) -> int:
    """So many nodes are too many to collect and sort for one page."""
    (total,) = connection.execute("SELECT coalesce(max(key), 0) FROM nodes").fetchone()
    if not isinstance(total, int):
        raise damaged("the nodes", f"a row key is {total!r}")
    return _MANY + total // _PART


def _narrowest(connection: sqlite3.Connection, choices: list[Sql], enough: int) -> Sql | None:
    """The choice that gives the fewest nodes; None where all give many."""
    fewest, narrowest = enough, None
    for choice in choices:
        probe = probe_statement(choice)
        (found,) = connection.execute(probe.text, (*probe.values, fewest)).fetchone()
        if found < fewest:
            fewest, narrowest = found, choice
        if not fewest:
            break
    return narrowest


def _is_wide(connection: sqlite3.Connection, labels: list[int], enough: int) -> bool:
    """Whether so many nodes have these labels that walking in the wanted order beats sorting them."""
    (found,) = connection.execute(
        "SELECT count(*) FROM (SELECT 1 FROM nodes WHERE label IN (SELECT value FROM json_each(?)) LIMIT ?)",
        (json_list(labels), enough),
    ).fetchone()
    return bool(found == enough)


def _number(connection: sqlite3.Connection, statement: Sql) -> int:
    (number,) = connection.execute(statement.text, statement.values).fetchone()
    return int(number)


def _groups(connection: sqlite3.Connection, statement: Sql) -> dict[Any, int]:
    return dict(connection.execute(statement.text, statement.values).fetchall())
