"""Filter and order inputs drawn from the model, and their translation to the graph's predicates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from types import MappingProxyType
from typing import Any

import strawberry

from cmdb.api.enums import Direction, Operator
from cmdb.api.scalars import JSON
from cmdb.graph.errors import InvalidQueryError
from cmdb.graph.query import AllOf, AnyOf, Condition, Linked, Not, Order, Predicate
from cmdb.kernel.values import Value, ValueType
from cmdb.model.types import Attribute


@strawberry.input(description="Compares a text, date or moment; every part given must hold.")
class StringFilter:
    """Dates and moments are ISO 8601 texts, so text order is time order."""

    eq: str | None = None
    ne: str | None = None
    in_: list[str] | None = strawberry.field(name="in", default=None)
    contains: str | None = None
    starts_with: str | None = None
    lt: str | None = None
    lte: str | None = None
    gt: str | None = None
    gte: str | None = None
    exists: bool | None = None


@strawberry.input(description="Compares a whole number; every part given must hold.")
class IntFilter:
    """Comparisons of integers."""

    eq: int | None = None
    ne: int | None = None
    lt: int | None = None
    lte: int | None = None
    gt: int | None = None
    gte: int | None = None
    exists: bool | None = None


@strawberry.input(description="Compares a number; every part given must hold.")
class FloatFilter:
    """Comparisons of floats."""

    eq: float | None = None
    ne: float | None = None
    lt: float | None = None
    lte: float | None = None
    gt: float | None = None
    gte: float | None = None
    exists: bool | None = None


@strawberry.input(description="Compares a truth value.")
class BooleanFilter:
    """Comparisons of booleans."""

    eq: bool | None = None
    exists: bool | None = None


@strawberry.input(description="`eq` asks for one member of a list, `in` for one of several.")
class ListFilter:
    """Membership in a list of texts."""

    eq: str | None = None
    in_: list[str] | None = strawberry.field(name="in", default=None)
    exists: bool | None = None


@strawberry.input(description="Has a relationship or link of one of these types with one of these nodes.")
class LinkedFilter:
    """A comparison along the graph."""

    types: list[str]
    ids: list[strawberry.ID]
    direction: Direction = Direction.OUT


@strawberry.input(
    description="Any comparison: one of an attribute by its name in the model, or a combination of others."
)
class Where:
    """A tree of comparisons; every part given must hold."""

    attribute: str | None = None
    operator: Operator = Operator.EQ
    value: JSON | None = None
    linked: LinkedFilter | None = None
    all: list[Where] | None = None
    any: list[Where] | None = None
    not_: Where | None = strawberry.field(name="not", default=None)


@strawberry.enum(description="Which way to sort; nodes without the value come last, both ways.")
class SortDirection(Enum):
    """Ascending or descending."""

    ASC = "asc"
    DESC = "desc"


@strawberry.input(description="Sort by an attribute, or by `created_at`, `updated_at` or `revision`.")
class OrderBy:
    """One sort key."""

    attribute: str
    direction: SortDirection = SortDirection.ASC


FILTERS: Mapping[ValueType, type] = MappingProxyType(
    {
        ValueType.STRING: StringFilter,
        ValueType.INTEGER: IntFilter,
        ValueType.FLOAT: FloatFilter,
        ValueType.BOOLEAN: BooleanFilter,
        ValueType.DATE: StringFilter,
        ValueType.DATETIME: StringFilter,
        ValueType.STRING_LIST: ListFilter,
    }
)

OPERATORS: Mapping[str, Operator] = MappingProxyType(
    {f"{op.value}_" if op is Operator.IN else op.value: op for op in Operator}
)


def filter_input(name: str, attributes: Iterable[Attribute], extra: Mapping[str, Any]) -> type:
    """An input type with one comparison for each attribute, besides `ids`, `where` and the extra fields.

    An extra field whose name ends in `_` loses it in GraphQL: `class_` is no word of Python.
    """
    annotations: dict[str, Any] = {
        **extra,
        "ids": list[strawberry.ID] | None,
        **{a.name: FILTERS[a.type] | None for a in attributes if a.name not in extra},
        "where": Where | None,
    }
    namespace = {
        "__annotations__": annotations,
        **{field: strawberry.field(name=_graphql_name(field), default=None) for field in annotations},
    }
    return strawberry.input(
        type(name, (), {"__doc__": f"Comparisons for {name}.", **namespace}),
        name=name,
        description="Every part given must hold.",
    )


def _graphql_name(field: str) -> str | None:
    return field.removesuffix("_") if field.endswith("_") else None


def predicate(given: object | None, attributes: Iterable[str]) -> Predicate:
    """What a generated filter asks for, over these of its attributes.

    Raises:
        InvalidQueryError: a `where` names no attribute and combines nothing.
    """
    if given is None:
        return AllOf(())
    parts = [part for name in attributes for part in _conditions(name, getattr(given, name, None))]
    ids = getattr(given, "ids", None)
    if ids is not None:
        parts.append(Condition("id", Operator.IN, [str(i) for i in ids]))
    where = getattr(given, "where", None)
    if where is not None:
        parts.append(_where(where))
    return AllOf(tuple(parts))


def _conditions(name: str, comparison: object | None) -> Iterator[Predicate]:
    if comparison is None:
        return
    for field, operator in OPERATORS.items():
        value: Value | None = getattr(comparison, field, None)
        if value is not None:
            yield Condition(name, operator, value)


def _where(where: Where) -> Predicate:
    parts: list[Predicate] = []
    if where.attribute is not None:
        parts.append(Condition(where.attribute, where.operator, _value(where)))
    if where.linked is not None:
        linked = where.linked
        parts.append(Linked(tuple(linked.types), linked.direction, tuple(map(str, linked.ids))))
    if where.all is not None:
        parts.append(AllOf(tuple(_where(part) for part in where.all)))
    if where.any is not None:
        parts.append(AnyOf(tuple(_where(part) for part in where.any)))
    if where.not_ is not None:
        parts.append(Not(_where(where.not_)))
    if not parts:
        raise InvalidQueryError(
            "a `where` names no attribute and combines nothing",
            remedy="Give `attribute` with `value`, or one of `linked`, `all`, `any`, `not`.",
        )
    return AllOf(tuple(parts))


def _value(where: Where) -> Value:
    value: object = where.value
    if isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, list) and all(isinstance(member, str) for member in value):
        return value
    raise InvalidQueryError(
        f"`where` compares {where.attribute!r} with {value!r}",
        remedy="A value is a text, a number, a truth value or a list of texts.",
    )


def order(given: Iterable[OrderBy] | None) -> tuple[Order, ...]:
    """The sort keys of a list."""
    return tuple(Order(o.attribute, o.direction is SortDirection.DESC) for o in given or ())
