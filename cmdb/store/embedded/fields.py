"""Property names in SQL: the one place where a name becomes part of a statement.

Names come from the schema only, never from a question, and are quoted here; values are always bound.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cmdb.graph.errors import InvalidQueryError
from cmdb.graph.schema import GraphSchema
from cmdb.kernel.values import ValueType
from cmdb.store.conditions import TEXT_TYPES

_COLUMNS: Mapping[str, ValueType] = {
    "id": ValueType.STRING,
    "created_at": ValueType.DATETIME,
    "updated_at": ValueType.DATETIME,
    "revision": ValueType.INTEGER,
}
_OWN_COLUMNS = frozenset({"name", "status"})
_UNQUOTABLE = frozenset('"\\')


@dataclass(frozen=True, slots=True)
class Field:
    """Something nodes are compared and sorted by.

    `expression` is SQL for its value, NULL where a node has none; `path` is its JSON path as an SQL literal,
    empty for a column. `indexed` is its key in the index of property values, None where that does not cover it.
    """

    name: str
    types: frozenset[ValueType]
    expression: str
    path: str = ""
    indexed: int | None = None

    @property
    def is_list(self) -> bool:
        """Whether it holds lists; no label mixes lists and single values under one name."""
        return ValueType.STRING_LIST in self.types

    @property
    def is_column(self) -> bool:
        """Whether it stands in a column of its own."""
        return self.expression == self.name


def is_own_column(name: str, types: Iterable[ValueType]) -> bool:
    """Whether a property stands in a column of its own beside the others' JSON."""
    return name in _OWN_COLUMNS and TEXT_TYPES.issuperset(types)


def _expression(name: str, types: Iterable[ValueType]) -> str:
    if is_own_column(name, types):
        return name
    return f"json_extract(properties, {_path(name)})"


def _path(name: str) -> str:
    if not _UNQUOTABLE.isdisjoint(name) or not name.isprintable():
        raise InvalidQueryError(f"property name {name!r} holds characters that cannot be asked for")
    inner = name.replace("'", "''")
    return f"'$.\"{inner}\"'"


class Fields:
    """The properties that can be asked for, over some labels.

    `indexed` gives the keys of the properties that the index of values covers.
    """

    def __init__(
        self, schema: GraphSchema, labels: Sequence[str], indexed: Mapping[str, int] | None = None
    ) -> None:
        self._types: dict[str, set[ValueType]] = {}
        self._indexed = indexed or {}
        # Nothing is found under no labels, yet a name that nobody knows is a mistake there too.
        for label in labels or schema.labels:
            known = schema.labels.get(label)
            if known is None:
                raise InvalidQueryError(f"unknown label {label!r}")
            for name, rule in known.properties.items():
                self._types.setdefault(name, set()).add(rule.type)

    def field(self, name: str) -> Field:
        """The field of this name.

        Raises:
            InvalidQueryError: none of the labels has such a property.
        """
        if name in _COLUMNS:
            return Field(name, frozenset({_COLUMNS[name]}), name)
        types = self._types.get(name)
        if types is None:
            raise InvalidQueryError(f"unknown property {name!r}")
        path = _path(name)
        return Field(name, frozenset(types), _expression(name, types), path, self._indexed.get(name))

    def sortable(self, name: str) -> Field:
        """The field of this name, to sort or group by.

        Raises:
            InvalidQueryError: none of the labels has such a property, or it holds lists.
        """
        field = self.field(name)
        if field.is_list:
            raise InvalidQueryError(f"property {name!r} holds lists, which have no order")
        return field
