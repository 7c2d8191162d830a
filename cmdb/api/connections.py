"""Relay connections over pages of the store."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Generic, TypeVar

import strawberry

from cmdb.api.context import ApiInfo
from cmdb.graph.query import NodeQuery

T = TypeVar("T")


@strawberry.type(description="Where a page ends.")
class PageInfo:
    """Relay's page information, forwards."""

    has_next_page: bool
    end_cursor: str | None


@strawberry.type(description="A node of a page.")
class Edge(Generic[T]):
    """A node with its cursor."""

    cursor: str
    node: T


@strawberry.type(description="A page of nodes.")
class Connection(Generic[T]):
    """Relay connection; all nodes of the query are counted only when asked for."""

    query: strawberry.Private[NodeQuery]
    edges: list[Edge[T]]
    page_info: PageInfo

    @strawberry.field(description="How many there are in all, regardless of pages.")
    async def total_count(self, info: ApiInfo) -> int:
        counts = await info.context.services.store.count(self.query)
        return counts.get(None, 0)

    @strawberry.field(description="The nodes without their cursors.")
    def nodes(self) -> list[T]:
        return [edge.node for edge in self.edges]


async def connect(info: ApiInfo, query: NodeQuery) -> Connection[Any]:
    """One page of the store's answer as a connection."""
    page = await info.context.services.store.find(query)
    return Connection(
        query=replace(query, after=None),
        edges=[
            Edge(cursor=cursor, node=info.context.types.show(node))
            for node, cursor in zip(page.nodes, page.cursors, strict=True)
        ],
        page_info=PageInfo(
            has_next_page=page.has_next, end_cursor=page.cursors[-1] if page.cursors else None
        ),
    )
