"""The identifiers that CIs take and give up when attributes and relationships are written by hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from cmdb.graph.batch import NodeUpdate
from cmdb.graph.elements import LinkKey, Node, Properties
from cmdb.graph.query import Direction, LinkQuery
from cmdb.graph.store import GraphStore
from cmdb.inventory.compiled import ClassPlan, CompiledModel, NetworkScope
from cmdb.model.types import End
from cmdb.processes.configuration.identity import Claims, claims_for

SCOPE_ATTRIBUTE = "network_scope"
"""The attribute that says in which network a CI's addresses are unique."""


class Claimant:
    """Works out claims against what the store holds.

    Args:
        store: The store.
        model: The compiled model.
        source: The name under which values written by hand stand.
        scope: The network scope of a CI that does not name its own.
    """

    def __init__(self, store: GraphStore, model: CompiledModel, source: str, scope: str) -> None:
        self._store = store
        self._model = model
        self._source = source
        self._scope = scope

    async def of_new(
        self, plan: ClassPlan, node_id: str, attributes: Properties, put: Sequence[LinkKey]
    ) -> Claims:
        """What a CI that is being made claims; weak identifiers that others have are left to them."""
        parents = {name: list(_parents(plan, name, node_id, put)) for name in plan.lenders}
        return await self._unclaimed(claims_for(plan, attributes, parents, self._where(attributes)))

    async def of_known(
        self,
        plan: ClassPlan,
        node_id: str,
        attributes: Properties,
        put: Sequence[LinkKey] = (),
        gone: Sequence[LinkKey] = (),
    ) -> Claims:
        """What a CI that is there takes and gives up when it gets these attributes and relationships."""
        held = (await self._store.evidence([node_id])).get(node_id)
        links = [*(await self._lending(plan, node_id)), *put]
        standing = [key for key in dict.fromkeys(links) if key not in gone]
        parents = {name: list(_parents(plan, name, node_id, standing)) for name in plan.lenders}
        identifiers = held.identifiers if held else ()
        return await self._unclaimed(
            claims_for(plan, attributes, parents, self._where(attributes), identifiers)
        )

    async def of_dependents(
        self,
        nodes: Mapping[str, Node],
        put: Sequence[LinkKey] = (),
        gone: Sequence[LinkKey] = (),
    ) -> list[NodeUpdate]:
        """The claims of CIs whose identity hangs on one of these relationships."""
        updates: list[NodeUpdate] = []
        for node_id in dict.fromkeys(self._dependents((*put, *gone), nodes)):
            node = nodes[node_id]
            plan = self._model.classes[node.label]
            claims = await self.of_known(plan, node_id, node.properties, put, gone)
            if claims.strong or claims.weak or claims.releases:
                updates.append(
                    NodeUpdate(node_id, claims=(*claims.strong, *claims.weak), releases=claims.releases)
                )
        return updates

    def _dependents(self, keys: Iterable[LinkKey], nodes: Mapping[str, Node]) -> Iterator[str]:
        for key in keys:
            for end, node_id in ((End.SOURCE, key.source), (End.TARGET, key.target)):
                node = nodes.get(node_id)
                plan = self._model.classes.get(node.label) if node else None
                if plan is not None and plan.lenders.get(key.type) is end:
                    yield node_id

    async def _lending(self, plan: ClassPlan, node_id: str) -> list[LinkKey]:
        found: list[LinkKey] = []
        for direction, end in ((Direction.OUT, End.SOURCE), (Direction.IN, End.TARGET)):
            types = tuple(name for name, mine in plan.lenders.items() if mine is end)
            if types:
                links = await self._store.links(LinkQuery((node_id,), direction, types))
                found.extend(link.key for link in links.get(node_id, ()))
        return found

    async def _unclaimed(self, claims: Claims) -> Claims:
        taken = await self._store.resolve(claims.weak) if claims.weak else {}
        weak = tuple(text for text in claims.weak if text not in taken)
        return Claims(claims.strong, weak, claims.releases)

    def _where(self, attributes: Properties) -> NetworkScope:
        scope = attributes.get(SCOPE_ATTRIBUTE)
        return NetworkScope(scope if isinstance(scope, str) else self._scope, self._source)


def _parents(plan: ClassPlan, within: str, node_id: str, keys: Iterable[LinkKey]) -> Iterator[str]:
    at_source = plan.lenders[within] is End.SOURCE
    for key in keys:
        here, there = (key.source, key.target) if at_source else (key.target, key.source)
        if key.type == within and here == node_id:
            yield there
