"""Priority from impact and urgency (ITIL 4, Incident management practice: the usual 3 by 3 matrix)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from cmdb.model.check import Changes
from cmdb.records.situation import Situation

_RANK: Mapping[str, int] = MappingProxyType({"high": 0, "medium": 1, "low": 2})
LEVELS = ("P1", "P2", "P3", "P4", "P5")
"""P1 comes first."""


def priority_of(impact: str, urgency: str) -> str:
    """P1 (impact and urgency high) to P5 (both low).

    Raises:
        KeyError: one of them is neither high, medium nor low.
    """
    return LEVELS[_RANK[impact] + _RANK[urgency]]


def derive_priority(situation: Situation) -> Changes:
    """The override where there is one, otherwise the matrix; nothing while impact or urgency is unknown."""
    override = situation.text("priority_override")
    impact, urgency = situation.text("impact"), situation.text("urgency")
    if override:
        return {"priority": override}
    if impact in _RANK and urgency in _RANK:
        return {"priority": priority_of(impact, urgency)}
    return {"priority": None}


def priority_is_explained(situation: Situation) -> Iterable[str]:
    """Nobody writes the priority itself, and who overrides it says why: the ledger then names who and why."""
    wanted = situation.given.get("priority")
    if wanted is not None and wanted != situation.text("priority"):
        yield (
            f"priority follows from impact and urgency, which give {situation.text('priority') or 'none'}; "
            f"to set {wanted} all the same, give priority_override and priority_override_reason"
        )
    if situation.text("priority_override") and not situation.text("priority_override_reason"):
        yield "priority_override needs priority_override_reason"
