"""What happened to a record, told from the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cmdb.graph.elements import Node
from cmdb.graph.revision import ChangeKind, LinkChange, NodeChange, Revision
from cmdb.graph.store import GraphStore
from cmdb.kernel.actor import Actor
from cmdb.kernel.values import Value
from cmdb.model.records import Lifecycle


@dataclass(frozen=True, slots=True)
class Transition:
    """A step in the lifecycle. `source` and `action` are None for the record's making."""

    source: str | None
    target: str
    action: str | None


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One revision, as far as it concerns the record: who, when, why, which step, what changed.

    `before` and `after` hold the attributes that changed; one absent on a side was not there.
    """

    revision: int
    at: str
    actor: Actor
    reason: str
    request_id: str | None
    transition: Transition | None
    before: Mapping[str, Value]
    after: Mapping[str, Value]
    links: tuple[LinkChange, ...]


async def history_of(store: GraphStore, node: Node, lifecycle: Lifecycle) -> list[HistoryEntry]:
    """Every revision that touched the record or one of its links, oldest first."""
    return [
        entry
        async for revision in store.revisions(touching=node.id)
        if (entry := _entry(revision, node.id, lifecycle)) is not None
    ]


def _entry(revision: Revision, record_id: str, lifecycle: Lifecycle) -> HistoryEntry | None:
    change = next((change for change in revision.nodes if change.id == record_id), None)
    links = tuple(change for change in revision.links if record_id in {change.key.source, change.key.target})
    if change is None and not links:
        return None
    return HistoryEntry(
        revision.number,
        revision.at,
        revision.actor,
        revision.reason,
        revision.request_id,
        _transition(change, lifecycle),
        change.before if change else {},
        change.after if change else {},
        links,
    )


def _transition(change: NodeChange | None, lifecycle: Lifecycle) -> Transition | None:
    if change is None:
        return None
    source, target = change.before.get("status"), change.after.get("status")
    if not isinstance(target, str) or source == target:
        return None
    if change.kind is ChangeKind.CREATED or not isinstance(source, str):
        return Transition(None, target, None)
    action = next(
        (a.name for a in lifecycle.actions.values() if source in a.sources and a.target == target), None
    )
    return Transition(source, target, action)
