"""A graph store in plain dictionaries: slow, simple, and written from the port's words alone."""

import operator as operators
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import cmp_to_key
from typing import Any

from cmdb.graph.batch import NodeCreate, NodeDelete, NodeUpdate, WriteBatch
from cmdb.graph.elements import Evidence, LinkKey, Seen, Stamp
from cmdb.graph.errors import (
    IdentifierTakenError,
    InvalidBatchError,
    NodeExistsError,
    NodeNotFoundError,
    VersionConflictError,
)
from cmdb.graph.query import AllOf, AnyOf, Condition, Direction, Linked, Not, Operator, Order, Predicate
from cmdb.kernel.errors import CmdbError
from tests.contract.schema import SCHEMA


@dataclass
class OracleNode:
    """A node as it stands."""

    label: str
    properties: dict[str, Any]
    version: int
    revision: int
    stamps: dict[str, Stamp] = field(default_factory=dict)
    seen: dict[str, Seen] = field(default_factory=dict)


@dataclass
class Outcome:
    """What a commit must give: the revision, or one of some errors."""

    revision: int | None
    numbers: dict[str, str] = field(default_factory=dict)
    replayed: bool = False
    errors: set[type[CmdbError]] = field(default_factory=set)


class Oracle:
    """The whole store."""

    def __init__(self) -> None:
        self.nodes: dict[str, OracleNode] = {}
        self.links: dict[LinkKey, Mapping[str, Any]] = {}
        self.claims: dict[str, str] = {}
        self.revision = 0
        self.sequences: dict[str, int] = {}
        self.requests: dict[str, Outcome] = {}

    def commit(self, batch: WriteBatch) -> Outcome:
        """Apply a batch whole, or say which errors it may be refused with."""
        if batch.request_id in self.requests:
            first = self.requests[batch.request_id]
            return Outcome(first.revision, first.numbers, replayed=True)
        errors = self._errors(batch)
        if errors:
            return Outcome(None, errors=errors)
        before = deepcopy((self.nodes, self.links))
        numbers = self._apply(batch)
        changed = self._settle(*before)
        if changed:
            self.revision += 1
        outcome = Outcome(self.revision if changed else None, numbers)
        if batch.request_id is not None:
            self.requests[batch.request_id] = outcome
        return outcome

    def tidied(self, batch: WriteBatch) -> WriteBatch:
        """The part of a batch that names only what is there, so that more batches are not refused."""
        creates = tuple(create for create in batch.creates if create.id not in self.nodes)
        made = {create.id for create in creates}
        there = made | self.nodes.keys()
        return replace(
            batch,
            creates=creates,
            updates=tuple(
                replace(update, expected_version=None) for update in batch.updates if update.id in there
            ),
            deletes=tuple(
                replace(gone, expected_version=None) for gone in batch.deletes if gone.id in there - made
            ),
            link_puts=tuple(put for put in batch.link_puts if {put.key.source, put.key.target} <= there),
            sightings=tuple(sighting for sighting in batch.sightings if sighting.node_id in there),
        )

    def _errors(self, batch: WriteBatch) -> set[type[CmdbError]]:
        errors: set[type[CmdbError]] = set()
        made = {create.id for create in batch.creates}
        there = made | self.nodes.keys()
        errors |= {NodeExistsError for node_id in made if node_id in self.nodes}
        errors |= {InvalidBatchError for gone in batch.deletes if gone.id in made}
        writes: tuple[NodeUpdate | NodeDelete, ...] = (*batch.updates, *batch.deletes)
        for write in writes:
            version = 1 if write.id in made else self.nodes[write.id].version if write.id in there else None
            if version is None:
                errors.add(NodeNotFoundError)
            elif write.expected_version not in {None, version}:
                errors.add(VersionConflictError)
        named = [end for put in batch.link_puts for end in (put.key.source, put.key.target)]
        named += [sighting.node_id for sighting in batch.sightings]
        errors |= {NodeNotFoundError for node_id in named if node_id not in there}
        if self._claimed(batch) is None:
            errors.add(IdentifierTakenError)
        if not all(self._fits(batch, update) for update in batch.updates):
            errors.add(InvalidBatchError)
        return errors

    def _fits(self, batch: WriteBatch, update: NodeUpdate) -> bool:
        """Whether a node may have what an update gives it, and has what its label requires."""
        made = {create.id: create for create in batch.creates}.get(update.id)
        if made is None and update.id not in self.nodes:
            return True
        node = self.nodes[update.id] if made is None else made
        label, properties = node.label, dict(node.properties)
        if made and made.numbering:
            properties["number"] = ""
        for one in batch.updates if made else [update]:
            if one.id == update.id:
                label = one.label or label
                properties.update({name: value for name, value in one.changes.items() if value is not None})
                properties = {
                    name: value for name, value in properties.items() if one.changes.get(name, 0) is not None
                }
        rules = SCHEMA.labels[label].properties
        given = properties if made else {name for name, value in update.changes.items() if value is not None}
        required = {name for name, rule in rules.items() if rule.required}
        return rules.keys() >= set(given) and (label == node.label or required <= properties.keys())

    def _claimed(self, batch: WriteBatch) -> dict[str, str] | None:
        """Who holds what after all releases and then all claims; None where two would hold one."""
        made = {create.id for create in batch.creates}
        claims = dict(self.claims)
        wanted = [
            (value, create.id, {*_released(batch, create)})
            for create in batch.creates
            for value in create.identifiers
        ]
        for update in batch.updates:
            for value in update.releases:
                if claims.get(value) == update.id and update.id not in made:
                    del claims[value]
        pairs = [(value, node_id) for value, node_id, released in wanted if value not in released]
        pairs += [(value, update.id) for update in batch.updates for value in update.claims]
        for value, node_id in pairs:
            if claims.setdefault(value, node_id) != node_id:
                return None
        return claims

    def _apply(self, batch: WriteBatch) -> dict[str, str]:
        numbers: dict[str, str] = {}
        self.claims = self._claimed(batch) or {}
        for create in batch.creates:
            values = dict(create.properties)
            if create.numbering:
                prefix = create.numbering.prefix
                self.sequences[prefix] = self.sequences.get(prefix, 0) + 1
                numbers[create.id] = values["number"] = prefix + str(self.sequences[prefix]).rjust(
                    create.numbering.digits, "0"
                )
            self.nodes[create.id] = OracleNode(create.label, values, 0, 0, dict(create.stamps))
        for update in batch.updates:
            node = self.nodes[update.id]
            node.label = update.label or node.label
            for name, value in update.changes.items():
                if value is None:
                    node.properties.pop(name, None)
                    node.stamps.pop(name, None)
                else:
                    node.properties[name] = value
            node.stamps.update(update.stamps)
        for unlink in batch.link_deletes:
            self.links.pop(unlink.key, None)
        for put in batch.link_puts:
            self.links[put.key] = dict(put.properties)
        for gone in {delete.id for delete in batch.deletes}:
            del self.nodes[gone]
            self.links = {key: value for key, value in self.links.items() if gone not in key[1:]}
            self.claims = {value: holder for value, holder in self.claims.items() if holder != gone}
        for sighting in batch.sightings:
            if sighting.node_id in self.nodes:
                seen = self.nodes[sighting.node_id].seen
                old = seen.get(sighting.source, Seen(sighting.at, sighting.at))
                seen[sighting.source] = Seen(min(old.first, sighting.at), max(old.last, sighting.at))
        return numbers

    def _settle(self, nodes: Mapping[str, OracleNode], links: Mapping[LinkKey, Any]) -> bool:
        """Raise the versions of what changed; whether anything did."""
        changed = links != self.links or nodes.keys() != self.nodes.keys()
        for node_id, node in self.nodes.items():
            old = nodes.get(node_id)
            if old is None or (old.label, old.properties) != (node.label, node.properties):
                node.version = old.version + 1 if old else 1
                node.revision = self.revision + 1
                changed = True
        return changed

    def evidence(self, node_id: str) -> Evidence:
        """Provenance of a node that is there."""
        node = self.nodes[node_id]
        held = sorted(value for value, holder in self.claims.items() if holder == node_id)
        return Evidence(node.stamps, node.seen, tuple(held))

    def find(self, labels: tuple[str, ...], where: Predicate, order: tuple[Order, ...]) -> list[str]:
        """Ids of the nodes that satisfy the predicate, in order."""
        chosen = [
            node_id
            for node_id, node in self.nodes.items()
            if node.label in labels and self._holds(node_id, where)
        ]

        def compared(one: str, other: str) -> int:
            return self._compared(one, other, order)

        return sorted(chosen, key=cmp_to_key(compared))

    def _value(self, node_id: str, name: str) -> Any:
        node = self.nodes[node_id]
        return {"id": node_id, "revision": node.revision}.get(name, node.properties.get(name))

    def _compared(self, one: str, other: str, order: tuple[Order, ...]) -> int:
        for key in order:
            left, right = self._value(one, key.property), self._value(other, key.property)
            if left == right:
                continue
            if left is None or right is None:
                return 1 if left is None else -1
            return -1 if (left < right) != key.descending else 1
        return -1 if one < other else int(one > other)

    def _holds(self, node_id: str, where: Predicate) -> bool:
        match where:
            case AllOf(parts):
                return all(self._holds(node_id, part) for part in parts)
            case AnyOf(parts):
                return any(self._holds(node_id, part) for part in parts)
            case Not(part):
                return not self._holds(node_id, part)
            case Linked(types, direction, ids):
                near, far = (1, 2) if direction is Direction.OUT else (2, 1)
                return any(key[0] in types and key[near] == node_id and key[far] in ids for key in self.links)
            case Condition(name, operator, value):
                return _satisfies(self._value(node_id, name), operator, value)


def _released(batch: WriteBatch, create: NodeCreate) -> list[str]:
    """What updates in the same batch release of a node that it makes."""
    return [value for update in batch.updates if update.id == create.id for value in update.releases]


def _satisfies(actual: Any, operator: Operator, value: Any) -> bool:
    if operator is Operator.EXISTS:
        return bool(value) is (actual is not None)
    if operator is Operator.NE:
        return not _satisfies(actual, Operator.EQ, value)
    if actual is None:
        return False
    if isinstance(actual, list):
        return any(_satisfies(item, operator, value) for item in actual)
    return _TESTS[operator](actual, value)


_TESTS: Mapping[Operator, Callable[[Any, Any], bool]] = {
    Operator.EQ: operators.eq,
    Operator.IN: lambda actual, values: actual in values,
    Operator.LT: operators.lt,
    Operator.LTE: operators.le,
    Operator.GT: operators.gt,
    Operator.GTE: operators.ge,
    Operator.CONTAINS: lambda actual, part: part.lower() in actual.lower(),
    Operator.STARTS_WITH: lambda actual, part: actual.lower().startswith(part.lower()),
}
