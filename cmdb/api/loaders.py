"""Data loaders of one request: what many fields ask for is asked of the store once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from cmdb.api.shared_loader import SharedLoader
from cmdb.api.shared_store import SharedStore
from cmdb.graph.elements import Evidence, Link, Node
from cmdb.graph.query import LinkQuery
from cmdb.graph.store import GraphStore
from cmdb.kernel.actor import Actor
from cmdb.records.actions import AvailableAction
from cmdb.records.engine import RecordEngine


class Loaders:
    """Loaders over one store, made anew for each request so that nothing outlives it.

    `links` is keyed by a query for one node; queries that differ in the node only go to the store together.
    `store` reads as the store does, and makes readings asked at the same time together.
    """

    def __init__(self, store: GraphStore, records: RecordEngine, actor: Actor) -> None:
        self._store = store
        self.store = cast("GraphStore", SharedStore(store))  # what is no reading is the store's own
        self._records = records
        self._actor = actor
        self.nodes: SharedLoader[str, Node | None] = SharedLoader(load_fn=self._nodes)
        self.evidence: SharedLoader[str, Evidence] = SharedLoader(load_fn=self._evidence)
        self.links: SharedLoader[LinkQuery, Sequence[Link]] = SharedLoader(load_fn=self._links)
        self.actions: SharedLoader[Node, Sequence[AvailableAction]] = SharedLoader(
            load_fn=self._actions, cache_key_fn=lambda node: node.id
        )

    async def _nodes(self, ids: list[str]) -> list[Node | None]:
        found = await self._store.get(ids)
        return [found.get(node_id) for node_id in ids]

    async def _evidence(self, ids: list[str]) -> list[Evidence]:
        found = await self._store.evidence(ids)
        return [found.get(node_id, Evidence()) for node_id in ids]

    async def _actions(self, records: list[Node]) -> list[Sequence[AvailableAction]]:
        found = await self._records.available_actions(records, self._actor)
        return [found[record.id] for record in records]

    async def _links(self, queries: list[LinkQuery]) -> list[Sequence[Link]]:
        shapes: dict[LinkQuery, list[str]] = {}
        for query in queries:
            shapes.setdefault(replace(query, ids=()), []).extend(query.ids)
        answers: dict[LinkQuery, Sequence[Link]] = {}
        for shape, ids in shapes.items():
            found = await self._store.links(replace(shape, ids=tuple(ids)))
            answers.update({replace(shape, ids=(node_id,)): found.get(node_id, ()) for node_id in ids})
        return [answers[query] for query in queries]
