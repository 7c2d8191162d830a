"""What changed between two moments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import strawberry

from cmdb.api.context import ApiInfo
from cmdb.api.enums import ChangeKind
from cmdb.api.fields.paging import next_cursor, offset_of, page_size
from cmdb.api.fields.revisions import RevisionActor
from cmdb.api.scalars import JSON
from cmdb.graph.difference import Alteration, Difference
from cmdb.graph.moment import Moment
from cmdb.graph.revision import LinkChange, NodeChange
from cmdb.processes.configuration.differences import Scope


@strawberry.input(description="A time (RFC 3339) or a revision: one of both.")
class MomentInput:
    """A moment."""

    at: str | None = None
    revision: int | None = None


@strawberry.type(description="A moment: a time, and the newest revision not later.")
class MomentShown:
    """A moment."""

    revision: int
    at: str


@strawberry.type(description="What became of a node: the values that differ, before and after.")
class DiffNode:
    """One node."""

    id: strawberry.ID
    name: str | None
    label: str
    old_label: str | None = strawberry.field(description="The class it was of before, where it differs.")
    kind: ChangeKind
    version: int
    before: JSON
    after: JSON


@strawberry.type(description="What became of a relationship or link.")
class DiffLink:
    """One link."""

    type: str
    source: strawberry.ID
    source_name: str | None
    target: strawberry.ID
    target_name: str | None
    kind: ChangeKind
    before: JSON
    after: JSON


@strawberry.type(
    description="A node or a link that differs, and the last revision that altered it: when, by whom and why."
)
class DiffEntry:
    """One alteration; either `node` or `link` is there."""

    revision: int
    at: str
    actor: RevisionActor
    reason: str
    node: DiffNode | None
    link: DiffLink | None


@strawberry.type(
    description="What leads from one moment to another, in the order of revisions. What was made and deleted in "
    "between, or changed and changed back, is not in it."
)
class Diff:
    """A page of alterations."""

    start: MomentShown = strawberry.field(name="from")
    end: MomentShown = strawberry.field(name="to")
    total_count: int
    nodes: list[DiffEntry]
    end_cursor: str | None


@strawberry.type
class DiffFields:
    """The root field."""

    @strawberry.field(
        description="What changed between two moments: of a configuration item or record with its relationships, "
        "of a service with all it depended on at either moment, or of everything. Without `to`: until now."
    )
    async def diff(
        self,
        info: ApiInfo,
        start: Annotated[MomentInput, strawberry.argument(name="from")],
        end: Annotated[MomentInput | None, strawberry.argument(name="to")] = None,
        ci: strawberry.ID | None = None,
        service: strawberry.ID | None = None,
        first: int = 100,
        after: str | None = None,
    ) -> Diff:
        services = info.context.services
        offset, size = offset_of(after), page_size(first)
        earlier = await services.past.moment(start.at, start.revision)
        if end is None:
            later = await services.past.moment(None, (await services.store.head()).revision)
        else:
            later = await services.past.moment(end.at, end.revision)
        scope = Scope(str(ci) if ci else None, str(service) if service else None)
        found = await services.differences.between(earlier, later, scope)
        page = found.alterations[offset : offset + size]
        names = await services.differences.names(earlier, later, page)
        return _shown(found, [_entry(alteration, names) for alteration in page], offset)


def _shown(found: Difference, entries: list[DiffEntry], offset: int) -> Diff:
    total = len(found.alterations)
    return Diff(
        start=_moment(found.start),
        end=_moment(found.end),
        total_count=total,
        nodes=entries,
        end_cursor=next_cursor(offset + len(entries), total),
    )


def _moment(moment: Moment) -> MomentShown:
    return MomentShown(revision=moment.revision, at=moment.at)


def _entry(alteration: Alteration, names: Mapping[str, str]) -> DiffEntry:
    change = alteration.change
    node = _node(change, names) if isinstance(change, NodeChange) else None
    link = _link(change, names) if isinstance(change, LinkChange) else None
    actor = RevisionActor(name=alteration.actor.name, kind=alteration.actor.kind.value)
    return DiffEntry(
        revision=alteration.revision,
        at=alteration.at,
        actor=actor,
        reason=alteration.reason,
        node=node,
        link=link,
    )


def _node(change: NodeChange, names: Mapping[str, str]) -> DiffNode:
    return DiffNode(
        id=strawberry.ID(change.id),
        name=names.get(change.id),
        label=change.label,
        old_label=change.old_label,
        kind=change.kind,
        version=change.version,
        before=JSON(dict(change.before)),
        after=JSON(dict(change.after)),
    )


def _link(change: LinkChange, names: Mapping[str, str]) -> DiffLink:
    return DiffLink(
        type=change.key.type,
        source=strawberry.ID(change.key.source),
        source_name=names.get(change.key.source),
        target=strawberry.ID(change.key.target),
        target_name=names.get(change.key.target),
        kind=change.kind,
        before=JSON(dict(change.before)),
        after=JSON(dict(change.after)),
    )
