"""Attributes of a CI as a person gives them, in the normal form that imports use too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cmdb.inventory.compiled import ClassPlan
from cmdb.inventory.normalise import UnfitValueError
from cmdb.kernel.values import Value
from cmdb.model.check import Changes, check_values
from cmdb.model.types import Attribute


@dataclass(frozen=True, slots=True)
class ItemValues:
    """The values that passed, one sentence for each mistake, and the names of what was refused."""

    given: Changes
    mistakes: tuple[str, ...]
    refused: tuple[str, ...]

    def still_wanted(self, attributes: Mapping[str, Attribute]) -> dict[str, Attribute]:
        """The attributes without those refused, whose absence is no second mistake."""
        return {name: each for name, each in attributes.items() if name not in self.refused}


def checked_values(plan: ClassPlan, values: Mapping[str, object]) -> ItemValues:
    """Check types strictly, since a person is there to correct them, then normalise as an import does."""
    checked = check_values(plan.name, plan.attributes, values)
    given: dict[str, Value | None] = {}
    mistakes = list(checked.mistakes)
    refused = list(checked.refused)
    for name, value in checked.values.items():
        try:
            given[name] = None if value is None else plan.normalisers[name](value)
        except UnfitValueError as error:
            mistakes.append(f"{plan.name}.{name}: the value is {error}")
            refused.append(name)
    return ItemValues(given, tuple(mistakes), tuple(refused))
