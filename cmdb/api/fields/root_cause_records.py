"""What is known of what lies upstream of symptoms: changes, problems, known errors, earlier incidents."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import strawberry

from cmdb.analysis.root_cause_types import CiEvidence, RootCauseResult, SimilarIncident
from cmdb.api.context import ApiInfo
from cmdb.api.enums import Likeness
from cmdb.api.fields.paging import page_size
from cmdb.api.interfaces import ConfigurationItem, Record


@strawberry.type(description="A record about a configuration item upstream of a symptom.")
class UpstreamRecord:
    """One record and one item."""

    record_id: strawberry.Private[str]
    ci_id: strawberry.Private[str]
    distance: int = strawberry.field(description="Links from the item to the nearest symptom.")
    hours_before: float | None = strawberry.field(
        description="Of a change: how long before the first symptom it was carried out."
    )

    @strawberry.field(description="The record.")
    async def record(self, info: ApiInfo) -> Record | None:
        shown = await info.context.show_ids([self.record_id])
        return next((view for view in shown if isinstance(view, Record)), None)

    @strawberry.field(description="The item.")
    async def ci(self, info: ApiInfo) -> ConfigurationItem | None:
        return next(iter(await items(info, (self.ci_id,))), None)


@strawberry.type(description="An earlier incident that is like what is seen, and what caused it.")
class RootCauseSimilar:
    """One incident, one item it affected, one cause."""

    found: strawberry.Private[SimilarIncident]
    likeness: Likeness = strawberry.field(description="How it is like a symptom.")

    @strawberry.field(description="The earlier incident.")
    async def incident(self, info: ApiInfo) -> Record | None:
        shown = await info.context.show_ids([self.found.past.incident])
        return next((view for view in shown if isinstance(view, Record)), None)

    @strawberry.field(description="What it affected.")
    async def affected(self, info: ApiInfo) -> ConfigurationItem | None:
        return next(iter(await items(info, (self.found.past.affected,))), None)

    @strawberry.field(description="What caused it.")
    async def cause(self, info: ApiInfo) -> ConfigurationItem | None:
        return next(iter(await items(info, (self.found.cause,))), None)


@strawberry.type
class RecordsUpstream:
    """What a root cause says about records, whether their items are candidates listed or not."""

    result: strawberry.Private[RootCauseResult]

    @strawberry.field(description="Open known errors of what lies upstream, the nearest first.")
    def known_errors(self, first: int = 100) -> list[UpstreamRecord]:
        return _upstream(self.result, lambda evidence: evidence.known_errors, first)

    @strawberry.field(description="Open problems of what lies upstream, the nearest first.")
    def open_problems(self, first: int = 100) -> list[UpstreamRecord]:
        return _upstream(self.result, lambda evidence: evidence.problems, first)

    @strawberry.field(
        description="Changes carried out upstream before the first symptom, the latest first; the policy of root "
        "cause says how many hours back."
    )
    def recent_changes(self, first: int = 100) -> list[UpstreamRecord]:
        found = [
            UpstreamRecord(
                record_id=change.id, ci_id=one.ci, distance=one.distance, hours_before=change.hours_before
            )
            for one in self.result.upstream
            for change in one.evidence.changes
        ]
        found.sort(key=lambda one: (one.hours_before or 0.0, one.distance, one.record_id, one.ci_id))
        return found[: page_size(first)]

    @strawberry.field(
        description="Earlier incidents like these whose cause is known, the likest and newest first."
    )
    def similar_incidents(self, first: int = 20) -> list[RootCauseSimilar]:
        return [
            RootCauseSimilar(found=one, likeness=one.past.likeness)
            for one in self.result.similar[: page_size(first)]
        ]


async def items(info: ApiInfo, ids: tuple[str, ...]) -> list[ConfigurationItem]:
    """Configuration items by id; those that are gone are left out."""
    shown = await info.context.show_ids(ids)
    return [view for view in shown if isinstance(view, ConfigurationItem)]


def _upstream(
    result: RootCauseResult, records: Callable[[CiEvidence], Sequence[str]], first: int
) -> list[UpstreamRecord]:
    found = [
        UpstreamRecord(record_id=record, ci_id=one.ci, distance=one.distance, hours_before=None)
        for one in result.upstream
        for record in records(one.evidence)
    ]
    return found[: page_size(first)]
