"""How a node is shown: GraphQL objects read straight from the node, nothing is copied."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from cmdb.graph.elements import Node

if TYPE_CHECKING:
    from cmdb.kernel.values import Value


class NodeView:
    """Base of every GraphQL object that shows a node.

    A field of a class's attribute has no resolver; its default one is `getattr`, which ends in the node's
    properties here. So a thousand CIs cost no thousand copies.
    """

    node: Node

    def __getattr__(self, name: str) -> Value | None:
        """The property of this name; None where the node has none."""
        if name.startswith("__") or name == "node":
            raise AttributeError(name)
        return self.node.properties.get(name)


V = TypeVar("V", bound=NodeView)


def view(cls: type[V], node: Node) -> V:
    """An object of a GraphQL type that shows the node."""
    instance = cls.__new__(cls)
    instance.node = node
    return instance
