"""Conditions to Cypher.

Each compiled part is true where it holds, and false or null where it does not, so AND and OR need no care;
only `Not` has to turn null into true, which `coalesce` does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cmdb.graph.query import AllOf, AnyOf, Condition, Direction, Linked, Not, Operator, Predicate
from cmdb.graph.schema import GraphSchema
from cmdb.store.conditions import TEXT_TYPES, can_be_sent, fits, type_names, unfit
from cmdb.store.neo4j.compile_fields import Field, Fields
from cmdb.store.neo4j.compile_names import link_types_of

_COMPARISONS: Mapping[Operator, str] = {
    Operator.EQ: "=",
    Operator.LT: "<",
    Operator.LTE: "<=",
    Operator.GT: ">",
    Operator.GTE: ">=",
}
_MATCHES: Mapping[Operator, str] = {Operator.CONTAINS: "CONTAINS", Operator.STARTS_WITH: "STARTS WITH"}


@dataclass(slots=True)
class Parameters:
    """The values of a statement that is being put together, each under a name of its own."""

    values: dict[str, Any] = field(default_factory=dict)

    def add(self, value: Any) -> str:
        """The parameter that stands for the value.

        Zero has no sign in a question: Neo4j holds -0.0 for less than 0.0 (IEEE 754 holds them equal).
        """
        name = f"p{len(self.values)}"
        self.values[name] = value + 0.0 if type(value) is float else value
        return f"${name}"


class PredicateCompiler:
    """Compiles predicates about a node `n` over the fields of some labels."""

    def __init__(self, schema: GraphSchema, fields: Fields, parameters: Parameters) -> None:
        self._schema = schema
        self._fields = fields
        self._parameters = parameters

    def compile(self, predicate: Predicate) -> str:
        """Cypher that is true where the predicate holds.

        Raises:
            InvalidQueryError: an unknown property or link type, or a value that does not fit.
        """
        match predicate:
            case Condition():
                return self._condition(predicate)
            case AllOf(parts):
                return _joined([self.compile(part) for part in parts], " AND ", "true")
            case AnyOf(parts):
                return _joined([self.compile(part) for part in parts], " OR ", "false")
            case Not(part):
                return _negated(self.compile(part))
            case Linked():
                return f"EXISTS {{ MATCH {self.linked_pattern(predicate)} }}"

    def linked_pattern(self, linked: Linked) -> str:
        """A pattern that `n` and one of the nodes at the other end fulfil, with its condition."""
        if not linked.types:
            return "(n) WHERE false"
        types = link_types_of(self._schema, linked.types)
        arrow = f"-[{types}]->" if linked.direction is Direction.OUT else f"<-[{types}]-"
        ids = self._parameters.add([text for text in linked.ids if can_be_sent(text)])
        return f"(n){arrow}(there:CmdbNode) WHERE there.id IN {ids}"

    def _condition(self, condition: Condition) -> str:
        found = self._fields.field(condition.property)
        operator, value = condition.operator, condition.value
        for item in value if isinstance(value, list) else [value]:
            if not can_be_sent(item):
                raise unfit(condition, "no node can have such a value")
        if operator is Operator.EXISTS:
            if not isinstance(value, bool):
                raise unfit(condition, "EXISTS takes true or false")
            return f"{found.expression} IS {'NOT ' if value else ''}NULL"
        if operator is Operator.NE:
            return _negated(self._condition(Condition(condition.property, Operator.EQ, value)))
        if operator is Operator.IN:
            return self._membership(found, condition)
        if isinstance(value, list):
            raise unfit(condition, f"{operator.name} takes a single value")
        if operator in _MATCHES:
            return self._match(found, condition)
        return self._comparison(found, condition)

    def _comparison(self, found: Field, condition: Condition) -> str:
        value = condition.value
        assert not isinstance(value, list)
        if not fits(found, value):
            raise unfit(condition, f"the property is of type {type_names(found)}")
        if found.is_list:
            if condition.operator is not Operator.EQ:
                raise unfit(condition, "a list property has no order")
            return f"{self._parameters.add(value)} IN {found.expression}"
        if isinstance(value, bool) and condition.operator is not Operator.EQ:
            raise unfit(condition, "true and false have no order")
        return f"{found.expression} {_COMPARISONS[condition.operator]} {self._parameters.add(value)}"

    def _membership(self, found: Field, condition: Condition) -> str:
        values = condition.value
        if not isinstance(values, list):
            raise unfit(condition, "IN takes a list")
        if not all(fits(found, value) for value in values):
            raise unfit(condition, f"the property is of type {type_names(found)}")
        parameter = self._parameters.add(values)
        if found.is_list:
            return f"any(item IN {found.expression} WHERE item IN {parameter})"
        return f"{found.expression} IN {parameter}"

    def _match(self, found: Field, condition: Condition) -> str:
        value = condition.value
        if not isinstance(value, str) or not (found.is_list or found.types & TEXT_TYPES):
            raise unfit(condition, f"{condition.operator.name} compares texts")
        word, needle = _MATCHES[condition.operator], self._parameters.add(value.lower())
        if found.is_list:
            return f"any(item IN {found.expression} WHERE toLower(item) {word} {needle})"
        text = f"toStringOrNull({found.expression})" if found.is_mixed else found.expression
        return f"toLower({text}) {word} {needle}"


def _negated(part: str) -> str:
    return f"NOT coalesce({part}, false)"


def _joined(parts: list[str], word: str, empty: str) -> str:
    return f"({word.join(parts)})" if parts else empty
