"""How a reading process hands over its chunks: each as a pickle in a frame.

A prepared observation points to the compiled model at every turn. Both ends have that model, so a frame only
names its parts. Observations, items and relationships go as plain tuples of their fields, which pickle twice as
fast as objects.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable
from dataclasses import fields
from enum import IntEnum
from operator import attrgetter
from typing import Any, BinaryIO, TypeAlias

from cmdb.inventory.compiled import ClassPlan, CompiledModel, RelationshipPlan, RulePlan
from cmdb.inventory.prepared import PreparedItem, PreparedObservation, PreparedRelationship
from cmdb.inventory.stream import Chunk

_PROTOCOL = 5
_ITEM_FIELDS = attrgetter(*[each.name for each in fields(PreparedItem)])
_RELATIONSHIP_FIELDS = attrgetter(*[each.name for each in fields(PreparedRelationship)])

Place: TypeAlias = tuple[str, str, int]
Part: TypeAlias = ClassPlan | RulePlan | RelationshipPlan


class FrameKind(IntEnum):
    """What a frame holds: the assignment, a chunk, a `CmdbError`, the words of an unforeseen one, or nothing, at the end."""

    ASSIGNMENT = 0
    CHUNK = 1
    REFUSAL = 2
    CRASH = 3
    END = 4


class ChunkPickler:
    """Pickles chunks, with names in place of the model's parts."""

    def __init__(self, model: CompiledModel) -> None:
        self._model = model
        self._places = _places(model)

    def dumps(self, chunk: Chunk) -> bytes:
        """The chunk as bytes."""
        observations = [
            (
                each.position,
                each.at,
                [_ITEM_FIELDS(item) for item in each.items],
                [_RELATIONSHIP_FIELDS(relationship) for relationship in each.relationships],
            )
            for each in chunk.observations
        ]
        into = io.BytesIO()
        _Pickler(into, self._places).dump((observations, chunk.problems, chunk.read, chunk.is_full))
        return into.getvalue()


class ChunkUnpickler:
    """Brings chunks back, with the parts of the model at hand."""

    def __init__(self, model: CompiledModel) -> None:
        self._parts = {place: part for part, place in _parts(model)}

    def loads(self, payload: bytes) -> Chunk:
        """The chunk that `ChunkPickler` made these bytes of."""
        observations, problems, read, is_full = _Unpickler(io.BytesIO(payload), self._part).load()
        prepared = [
            PreparedObservation(
                position,
                at,
                [PreparedItem(*item) for item in items],
                [PreparedRelationship(*relationship) for relationship in relationships],
            )
            for position, at, items, relationships in observations
        ]
        return Chunk(prepared, problems, read, is_full)

    def _part(self, kind: str, owner: str, position: int) -> Part:
        return self._parts[kind, owner, position]


class _Pickler(pickle.Pickler):
    def __init__(self, into: BinaryIO, places: dict[int, Place]) -> None:
        super().__init__(into, _PROTOCOL)
        self._places = places

    def reducer_override(self, given: object) -> Any:
        place = self._places.get(id(given))
        return NotImplemented if place is None else (part_of_model, place)


class _Unpickler(pickle.Unpickler):
    def __init__(self, stream: BinaryIO, part: Callable[[str, str, int], Part]) -> None:
        super().__init__(stream)
        self._part = part

    def find_class(self, module: str, name: str) -> Any:
        if name == part_of_model.__name__ and module == part_of_model.__module__:
            return self._part
        return super().find_class(module, name)


def part_of_model(kind: str, owner: str, position: int) -> Part:
    """Stands in a pickle for a part of the model; only `ChunkUnpickler` can say which one it is."""
    message = f"{kind} {owner} {position} can only be found with its model at hand"
    raise pickle.UnpicklingError(message)


def _places(model: CompiledModel) -> dict[int, Place]:
    """The place of each part by the part's identity: parts have no other."""
    return {id(part): place for part, place in _parts(model)}


def _parts(model: CompiledModel) -> list[tuple[Part, Place]]:
    found: list[tuple[Part, Place]] = []
    for name, plan in model.classes.items():
        found.append((plan, ("class", name, 0)))
        found += [(rule, ("rule", name, rule.position)) for rule in plan.rules]
    found += [(plan, ("relationship", name, 0)) for name, plan in model.relationships.items()]
    return found
