"""What a link means for impact: its type's meaning, and what the link itself says otherwise."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from cmdb.graph.elements import Properties
from cmdb.kernel.values import Value
from cmdb.model.types import End, Model, Strength

STRENGTH = "strength"
GROUP = "redundancy_group"
NEEDED = "redundancy_needed"

HARD, SOFT, NONE = 2, 1, 0
"""Strengths as numbers, the harder the greater."""

_STRENGTHS = {Strength.HARD.value: HARD, Strength.SOFT.value: SOFT, Strength.NONE.value: NONE}
_NEEDED = re.compile(r"(?P<number>[0-9]{1,9})(?P<share>%)?")


class GroupSpec(NamedTuple):
    """The redundancy group a link belongs to, by name.

    `needed` above 0 is a number of members; below 0 a share of them in percent, with the sign turned; 0 when
    nothing was said, which means 1.
    """

    name: str
    needed: int


class LinkMeaning(NamedTuple):
    """What one link does: `strength` is one of HARD, SOFT, NONE."""

    strength: int
    group: GroupSpec | None


@dataclass(frozen=True, slots=True)
class TypeMeaning:
    """What links of one type do unless they say otherwise. `along`: source provides, target depends."""

    name: str
    code: int
    along: bool
    strength: int
    needed: int | None

    def of(self, properties: Properties) -> LinkMeaning:
        """What a link with these properties does.

        A strength that is none of the known ones, or a needed number that cannot be read, counts as unsaid.
        """
        strength = _STRENGTHS.get(str(properties.get(STRENGTH, "")), self.strength)
        needed = parse_needed(properties.get(NEEDED))
        name = properties.get(GROUP)
        if isinstance(name, str) and name:
            return LinkMeaning(strength, GroupSpec(name, needed or self.needed or 0))
        if self.needed is not None:
            return LinkMeaning(strength, GroupSpec(self.name, needed or self.needed))
        return LinkMeaning(strength, None)


def parse_needed(value: Value | None) -> int | None:
    """`2` as 2 and `50%` as -50; None for what is neither."""
    if isinstance(value, bool) or value is None:
        return None
    match = _NEEDED.fullmatch(str(value).strip())
    if match is None:
        return None
    number = int(match["number"])
    return -min(number, 100) if match["share"] else number


def type_meanings(model: Model) -> Mapping[str, TypeMeaning]:
    """The relationship types that can pass impact on, by name."""
    with_impact = sorted(name for name, kind in model.relationship_types.items() if kind.impact is not None)
    meanings = {}
    for code, name in enumerate(with_impact):
        impact = model.relationship_types[name].impact
        assert impact is not None
        meanings[name] = TypeMeaning(
            name=name,
            code=code,
            along=impact.suffers is End.TARGET,
            strength=_STRENGTHS[impact.strength.value],
            needed=parse_needed(impact.needed),
        )
    return meanings
