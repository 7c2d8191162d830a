"""Reading configuration items."""

from __future__ import annotations

from typing import Any

import strawberry

from cmdb.api.connections import Connection, connect
from cmdb.api.context import ApiInfo
from cmdb.api.filters import OrderBy, filter_input, order, predicate
from cmdb.api.interfaces import ConfigurationItem, GraphNode
from cmdb.graph.errors import InvalidQueryError
from cmdb.graph.query import NodeQuery
from cmdb.model.check import did_you_mean
from cmdb.model.types import ROOT_CLASS, Model


def configuration_item_fields(model: Model) -> type:
    """The root fields `configurationItem`, `configurationItems` and `node`."""
    attributes = model.classes[ROOT_CLASS].attributes
    item_filter = filter_input(
        "ConfigurationItemFilter",
        attributes.values(),
        {"class_": str | None, "classes": list[str] | None},
    )

    async def configuration_items(
        info: ApiInfo,
        filter: Any = None,  # typed below, from the model
        order_by: list[OrderBy] | None = None,
        first: int = 100,
        after: str | None = None,
    ) -> Connection[ConfigurationItem]:
        query = NodeQuery(
            labels_of(model, filter), predicate(filter, attributes), order(order_by), first, after
        )
        return await connect(info, query)

    configuration_items.__annotations__["filter"] = item_filter | None

    @strawberry.type
    class ConfigurationItemFields:
        """Root fields."""

        items = strawberry.field(
            resolver=configuration_items,
            name="configurationItems",
            description="Configuration items of a class and all its subclasses, a page at a time.",
        )

        @strawberry.field(description="One configuration item, or null.")
        async def configuration_item(self, info: ApiInfo, id: strawberry.ID) -> ConfigurationItem | None:
            found = await info.context.show_ids([str(id)])
            return found[0] if found and isinstance(found[0], ConfigurationItem) else None

        @strawberry.field(description="Anything in the graph by its id (Relay), or null.")
        async def node(self, info: ApiInfo, id: strawberry.ID) -> GraphNode | None:
            found = await info.context.show_ids([str(id)])
            return found[0] if found and isinstance(found[0], GraphNode) else None

    return ConfigurationItemFields


def labels_of(model: Model, given: object | None) -> tuple[str, ...]:
    """The labels a filter's `class` and `classes` stand for, subclasses included; all when it names none.

    Raises:
        InvalidQueryError: no such class.
    """
    one = getattr(given, "class_", None)
    names = [*([one] if one else []), *(getattr(given, "classes", None) or [])]
    for name in names:
        if name not in model.classes:
            raise unknown_class(model, name)
    labels = [label for name in names or [ROOT_CLASS] for label in model.with_subclasses(name)]
    return tuple(dict.fromkeys(labels))


def unknown_class(model: Model, name: str) -> InvalidQueryError:
    """The error for a class the model does not have."""
    return InvalidQueryError(
        f"there is no class {name!r}{did_you_mean(name, model.classes)}",
        remedy="`cmdb classes` lists them.",
        details={"class": name},
    )
