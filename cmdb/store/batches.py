"""What a batch means before any store writes it; the same for every adapter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from cmdb.graph.batch import NodeCreate, NodeDelete, NodeUpdate, WriteBatch
from cmdb.graph.elements import Node, Properties
from cmdb.graph.errors import IdentifierTakenError, NodeNotFoundError, VersionConflictError
from cmdb.kernel.values import Value


def with_updates_of_creates_folded(batch: WriteBatch) -> WriteBatch:
    """The same batch, with updates of nodes that it creates made part of their creation.

    Raises:
        VersionConflictError: such an update expects a version other than the first.
    """
    created = {create.id for create in batch.creates}
    if not any(update.id in created for update in batch.updates):
        return batch
    folded: dict[str, list[NodeUpdate]] = {}
    others = []
    for update in batch.updates:
        if update.id in created:
            folded.setdefault(update.id, []).append(update)
        else:
            others.append(update)
    creates = tuple(
        _folded(create, folded[create.id]) if create.id in folded else create for create in batch.creates
    )
    return replace(batch, creates=creates, updates=tuple(others))


def _folded(create: NodeCreate, updates: list[NodeUpdate]) -> NodeCreate:
    label, properties, stamps = create.label, dict(create.properties), dict(create.stamps)
    released = {value for update in updates for value in update.releases}
    claims = [value for value in create.identifiers if value not in released]
    for update in updates:
        if update.expected_version not in {None, 1}:
            raise _conflict(update.id, update.expected_version, 1)
        label = update.label or label
        for name, value in update.changes.items():
            if value is None:
                properties.pop(name, None)
                stamps.pop(name, None)
            else:
                properties[name] = value
        stamps.update(update.stamps)
        claims += update.claims
    return replace(create, label=label, properties=properties, identifiers=tuple(claims), stamps=stamps)


def writes_of(batch: WriteBatch) -> tuple[NodeCreate | NodeUpdate, ...]:
    """The batch's creates and updates, in this order."""
    return (*batch.creates, *batch.updates)


def claims_in(write: NodeCreate | NodeUpdate) -> tuple[str, ...]:
    """The identifiers that a create or update claims."""
    return write.identifiers if isinstance(write, NodeCreate) else write.claims


def changed_ids(batch: WriteBatch) -> dict[str, None]:
    """The ids of the standing nodes that the batch updates or deletes, in its order."""
    return dict.fromkeys([*(update.id for update in batch.updates), *(gone.id for gone in batch.deletes)])


def check_standing(batch: WriteBatch, standing: Mapping[str, Node]) -> None:
    """Look whether the nodes to be changed or removed are there, in the versions expected.

    Raises:
        NodeNotFoundError: one is not.
        VersionConflictError: one is at another version.
    """
    writes: tuple[NodeUpdate | NodeDelete, ...] = (*batch.updates, *batch.deletes)
    for write in writes:
        node = standing.get(write.id)
        if node is None:
            raise NodeNotFoundError(f"there is no node {write.id!r}", details={"id": write.id})
        if write.expected_version not in {None, node.version}:
            raise _conflict(write.id, write.expected_version, node.version)


def _conflict(node_id: str, expected: int | None, actual: int) -> VersionConflictError:
    return VersionConflictError(
        f"node {node_id!r} is at version {actual}, and the change was made for version {expected}",
        details={"id": node_id, "expected": expected, "actual": actual},
    )


def taken(value: str, holder: str, claimant: str) -> IdentifierTakenError:
    """The error for a claim of what another node holds."""
    return IdentifierTakenError(
        f"identifier {value!r} belongs to node {holder!r}; node {claimant!r} cannot claim it",
        details={"identifier": value, "holder": holder, "claimant": claimant},
    )


def numbers_wanted(batch: WriteBatch) -> Counter[str]:
    """How many numbers of each sequence the batch asks for, by prefix."""
    return Counter(create.numbering.prefix for create in batch.creates if create.numbering)


def numbered(batch: WriteBatch, first: Mapping[str, int]) -> tuple[Mapping[str, str], WriteBatch]:
    """The numbers given, by node id, and the batch with them in place, counting from these by prefix."""
    following = dict(first)
    numbers: dict[str, str] = {}
    creates = []
    for create in batch.creates:
        if create.numbering is None:
            creates.append(create)
            continue
        prefix = create.numbering.prefix
        numbers[create.id] = f"{prefix}{following[prefix]:0{create.numbering.digits}d}"
        following[prefix] += 1
        properties: Mapping[str, Value] = {**create.properties, "number": numbers[create.id]}
        creates.append(replace(create, properties=properties))
    return numbers, replace(batch, creates=tuple(creates))


def updated(batch: WriteBatch, standing: Mapping[str, Node]) -> dict[str, tuple[str, dict[str, Value]]]:
    """Label and properties of each node after all its updates; nodes the batch deletes are left out."""
    doomed = {delete.id for delete in batch.deletes}
    after: dict[str, tuple[str, dict[str, Value]]] = {}
    for update in batch.updates:
        if update.id in doomed:
            continue
        node = standing[update.id]
        label, properties = after.get(update.id) or (node.label, dict(node.properties))
        for name, value in update.changes.items():
            if value is None:
                properties.pop(name, None)
            else:
                properties[name] = value
        after[update.id] = (update.label or label, properties)
    return after


def difference(before: Properties, after: Properties) -> tuple[Properties, Properties]:
    """The properties that differ, as they were and as they are."""
    return (
        {name: value for name, value in before.items() if name not in after or after[name] != value},
        {name: value for name, value in after.items() if name not in before or before[name] != value},
    )
