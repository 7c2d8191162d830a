"""What is to be written: one batch is one transaction and at most one revision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from cmdb.graph.elements import LinkKey, Properties, Stamp
from cmdb.kernel.actor import Actor
from cmdb.kernel.values import Value


@dataclass(frozen=True, slots=True)
class Numbering:
    """Asks the store for the next number of a sequence, e.g. `INC` with 7 digits gives INC0000001."""

    prefix: str
    digits: int


@dataclass(frozen=True, slots=True)
class NodeCreate:
    """A node to be made under an id that its maker chose.

    `identifiers` are claims: each belongs to one node at most, in the whole store. With `numbering` the
    store sets the property `number` in the same transaction.
    """

    id: str
    label: str
    properties: Properties
    identifiers: tuple[str, ...] = ()
    stamps: Mapping[str, Stamp] = field(default_factory=dict)
    numbering: Numbering | None = None


@dataclass(frozen=True, slots=True)
class NodeUpdate:
    """A change to a node: a value of None removes the property.

    With `expected_version` the update is refused when the node has moved on. `label` reclassifies.
    `claims` are taken for this node, `releases` given up by it; a claim may move between two nodes
    within one batch, by a release on one and a claim on the other.
    """

    id: str
    changes: Mapping[str, Value | None] = field(default_factory=dict)
    expected_version: int | None = None
    label: str | None = None
    claims: tuple[str, ...] = ()
    releases: tuple[str, ...] = ()
    stamps: Mapping[str, Stamp] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NodeDelete:
    """A node to be removed, with its links, claims and evidence; the ledger keeps what it was."""

    id: str
    expected_version: int | None = None


class LinkPut(NamedTuple):
    """A link that shall stand with exactly these properties; made when it is not there."""

    key: LinkKey
    properties: Properties = {}  # noqa: RUF012 - nobody changes a mapping


class LinkDelete(NamedTuple):
    """A link that shall be gone; nothing happens when it already is."""

    key: LinkKey


class Sighting(NamedTuple):
    """A source saw a CI at a moment (RFC 3339, UTC). Sightings alone make no revision."""

    node_id: str
    source: str
    at: str


@dataclass(frozen=True, slots=True)
class WriteBatch:
    """Everything of one transaction.

    Order within: creates, updates, link deletes, link puts, node deletes, sightings. All of it is written
    or nothing is. A batch that alters nothing makes no revision. `request_id` makes it idempotent: a batch
    with one seen before is not written, and its first result is returned.
    """

    actor: Actor
    reason: str
    creates: tuple[NodeCreate, ...] = ()
    updates: tuple[NodeUpdate, ...] = ()
    deletes: tuple[NodeDelete, ...] = ()
    link_puts: tuple[LinkPut, ...] = ()
    link_deletes: tuple[LinkDelete, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    request_id: str | None = None


@dataclass(frozen=True, slots=True)
class Commit:
    """The result of a batch.

    `revision` is None when nothing was altered. `created` holds the ids of made nodes in the batch's order
    (of the first run, when replayed); `numbers` the numbers given, by node id.
    """

    revision: int | None
    at: str
    created: tuple[str, ...] = ()
    numbers: Mapping[str, str] = field(default_factory=dict)
    replayed: bool = False
