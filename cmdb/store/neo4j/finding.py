"""Pages and counts of nodes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cmdb.graph.query import AllOf, NodePage, NodeQuery
from cmdb.graph.schema import GraphSchema
from cmdb.kernel.values import Value
from cmdb.store import cursors
from cmdb.store.neo4j.compile_fields import Fields
from cmdb.store.neo4j.compile_find import Place, count_statement, label_counts_statement, page_statements
from cmdb.store.neo4j.connection import Transaction
from cmdb.store.neo4j.searching import check_page


async def find(transaction: Transaction, schema: GraphSchema, query: NodeQuery) -> NodePage:
    """One page of nodes.

    Raises:
        InvalidQueryError: unknown label or property, a cursor of another query, or `first` out of bounds.
    """
    check_page(query.first)
    mark = cursors.mark_of(query)
    after = None
    if query.after is not None:
        after = Place(*cursors.decoded(query.after, mark, len(query.order)))
    statements = list(page_statements(schema, query, after))
    rows: list[list[Any]] = []
    for statement in statements if query.labels else ():
        wanted = query.first + 1 - len(rows)
        rows += await transaction.rows(statement.text, **statement.values, first=wanted)
        if len(rows) > query.first:
            break
    page = rows[: query.first]
    return NodePage(
        tuple(transaction.wholeness.nodes([node for _, node in page])),
        tuple([cursors.encoded(mark, tuple(keys), node["id"]) for keys, node in page]),
        len(rows) > query.first,
    )


async def count(
    transaction: Transaction, schema: GraphSchema, query: NodeQuery, by: str | None
) -> Mapping[Value | None, int]:
    """How many nodes satisfy the query, by a property's value or by label.

    Raises:
        InvalidQueryError: unknown label or property, or a property that holds lists.
    """
    if by in {None, "label"} and query.where == AllOf(()):
        counts = await _label_counts(transaction, schema, query.labels)
        return counts if by else {None: sum(counts.values())}
    statement = count_statement(schema, query, by)
    if not query.labels:
        return {None: 0} if by is None else {}
    rows = await transaction.rows(statement.text, **statement.values)
    if by is None:
        return {None: rows[0][1] if rows else 0}
    return {value: many for value, many in rows}  # noqa: C416 - rows are lists, which dict() takes too, but unchecked


async def _label_counts(
    transaction: Transaction, schema: GraphSchema, labels: tuple[str, ...]
) -> dict[Value | None, int]:
    """How many nodes are of each of these labels themselves: those that carry it, less those of its subclasses."""
    Fields(schema, labels)
    if not labels:
        return {}
    wanted = dict.fromkeys(labels)
    children = {
        name: [label.name for label in schema.labels.values() if label.ancestors[:1] == (name,)]
        for name in wanted
    }
    asked = dict.fromkeys([*wanted, *(child for own in children.values() for child in own)])
    rows = await transaction.rows(label_counts_statement(schema, asked))
    carried = {label: many for label, many in rows}  # noqa: C416 - rows are lists, which dict() takes too, but unchecked
    own = {name: carried[name] - sum(carried[child] for child in children[name]) for name in wanted}
    return {name: many for name, many in own.items() if many}
