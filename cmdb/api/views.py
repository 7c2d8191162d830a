"""How a node is shown: GraphQL objects read straight from the node, nothing is copied."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING, TypeVar

from cmdb.graph.elements import Node

if TYPE_CHECKING:
    from cmdb.kernel.values import Value


class NodeView:
    """Base of every GraphQL object that shows a node.

    A field of a class's attribute has no resolver; its default one is `getattr`, which ends in the node's
    properties. So a thousand CIs cost no thousand copies, and their fields can be completed in columns.
    There is no room for anything else: all that fields without a resolver show comes from the node.
    """

    __slots__ = ("node",)
    node: Node

    def __getattr__(self, name: str) -> Value | None:
        """The property of this name; None where the node has none."""
        if name.startswith("__") or name == "node":
            raise AttributeError(name)
        return self.node.properties.get(name)


V = TypeVar("V", bound=NodeView)


def reads(**paths: str) -> Callable[[type[V]], type[V]]:
    """Class decorator: these fields are read from where the dotted paths lead, without a resolver."""

    def decorate(cls: type[V]) -> type[V]:
        for name, path in paths.items():
            setattr(cls, name, property(attrgetter(path)))
        return cls

    return decorate


def reads_properties(cls: type[V], *names: str) -> type[V]:
    """The class, whose fields of these names are read from the node's properties."""
    for name in names:
        setattr(cls, name, property(_property_reader(name)))
    return cls


def _property_reader(name: str) -> Callable[[NodeView], Value | None]:
    return lambda self: self.node.properties.get(name)


def view(cls: type[V], node: Node) -> V:
    """An object of a GraphQL type that shows the node."""
    instance = cls.__new__(cls)
    instance.node = node
    return instance
