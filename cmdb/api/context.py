"""What every resolver finds at hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from strawberry.types import Info

from cmdb.api.loaders import Loaders
from cmdb.api.services import Services
from cmdb.api.views import NodeView, view
from cmdb.graph.elements import Node
from cmdb.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class NodeTypes:
    """The GraphQL type of each label; `unknown` shows nodes whose label the model no longer has."""

    by_label: Mapping[str, type[NodeView]]
    unknown: type[NodeView]

    def show(self, node: Node) -> NodeView:
        """The node as an object of its own GraphQL type."""
        return view(self.by_label.get(node.label, self.unknown), node)

    def show_all(self, nodes: Iterable[Node]) -> list[NodeView]:
        """Nodes as objects of their own GraphQL types, in this order."""
        by_label, unknown = self.by_label, self.unknown
        return [view(by_label.get(node.label, unknown), node) for node in nodes]


@dataclass(frozen=True, slots=True)
class RequestContext:
    """One request: who asks, for which operation of the document, under which id, with loaders of its own."""

    services: Services
    types: NodeTypes
    actor: Actor
    request_id: str
    operation_name: str | None
    loaders: Loaders

    async def show_ids(self, ids: Sequence[str]) -> list[NodeView]:
        """The nodes with these ids as GraphQL objects, in this order; those that are gone are left out."""
        nodes = await self.loaders.nodes.load_many(list(ids))
        return self.types.show_all(node for node in nodes if node is not None)


ApiInfo: TypeAlias = Info[RequestContext, None]
