"""The policy that weighs the risk of a change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

NUMBERS = (
    "half_users",
    "half_cost",
    "assumed_changes",
    "assumed_failure_rate",
    "followed_within_hours",
    "medium_from",
    "high_from",
)
"""What a file may say beside the weights; each is a number of at least 0."""

POSITIVE = ("half_users", "half_cost")
"""Those that must be more than 0: something is divided by them."""


@dataclass(frozen=True, slots=True)
class ChangeRiskPolicy:
    """How risk is judged; each value is explained in `schema/policies/change_risk.yaml`."""

    weights: Mapping[str, float]
    half_users: float
    half_cost: float
    assumed_changes: float
    assumed_failure_rate: float
    followed_within_hours: float
    medium_from: float
    high_from: float
