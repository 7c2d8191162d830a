"""Policies from their declarations."""

from __future__ import annotations

from collections.abc import Mapping

from cmdb.model.change_risk import NUMBERS, ChangeRiskPolicy
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
        "policies/change_risk.yaml: weights": declared.risk_weights or None,
        **{f"policies/change_risk.yaml: {key}": declared.risk_numbers.get(key) for key in NUMBERS},
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
        change_risk=_change_risk(declared, mistakes),
    )


def _change_risk(declared: PolicyDeclarations, mistakes: Mistakes) -> ChangeRiskPolicy:
    numbers = {key: said.weight for key, said in declared.risk_numbers.items()}
    medium, high = numbers.get("medium_from", 0.0), numbers.get("high_from", 1.0)
    if medium > high:
        mistakes.add(
            declared.risk_numbers["medium_from"].name.place,
            MistakeCode.INVALID_VALUE,
            f"'medium_from' ({medium:g}) must not be above 'high_from' ({high:g})",
        )
    if numbers.get("assumed_failure_rate", 0.0) > 1:
        mistakes.add(
            declared.risk_numbers["assumed_failure_rate"].name.place,
            MistakeCode.INVALID_VALUE,
            "'assumed_failure_rate' must be a number of at most 1",
        )
    weights = {name: weight.weight for name, weight in declared.risk_weights.items()}
    return ChangeRiskPolicy(weights, **{key: numbers.get(key, 1.0) for key in NUMBERS})


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
