"""Tells a story on a store: each record is made, and taken through its life, at its own time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from cmdb.api.services import Services
from cmdb.cli.demo.clock import StoryClock
from cmdb.cli.demo.story import Link, Named, Record, Step, Story, offset
from cmdb.graph.elements import Node
from cmdb.graph.query import Condition, NodeQuery, Operator
from cmdb.kernel.actor import Actor
from cmdb.kernel.clock import instant_text
from cmdb.processes.configuration.errors import ItemNotFoundError
from cmdb.records.requests import Attribution, LinkRequest

_PLANNED = "planned_"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens: a record is made (no `step`), goes a step, or is linked to another."""

    moment: datetime
    record: Record
    step: Step | None = None
    link: Link | None = None


class Teller:
    """Writes a story. Telling it again on the same store has no second effect."""

    def __init__(self, services: Services, clock: StoryClock) -> None:
        self._services = services
        self._clock = clock
        self._made: dict[str, Node] = {}

    async def tell(self, story: Story) -> dict[str, Node]:
        """The records by their keys, as they stand at the end.

        Raises:
            ItemNotFoundError: the story names a CI that is not there.
        """
        for event in sorted(events(story, self._clock.telling), key=lambda event: event.moment):
            self._clock.move_to(event.moment)
            if event.link is not None:
                await self._link(event.link, event.record)
            elif event.step is not None:
                await self._act(event.record, event.step)
            else:
                await self._make(event.record)
        self._clock.move_to(self._clock.telling)
        found = await self._services.store.get([node.id for node in self._made.values()])
        return {key: found[node.id] for key, node in self._made.items()}

    async def find(self, named: Named) -> str:
        """The id of a CI of the story.

        Raises:
            ItemNotFoundError: it is not there.
        """
        labels = self._services.model.with_subclasses(named.class_name)
        query = NodeQuery(labels, Condition("name", Operator.EQ, named.name), first=1)
        page = await self._services.store.find(query)
        if not page.nodes:
            raise ItemNotFoundError(f"the story names {named.class_name} {named.name!r}, which is not there")
        return page.nodes[0].id

    async def _make(self, record: Record) -> None:
        known = self._services.records.record_type(record.type).attributes
        given = {name: value for name, value in record.attributes.items() if name in known}
        written = await self._services.records.create(
            record.type,
            {**given, **self._times(record, None)},
            self._attribution(record.requested_by.name, record, "recorded"),
            [
                LinkRequest("REQUESTED_BY", await self.find(record.requested_by)),
                LinkRequest("ASSIGNED_TO", await self.find(record.assigned_to)),
                *[LinkRequest("AFFECTS", await self.find(named)) for named in record.affects],
                *[LinkRequest("TOUCHES", await self.find(named)) for named in record.touches],
            ],
        )
        self._made[record.key] = written.node

    async def _act(self, record: Record, step: Step) -> None:
        who = record.requested_by if step is record.actions[0] else record.assigned_to
        await self._services.records.act(
            self._made[record.key].id,
            step.action,
            self._times(record, step),
            self._attribution(who.name, record, step.action),
        )

    async def _link(self, link: Link, record: Record) -> None:
        await self._services.records.link(
            self._made[link.source].id,
            LinkRequest(link.type, self._made[link.target].id),
            self._attribution(record.requested_by.name, record, f"{link.type} {link.source}"),
        )

    def _attribution(self, who: str, record: Record, what: str) -> Attribution:
        return Attribution(Actor(who), request_id=f"demo/{record.key}/{what}")

    def _times(self, record: Record, step: Step | None) -> dict[str, str]:
        """The moments that are known with this step, and were not with the one before."""
        began = self._clock.telling - record.began()
        moments = {name: self._clock.telling - offset(text) for name, text in record.times.items()}
        if step is None:
            known = {name for name, at in moments.items() if at <= began or name.startswith(_PLANNED)}
        else:
            steps = [self._clock.telling - offset(each.at) for each in record.actions]
            place = record.actions.index(step)
            before = steps[place - 1] if place else began
            known = {
                n for n, at in moments.items() if before < at <= steps[place] and not n.startswith(_PLANNED)
            }
        return {name: instant_text(moments[name]) for name in sorted(known)}


def events(story: Story, telling: datetime) -> Iterator[Event]:
    """Everything that happens, each at its moment; a link once its later record is there."""
    by_key = {record.key: record for record in story.records}
    for record in story.records:
        yield Event(telling - record.began(), record)
        for step in record.actions:
            yield Event(telling - offset(step.at), record, step)
    for link in story.links:
        source, target = by_key[link.source], by_key[link.target]
        later = source if source.began() < target.began() else target
        yield Event(telling - later.began(), later, link=link)
