"""GraphQL types drawn from the model: one for each CI class and each record type."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Protocol

import strawberry
from strawberry.types.field import StrawberryField

from cmdb.api.context import ApiInfo, NodeTypes
from cmdb.api.interfaces import ConfigurationItem, GraphNode, Record, relationships_of
from cmdb.api.scalars import Integer
from cmdb.api.views import NodeView, reads_properties
from cmdb.graph.query import Direction
from cmdb.kernel.values import ValueType
from cmdb.model.records import LinkType
from cmdb.model.types import Attribute, Model

PYTHON_TYPES: Mapping[ValueType, Any] = MappingProxyType(
    {
        ValueType.STRING: str,
        ValueType.INTEGER: Integer,
        ValueType.FLOAT: float,
        ValueType.BOOLEAN: bool,
        ValueType.DATE: str,
        ValueType.DATETIME: str,
        ValueType.STRING_LIST: list[str],
    }
)
"""How values are typed in GraphQL; dates and moments are ISO 8601 texts."""


class Resolver(Protocol):
    """An async resolver of a field of a node."""

    async def __call__(self, root: Any, info: ApiInfo) -> list[Any]: ...


def node_types(
    model: Model, more: Mapping[str, Mapping[str, StrawberryField]] = MappingProxyType({})
) -> NodeTypes:
    """A GraphQL type for each concrete CI class and each record type of the model.

    `more` are fields of record types that are worked out. An attribute or link of the same name comes first.
    """
    by_label: dict[str, type[NodeView]] = {
        ci_class.name: _object_type(
            ci_class.name, ci_class.description, ConfigurationItem, ci_class.attributes.values()
        )
        for ci_class in model.classes.values()
        if not ci_class.abstract
    }
    for record in model.record_types.values():
        links = {
            link.name.lower(): _link_field(link, _linked_interface(model, record.name, link))
            for link in model.link_types.values()
            if any(source == record.name for source, _ in link.ends)
        }
        by_label[record.name] = _object_type(
            record.name,
            record.description,
            Record,
            record.attributes.values(),
            {**_unlike(more.get(record.name, {}), record.attributes.values()), **links},
        )
    unknown = _object_type(
        "UnknownConfigurationItem", "A CI of a class the model no longer has.", ConfigurationItem, ()
    )
    return NodeTypes(by_label, unknown)


def _object_type(
    name: str,
    description: str,
    interface: type[NodeView],
    attributes: Iterable[Attribute],
    fields: Mapping[str, StrawberryField] = MappingProxyType({}),
) -> type[NodeView]:
    own = [a for a in attributes if a.name not in _taken(interface)]
    namespace: dict[str, object] = {
        "__slots__": (),
        "__annotations__": {a.name: PYTHON_TYPES[a.type] | None for a in own},
        "__doc__": description,
        **{a.name: strawberry.field(description=describe(a)) for a in own},
        **{field_name: field for field_name, field in fields.items() if field_name not in _taken(interface)},
    }
    shown = strawberry.type(type(name, (interface,), namespace), name=name, description=description)
    return reads_properties(shown, *(a.name for a in own))


def _unlike(
    fields: Mapping[str, StrawberryField], attributes: Iterable[Attribute]
) -> dict[str, StrawberryField]:
    """Fields without those that are called like an attribute."""
    names = {attribute.name for attribute in attributes}
    return {name: field for name, field in fields.items() if name not in names}


def _taken(interface: type[NodeView]) -> frozenset[str]:
    definition: Any = interface.__dict__["__strawberry_definition__"]
    return frozenset(field.python_name for field in definition.fields)


def describe(attribute: Attribute) -> str | None:
    """The attribute's description with its unit and permitted values."""
    unit = f"[{attribute.unit}]" if attribute.unit else ""
    allowed = f"One of: {', '.join(attribute.allowed)}." if attribute.allowed else ""
    return " ".join(part for part in (attribute.description, unit, allowed) if part) or None


def _linked_interface(model: Model, record: str, link: LinkType) -> type[GraphNode]:
    """The narrowest interface that all nodes at the other end of a link have."""
    targets = [target for source, target in link.ends if source == record]
    if all(target in model.classes for target in targets):
        return ConfigurationItem
    return Record if all(target in model.record_types for target in targets) else GraphNode


def _link_field(link: LinkType, interface: type[GraphNode]) -> StrawberryField:
    resolver: Callable[..., Any] = _link_resolver(link.name)
    resolver.__annotations__["return"] = list[interface]  # type: ignore[valid-type]  # known at run time only
    field: StrawberryField = strawberry.field(
        resolver=resolver, description=f"What it {link.verb}. {link.description}".strip()
    )
    return field


def _link_resolver(link_type: str) -> Resolver:
    async def resolve(root: Any, info: ApiInfo) -> list[Any]:  # typed by strawberry from the model
        linked = await relationships_of(info, root.node.id, [link_type], Direction.OUT, 1000)
        return [relationship.other for relationship in linked.nodes]

    return resolve
