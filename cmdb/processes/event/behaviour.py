"""Effects and rules of events."""

from __future__ import annotations

from collections.abc import Iterable

from cmdb.model.check import Changes
from cmdb.records.behaviour import Behaviour
from cmdb.records.common import never_in_the_future
from cmdb.records.conditions import all_of, in_order, stamp
from cmdb.records.situation import Situation

MOMENTS = ("occurred_at", "detected_at", "acknowledged_at", "closed_at")
"""The moments of an event, in the order in which they happen."""


def event_behaviour() -> Behaviour:
    """What lifecycles of event management name, and what always holds for an event."""
    return Behaviour(
        effects={"stamp_acknowledged": stamp("acknowledged_at")},
        sets={"stamp_acknowledged": ("acknowledged_at",)},
        rules={"Event": all_of(in_order(*MOMENTS), moments_have_passed)},
        derivations={"Event": derive},
    )


def moments_have_passed(situation: Situation) -> Iterable[str]:
    """None of the moments of an event lies in the future."""
    return never_in_the_future(situation, MOMENTS)


def derive(situation: Situation) -> Changes:
    """Of an event being recorded when it was detected: then, unless that or a later moment is told."""
    told = any(situation.text(name) for name in MOMENTS[1:])
    return {} if situation.before or told else {"detected_at": situation.now}
