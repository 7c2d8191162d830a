"""What can be done with a record, and what happened to it."""

from __future__ import annotations

import strawberry

from cmdb.api.scalars import JSON
from cmdb.records.actions import AvailableAction
from cmdb.records.history import HistoryEntry


@strawberry.type(description="An action that the record's state allows.")
class RecordAction:
    """With neither missing attributes nor objections it can be done at once."""

    name: str
    label: str
    target: str = strawberry.field(description="The state after it.")
    missing: list[str] = strawberry.field(description="Attributes to be given with it.")
    objections: list[str] = strawberry.field(description="What stands in the way, as things are.")


@strawberry.type(description="A step in the record's life.")
class RecordTransition:
    """From one state to another; the first has neither source nor action."""

    source: str | None
    target: str
    action: str | None


@strawberry.type(description="What one revision did to the record.")
class RecordHistoryEntry:
    """Who, when, why, and what changed."""

    revision: int
    at: str
    actor: str
    reason: str
    transition: RecordTransition | None
    before: JSON
    after: JSON
    links: list[str] = strawberry.field(description="Links made or taken away, e.g. `created AFFECTS 01K…`.")


def record_action(found: AvailableAction) -> RecordAction:
    """An available action as it is shown."""
    return RecordAction(
        name=found.action.name,
        label=found.action.label,
        target=found.action.target,
        missing=list(found.missing),
        objections=list(found.objections),
    )


def history_entry(entry: HistoryEntry, record_id: str) -> RecordHistoryEntry:
    """A revision as it concerns the record."""
    step = entry.transition
    return RecordHistoryEntry(
        revision=entry.revision,
        at=entry.at,
        actor=entry.actor.name,
        reason=entry.reason,
        transition=RecordTransition(source=step.source, target=step.target, action=step.action)
        if step
        else None,
        before=JSON(dict(entry.before)),
        after=JSON(dict(entry.after)),
        links=[
            f"{change.kind.value} {change.key.type} "
            f"{change.key.target if change.key.source == record_id else change.key.source}"
            for change in entry.links
        ],
    )
