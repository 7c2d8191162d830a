"""The question of impact."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Annotated, Any, TypeAlias, cast

import strawberry

from cmdb.analysis.impact import ImpactResult
from cmdb.analysis.impact_types import AffectedColumns, GroupFailure, ImpactRequest, PathStep, Start
from cmdb.api.batching.table import Table
from cmdb.api.context import ApiInfo
from cmdb.api.enums import Direction, ImpactState, TruncationReason
from cmdb.api.fields.configuration_items import unknown_class
from cmdb.api.fields.impact_records import ImpactRecords
from cmdb.api.fields.paging import LONG_PAGE, next_cursor, offset_of, page_size
from cmdb.api.interfaces import ConfigurationItem, shown_ci, verb
from cmdb.graph.errors import InvalidQueryError
from cmdb.model.check import did_you_mean
from cmdb.processes.configuration.impact import BlastRadius

Environments: TypeAlias = Annotated[
    list[str] | None, strawberry.argument(description="Only items of these environments are listed.")
]
"""An argument that narrows what is listed."""


@strawberry.input(description="A configuration item and the state it is assumed to be in.")
class ImpactStart:
    """One start."""

    id: strawberry.ID
    state: ImpactState = ImpactState.DOWN


@strawberry.type(description="The redundancy group through which a configuration item is hit.")
class RedundancyGroup:
    """Of `members` CIs `needed` have to work."""

    name: str
    members: int
    needed: int
    up: int = strawberry.field(description="Members that are not DOWN.")
    healthy: int = strawberry.field(description="Members that are neither DOWN nor DEGRADED.")


@strawberry.type(
    description="A configuration item on an explaining path, and how it is hit from the one before."
)
class ImpactPathStep:
    """One step."""

    ci: ConfigurationItem
    state: ImpactState
    relationship_type: str | None = strawberry.field(description="Null for the start.")
    verb: str | None = strawberry.field(description="How the one before reads to this one, e.g. `runs`.")
    group: RedundancyGroup | None


@strawberry.type(
    description="A shortest path that explains why a configuration item is hit, from a start to it."
)
class ImpactPath:
    """The steps are looked up only when asked for."""

    steps_found: strawberry.Private[tuple[PathStep, ...]]

    @strawberry.field(description="The configuration items of the path in order.")
    async def nodes(self, info: ApiInfo) -> list[ConfigurationItem]:
        shown: list[Any] = await info.context.show_ids([step.id for step in self.steps_found])
        return shown

    @strawberry.field(description="The path with the relationships and states along it.")
    async def steps(self, info: ApiInfo) -> list[ImpactPathStep]:
        shown: list[Any] = await info.context.show_ids([step.id for step in self.steps_found])
        by_id = {view.node.id: view for view in shown}
        return [path_step(info, step, by_id[step.id]) for step in self.steps_found if step.id in by_id]


class PagePaths:
    """The explaining paths of a page of rows, found together when the first of them is asked for."""

    def __init__(self, result: ImpactResult, ids: Sequence[str]) -> None:
        self._result = result
        self._ids = ids

    @cached_property
    def by_id(self) -> Mapping[str, tuple[PathStep, ...]]:
        """The path to each row."""
        return dict(zip(self._ids, self._result.paths(self._ids), strict=True))


@strawberry.type(description="A configuration item that is hit.")
class AffectedConfigurationItem:
    """One row of an impact."""

    paths: strawberry.Private[PagePaths]
    ci: ConfigurationItem
    state: ImpactState
    distance: int = strawberry.field(description="Links from the nearest start that explains it.")

    @strawberry.field(description="A shortest explaining path.")
    def path(self) -> ImpactPath:
        return ImpactPath(steps_found=self.paths.by_id[self.ci.node.id])


@strawberry.type(description="A page of what is hit: the worst first, then the nearest.")
class AffectedConnection:
    """One page."""

    total_count: int
    nodes: list[AffectedConfigurationItem]
    end_cursor: str | None = strawberry.field(
        description="Give it as `after` for the next page; null at the end."
    )


@strawberry.type(description="How many are in a state.")
class StateCount:
    """One state."""

    state: ImpactState
    count: int


@strawberry.type(description="How many of a class are in each state.")
class ClassCount:
    """One class."""

    class_: str = strawberry.field(name="class")
    count: int
    by_state: list[StateCount]


@strawberry.type(description="A service that is hit.")
class AffectedService:
    """One service."""

    ci: ConfigurationItem
    state: ImpactState
    users_affected: int
    cost_per_hour: float


@strawberry.type(
    description="What it means to the business. People use several services, so users lie between the two numbers."
)
class ImpactSummary:
    """The services and the sums over them."""

    services: list[AffectedService]
    users_at_least: int = strawberry.field(description="The most users of one service.")
    users_at_most: int = strawberry.field(description="The sum over all services.")
    cost_per_hour: float = strawberry.field(description="Of the services that are DOWN.")


@strawberry.type(description="A team or person to tell.")
class ResponsibleParty:
    """An owner or supporter of what is hit."""

    party: ConfigurationItem
    count: int = strawberry.field(description="How many of the affected items it owns or supports.")


@strawberry.type(description="What was left out of an answer, and by which limit.")
class ImpactTruncation:
    """One cut."""

    reason: TruncationReason
    limit: int
    left_out: int | None = strawberry.field(
        description="How many configuration items; null for REGION, beyond which nothing was read."
    )


@strawberry.type(description="What breaks, how badly, why and for whom.")
class Impact(ImpactRecords):
    """The answer; each part is worked out only when asked for."""

    @strawberry.field(description="True when limits cut the answer; `truncations` says which.")
    def truncated(self) -> bool:
        return bool(self.result.truncated)

    @strawberry.field(description="What was left out, and by which limit.")
    def truncations(self) -> list[ImpactTruncation]:
        return [
            ImpactTruncation(reason=cut.reason, limit=cut.limit, left_out=cut.left_out)
            for cut in self.result.truncated
        ]

    @strawberry.field(description="What was asked about, in the states they end in.")
    async def starts(self, info: ApiInfo) -> list[AffectedConfigurationItem]:
        starts = self.result.starts
        rows = AffectedColumns(
            [start.id for start in starts],
            [start.state for start in starts],
            [start.distance for start in starts],
        )
        return list(await affected_rows(info, self.result, rows))

    @strawberry.field(description="How many are in each state, the worst first.")
    def by_state(self) -> list[StateCount]:
        return [StateCount(state=state, count=count) for state, count in self.result.by_state().items()]

    @strawberry.field(description="How many of each class are in each state.")
    def by_class(self) -> list[ClassCount]:
        return [
            ClassCount(
                class_=name,
                count=sum(states.values()),
                by_state=[StateCount(state=state, count=count) for state, count in states.items()],
            )
            for name, states in self.result.by_class().items()
        ]

    @strawberry.field(description=f"What is hit, a page at a time; a page holds up to {LONG_PAGE:,}.")
    async def affected(self, info: ApiInfo, first: int = 100, after: str | None = None) -> AffectedConnection:
        offset, size = offset_of(after), page_size(first, LONG_PAGE)
        rows = self.result.page(size, offset)
        return AffectedConnection(
            total_count=self.result.total,
            nodes=cast("list[AffectedConfigurationItem]", await affected_rows(info, self.result, rows)),
            end_cursor=next_cursor(offset + len(rows.ids), self.result.total),
        )

    @strawberry.field(description="The services that are hit, with their users and costs.")
    async def summary(self, info: ApiInfo) -> ImpactSummary:
        radius: BlastRadius = await info.context.services.impact.blast_radius(self.result)
        return ImpactSummary(
            services=[
                AffectedService(
                    ci=shown_ci(info, service.node),
                    state=service.ci.state,
                    users_affected=service.users_affected,
                    cost_per_hour=service.cost_per_hour,
                )
                for service in radius.services
            ],
            users_at_least=radius.users_at_least,
            users_at_most=radius.users_at_most,
            cost_per_hour=radius.cost_per_hour,
        )

    @strawberry.field(description="Teams and people who own or support what is hit.")
    async def responsible(self, info: ApiInfo) -> list[ResponsibleParty]:
        parties = await info.context.services.impact.responsible(self.result)
        return [ResponsibleParty(party=shown_ci(info, p.node), count=len(p.ci_ids)) for p in parties]


@strawberry.type
class ImpactFields:
    """The root field."""

    @strawberry.field(
        description="What breaks, how badly, why and for whom, when these are down or degraded?"
    )
    async def impact(
        self,
        info: ApiInfo,
        of: list[ImpactStart],
        relationship_types: Annotated[
            list[str] | None, strawberry.argument(description="Only these pass anything on.")
        ] = None,
        classes: Annotated[
            list[str] | None, strawberry.argument(description="Only these, with subclasses, are listed.")
        ] = None,
        environments: Environments = None,
        max_distance: Annotated[
            int | None, strawberry.argument(description="Only what is at most so many links away is listed.")
        ] = None,
        limit: Annotated[int | None, strawberry.argument(description="List so many at most.")] = None,
    ) -> Impact:
        request = impact_request(info, starts_of(of), relationship_types, classes, max_distance, limit)
        return await ask_impact(info, request, environments)


def starts_of(given: Sequence[ImpactStart]) -> tuple[Start, ...]:
    """The starts of a question.

    Raises:
        InvalidQueryError: there is none: nothing would be hit, which would be no answer.
    """
    if not given:
        raise InvalidQueryError(
            "`of` names no configuration item", remedy="Name at least one, by its id; `search` finds it."
        )
    return tuple(Start(str(start.id), start.state) for start in given)


def impact_request(
    info: ApiInfo,
    starts: tuple[Start, ...],
    relationship_types: list[str] | None,
    classes: list[str] | None,
    max_distance: int | None,
    limit: int | None = None,
) -> ImpactRequest:
    """A question of impact, as the arguments put it.

    Raises:
        InvalidQueryError: a class or relationship type does not exist.
    """
    known = info.context.services.model.relationship_types
    for name in relationship_types or ():
        if name not in known:
            raise InvalidQueryError(
                f"there is no relationship type {name!r}{did_you_mean(name, known)}",
                remedy="`relationshipTypes` lists them with what they pass on.",
                details={"relationshipType": name},
            )
    return ImpactRequest(
        starts=starts,
        relationship_types=frozenset(relationship_types) if relationship_types is not None else None,
        classes=with_subclasses(info, classes),
        max_distance=max_distance,
        limit=limit,
    )


def with_subclasses(info: ApiInfo, classes: list[str] | None) -> frozenset[str] | None:
    """The names of these classes and of those below them; None for none at all.

    Raises:
        InvalidQueryError: one of them does not exist.
    """
    model = info.context.services.model
    for name in classes or ():
        if name not in model.classes:
            raise unknown_class(model, name)
    return frozenset(c for name in classes for c in model.with_subclasses(name)) if classes else None


async def ask_impact(
    info: ApiInfo, request: ImpactRequest, environments: list[str] | None, of_change: str | None = None
) -> Impact:
    """The answer to a question of impact, of all environments or of these; `of_change`: the id of its change."""
    among = frozenset(environments) if environments else None
    result = await info.context.services.impact.ask(request, among)
    return Impact(result=result, of_change=of_change)


async def affected_rows(
    info: ApiInfo, result: ImpactResult, rows: AffectedColumns
) -> Table[AffectedConfigurationItem]:
    """Rows of an answer with their configuration items, fetched at once; those deleted meanwhile are left out."""
    nodes, paths = await info.context.loaders.store.get(rows.ids), PagePaths(result, rows.ids)
    if len(nodes) < len(rows.ids):
        rows = rows.among(nodes)
    columns = {
        "ci": info.context.types.show_all(map(nodes.__getitem__, rows.ids)),
        "state": rows.states,
        "distance": rows.distances,
    }
    return Table(AffectedConfigurationItem, columns, paths=paths)


def path_step(info: ApiInfo, step: PathStep, ci: ConfigurationItem) -> ImpactPathStep:
    """A step with its verb, as it reads from the item before."""
    way = Direction.OUT if step.along else Direction.IN
    return ImpactPathStep(
        ci=ci,
        state=step.state,
        relationship_type=step.relationship_type,
        verb=verb(info, step.relationship_type, way) if step.relationship_type else None,
        group=redundancy_group(step.group) if step.group else None,
    )


def redundancy_group(failure: GroupFailure) -> RedundancyGroup:
    """A group through which something is hit."""
    return RedundancyGroup(
        name=failure.name,
        members=failure.members,
        needed=failure.needed,
        up=failure.up,
        healthy=failure.healthy,
    )
