"""What breaks, for whom, and whom to tell: an impact with the people and services behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from cmdb.analysis.impact import ImpactResult, impact
from cmdb.analysis.impact_types import AffectedCi, ImpactRequest
from cmdb.analysis.state import ImpactState
from cmdb.graph.elements import Node
from cmdb.graph.query import Direction, LinkQuery
from cmdb.graph.store import GraphStore
from cmdb.model.types import Model
from cmdb.topology.extent import Topologies, downstream

SERVICE_CLASS = "Service"
RESPONSIBILITY = ("OWNED_BY", "SUPPORTED_BY")
_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class AffectedService:
    """A service that is hit. `cost_per_hour` is what an hour of its outage costs, in its own currency."""

    ci: AffectedCi
    node: Node
    users_affected: int
    cost_per_hour: float


@dataclass(frozen=True, slots=True)
class BlastRadius:
    """The services hit, the worst first.

    People use several services, so the number of users is known to lie between the most users of one service
    and the sum over all. `cost_per_hour` sums the services that are DOWN.
    """

    services: tuple[AffectedService, ...]
    users_at_least: int
    users_at_most: int
    cost_per_hour: float


@dataclass(frozen=True, slots=True)
class Responsible:
    """A team or person to tell, and the affected CIs it owns or supports (ids)."""

    node: Node
    ci_ids: tuple[str, ...]


class ImpactAnalysis:
    """Answers impact questions on the newest topology."""

    def __init__(self, store: GraphStore, model: Model, topologies: Topologies) -> None:
        self._store = store
        self._model = model
        self._topologies = topologies

    @cached_property
    def _services(self) -> frozenset[str]:
        classes = self._model.classes
        return frozenset(self._model.with_subclasses(SERVICE_CLASS) if SERVICE_CLASS in classes else ())

    async def ask(self, request: ImpactRequest, environments: frozenset[str] | None = None) -> ImpactResult:
        """The CIs that are hit; with `environments`, only those of these environments are listed.

        The topology does not hold environments: they are read for all that is hit, a thousand CIs at a time.

        Raises:
            NodeNotFoundError: a start is no CI.
        """
        topology = await self._topologies.around(downstream(start.id for start in request.starts))
        result = impact(topology, request)
        if environments is None:
            return result
        whole = replace(result, request=replace(request, max_distance=None, limit=None))
        nodes = await self._nodes([row.id for row in whole.rows(whole.total)])
        among = frozenset(
            ci for ci, node in nodes.items() if node.properties.get("environment") in environments
        )
        return replace(result, request=replace(request, among=among))

    async def blast_radius(self, result: ImpactResult) -> BlastRadius:
        """The services among the affected CIs and the starts."""
        hit = [ci for ci in everything(result) if ci.class_name in self._services]
        nodes = await self._nodes([ci.id for ci in hit])
        services = tuple(_affected_service(ci, nodes[ci.id]) for ci in hit if ci.id in nodes)
        users = [service.users_affected for service in services]
        down = [s.cost_per_hour for s in services if s.ci.state is ImpactState.DOWN]
        return BlastRadius(services, max(users, default=0), sum(users), sum(down))

    async def responsible(self, result: ImpactResult) -> tuple[Responsible, ...]:
        """Teams and people who own or support what is hit; those with the most of it first."""
        by_party: dict[str, list[str]] = {}
        ids = [ci.id for ci in everything(result)]
        for start in range(0, len(ids), _AT_ONCE):
            query = LinkQuery(tuple(ids[start : start + _AT_ONCE]), Direction.OUT, RESPONSIBILITY)
            for links in (await self._store.links(query)).values():
                for link in links:
                    by_party.setdefault(link.target, []).append(link.source)
        nodes = await self._nodes(list(by_party))
        parties = [
            Responsible(nodes[party], tuple(dict.fromkeys(ci_ids)))
            for party, ci_ids in by_party.items()
            if party in nodes
        ]
        return tuple(sorted(parties, key=lambda p: (-len(p.ci_ids), p.node.name)))

    async def _nodes(self, ids: Sequence[str]) -> dict[str, Node]:
        found: dict[str, Node] = {}
        for start in range(0, len(ids), _AT_ONCE):
            found.update(await self._store.get(ids[start : start + _AT_ONCE]))
        return found


def everything(result: ImpactResult) -> tuple[AffectedCi, ...]:
    """The starts and all CIs they hit."""
    return (*result.starts, *result.rows(result.total))


def _affected_service(ci: AffectedCi, node: Node) -> AffectedService:
    users, cost = node.properties.get("users_affected"), node.properties.get("cost_per_hour")
    return AffectedService(
        ci,
        node,
        users if isinstance(users, int) else 0,
        float(cost) if isinstance(cost, int | float) else 0.0,
    )
