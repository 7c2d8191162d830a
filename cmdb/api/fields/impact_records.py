"""Open incidents and planned changes on what an impact hits."""

from __future__ import annotations

from dataclasses import replace

import strawberry

from cmdb.analysis.impact import ImpactResult
from cmdb.api.context import ApiInfo
from cmdb.api.fields.paging import page_size
from cmdb.api.interfaces import ConfigurationItem, Record, shown_record
from cmdb.processes.configuration.region_records import RecordOnRegion, RecordsOnRegion


@strawberry.type(description="An open record on what is hit.")
class RecordOnImpact:
    """One record and where it lies."""

    found: strawberry.Private[RecordOnRegion]
    record: Record
    count: int = strawberry.field(description="How many of the items hit it is linked to, starts included.")

    @strawberry.field(description="The items hit that it is linked to.")
    async def cis(self, info: ApiInfo, first: int = 10) -> list[ConfigurationItem]:
        shown = await info.context.show_ids(self.found.ci_ids[: page_size(first)])
        return [view for view in shown if isinstance(view, ConfigurationItem)]


@strawberry.type(description="Open records on what is hit, the newest first.")
class RecordsOnImpact:
    """A bounded list."""

    total_count: int
    nodes: list[RecordOnImpact]
    truncated: bool = strawberry.field(
        description="True when there are more open records in all than one question looks at."
    )


@strawberry.type
class ImpactRecords:
    """What an impact says about records."""

    result: strawberry.Private[ImpactResult]
    of_change: strawberry.Private[str | None] = None

    @strawberry.field(description="Incidents not resolved yet that affect what is hit or a start.")
    async def open_incidents(self, info: ApiInfo, first: int = 100) -> RecordsOnImpact:
        return _shown(info, await info.context.services.region_records.incidents(self.result), first)

    @strawberry.field(
        description="Changes not carried out yet that touch what is hit or a start; without the one that is asked about."
    )
    async def planned_changes(self, info: ApiInfo, first: int = 100) -> RecordsOnImpact:
        found = await info.context.services.region_records.changes(self.result)
        others = tuple(one for one in found.records if one.node.id != self.of_change)
        return _shown(info, replace(found, records=others), first)


def _shown(info: ApiInfo, found: RecordsOnRegion, first: int) -> RecordsOnImpact:
    return RecordsOnImpact(
        total_count=len(found.records),
        nodes=[
            RecordOnImpact(found=one, record=shown_record(info, one.node), count=len(one.ci_ids))
            for one in found.records[: page_size(first)]
        ],
        truncated=found.truncated,
    )
