"""Guards, effects and rules of incidents."""

from __future__ import annotations

from collections.abc import Iterable

from cmdb.model.check import Changes
from cmdb.records.behaviour import Behaviour
from cmdb.records.common import never_in_the_future
from cmdb.records.conditions import all_of, clear, in_order
from cmdb.records.priority import derive_priority, priority_is_explained
from cmdb.records.situation import Situation

MOMENTS = ("started_at", "detected_at", "responded_at", "resolved_at", "closed_at")
"""The moments of an incident, in the order in which they happen; service-level clocks run between them."""


def incident_behaviour() -> Behaviour:
    """What lifecycles of incident management name, and what always holds for an incident."""
    return Behaviour(
        effects={"clear_pending_reason": clear("pending_reason")},
        rules={"Incident": all_of(priority_is_explained, in_order(*MOMENTS), moments_have_passed)},
        derivations={"Incident": derive},
    )


def moments_have_passed(situation: Situation) -> Iterable[str]:
    """None of the moments of an incident lies in the future."""
    return never_in_the_future(situation, MOMENTS)


def derive(situation: Situation) -> Changes:
    """The priority; of an incident being recorded also when it was detected, which is then, unless it is told.

    One that is recorded with later moments of its life comes from elsewhere and was detected earlier than this.
    """
    told = any(situation.text(name) for name in MOMENTS[1:])
    detected: Changes = {} if situation.before or told else {"detected_at": situation.now}
    return {**derive_priority(situation), **detected}
