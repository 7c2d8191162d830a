"""Which values a property can be compared with: the same in every store."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Protocol

from cmdb.graph.check import INTEGER_LIMIT
from cmdb.graph.errors import InvalidQueryError
from cmdb.graph.query import Condition
from cmdb.kernel.values import Value, ValueType

TEXT_TYPES = frozenset({ValueType.STRING, ValueType.DATE, ValueType.DATETIME})
"""Types that are kept as text."""

NUMBER_TYPES = frozenset({ValueType.INTEGER, ValueType.FLOAT})
"""Types that compare as numbers."""


class Comparable(Protocol):
    """Something nodes are compared by: the types it has over some labels, and whether it holds lists."""

    @property
    def types(self) -> AbstractSet[ValueType]: ...

    @property
    def is_list(self) -> bool: ...


def fits(compared: Comparable, value: Value) -> bool:
    """Whether a value of this type can be compared with it."""
    if isinstance(value, bool):
        return ValueType.BOOLEAN in compared.types
    if isinstance(value, int | float):
        return bool(compared.types & NUMBER_TYPES)
    return isinstance(value, str) and (compared.is_list or bool(compared.types & TEXT_TYPES))


def can_be_sent(value: Value) -> bool:
    """Whether a store takes the value: text without lone surrogates, whole numbers of 64 bits."""
    if isinstance(value, str):
        return value.isascii() or value.encode(errors="replace").decode() == value
    return isinstance(value, float) or (isinstance(value, int) and -INTEGER_LIMIT <= value < INTEGER_LIMIT)


def type_names(compared: Comparable) -> str:
    """Its types for a message."""
    return " or ".join(sorted(kind.value for kind in compared.types))


def unfit(condition: Condition, why: str) -> InvalidQueryError:
    """The error for a condition that no node can be compared by."""
    return InvalidQueryError(
        f"condition {condition.property} {condition.operator.value} {condition.value!a}: {why}"
    )
