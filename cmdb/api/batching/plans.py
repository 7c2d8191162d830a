"""Which fields of a document can be completed in columns, and how."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from graphql import (
    GraphQLAbstractType,
    GraphQLError,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    TypeNameMetaFieldDef,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)
from graphql.execution.collect_fields import CollectedFields, FieldDetails
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField

from cmdb.api.batching.columns import (
    Completion,
    leaf_column,
    list_column,
    nullable_column,
    required_column,
)
from cmdb.api.batching.kept import KeptColumns
from cmdb.api.batching.objects import (
    abstract_column,
    are_shown,
    attribute_column,
    constant_column,
    object_column,
    of_class,
)
from cmdb.api.views import NodeView

DEFINITION = "strawberry-definition"
UNDERSTOOD = frozenset({"skip", "include"})
"""Directives that are settled when fields are collected, and leave nothing to do afterwards."""


class Collector(Protocol):
    """What a planner needs of the execution of one operation."""

    schema: GraphQLSchema

    def collect_subfields(
        self, return_type: GraphQLObjectType, field_details_list: list[FieldDetails]
    ) -> CollectedFields:
        """The fields selected of an object of this type."""
        ...


class Planner:
    """Completions of the fields of one operation; None for what only the ordinary execution can do."""

    def __init__(self, collector: Collector, kept: KeptColumns | None) -> None:
        self._collector = collector
        self._kept = kept

    def field(self, parent: GraphQLObjectType, details: list[FieldDetails]) -> Completion | None:
        """From objects of the parent type to what the answer shows for this field of each."""
        definition = self._collector.schema.get_field(parent, details[0].node.name.value)
        if definition is None or not _is_bare(definition, details):
            return None
        if definition is TypeNameMetaFieldDef:
            return constant_column(parent.name)
        attribute = _attribute(definition)
        if attribute is None:
            return None
        completion = self.value(definition.type, details)
        return attribute_column(attribute, completion) if completion else None

    def value(self, type_: GraphQLOutputType, details: list[FieldDetails]) -> Completion | None:
        """From what resolvers gave for this field to what the answer shows."""
        present = self._present(_without_null(type_), details)
        return _column(type_, present) if present else None

    def _list(self, of: GraphQLOutputType, details: list[FieldDetails]) -> Completion | None:
        present = self._present(_without_null(of), details)
        return list_column(_column(of, present), present) if present else None

    def _present(self, type_: GraphQLOutputType, details: list[FieldDetails]) -> Completion | None:
        if is_list_type(type_):
            return self._list(type_.of_type, details)
        if is_leaf_type(type_):
            return leaf_column(type_)
        if is_object_type(type_):
            return self._object(type_, details)
        return self._abstract(type_, details) if is_abstract_type(type_) else None

    def _object(self, type_: GraphQLObjectType, details: list[FieldDetails]) -> Completion | None:
        definition = _definition(type_)
        if definition is None or definition.is_type_of is not None:
            return None
        try:
            fields, deferred, _ = self._collector.collect_subfields(type_, details)
        except GraphQLError:  # the ordinary execution meets it again and says where
            return None
        if deferred:
            return None
        columns: dict[str, Completion] = {}
        for name, selected in fields.items():
            column = self.field(type_, selected)
            if column is None:
                return None
            columns[name] = column
        shown = object_column(columns, of_class(definition.origin) if type_.is_type_of else are_shown)
        if self._kept is None or not issubclass(definition.origin, NodeView):
            return shown
        if any(selected[0].node.selection_set for selected in fields.values()):
            return shown
        # Named like this it is the same whatever document it stands in: leaves have neither arguments nor selections.
        selection = tuple((name, selected[0].node.name.value) for name, selected in fields.items())
        return self._kept.column(type_, selection, definition.origin, shown)

    def _abstract(self, type_: GraphQLAbstractType, details: list[FieldDetails]) -> Completion | None:
        definition = _definition(type_)
        if not isinstance(type_, GraphQLInterfaceType) or definition is None or definition.resolve_type:
            return None
        known: dict[type, Completion | None] = {}

        def by_class(kind: type) -> Completion | None:
            if kind not in known:
                concrete = self._concrete(type_, definition, kind)
                known[kind] = self._object(concrete, details) if concrete else None
            return known[kind]

        return abstract_column(by_class)

    def _concrete(
        self, interface: GraphQLInterfaceType, shown_as: StrawberryObjectDefinition, kind: type
    ) -> GraphQLObjectType | None:
        """The GraphQL type that objects of this Python class are of, where the class alone says it."""
        own = kind.__dict__.get("__strawberry_definition__")
        if not isinstance(own, StrawberryObjectDefinition) or not issubclass(kind, shown_as.origin):
            return None
        schema = self._collector.schema
        found = schema.get_type(own.name)
        if not isinstance(found, GraphQLObjectType) or _definition(found) is not own:
            return None
        return found if found.is_type_of and schema.is_sub_type(interface, found) else None


def _without_null(type_: GraphQLOutputType) -> Any:
    return type_.of_type if is_non_null_type(type_) else type_


def _column(type_: GraphQLOutputType, present: Completion) -> Completion:
    return required_column(present) if is_non_null_type(type_) else nullable_column(present)


def _is_bare(definition: GraphQLField, details: Sequence[FieldDetails]) -> bool:
    with_arguments = definition.args or any(each.node.arguments for each in details)
    return not with_arguments and is_settled(details)


def is_settled(details: Sequence[FieldDetails]) -> bool:
    """Whether the directives on a field leave nothing to do once it has been selected."""
    return all(
        directive.name.value in UNDERSTOOD for each in details for directive in each.node.directives or ()
    )


def _attribute(definition: GraphQLField) -> str | None:
    """The attribute that shows a field which has no resolver, permission or extension."""
    field = definition.extensions.get(DEFINITION)
    if type(field) is not StrawberryField or not field.is_basic_field:
        return None
    is_default = getattr(definition.resolve, "_is_default", False)
    return field.python_name if is_default and field.default_resolver is getattr else None


def _definition(type_: GraphQLObjectType | GraphQLAbstractType) -> StrawberryObjectDefinition | None:
    found = type_.extensions.get(DEFINITION)
    return found if isinstance(found, StrawberryObjectDefinition) else None
