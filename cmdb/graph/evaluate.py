"""Predicates and orders evaluated on nodes in hand, as the stores evaluate them."""

from __future__ import annotations

import operator as operators
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from cmdb.graph.elements import Node
from cmdb.graph.query import AllOf, AnyOf, Condition, Linked, Not, Operator, Order, Predicate
from cmdb.kernel.values import Value

OWN_FIELDS = frozenset({"id", "created_at", "updated_at", "revision"})
"""What a condition or order may name beside properties."""


def value_of(node: Node, name: str) -> Value | None:
    """A property of a node, or one of its own fields."""
    value: Value | None = getattr(node, name) if name in OWN_FIELDS else node.properties.get(name)
    return value


def holds(node: Node, predicate: Predicate) -> bool:
    """Whether a node satisfies a predicate.

    Raises:
        TypeError: the predicate asks for links, which a node does not hold.
    """
    match predicate:
        case Condition(name, operator, value):
            return _satisfies(value_of(node, name), operator, value)
        case AllOf(parts):
            return all(holds(node, part) for part in parts)
        case AnyOf(parts):
            return any(holds(node, part) for part in parts)
        case Not(part):
            return not holds(node, part)
        case Linked():
            raise TypeError("a node does not hold its links")


def _satisfies(actual: Any, operator: Operator, value: Any) -> bool:
    if operator is Operator.EXISTS:
        return bool(value) is (actual is not None)
    if operator is Operator.NE:
        return not _satisfies(actual, Operator.EQ, value)
    if actual is None:
        return False
    if isinstance(actual, list):
        return any(_satisfies(item, operator, value) for item in actual)
    if operator is Operator.IN:
        return any(_satisfies(actual, Operator.EQ, item) for item in value)
    return isinstance(actual, str) is isinstance(value, str) and _TESTS[operator](actual, value)


_TESTS: Mapping[Operator, Callable[[Any, Any], bool]] = MappingProxyType(
    {
        Operator.EQ: operators.eq,
        Operator.LT: operators.lt,
        Operator.LTE: operators.le,
        Operator.GT: operators.gt,
        Operator.GTE: operators.ge,
        Operator.CONTAINS: lambda actual, part: part.lower() in actual.lower(),
        Operator.STARTS_WITH: lambda actual, part: actual.lower().startswith(part.lower()),
    }
)


def in_order(nodes: Sequence[Node], order: Sequence[Order]) -> list[Node]:
    """Nodes sorted: those without a value last both ways, numbers before texts, ties by id."""
    ordered = sorted(nodes, key=lambda node: node.id)
    for key in reversed(order):
        # Each pass leaves alone what it finds equal, so the first key decides first.
        valued = [(value, node) for node in ordered if (value := value_of(node, key.property)) is not None]
        missing = [node for node in ordered if value_of(node, key.property) is None]
        valued.sort(key=_rank, reverse=key.descending)
        ordered = [node for _, node in valued] + missing
    return ordered


def _rank(valued: tuple[Any, Node]) -> tuple[bool, Any]:
    return isinstance(valued[0], str), valued[0]


def beyond(order: Sequence[Order], values: Sequence[Value | None], node_id: str) -> Predicate:
    """The predicate of what comes after the node with these sort values, in an order that ends with the id."""
    parts: list[Predicate] = []
    alike: list[Predicate] = []
    for key, value in zip(order, values, strict=True):
        later = _later(key, value)
        if later is not None:
            parts.append(AllOf((*alike, later)))
        alike.append(
            Condition(key.property, Operator.EXISTS, False)
            if value is None
            else Condition(key.property, Operator.EQ, value)
        )
    parts.append(AllOf((*alike, Condition("id", Operator.GT, node_id))))
    return AnyOf(tuple(parts))


def _later(key: Order, value: Value | None) -> Predicate | None:
    """What sorts after a value under one key; None where nothing does."""
    if value is None:
        return None
    missing = Condition(key.property, Operator.EXISTS, False)
    there = Condition(key.property, Operator.EXISTS, True)
    if isinstance(value, bool):
        # True and false have no order that could be asked for.
        last = value is not key.descending
        return missing if last else AnyOf((Condition(key.property, Operator.EQ, not value), missing))
    # What is neither smaller nor equal is greater, or of the kind that sorts after this one.
    not_later = Operator.GTE if key.descending else Operator.LTE
    crosses = isinstance(value, str) is key.descending
    if crosses:
        return AnyOf((AllOf((there, Not(Condition(key.property, not_later, value)))), missing))
    comparison = Operator.LT if key.descending else Operator.GT
    return AnyOf((Condition(key.property, comparison, value), missing))
