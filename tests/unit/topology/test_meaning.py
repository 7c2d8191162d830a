"""What a link and its type say about impact."""

from __future__ import annotations

import pytest

from cmdb.graph.elements import Properties
from cmdb.kernel.values import Value
from cmdb.topology.meaning import (
    HARD,
    NONE,
    SOFT,
    GroupSpec,
    LinkMeaning,
    parse_needed,
    type_meanings,
)
from tests.oracles.estates import GROUP_TYPE, HARD_TYPE, NO_IMPACT_TYPE, SUPPLY_TYPE, small_model

MEANINGS = type_meanings(small_model())


@pytest.mark.parametrize(
    ("value", "needed"),
    [("2", 2), (3, 3), ("50%", -50), ("250%", -100), (" 1 ", 1), ("many", None), (True, None), (None, None)],
)
def test_needed_is_a_number_or_a_share(value: Value | None, needed: int | None) -> None:
    """A number counts members, a share is kept as a negative percentage, anything else says nothing."""
    assert needed == parse_needed(value)


@pytest.mark.parametrize(
    ("kind", "properties", "meaning"),
    [
        (HARD_TYPE, {}, LinkMeaning(HARD, None)),
        (HARD_TYPE, {"strength": "soft"}, LinkMeaning(SOFT, None)),
        (HARD_TYPE, {"strength": "none"}, LinkMeaning(NONE, None)),
        (HARD_TYPE, {"strength": "odd", "redundancy_needed": "2"}, LinkMeaning(HARD, None)),
        (HARD_TYPE, {"redundancy_group": "g"}, LinkMeaning(HARD, GroupSpec("g", 0))),
        (
            HARD_TYPE,
            {"redundancy_group": "g", "redundancy_needed": "2"},
            LinkMeaning(HARD, GroupSpec("g", 2)),
        ),
        (GROUP_TYPE, {}, LinkMeaning(HARD, GroupSpec(GROUP_TYPE, 1))),
        (GROUP_TYPE, {"redundancy_needed": "50%"}, LinkMeaning(HARD, GroupSpec(GROUP_TYPE, -50))),
        (GROUP_TYPE, {"redundancy_group": "g"}, LinkMeaning(HARD, GroupSpec("g", 1))),
    ],
)
def test_a_link_says_more_than_its_type(kind: str, properties: Properties, meaning: LinkMeaning) -> None:
    """A link's own strength, group and number needed come before its type's."""
    assert meaning == MEANINGS[kind].of(properties)


def test_which_end_suffers_decides_who_provides() -> None:
    """A type whose target suffers leads from source to target; a type without impact is left out."""
    assert MEANINGS[SUPPLY_TYPE].along
    assert not MEANINGS[HARD_TYPE].along
    assert NO_IMPACT_TYPE not in MEANINGS
