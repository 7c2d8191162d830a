"""Guards and effects that several processes need, made from the names of attributes and links."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from cmdb.graph.query import Direction
from cmdb.model.check import Changes
from cmdb.records.behaviour import Effect, Guard
from cmdb.records.situation import Situation


def needs_link(message: str, *link_types: str, direction: Direction = Direction.OUT) -> Guard:
    """There must be a link of one of these types."""

    def guard(situation: Situation) -> Iterable[str]:
        if not any(situation.linked(link_type, direction) for link_type in link_types):
            yield message

    return guard


def in_order(*attributes: str) -> Guard:
    """Moments that have a value must not run backwards, in the order of these attributes.

    Only moments that the caller gives are held against others: a clock that was set back stops nobody.
    """

    def guard(situation: Situation) -> Iterable[str]:
        known = [(name, situation.text(name)) for name in attributes if situation.text(name)]
        for (earlier, first), (later, second) in pairwise(known):
            if first > second and {earlier, later} & set(situation.given):
                yield f"{later} ({second}) is before {earlier} ({first})"

    return guard


def all_of(*guards: Guard) -> Guard:
    """Every one of them must be content."""

    def guard(situation: Situation) -> Iterable[str]:
        for part in guards:
            yield from part(situation)

    return guard


def stamp(attribute: str) -> Effect:
    """The moment of this step, unless one is told, in the same step or before it."""

    def effect(situation: Situation) -> Changes:
        return {} if situation.text(attribute) else {attribute: situation.now}

    return effect


def clear(*attributes: str) -> Effect:
    """These attributes lose their values; the history keeps them."""

    def effect(situation: Situation) -> Changes:
        return {name: None for name in attributes if name in situation.before}

    return effect
