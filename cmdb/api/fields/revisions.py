"""The ledger."""

from __future__ import annotations

from collections.abc import Mapping

import strawberry

from cmdb.api.context import ApiInfo
from cmdb.api.enums import ChangeKind
from cmdb.api.fields.paging import page_size
from cmdb.api.scalars import JSON
from cmdb.graph.revision import LinkChange, NodeChange, Revision


@strawberry.type(description="Who did it.")
class RevisionActor:
    """A person or program."""

    name: str
    kind: str


@strawberry.type(description="What a revision did to a node: the values that changed, before and after.")
class RevisionNodeChange:
    """One node."""

    id: strawberry.ID
    label: str
    kind: ChangeKind
    version: int
    before: JSON
    after: JSON


@strawberry.type(description="What a revision did to a relationship or link.")
class RevisionLinkChange:
    """One link."""

    type: str
    source: strawberry.ID
    target: strawberry.ID
    kind: ChangeKind
    before: JSON
    after: JSON


@strawberry.type(description="One commit; numbers have no gaps, and each hash covers the one before.")
class RevisionEntry:
    """One revision."""

    found: strawberry.Private[Revision]
    number: int
    at: str
    reason: str
    request_id: str | None
    hash: str
    previous_hash: str

    @strawberry.field(description="Who did it.")
    def actor(self) -> RevisionActor:
        return RevisionActor(name=self.found.actor.name, kind=self.found.actor.kind.value)

    @strawberry.field(description="What it did to configuration items and records.")
    def nodes(self, first: int = 100) -> list[RevisionNodeChange]:
        return [_node_change(change) for change in self.found.nodes[: page_size(first)]]

    @strawberry.field(description="What it did to relationships and links.")
    def links(self, first: int = 100) -> list[RevisionLinkChange]:
        return [_link_change(change) for change in self.found.links[: page_size(first)]]

    @strawberry.field(description="How many configuration items and records it altered.")
    def node_count(self) -> int:
        return len(self.found.nodes)

    @strawberry.field(description="How many relationships and links it altered.")
    def link_count(self) -> int:
        return len(self.found.links)


@strawberry.type
class RevisionFields:
    """The root fields."""

    @strawberry.field(description="Revisions later than `after`, oldest first.")
    async def revisions(self, info: ApiInfo, after: int = 0, first: int = 100) -> list[RevisionEntry]:
        found = info.context.services.store.revisions(after=after, limit=page_size(first))
        return [_entry(revision) async for revision in found]

    @strawberry.field(description="The number of the newest revision; 0 before the first.")
    async def head(self, info: ApiInfo) -> int:
        return (await info.context.services.store.head()).revision


def _entry(revision: Revision) -> RevisionEntry:
    return RevisionEntry(
        found=revision,
        number=revision.number,
        at=revision.at,
        reason=revision.reason,
        request_id=revision.request_id,
        hash=revision.hash,
        previous_hash=revision.previous_hash,
    )


def _node_change(change: NodeChange) -> RevisionNodeChange:
    return RevisionNodeChange(
        id=strawberry.ID(change.id),
        label=change.label,
        kind=change.kind,
        version=change.version,
        before=_json(change.before),
        after=_json(change.after),
    )


def _link_change(change: LinkChange) -> RevisionLinkChange:
    return RevisionLinkChange(
        type=change.key.type,
        source=strawberry.ID(change.key.source),
        target=strawberry.ID(change.key.target),
        kind=change.kind,
        before=_json(change.before),
        after=_json(change.after),
    )


def _json(values: Mapping[str, object]) -> JSON:
    return JSON(dict(values))
