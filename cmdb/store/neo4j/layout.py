"""The schema as the store uses it, worked out once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cmdb.graph.schema import GraphSchema
from cmdb.kernel.values import ValueType
from cmdb.store.neo4j.compile_names import check_schema


@dataclass(frozen=True, slots=True)
class Layout:
    """The schema, which properties of each label are searched, and which are indexed."""

    schema: GraphSchema
    searchable: Mapping[str, tuple[str, ...]]
    indexed: frozenset[str]

    def searched(self, label: str) -> tuple[str, ...]:
        """The searchable properties of a label; none of one that the schema does not know."""
        return self.searchable.get(label, ())


def layout_of(schema: GraphSchema) -> Layout:
    """The layout of a schema.

    Raises:
        UnsafeNameError: one of its names cannot be one in Neo4j.
    """
    check_schema(schema)
    searchable = {
        label.name: tuple(sorted(name for name, rule in label.properties.items() if rule.searchable))
        for label in schema.labels.values()
    }
    rules = [(name, rule) for label in schema.labels.values() for name, rule in label.properties.items()]
    lists = {name for name, rule in rules if rule.type is ValueType.STRING_LIST}
    return Layout(schema, searchable, frozenset({name for name, rule in rules if rule.indexed} - lists))
