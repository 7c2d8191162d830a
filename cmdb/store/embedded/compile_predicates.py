"""Conditions to SQL.

Each compiled part is 1 where it holds, and 0 or NULL where it does not, so AND and OR need no care;
only `Not` has to turn NULL into true, which IS NOT TRUE does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cmdb.graph.query import AllOf, AnyOf, Condition, Direction, Linked, Not, Operator, Predicate
from cmdb.kernel.values import ValueType
from cmdb.store.conditions import TEXT_TYPES, can_be_sent, fits, type_names, unfit
from cmdb.store.embedded.fields import Field, Fields
from cmdb.store.embedded.rows import json_list

Bound = str | int | float


@dataclass(frozen=True, slots=True)
class Sql:
    """A piece of SQL with the values for its question marks."""

    text: str
    values: tuple[Bound, ...] = ()


_COMPARISONS: Mapping[Operator, str] = {
    Operator.EQ: "=",
    Operator.LT: "<",
    Operator.LTE: "<=",
    Operator.GT: ">",
    Operator.GTE: ">=",
}
_MATCHES: Mapping[Operator, str] = {
    Operator.CONTAINS: "instr({text}, ?) > 0",
    Operator.STARTS_WITH: "instr({text}, ?) = 1",
}
_FOUND_BY = frozenset({"id", "name", "status"})
"""Columns with an index of their own."""


class PredicateCompiler:
    """Compiles predicates over the fields of some labels; `link_types` gives the row keys of link types."""

    def __init__(self, fields: Fields, link_types: Callable[[tuple[str, ...]], list[int]]) -> None:
        self._fields = fields
        self._link_types = link_types

    def compile(self, predicate: Predicate) -> Sql:
        """SQL that is 1 where the predicate holds.

        Raises:
            InvalidQueryError: an unknown property or link type, or a value that does not fit.
        """
        match predicate:
            case Condition():
                return self._condition(predicate)
            case AllOf(parts):
                return _joined([self.compile(part) for part in parts], " AND ", "1")
            case AnyOf(parts):
                return _joined([self.compile(part) for part in parts], " OR ", "0")
            case Not(part):
                return _negated(self.compile(part))
            case Linked():
                return self._linked(predicate)

    def _condition(self, condition: Condition) -> Sql:
        field = self._fields.field(condition.property)
        operator, value = condition.operator, condition.value
        for item in value if isinstance(value, list) else [value]:
            if not can_be_sent(item):
                raise unfit(condition, "no node can have such a value")
        if operator is Operator.EXISTS:
            if not isinstance(value, bool):
                raise unfit(condition, "EXISTS takes true or false")
            return Sql(f"{field.expression} IS {'NOT ' if value else ''}NULL")
        if operator is Operator.NE:
            return _negated(self._condition(Condition(condition.property, Operator.EQ, value)))
        if operator is Operator.IN:
            return _membership(field, condition)
        if isinstance(value, list):
            raise unfit(condition, f"{operator.name} takes a single value")
        if operator in _MATCHES:
            return _match(field, condition)
        return _comparison(field, condition)

    def choices(self, predicate: Predicate) -> list[Sql]:
        """Statements of which each gives, from an index, all nodes that can satisfy the predicate.

        Its columns are `node` and `label`, both row keys. A statement may give more nodes than do, and a node several times. There is none where the predicate
        leaves it open.
        """
        match predicate:
            case Condition():
                chosen = _chosen(self._fields.field(predicate.property), predicate)
                return [chosen] if chosen is not None else []
            case AllOf(parts):
                return [choice for part in parts for choice in self.choices(part)]
            case AnyOf(parts):
                found = [self.choices(part) for part in parts]
                if not parts or not all(found):
                    return []
                firsts = [choices[0] for choices in found]
                values = tuple(value for each in firsts for value in each.values)
                return [Sql(" UNION ALL ".join(each.text for each in firsts), values)]
            case Not():
                return []
            case Linked():
                return [self._links(predicate)]

    def exact(self, predicate: Predicate) -> Sql | None:
        """A statement as of `choices` that gives those nodes only that satisfy the predicate, and each once."""
        while isinstance(predicate, AllOf) and len(predicate.parts) == 1:
            predicate = predicate.parts[0]
        if not isinstance(predicate, Condition):
            return None
        field = self._fields.field(predicate.property)
        if _is_mixed(field) or (field.is_list and predicate.operator is not Operator.EQ):
            return None
        return _chosen(field, predicate)

    def _linked(self, linked: Linked) -> Sql:
        links = self._links(linked)
        return Sql(f"nodes.key IN (SELECT node FROM ({links.text}))", links.values)

    def _links(self, linked: Linked) -> Sql:
        near, far = ("source", "target") if linked.direction is Direction.OUT else ("target", "source")
        types = self._link_types(linked.types)
        return Sql(
            f"SELECT l.{near} AS node, NULL AS label FROM links l WHERE l.type IN (SELECT value FROM json_each(?)) "
            f"AND l.{far} IN (SELECT key FROM nodes WHERE id IN (SELECT value FROM json_each(?)))",
            (json_list(types), json_list(linked.ids)),
        )


def _comparison(field: Field, condition: Condition) -> Sql:
    value = condition.value
    assert not isinstance(value, list)
    if not fits(field, value):
        raise unfit(condition, f"the property is of type {type_names(field)}")
    if field.is_list:
        if condition.operator is not Operator.EQ:
            raise unfit(condition, "a list property has no order")
        return Sql(_any_element(field, "value = ?"), (value,))
    if isinstance(value, bool) and condition.operator is not Operator.EQ:
        raise unfit(condition, "true and false have no order")
    test = f"{field.expression} {_COMPARISONS[condition.operator]} ?"
    if _is_mixed(field):
        # Of different types in different labels: to SQLite every text is greater than every number.
        storage = "('text')" if isinstance(value, str) else "('integer', 'real')"
        test = f"{test} AND typeof({field.expression}) IN {storage}"
    return Sql(test, (value,))


def _membership(field: Field, condition: Condition) -> Sql:
    values = condition.value
    if not isinstance(values, list):
        raise unfit(condition, "IN takes a list")
    if not all(fits(field, value) for value in values):
        raise unfit(condition, f"the property is of type {type_names(field)}")
    if field.is_list:
        return Sql(_any_element(field, "value IN (SELECT value FROM json_each(?))"), (json_list(values),))
    return Sql(f"{field.expression} IN (SELECT value FROM json_each(?))", (json_list(values),))


def _chosen(field: Field, condition: Condition) -> Sql | None:
    """The nodes whose value an index finds; None where no index does.

    Fractions are left out: read from JSON they may differ in the last place from what the index holds.
    """
    operator, value = condition.operator, condition.value
    if ValueType.FLOAT in field.types:
        return None
    if field.is_column and field.name in _FOUND_BY:
        source, test = Sql("SELECT key AS node, label FROM nodes WHERE"), field.name
    elif field.indexed is not None:
        source, test = (
            Sql("SELECT node, label FROM indexed_values WHERE property = ? AND", (field.indexed,)),
            "value",
        )
    else:
        return None
    if operator is Operator.IN and isinstance(value, list):
        wanted = Sql(f"{test} IN (SELECT value FROM json_each(?))", (json_list(value),))
    elif operator is Operator.EXISTS and value is True:
        wanted = Sql(f"{test} IS NOT NULL")
    elif operator in _COMPARISONS and not isinstance(value, list):
        wanted = Sql(f"{test} {_COMPARISONS[operator]} ?", (value,))
    else:
        return None
    return Sql(f"{source.text} {wanted.text}", (*source.values, *wanted.values))


def _match(field: Field, condition: Condition) -> Sql:
    value = condition.value
    if not isinstance(value, str) or not (field.is_list or field.types & TEXT_TYPES):
        raise unfit(condition, f"{condition.operator.name} compares texts")
    needle = value.lower()
    template = _MATCHES[condition.operator]
    if field.is_list:
        return Sql(_any_element(field, template.format(text="lower_text(value)")), (needle,))
    # SQLite's own lower() knows ASCII only, but is many times faster than a call into Python.
    text = (
        f"CASE WHEN {field.expression} GLOB '*[^ -~]*' THEN lower_text({field.expression}) "
        f"ELSE lower({field.expression}) END"
    )
    return Sql(template.format(text=text), (needle,))


def _any_element(field: Field, test: str) -> str:
    return f"EXISTS (SELECT 1 FROM json_each(nodes.properties, {field.path}) WHERE {test})"


def _is_mixed(field: Field) -> bool:
    return bool(field.types & TEXT_TYPES and field.types - TEXT_TYPES)


def _negated(part: Sql) -> Sql:
    return Sql(f"({part.text}) IS NOT TRUE", part.values)


def _joined(parts: list[Sql], word: str, empty: str) -> Sql:
    if not parts:
        return Sql(empty)
    text = word.join(f"({part.text})" for part in parts)
    return Sql(text, tuple(value for part in parts for value in part.values))
