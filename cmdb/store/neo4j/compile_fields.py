"""Properties in Cypher: what nodes are compared and sorted by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cmdb.graph.errors import InvalidQueryError
from cmdb.graph.schema import GraphSchema
from cmdb.kernel.values import ValueType
from cmdb.store.conditions import TEXT_TYPES
from cmdb.store.neo4j.compile_names import quoted

_OWN: Mapping[str, ValueType] = {
    "id": ValueType.STRING,
    "created_at": ValueType.DATETIME,
    "updated_at": ValueType.DATETIME,
    "revision": ValueType.INTEGER,
}


@dataclass(frozen=True, slots=True)
class Field:
    """Something nodes are compared and sorted by; `expression` is null where a node has none."""

    name: str
    types: frozenset[ValueType]
    expression: str

    @property
    def is_own(self) -> bool:
        """Whether every node has it."""
        return self.name in _OWN

    @property
    def is_list(self) -> bool:
        """Whether it holds lists; no label mixes lists and single values under one name."""
        return ValueType.STRING_LIST in self.types

    @property
    def is_mixed(self) -> bool:
        """Whether it is text in one label and something else in another."""
        return bool(self.types & TEXT_TYPES) and not self.types <= TEXT_TYPES


class Fields:
    """The properties that can be asked for, over some labels."""

    def __init__(self, schema: GraphSchema, labels: Sequence[str]) -> None:
        self._types: dict[str, set[ValueType]] = {}
        # Nothing is found under no labels, yet a name that nobody knows is a mistake there too.
        for label in labels or schema.labels:
            known = schema.labels.get(label)
            if known is None:
                raise InvalidQueryError(f"unknown label {label!a}")
            for name, rule in known.properties.items():
                self._types.setdefault(name, set()).add(rule.type)

    def field(self, name: str) -> Field:
        """The field of this name.

        Raises:
            InvalidQueryError: none of the labels has such a property.
        """
        types = {_OWN[name]} if name in _OWN else self._types.get(name)
        if types is None:
            raise InvalidQueryError(f"unknown property {name!a}")
        return Field(name, frozenset(types), f"n.{quoted(name)}")

    def sortable(self, name: str) -> Field:
        """The field of this name, to sort or group by.

        Raises:
            InvalidQueryError: none of the labels has such a property, or it holds lists.
        """
        field = self.field(name)
        if field.is_list:
            raise InvalidQueryError(f"property {name!a} holds lists, which have no order")
        return field
