"""Which actions start where, and what they still lack."""

from __future__ import annotations

from dataclasses import dataclass

from cmdb.graph.elements import Node
from cmdb.kernel.actor import Actor
from cmdb.model.check import did_you_mean
from cmdb.model.records import Action, RecordType
from cmdb.records.judge import STATUS, Judge
from cmdb.records.situation import LinkedNode, Situation


@dataclass(frozen=True, slots=True)
class AvailableAction:
    """An action that the record's state allows.

    `missing` are the required attributes that have no value, to be given with the action. `objections` are the
    sentences of its guards, as things stand; with none of both it can be done at once.
    """

    action: Action
    missing: tuple[str, ...]
    objections: tuple[str, ...]


def available_from(
    judge: Judge, record_type: RecordType, record: Node, links: tuple[LinkedNode, ...], actor: Actor, now: str
) -> tuple[AvailableAction, ...]:
    """The actions that the record's state allows, in the order of the lifecycle."""
    found: list[AvailableAction] = []
    for action in record_type.lifecycle.actions.values():
        if record.status not in action.sources:
            continue
        after = {**record.properties, STATUS: action.target}
        situation = Situation(record_type, action, record.properties, {}, after, links, now, actor)
        result = judge.carried_out(situation)
        missing = tuple(name for name in action.requires if result.after.get(name) is None)
        objections = judge.decide(situation, refused=missing).objections
        found.append(AvailableAction(action, missing, objections))
    return tuple(found)


def unknown_action(record_type: RecordType, name: str) -> tuple[str, ...]:
    """One sentence when the lifecycle has no such action."""
    actions = record_type.lifecycle.actions
    if name in actions:
        return ()
    return (f"{record_type.name} has no action {name!r}{did_you_mean(name, actions)}",)


def misplaced(record_type: RecordType, record: Node, name: str) -> tuple[str, ...]:
    """One sentence when the action does not start from the record's state."""
    action = record_type.lifecycle.actions.get(name)
    if action is None or record.status in action.sources:
        return ()
    return (
        f"{record.name} is {record.status!r}; {action.name!r} is allowed from {' or '.join(action.sources)}",
    )
