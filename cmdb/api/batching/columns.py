"""Completing a column: the values of one field for many objects, in one go.

A completion takes the values and gives what the answer shows for each, in the same order; or None where one
of the values is anything but plain. Then nothing has happened yet, and the ordinary execution does it all,
with its errors, their order and their paths.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from itertools import chain, islice
from math import isfinite
from types import MappingProxyType, NoneType
from typing import Any, TypeAlias

from graphql import (
    GRAPHQL_MAX_INT,
    GRAPHQL_MIN_INT,
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLLeafType,
    GraphQLString,
    Undefined,
)

from cmdb.api.batching.table import Table

Completion: TypeAlias = Callable[[Sequence[Any]], list[Any] | None]

OWN: Mapping[str, tuple[Any, type]] = MappingProxyType(
    {
        "String": (GraphQLString, str),
        "ID": (GraphQLID, str),
        "Boolean": (GraphQLBoolean, bool),
        "Int": (GraphQLInt, int),
        "Float": (GraphQLFloat, float),
    }
)
"""GraphQL's own scalars with the Python type that each shows as it is."""

SETTLED = frozenset({str, int, float, bool, dict, list, tuple, MappingProxyType})
"""Types whose values are neither errors nor to be waited for, whatever a scalar makes of them."""


def leaf_column(leaf: GraphQLLeafType) -> Completion:
    """Completion of a scalar or enumeration without nulls."""
    if isinstance(leaf, GraphQLEnumType):
        return member_column(leaf)
    own = OWN.get(leaf.name)
    if own is None or own[0] is not leaf:
        return coerced_column(leaf)
    expected = {own[1]}
    allowed = {"Int": _of_32_bits, "Float": _finite}.get(leaf.name)

    def complete(values: Sequence[Any]) -> list[Any] | None:
        if set(map(type, values)) != expected or (allowed and not allowed(values)):
            return None
        return list(values)

    return complete


def _of_32_bits(values: Sequence[int]) -> bool:
    return min(values) >= GRAPHQL_MIN_INT and max(values) <= GRAPHQL_MAX_INT


def _finite(values: Sequence[float]) -> bool:
    return all(map(isfinite, values))


def coerced_column(leaf: GraphQLLeafType) -> Completion:
    """Completion by the scalar's own conversion."""

    def complete(values: Sequence[Any]) -> list[Any] | None:
        if not SETTLED.issuperset(map(type, values)):
            return None
        try:
            found = list(map(leaf.coerce_output_value, values))
        except Exception:  # noqa: BLE001 - the ordinary execution meets it again and says where
            return None
        return None if any(each is None or each is Undefined for each in found) else found

    return complete


def member_column(leaf: GraphQLEnumType) -> Completion:
    """Completion of an enumeration's members; each is converted once."""
    names: dict[Enum, str] = {}

    def complete(values: Sequence[Any]) -> list[Any] | None:
        kinds = set(map(type, values))
        if kinds != {getattr(leaf, "wrapped_cls", None)} or not issubclass(next(iter(kinds)), Enum):
            return None
        try:
            names.update((value, leaf.coerce_output_value(value)) for value in set(values) - names.keys())
        except Exception:  # noqa: BLE001 - the ordinary execution meets it again and says where
            return None
        return [names[value] for value in values]

    return complete


def required_column(of: Completion) -> Completion:
    """Completion of a type that is never null."""

    def complete(values: Sequence[Any]) -> list[Any] | None:
        if not values:
            return []
        return None if NoneType in set(map(type, values)) else of(values)

    return complete


def nullable_column(of: Completion) -> Completion:
    """Completion of a type that may be null; `of` sees the others only."""

    def complete(values: Sequence[Any]) -> list[Any] | None:
        kinds = set(map(type, values))
        if NoneType not in kinds:
            return of(values) if values else []
        if len(kinds) == 1:
            return [None] * len(values)
        found = of([value for value in values if value is not None])
        if found is None:
            return None
        rest = iter(found)
        return [None if value is None else next(rest) for value in values]

    return complete


def list_column(items: Completion, present: Completion) -> Completion:
    """Completion of lists without nulls; the items of all lists are one column. `present`: of items without nulls."""

    def complete(values: Sequence[Any]) -> list[Any] | None:
        kinds = set(map(type, values))
        if kinds == {Table}:
            tables = list(map(present, values))
            return None if any(each is None for each in tables) else tables
        if not all(kind is list or kind is tuple for kind in kinds):
            return None
        found = items(list(chain.from_iterable(values)))
        if found is None:
            return None
        rest = iter(found)
        return [list(islice(rest, len(value))) for value in values]

    return complete
