"""Guards, effects and rules of releases."""

from __future__ import annotations

from collections.abc import Iterable

from cmdb.graph.elements import Node
from cmdb.graph.query import Direction
from cmdb.records.behaviour import Behaviour
from cmdb.records.common import never_in_the_future
from cmdb.records.conditions import all_of, clear, in_order, stamp
from cmdb.records.situation import Situation

MOMENTS = ("released_at", "closed_at")
"""The moments of a release, in the order in which they happen."""

_AUTHORISED = frozenset({"approved", "scheduled", "implementing", "review", "closed"})
_FINISHED = frozenset({"review", "closed"})
_ABANDONED = frozenset({"cancelled"})


def release_behaviour() -> Behaviour:
    """What lifecycles of release management name, and what always holds for a release."""
    return Behaviour(
        guards={
            "has_changes": has_changes,
            "changes_are_authorised": changes_are_authorised,
            "changes_are_finished": changes_are_finished,
        },
        effects={"stamp_released": stamp("released_at"), "clear_test_result": clear("test_result")},
        rules={"Release": all_of(in_order(*MOMENTS), moments_have_passed)},
    )


def has_changes(situation: Situation) -> Iterable[str]:
    """Without a change there is nothing to release; cancelled ones do not count."""
    if all(change.status in _ABANDONED for change in _changes(situation)):
        yield "at least one change that is not cancelled must be part of it: link PART_OF from the change"


def changes_are_authorised(situation: Situation) -> Iterable[str]:
    """Nothing goes live that nobody approved; cancelled changes do not count."""
    for change in _changes(situation):
        if change.status not in _AUTHORISED | _ABANDONED:
            yield f"{change.name}, which is part of it, is {change.status!r} and not approved"


def changes_are_finished(situation: Situation) -> Iterable[str]:
    """A release ends after all of its changes."""
    for change in _changes(situation):
        if change.status not in _FINISHED | _ABANDONED:
            yield f"{change.name}, which is part of it, is {change.status!r} and not carried out"


def moments_have_passed(situation: Situation) -> Iterable[str]:
    """None of the moments of a release that have happened lies in the future."""
    return never_in_the_future(situation, MOMENTS)


def _changes(situation: Situation) -> list[Node]:
    return [link.node for link in situation.linked("PART_OF", Direction.IN) if link.node.label == "Change"]
