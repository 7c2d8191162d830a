"""Open incidents and planned changes on what an impact hits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cmdb.analysis.impact import ImpactResult
from cmdb.analysis.state import ImpactState
from cmdb.graph.elements import Node
from cmdb.graph.query import Condition, Direction, LinkQuery, NodeQuery, Operator, Order
from cmdb.graph.store import GraphStore
from cmdb.model.types import Model

MOST_RECORDS = 1000
"""Most open records of a type that one question looks at, the newest first."""


@dataclass(frozen=True, slots=True)
class RecordOnRegion:
    """An open record, and the CIs of an impact (ids, the starts included) it is linked to."""

    node: Node
    ci_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RecordsOnRegion:
    """The newest first. `truncated`: there are more open records of the type than one question looks at."""

    records: tuple[RecordOnRegion, ...]
    truncated: bool


class RegionRecords:
    """Finds records by what is open, not by what is hit, so it takes two reads however large the region is."""

    def __init__(self, store: GraphStore, model: Model) -> None:
        self._store = store
        self._model = model

    async def incidents(self, result: ImpactResult) -> RecordsOnRegion:
        """Incidents not resolved yet that affect what is hit."""
        return await self._find(result, "Incident", "AFFECTS")

    async def changes(self, result: ImpactResult) -> RecordsOnRegion:
        """Changes not carried out yet that touch what is hit."""
        return await self._find(result, "Change", "TOUCHES")

    async def _find(self, result: ImpactResult, label: str, link_type: str) -> RecordsOnRegion:
        if label not in self._model.record_types:
            return RecordsOnRegion((), truncated=False)
        states = self._model.record_types[label].lifecycle.states.values()
        where = Condition("status", Operator.IN, [state.name for state in states if state.open])
        newest = (Order("created_at", descending=True),)
        page = await self._store.find(NodeQuery((label,), where, newest, MOST_RECORDS))
        query = LinkQuery(tuple(node.id for node in page.nodes), Direction.OUT, (link_type,))
        links = await self._store.links(query) if page.nodes else {}
        records = (
            RecordOnRegion(node, _hit(result, [link.target for link in links.get(node.id, ())]))
            for node in page.nodes
        )
        return RecordsOnRegion(tuple(one for one in records if one.ci_ids), page.has_next)


def _hit(result: ImpactResult, ids: Sequence[str]) -> tuple[str, ...]:
    places = result.topology.find(ids).tolist()
    return tuple(
        ci
        for ci, place in zip(ids, places, strict=True)
        if place >= 0 and result.found.states[place] > ImpactState.UNAFFECTED
    )
