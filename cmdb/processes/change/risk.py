"""The risk of a change, from its impact and from what is known of earlier ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from cmdb.analysis.impact import ImpactResult, impact
from cmdb.analysis.impact_types import AffectedCi, ImpactRequest, Start
from cmdb.analysis.risk import EarlierChange, Risk, RiskFacts, assess
from cmdb.graph.elements import Link, Node
from cmdb.graph.query import AllOf, AnyOf, Condition, Direction, Linked, LinkQuery, NodeQuery, Operator, Order
from cmdb.graph.store import GraphStore
from cmdb.kernel.clock import instant_text, parse_instant
from cmdb.model.types import Model
from cmdb.processes.change.planned import CHANGE, TOUCHES, ChangeReader
from cmdb.topology.extent import Topologies, downstream
from cmdb.topology.topology import Topology

MOST_RECORDS = 1000
"""Most earlier changes, and most incidents, that are looked at, the latest first."""

MOST_HIT = 1000
"""Most CIs behind those touched on which incidents are looked for: what is down first, then the nearest."""

_INCIDENT = "Incident"


class HitService(Protocol):
    """A service that is hit."""

    @property
    def ci(self) -> AffectedCi:
        """The service and its state."""
        ...


class Radius(Protocol):
    """What an impact means to the business."""

    @property
    def services(self) -> Sequence[HitService]:
        """The services that are hit."""
        ...

    @property
    def users_at_most(self) -> int:
        """The users of all of them, counted for each."""
        ...

    @property
    def cost_per_hour(self) -> float:
        """Of the services that are DOWN."""
        ...


BlastRadius = Callable[[ImpactResult], Awaitable[Radius]]
"""Works out what an impact means to the business."""


@dataclass(frozen=True, slots=True)
class ChangeRisk:
    """The risk of a change, with the facts it rests on. `truncated`: there was more than is looked at."""

    change: Node
    risk: Risk
    facts: RiskFacts
    truncated: bool


@dataclass(frozen=True, slots=True)
class _History:
    """Earlier changes, the ids of what each of them can have hit, and incidents with their links."""

    changes: Sequence[Node]
    hit: Mapping[str, frozenset[str]]
    incidents: Sequence[Node]
    links: Mapping[str, Sequence[Link]]
    truncated: bool


class RiskAnalysis:
    """Judges changes on the newest topology, in a fixed number of reads."""

    def __init__(
        self, store: GraphStore, model: Model, topologies: Topologies, blast_radius: BlastRadius
    ) -> None:
        self._store = store
        self._policy = model.policies.change_risk
        self._topologies = topologies
        self._blast_radius = blast_radius
        self._changes = ChangeReader(store, model)

    async def ask(self, reference: str) -> ChangeRisk:
        """The risk of a change, part by part.

        Raises:
            ChangeNotFoundError: there is no such change.
        """
        change = await self._changes.find(reference)
        starts = (await self._changes.starts([change]))[change.id]
        topology = await self._topologies.around(downstream(start.id for start in starts))
        result = impact(topology, ImpactRequest(starts))
        radius = await self._blast_radius(result)
        history = await self._history(change, topology, [start.id for start in starts])
        facts = RiskFacts(
            services=Counter(service.ci.state for service in radius.services),
            users=radius.users_at_most,
            cost_per_hour=radius.cost_per_hour,
            affected=result.by_state(),
            earlier=tuple(self._earlier(change, history)),
            change_type=str(change.properties.get("change_type", "")),
            test_plan=bool(change.properties.get("test_plan")),
            backout_plan=bool(change.properties.get("backout_plan")),
        )
        return ChangeRisk(
            change, assess(facts, self._policy), facts, history.truncated or topology.cut is not None
        )

    async def _history(self, change: Node, topology: Topology, touched: Sequence[str]) -> _History:
        """Changes carried out on the same CIs, and incidents on what they hit or caused by them; four reads."""
        if not touched:
            return _History((), {}, (), {}, truncated=False)
        on_them = Linked((TOUCHES,), Direction.OUT, tuple(touched))
        carried_out = AllOf(
            (
                on_them,
                Condition("outcome", Operator.EXISTS, True),
                Condition("actual_start", Operator.EXISTS, True),
            )
        )
        latest = (Order("actual_start", descending=True),)
        changes = await self._store.find(NodeQuery((CHANGE,), carried_out, latest, MOST_RECORDS))
        earlier = [node for node in changes.nodes if node.id != change.id]
        if not earlier:
            return _History((), {}, (), {}, truncated=False)
        ids = tuple(node.id for node in earlier)
        of_changes = await self._store.links(LinkQuery(ids, Direction.OUT, (TOUCHES,)))
        all_touched = frozenset(touched)
        touched_by = {
            one: all_touched.intersection([link.target for link in found])
            for one, found in of_changes.items()
        }
        hit_by = {some: _hit_by(topology, some) for some in {all_touched, *touched_by.values()}}
        of_all, cut = hit_by[all_touched]
        about = AnyOf(
            (
                Linked(("AFFECTS",), Direction.OUT, tuple(sorted(of_all))),
                Linked(("CAUSED_BY",), Direction.OUT, ids),
            )
        )
        newest = (Order("created_at", descending=True),)
        incidents = await self._store.find(NodeQuery((_INCIDENT,), about, newest, MOST_RECORDS))
        links = await self._store.links(
            LinkQuery(tuple(node.id for node in incidents.nodes), Direction.OUT, ("AFFECTS", "CAUSED_BY"))
        )
        return _History(
            earlier,
            {one: hit_by[some][0] for one, some in touched_by.items()},
            incidents.nodes,
            links,
            changes.has_next or incidents.has_next or cut,
        )

    def _earlier(self, change: Node, history: _History) -> Iterable[EarlierChange]:
        kind = "category" if change.properties.get("category") else "change_type"
        for node in history.changes:
            yield EarlierChange(
                id=node.id,
                outcome=str(node.properties["outcome"]),
                same_kind=node.properties.get(kind) == change.properties.get(kind),
                incidents=tuple(self._followed(node, history)),
            )

    def _followed(self, change: Node, history: _History) -> Iterable[str]:
        """Incidents that began on what it hits during the change or soon after, or are said to be caused by it."""
        begin = str(change.properties["actual_start"])
        last = parse_instant(str(change.properties.get("actual_end", begin)))
        end = instant_text(last + timedelta(hours=self._policy.followed_within_hours))
        hit_by_it = history.hit.get(change.id, frozenset())
        for incident in history.incidents:
            links = history.links.get(incident.id, ())
            caused = any(link.type == "CAUSED_BY" and link.target == change.id for link in links)
            hit = any(link.type == "AFFECTS" and link.target in hit_by_it for link in links)
            if caused or (hit and begin <= _began(incident) <= end):
                yield incident.id


def _hit_by(topology: Topology, touched: frozenset[str]) -> tuple[frozenset[str], bool]:
    """The CIs touched with those that would be hit if these were down, and whether there are more than are given."""
    starts = tuple(Start(ci_id) for ci_id in sorted(touched))
    result = impact(topology, ImpactRequest(starts))
    return touched.union(row.id for row in result.rows(MOST_HIT)), result.total > MOST_HIT


def _began(incident: Node) -> str:
    """When the incident began, as far as it is known."""
    for name in ("started_at", "detected_at"):
        value = incident.properties.get(name)
        if isinstance(value, str):
            return value
    return incident.created_at
