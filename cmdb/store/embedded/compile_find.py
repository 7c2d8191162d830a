"""Pages and counts of nodes as SQL.

The planner is told where to begin, since it cannot know how many nodes a value finds: with the few nodes that an
index gives, with the index of values in the wanted order, or with the labels.
"""

from __future__ import annotations

from dataclasses import dataclass

from cmdb.store.cursors import SortValue
from cmdb.store.embedded.compile_predicates import Sql
from cmdb.store.embedded.fields import Field
from cmdb.store.embedded.rows import NODE_COLUMNS, json_list


@dataclass(frozen=True, slots=True)
class Sorting:
    """One key of the order."""

    field: Field
    descending: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where the page before ended: the sort keys' values there, and the node's id."""

    values: tuple[SortValue, ...]
    node_id: str


@dataclass(frozen=True, slots=True)
class Question:
    """A query made ready.

    `chosen` gives the few nodes that come into question, where an index finds them; `exact` all that satisfy
    `where`, and no others. Columns of both are `node` and `label`. `is_wide`
    says that so many nodes have the labels that a walk in the wanted order beats sorting them.
    """

    labels: list[int]
    where: Sql
    order: tuple[Sorting, ...]
    after: Place | None
    chosen: Sql | None
    exact: Sql | None
    is_wide: bool


def page_statements(question: Question) -> list[Sql]:
    """The rows of a page, each statement's after the one's before; the last question mark is how many.

    The nodes that have the leading sort key come first, then those that have not; each can use an index. A row
    is the values of the sort keys, then NODE_COLUMNS.
    """
    if not question.order:
        return [_page(question, Sql("1"))]
    expression = question.order[0].field.expression
    after = question.after
    statements = []
    if after is None or after.values[0] is not None:
        statements.append(_leading(question))
    statements.append(_page(question, Sql(f"{expression} IS NULL")))
    return statements


def count_statement(question: Question) -> Sql:
    """How many nodes satisfy the query."""
    if question.exact is not None:
        text = f"SELECT count(*) FROM ({question.exact.text}) WHERE label IN (SELECT value FROM json_each(?))"
        return Sql(text, (*question.exact.values, json_list(question.labels)))
    source, where = _source(question), _filter(question)
    return Sql(f"SELECT count(*) FROM {source.text} WHERE {where.text}", source.values + where.values)


def count_by_label_statement(question: Question) -> Sql:
    """Row keys of labels, and how many nodes satisfy the query under each."""
    source, where = _source(question), _filter(question)
    text = f"SELECT nodes.label, count(*) FROM {source.text} WHERE {where.text} GROUP BY 1"
    return Sql(text, source.values + where.values)


def count_by_value_statement(question: Question, field: Field) -> Sql:
    """Values of a property, and how many nodes that have one satisfy the query with each."""
    expression = field.expression
    if question.where.text == "1" and field.indexed is not None:
        return Sql(
            "SELECT value, count(*) FROM indexed_values WHERE property = ? "
            "AND label IN (SELECT value FROM json_each(?)) GROUP BY 1",
            (field.indexed, json_list(question.labels)),
        )
    source, where = _source(question), _filter(question)
    return Sql(
        f"SELECT {expression}, count(*) FROM {source.text} WHERE {expression} IS NOT NULL AND {where.text} "
        "GROUP BY 1",
        source.values + where.values,
    )


def probe_statement(choice: Sql) -> Sql:
    """How many nodes a choice gives, counted up to a bound, the last question mark."""
    return Sql(f"SELECT count(*) FROM (SELECT 1 FROM ({choice.text}) LIMIT ?)", choice.values)


def _leading(question: Question) -> Sql:
    """The nodes that have the leading sort key."""
    field = question.order[0].field
    if question.chosen is not None or not question.is_wide or field.indexed is None:
        return _page(question, Sql(f"{field.expression} IS NOT NULL"))
    first = Sql("place.value")
    begin = _after(question.order, question.after, first, "place.id")
    keys = ["place.value", *(key.field.expression for key in question.order[1:])]
    text = (
        f"SELECT {', '.join(keys)}, {NODE_COLUMNS} FROM indexed_values AS place "
        "CROSS JOIN nodes ON nodes.key = place.node WHERE place.property = ? "
        "AND place.label IN (SELECT value FROM json_each(?)) "
        f"AND ({question.where.text}) AND ({begin.text}) ORDER BY {_order(question, keys)}, place.id LIMIT ?"
    )
    return Sql(text, (field.indexed, json_list(question.labels), *question.where.values, *begin.values))


def _page(question: Question, segment: Sql) -> Sql:
    source, where = _source(question), _filter(question)
    keys = [key.field.expression for key in question.order]
    begin = _after(question.order, question.after, None, "nodes.id")
    columns = ", ".join([*keys, NODE_COLUMNS])
    order = f"{_order(question, keys)}, nodes.id" if keys else "nodes.id"
    text = (
        f"SELECT {columns} FROM {source.text} WHERE {segment.text} AND {where.text} AND ({begin.text}) "
        f"ORDER BY {order} LIMIT ?"
    )
    return Sql(text, (*source.values, *segment.values, *where.values, *begin.values))


def _source(question: Question) -> Sql:
    chosen = question.chosen
    if chosen is None:
        return Sql("nodes")
    # CROSS JOIN keeps this order: from the few nodes chosen to their rows, never the other way round.
    return Sql(
        f"(SELECT DISTINCT node FROM ({chosen.text})) AS chosen CROSS JOIN nodes ON nodes.key = chosen.node",
        chosen.values,
    )


def _filter(question: Question) -> Sql:
    # The plus keeps the planner from collecting by label, so that it walks an index in the wanted order.
    plus = "+" if question.is_wide or question.chosen is not None else ""
    return Sql(
        f"{plus}nodes.label IN (SELECT value FROM json_each(?)) AND ({question.where.text})",
        (json_list(question.labels), *question.where.values),
    )


def _order(question: Question, keys: list[str]) -> str:
    pairs = zip(keys, question.order, strict=True)
    return ", ".join(f"{key} {'DESC' if each.descending else 'ASC'} NULLS LAST" for key, each in pairs)


def _after(order: tuple[Sorting, ...], place: Place | None, first: Sql | None, node_id: str) -> Sql:
    """True for nodes that come after the place; `first` is another expression for the leading sort key."""
    if place is None:
        return Sql("1")
    expressions = [key.field.expression for key in order]
    if first is not None:
        expressions[0] = first.text
    rest = Sql(f"{node_id} > ?", (place.node_id,))
    for expression, key, value in reversed(list(zip(expressions, order, place.values, strict=True))):
        if value is None:
            rest = Sql(f"{expression} IS NULL AND ({rest.text})", rest.values)
            continue
        sign = "<" if key.descending else ">"
        # In the index of values nothing is absent, and an OR would keep it from beginning at the place.
        absent = "" if expression == "place.value" else f"{expression} IS NULL OR "
        rest = Sql(
            f"{absent}({expression} {sign}= ? AND ({expression} {sign} ? OR ({rest.text})))",
            (value, value, *rest.values),
        )
    return rest
