"""Guards, effects and rules of changes."""

from __future__ import annotations

from collections.abc import Iterable

from cmdb.model.check import Changes
from cmdb.processes.change.rules import (
    derive_scope,
    modification_is_complete,
    modification_was_approved,
    window_ends_after_it_begins,
    window_has_a_known_zone,
)
from cmdb.records.behaviour import Behaviour, Guard
from cmdb.records.common import never_in_the_future
from cmdb.records.conditions import all_of, clear, in_order, needs_link, stamp
from cmdb.records.situation import Situation

MOMENTS = ("submitted_at", "approved_at", "actual_start", "actual_end", "closed_at")
"""The moments of a change that have happened; only some of them follow one another in every change."""

APPROVED_CONTENT = ("change_type", "reason", "plan", "backout_plan", "test_plan", "risk", "expected_state")
"""What an approval is an approval of."""

_APPROVAL = ("submitted_at", "submitted_by", "approved_at", "approved_by")
_AFTER_APPROVAL = frozenset({"approved", "scheduled", "implementing", "review"})
_AFTER_SUBMISSION = frozenset({"submitted", *_AFTER_APPROVAL, "closed"})


def change_behaviour() -> Behaviour:
    """What lifecycles of change enablement name, and what always holds for a change."""
    return Behaviour(
        guards={
            "touches_something": touches_something(),
            "is_standard": of_type("standard"),
            "is_emergency": of_type("emergency"),
            "review_is_written": review_is_written,
        },
        effects={
            "stamp_submitted": stamp_submitted,
            "stamp_approved": stamp_approved,
            "clear_approval": clear(*_APPROVAL, "rejection_reason"),
            "stamp_actual_start": stamp("actual_start"),
            "stamp_actual_end": stamp("actual_end"),
        },
        rules={
            "Change": all_of(
                window_is_valid,
                in_order("submitted_at", "approved_at"),
                in_order("actual_start", "actual_end"),
                moments_have_passed,
                keeps_its_scope,
                keeps_what_was_approved,
                approval_is_not_claimed,
            ),
            "Modification": all_of(modification_is_complete, modification_was_approved),
            "ChangeWindow": all_of(window_ends_after_it_begins, window_has_a_known_zone),
        },
        derivations={"ChangeWindow": derive_scope},
    )


def touches_something() -> Guard:
    """A change without a CI has no impact that anybody could judge."""
    return needs_link("it must touch at least one configuration item: link TOUCHES", "TOUCHES")


def of_type(change_type: str) -> Guard:
    """Only changes of this type may take the short way."""

    def guard(situation: Situation) -> Iterable[str]:
        if situation.text("change_type") != change_type:
            yield f"only {change_type} changes may do so, and this is a {situation.text('change_type')} one"

    return guard


def window_is_valid(situation: Situation) -> Iterable[str]:
    """The planned window begins before it ends."""
    start, end = situation.text("planned_start"), situation.text("planned_end")
    if start and end and start >= end:
        yield f"planned_end ({end}) must be after planned_start ({start})"


def review_is_written(situation: Situation) -> Iterable[str]:
    """What did not go well, and what could not wait for approval, is looked back at in words."""
    outcome, change_type = situation.text("outcome"), situation.text("change_type")
    if situation.text("review") or (outcome == "successful" and change_type != "emergency"):
        return
    reason = "an emergency change" if change_type == "emergency" else f"a change that ended {outcome!r}"
    yield f"{reason} needs a review in words: give review"


def stamp_submitted(situation: Situation) -> Changes:
    """When approval was asked for, and by whom."""
    return {"submitted_at": situation.now, "submitted_by": situation.actor.name}


def stamp_approved(situation: Situation) -> Changes:
    """When it was approved, and by whom."""
    return {"approved_at": situation.now, "approved_by": situation.actor.name}


def keeps_its_scope(situation: Situation) -> Iterable[str]:
    """Once submitted, the last CI cannot be taken from it."""
    if situation.status in _AFTER_SUBMISSION:
        yield from touches_something()(situation)


def keeps_what_was_approved(situation: Situation) -> Iterable[str]:
    """After approval the plan stays what was approved; `revise` takes it back to draft.

    A standard change is approved once for all, an emergency one is carried out without.
    """
    approved = situation.text("approved_at") or situation.before.get("change_type") == "standard"
    stays = {str(situation.before.get("status")), situation.status} <= _AFTER_APPROVAL
    if not (approved and stays):
        return
    for name in APPROVED_CONTENT:
        if situation.before.get(name) != situation.after.get(name):
            yield f"{name} was approved as it is; only a change that is revised may alter it"


def approval_is_not_claimed(situation: Situation) -> Iterable[str]:
    """Who asked for approval and who gave it is written by the actions alone."""
    for name in _APPROVAL:
        if situation.given.get(name) is not None:
            yield f"{name} is set by the actions 'submit' and 'approve' only"


def moments_have_passed(situation: Situation) -> Iterable[str]:
    """None of the moments of a change that have happened lies in the future."""
    return never_in_the_future(situation, MOMENTS)
