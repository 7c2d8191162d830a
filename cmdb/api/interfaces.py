"""The GraphQL interfaces that every CI and every record implements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import strawberry

from cmdb.api.context import ApiInfo
from cmdb.api.enums import Direction
from cmdb.api.record_story import RecordAction, RecordHistoryEntry, history_entry, record_action
from cmdb.api.scalars import JSON
from cmdb.api.views import NodeView, reads, reads_properties
from cmdb.graph.elements import Link, Node
from cmdb.graph.query import LinkQuery

LINKS_PER_NODE = 1000


@reads(
    id="node.id",
    attributes="node.properties",
    status="node.status",
    version="node.version",
    revision="node.revision",
    created_at="node.created_at",
    updated_at="node.updated_at",
)
@strawberry.interface(name="Node", description="Anything in the graph: a configuration item or a record.")
class GraphNode(NodeView):
    """Fields of every node."""

    __slots__ = ()

    id: strawberry.ID = strawberry.field(description="Identity; never reused.")
    attributes: JSON = strawberry.field(description="All values, by attribute name as the model writes it.")
    status: str = strawberry.field(description="Where it stands in its life.")
    version: int = strawberry.field(description="Starts at 1 and rises by one with each change.")
    revision: int = strawberry.field(description="The revision that changed it last.")
    created_at: str = strawberry.field(description="RFC 3339, UTC.")
    updated_at: str = strawberry.field(description="RFC 3339, UTC.")


@strawberry.type(description="A relationship or link, seen from one of its ends.")
class Relationship:
    """One link with the node at its other end."""

    type: str
    verb: str = strawberry.field(description="How it reads from the node it is seen from, e.g. `runs on`.")
    direction: Direction
    attributes: JSON
    other: GraphNode = strawberry.field(description="The node at the other end.")


@strawberry.type(description="Relationships of a node; `truncated` says that there are more.")
class RelationshipList:
    """A bounded list."""

    nodes: list[Relationship]
    truncated: bool


@strawberry.type(description="Where the value of an attribute came from.")
class Provenance:
    """A stamp of one attribute."""

    attribute: str
    source: str
    observed_at: str


@strawberry.type(description="When a source saw a configuration item.")
class Sighting:
    """First and last time."""

    source: str
    first_seen: str
    last_seen: str


@reads(number="node.name", type="node.label")
@strawberry.interface(description="A record of one of the service management processes.")
class Record(GraphNode):
    """Fields of every record."""

    __slots__ = ()

    title: str | None
    number: str = strawberry.field(description="The number people use, e.g. INC0000001.")
    type: str = strawberry.field(description="The record type, e.g. Incident.")

    @strawberry.field(description="True while somebody still has to do something.")
    def open(self, info: ApiInfo) -> bool:
        return is_open(info, self)

    @strawberry.field(description="The actions its lifecycle allows now, and what each still lacks.")
    async def available_actions(self, info: ApiInfo) -> list[RecordAction]:
        found = await info.context.loaders.actions.load(self.node)
        return [record_action(action) for action in found]

    @strawberry.field(description="What happened to it and its links, oldest first.")
    async def history(self, info: ApiInfo) -> list[RecordHistoryEntry]:
        entries = await info.context.services.records.history(self.node.id)
        return [history_entry(entry, self.node.id) for entry in entries]

    @strawberry.field(description="Links to configuration items and other records.")
    async def links(
        self,
        info: ApiInfo,
        types: list[str] | None = None,
        direction: Direction | None = None,
        first: int = 100,
    ) -> RelationshipList:
        return await relationships_of(info, self.node.id, types or [], direction, first)


@reads(class_="node.label")
@strawberry.interface(description="A configuration item: anything that must be managed to deliver a service.")
class ConfigurationItem(GraphNode):
    """Fields of every configuration item."""

    __slots__ = ()

    name: str | None
    class_: str = strawberry.field(name="class", description="The class, e.g. Server.")

    @strawberry.field(description="Relationships to other configuration items.")
    async def relationships(
        self,
        info: ApiInfo,
        types: list[str] | None = None,
        direction: Direction | None = None,
        first: int = 100,
    ) -> RelationshipList:
        return await relationships_of(
            info, self.node.id, types or [], direction, first, tuple(info.context.services.model.classes)
        )

    @strawberry.field(description="Records linked to it, e.g. its incidents; newest first.")
    async def records(
        self, info: ApiInfo, types: list[str] | None = None, open: bool | None = None, first: int = 100
    ) -> list[Record]:
        labels = tuple(types or info.context.services.model.record_types)
        query = LinkQuery((self.node.id,), Direction.IN, (), labels, LINKS_PER_NODE)
        links = await info.context.loaders.links.load(query)
        ids = sorted({link.source for link in links}, reverse=True)
        views = [v for v in await info.context.show_ids(ids) if isinstance(v, Record)]
        return [v for v in views if open is None or is_open(info, v) == open][:first]

    @strawberry.field(description="Which source gave each value, and when it was observed.")
    async def provenance(self, info: ApiInfo) -> list[Provenance]:
        evidence = await info.context.loaders.evidence.load(self.node.id)
        return [
            Provenance(attribute=name, source=stamp.source, observed_at=stamp.observed_at)
            for name, stamp in sorted(evidence.stamps.items())
        ]

    @strawberry.field(description="Which sources have seen it.")
    async def sightings(self, info: ApiInfo) -> list[Sighting]:
        evidence = await info.context.loaders.evidence.load(self.node.id)
        return [
            Sighting(source=source, first_seen=seen.first, last_seen=seen.last)
            for source, seen in sorted(evidence.seen.items())
        ]

    @strawberry.field(description="What it is identified by, one text each.")
    async def identifiers(self, info: ApiInfo) -> list[str]:
        evidence = await info.context.loaders.evidence.load(self.node.id)
        return sorted(evidence.identifiers)


reads_properties(ConfigurationItem, "name")


def shown_ci(info: ApiInfo, node: Node) -> ConfigurationItem:
    """A CI's node as an object of its own type."""
    shown: Any = info.context.types.show(node)
    return shown  # type: ignore[no-any-return]  # the types of CI classes all implement the interface


def shown_record(info: ApiInfo, node: Node) -> Record:
    """A record's node as an object of its own type."""
    shown: Any = info.context.types.show(node)
    return shown  # type: ignore[no-any-return]  # the types of record types all implement the interface


def is_open(info: ApiInfo, record: Record) -> bool:
    """True while the record's state is an open one."""
    record_type = info.context.services.model.record_types[record.node.label]
    state = record_type.lifecycle.states.get(record.node.status)
    return state is not None and state.open


async def relationships_of(
    info: ApiInfo,
    node_id: str,
    types: Sequence[str],
    direction: Direction | None,
    first: int,
    labels: tuple[str, ...] | None = None,
) -> RelationshipList:
    """The links of a node in one direction or both, with the verb that reads from its side."""
    first = min(max(first, 0), LINKS_PER_NODE)
    shown: list[Relationship] = []
    for way in (Direction.OUT, Direction.IN) if direction is None else (direction,):
        query = LinkQuery((node_id,), way, tuple(types), labels, first + 1)
        links = await info.context.loaders.links.load(query)
        shown.extend(await _show_links(info, links, way))
    return RelationshipList(nodes=shown[:first], truncated=len(shown) > first)


async def _show_links(info: ApiInfo, links: Sequence[Link], way: Direction) -> list[Relationship]:
    ends = [link.target if way is Direction.OUT else link.source for link in links]
    views = {view.node.id: view for view in await info.context.show_ids(ends)}
    return [
        Relationship(
            type=link.type,
            verb=verb(info, link.type, way),
            direction=way,
            attributes=JSON(link.properties),
            other=view,
        )
        for link, end in zip(links, ends, strict=True)
        if isinstance(view := views.get(end), GraphNode)
    ]


def verb(info: ApiInfo, link_type: str, way: Direction) -> str:
    """How a link of this type reads from the side of its source (OUT) or target (IN)."""
    model = info.context.services.model
    known = model.relationship_types.get(link_type) or model.link_types.get(link_type)
    if known is None:
        return link_type.lower().replace("_", " ")
    return known.verb if way is Direction.OUT else known.inverse_verb
