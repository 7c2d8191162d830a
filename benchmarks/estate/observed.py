"""An estate as a stream of observations, the way a discovery tool would tell it."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.estate.estate import Estate, Relation
from cmdb.inventory.observation import Observation, ObservedItem, ObservedRelationship, Reference

OBSERVED_AT = "2024-02-29T12:00:00Z"


def observations(estate: Estate) -> Iterator[Observation]:
    """One observation a group of CIs; a relationship between two groups comes with the later one."""
    members: dict[int, list[int]] = {}
    for place, item in enumerate(estate.items):
        members.setdefault(item.group, []).append(place)
    relations: dict[int, list[Relation]] = {}
    for relation in estate.relations:
        last = max(estate.items[relation.source].group, estate.items[relation.target].group)
        relations.setdefault(last, []).append(relation)
    for group, places in members.items():
        yield _observation(estate, group, places, relations.get(group, []))


def _observation(estate: Estate, group: int, places: list[int], relations: list[Relation]) -> Observation:
    items = tuple(
        ObservedItem(str(place), estate.items[place].class_name, estate.items[place].attributes)
        for place in places
    )
    told = tuple(
        ObservedRelationship(
            relation.type,
            _end(estate, group, relation.source),
            _end(estate, group, relation.target),
            relation.attributes,
        )
        for relation in relations
    )
    return Observation(f"group {group}", OBSERVED_AT, items, told)


def _end(estate: Estate, group: int, place: int) -> str | Reference:
    item = estate.items[place]
    if item.group == group:
        return str(place)
    named = "fqdn" if "fqdn" in item.attributes else "name"
    return Reference(item.class_name, {named: item.attributes[named]})
