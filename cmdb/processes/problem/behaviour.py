"""Guards, effects and rules of problems."""

from __future__ import annotations

from collections.abc import Iterable

from cmdb.records.behaviour import Behaviour
from cmdb.records.common import never_in_the_future
from cmdb.records.conditions import all_of, clear, in_order, stamp
from cmdb.records.priority import derive_priority, priority_is_explained
from cmdb.records.situation import Situation

MOMENTS = ("investigation_started_at", "root_cause_known_at", "resolved_at", "closed_at")
"""The moments of a problem, in the order in which they happen."""


def problem_behaviour() -> Behaviour:
    """What lifecycles of problem management name, and what always holds for a problem."""
    return Behaviour(
        guards={"root_cause_is_named": root_cause_is_named},
        effects={
            "stamp_investigation_started": stamp("investigation_started_at"),
            "stamp_root_cause_known": stamp("root_cause_known_at"),
            "clear_root_cause": clear("root_cause", "root_cause_known_at"),
        },
        rules={"Problem": all_of(priority_is_explained, in_order(*MOMENTS), moments_have_passed)},
        derivations={"Problem": derive_priority},
    )


def root_cause_is_named(situation: Situation) -> Iterable[str]:
    """In words, or by a link to the CI at fault."""
    if not situation.text("root_cause") and not situation.linked("CAUSED_BY"):
        yield "the root cause must be named: give root_cause, or link the CI or change at fault by CAUSED_BY"


def moments_have_passed(situation: Situation) -> Iterable[str]:
    """None of the moments of a problem lies in the future."""
    return never_in_the_future(situation, MOMENTS)
