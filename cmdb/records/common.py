"""Guards and effects that any lifecycle may name, so that a record type of YAML alone can use them too."""

from __future__ import annotations

from collections.abc import Iterable

from cmdb.model.check import Changes
from cmdb.records.behaviour import Behaviour
from cmdb.records.conditions import clear, needs_link, stamp
from cmdb.records.situation import Situation


def common_behaviour() -> Behaviour:
    """What belongs to no single process."""
    return Behaviour(
        guards={
            "affects_something": needs_link(
                "it must affect at least one configuration item or service: link AFFECTS", "AFFECTS"
            ),
            "has_assignee": needs_link(
                "it must be assigned to a team or person: link ASSIGNED_TO", "ASSIGNED_TO"
            ),
        },
        effects={
            "stamp_responded": stamp("responded_at"),
            "stamp_resolved": stamp("resolved_at"),
            "stamp_closed": stamp("closed_at"),
            "clear_resolution": clear("resolution", "resolution_code", "resolved_at"),
            "count_reopening": count_reopening,
        },
        sets={
            "stamp_responded": ("responded_at",),
            "stamp_resolved": ("resolved_at",),
            "stamp_closed": ("closed_at",),
            "count_reopening": ("reopen_count",),
        },
    )


def count_reopening(situation: Situation) -> Changes:
    """One more time that it came back."""
    count = situation.before.get("reopen_count")
    return {"reopen_count": (count if isinstance(count, int) else 0) + 1}


def never_in_the_future(situation: Situation, attributes: Iterable[str]) -> Iterable[str]:
    """What has happened has happened: a moment given for it is not later than the clock."""
    for name in attributes:
        moment = situation.given.get(name)
        if isinstance(moment, str) and moment > situation.now:
            yield f"{name} ({moment}) is in the future"
