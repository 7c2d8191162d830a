"""Relationships written by hand: what the model permits between two CIs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cmdb.graph.elements import LinkKey, Node, Properties
from cmdb.graph.query import Direction, LinkQuery
from cmdb.graph.store import GraphStore
from cmdb.model.check import check_values, did_you_mean, ends_permitted, missing_values, with_defaults
from cmdb.model.types import Cardinality, Model, RelationshipType

_ONE_TARGET = frozenset({Cardinality.MANY_TO_ONE, Cardinality.ONE_TO_ONE})
_ONE_SOURCE = frozenset({Cardinality.ONE_TO_MANY, Cardinality.ONE_TO_ONE})


@dataclass(frozen=True, slots=True)
class RelationshipRequest:
    """A relationship that shall stand, with exactly these attributes."""

    key: LinkKey
    attributes: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class CheckedRelationship:
    """One relationship with its attributes as they would be written, and one sentence for each mistake."""

    key: LinkKey
    properties: Properties
    mistakes: tuple[str, ...]


def check_relationship(
    model: Model, request: RelationshipRequest, nodes: Mapping[str, Node]
) -> CheckedRelationship:
    """Compare one relationship with the model.

    Args:
        model: The model.
        request: What is asked for.
        nodes: The nodes at its ends, as far as they exist; one being made counts.
    """
    key = request.key
    found = model.relationship_types.get(key.type)
    mistakes = [f"{key.type}: there is no node {end!r}" for end in key[1:] if end not in nodes]
    if found is None:
        near = did_you_mean(key.type, model.relationship_types)
        mistakes.append(f"there is no relationship type {key.type!r}{near}")
        return CheckedRelationship(key, {}, tuple(mistakes))
    if not mistakes:
        mistakes.extend(_ends(model, found, nodes[key.source], nodes[key.target]))
    checked = check_values(found.name, found.attributes, request.attributes)
    properties = with_defaults(found.attributes, checked.values)
    mistakes.extend(checked.mistakes)
    if not checked.mistakes:
        mistakes.extend(missing_values(found.name, found.attributes, properties))
    return CheckedRelationship(key, properties, tuple(mistakes))


async def crowded_ends(
    store: GraphStore, model: Model, keys: Sequence[LinkKey], nodes: Mapping[str, Node]
) -> list[str]:
    """One sentence for each end that may have one relationship of a type, and would have two."""
    mistakes: list[str] = []
    asked: dict[LinkKey, None] = {}
    for key in keys:
        kind = model.relationship_types[key.type]
        rivals = [one for one in asked if one.type == key.type]
        if kind.cardinality in _ONE_TARGET:
            rivals += await _links(store, key.type, key.source, Direction.OUT)
        if kind.cardinality in _ONE_SOURCE:
            rivals += await _links(store, key.type, key.target, Direction.IN)
        mistakes.extend(_rivalry(kind, key, rivals, nodes))
        asked[key] = None
    return mistakes


def _rivalry(
    kind: RelationshipType, key: LinkKey, rivals: Sequence[LinkKey], nodes: Mapping[str, Node]
) -> Iterator[str]:
    for rival in dict.fromkeys(rivals):
        if kind.cardinality in _ONE_TARGET and rival.source == key.source and rival.target != key.target:
            yield (
                f"{nodes[key.source].name} {kind.verb} one CI only, and that is {rival.target!r}: "
                f"take that {kind.name} away first"
            )
        if kind.cardinality in _ONE_SOURCE and rival.target == key.target and rival.source != key.source:
            yield (
                f"{nodes[key.target].name} {kind.inverse_verb} one CI only, and that is {rival.source!r}: "
                f"take that {kind.name} away first"
            )


async def _links(store: GraphStore, link_type: str, node_id: str, direction: Direction) -> list[LinkKey]:
    found = await store.links(LinkQuery((node_id,), direction, (link_type,), first=2))
    return [link.key for link in found.get(node_id, ())]


def _ends(model: Model, kind: RelationshipType, source: Node, target: Node) -> Iterator[str]:
    if source.id == target.id:
        yield f"{kind.name} does not join {source.name} with itself"
    elif ends_permitted(model, kind.ends, source.label, target.label):
        return
    elif ends_permitted(model, kind.ends, target.label, source.label):
        yield (
            f"{kind.name} leads from {target.label} to {source.label}, "
            f"not from {source.label} to {target.label}"
        )
    else:
        permitted = ", ".join(f"{one} to {another}" for one, another in kind.ends)
        yield (
            f"{kind.name} does not lead from {source.label} to {target.label}; it may lead from {permitted}"
        )
