"""A store's readings of one request: those asked at the same time go to the store together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

from cmdb.api.shared_loader import SharedLoader
from cmdb.graph.elements import Link, Node
from cmdb.graph.query import LinkQuery, NodePage, NodeQuery
from cmdb.graph.store import GraphStore


class SharedStore:
    """A store whose readings asked at the same time are made together: one call for each kind.

    Whole questions are gathered, not single ids, so one question alone costs hardly more than without. Nothing
    is kept: what is asked after a mutation of the same document sees it.
    """

    def __init__(self, store: GraphStore) -> None:
        self._store = store
        self._nodes: SharedLoader[tuple[str, ...], Mapping[str, Node]] = SharedLoader(self._get, cache=False)
        self._links: SharedLoader[LinkQuery, Mapping[str, Sequence[Link]]] = SharedLoader(
            self._of, cache=False
        )
        self._pages: SharedLoader[NodeQuery, NodePage] = SharedLoader(self._find, cache=False)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def get(self, ids: Sequence[str]) -> Mapping[str, Node]:
        """The nodes that are there, by id."""
        return await self._nodes.load(tuple(ids)) if ids else {}

    async def links(self, query: LinkQuery) -> Mapping[str, Sequence[Link]]:
        """Links by node."""
        return await self._links.load(query) if query.ids else {}

    async def find(self, query: NodeQuery) -> NodePage:
        """A page; equal queries asked at the same time are asked once."""
        return await self._pages.load(query)

    async def _get(self, asked: list[tuple[str, ...]]) -> list[Mapping[str, Node]]:
        if len(asked) == 1:
            return [await self._store.get(asked[0])]
        found = await self._store.get(tuple(dict.fromkeys(chain.from_iterable(asked))))
        return [{key: found[key] for key in ids if key in found} for ids in asked]

    async def _of(self, asked: list[LinkQuery]) -> list[Mapping[str, Sequence[Link]]]:
        shapes: dict[LinkQuery, dict[str, None]] = {}
        for query in asked:
            shapes.setdefault(replace(query, ids=()), {}).update(dict.fromkeys(query.ids))
        found = {
            shape: await self._store.links(replace(shape, ids=tuple(ids))) for shape, ids in shapes.items()
        }
        return [
            {key: links[key] for key in query.ids if key in links}
            for query in asked
            for links in (found[replace(query, ids=())],)
        ]

    async def _find(self, queries: list[NodeQuery]) -> list[NodePage]:
        each = {repr(query): query for query in queries}
        found = {key: await self._store.find(query) for key, query in each.items()}
        return [found[repr(query)] for query in queries]
