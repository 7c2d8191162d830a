"""Policies from their declarations."""

from __future__ import annotations

from collections.abc import Mapping

from cmdb.model.declarations import PolicyDeclarations, PrecedenceDeclaration
from cmdb.model.mistakes import MistakeCode, Mistakes, Place
from cmdb.model.types import CiClass, Policies, ReconciliationPolicy, RootCausePolicy


def build_policies(
    declared: PolicyDeclarations, classes: Mapping[str, CiClass], folder: str, mistakes: Mistakes
) -> Policies:
    """What all folders say together; `folder` is blamed for what none of them says."""
    by_attribute: dict[str, tuple[str, ...]] = {}
    for one in declared.by_attribute:
        _check_attribute(one, classes, mistakes)
        by_attribute[one.target.text] = one.sources
    needed = {
        "policies/reconciliation.yaml: precedence": declared.precedence,
        "policies/reconciliation.yaml: stale_after_days": declared.stale_after_days,
        "policies/root_cause.yaml: weights": declared.weights or None,
        "policies/root_cause.yaml: minimum_score": declared.minimum_score,
        "policies/root_cause.yaml: change_window_hours": declared.change_window_hours,
    }
    for key, value in needed.items():
        if value is None:
            mistakes.add(Place(folder, 1), MistakeCode.MISSING_KEY, f"no folder says {key}")
    return Policies(
        reconciliation=ReconciliationPolicy(
            declared.precedence or (), by_attribute, declared.stale_after_days or 1
        ),
        root_cause=RootCausePolicy(
            weights={name: weight.weight for name, weight in declared.weights.items()},
            minimum_score=declared.minimum_score or 0.0,
            change_window_hours=declared.change_window_hours or 0.0,
        ),
    )


def _check_attribute(
    declared: PrecedenceDeclaration, classes: Mapping[str, CiClass], mistakes: Mistakes
) -> None:
    word = declared.target
    class_name, _, attribute = word.text.partition(".")
    found = classes.get(class_name)
    if found is None:
        mistakes.add(
            word.place,
            MistakeCode.UNKNOWN_CLASS,
            f"{word.text!r} must be written Class.attribute, and {class_name!r} is no class",
            seen=class_name,
            known=classes,
        )
    elif attribute not in found.attributes:
        mistakes.add(
            word.place,
            MistakeCode.UNKNOWN_ATTRIBUTE,
            f"{class_name} has no attribute {attribute!r}",
            seen=attribute,
            known=found.attributes,
        )
