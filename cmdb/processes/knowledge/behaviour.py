"""Guards and effects of known errors."""

from __future__ import annotations

from collections.abc import Iterable

from cmdb.graph.query import Direction
from cmdb.records.behaviour import Behaviour
from cmdb.records.common import never_in_the_future
from cmdb.records.conditions import all_of, clear, in_order, stamp
from cmdb.records.situation import Situation

MOMENTS = ("published_at", "fixed_at", "closed_at")
"""The moments of a known error, in the order in which they happen."""

_WENT_WELL = frozenset({"successful", "with_issues"})


def knowledge_behaviour() -> Behaviour:
    """What lifecycles of knowledge management name, and what always holds for a known error."""
    return Behaviour(
        guards={"fix_is_known": fix_is_known},
        effects={
            "stamp_published": stamp("published_at"),
            "stamp_fixed": stamp("fixed_at"),
            "clear_fix": clear("fix", "fixed_at"),
        },
        rules={"KnownError": all_of(in_order(*MOMENTS), moments_have_passed)},
    )


def fix_is_known(situation: Situation) -> Iterable[str]:
    """Told in words, or a change that fixes it was carried out and did not fail."""
    changes = [link.node for link in situation.linked("FIXES", Direction.IN)]
    if situation.text("fix") or any(c.properties.get("outcome") in _WENT_WELL for c in changes):
        return
    waiting = f"; {', '.join(change.name for change in changes)} did not succeed so far" if changes else ""
    yield f"give fix, or link a change that succeeded by FIXES{waiting}"


def moments_have_passed(situation: Situation) -> Iterable[str]:
    """None of the moments of a known error lies in the future."""
    return never_in_the_future(situation, MOMENTS)
