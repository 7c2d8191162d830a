"""Nodes and links as they stand in the graph."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import NamedTuple, TypeAlias

from cmdb.kernel.values import Value

Properties: TypeAlias = Mapping[str, Value]


class LinkKey(NamedTuple):
    """What makes a link itself: there is at most one of a type from one node to another."""

    type: str
    source: str
    target: str


class Keeper:
    """Room on what never changes for what a reader made of it and may want again; see `keep`.

    What is kept is no part of it: it is neither compared nor shown nor copied, and goes when it goes.
    """

    __slots__ = ("kept",)
    kept: object


@dataclass(frozen=True, slots=True, init=False)
class Node(Keeper):
    """A CI or a record.

    `label` names its CI class or record type. `version` starts at 1 and rises by one with each change;
    `revision` is the one that changed it last. Until something is kept with it, it has no attribute `kept`.
    """

    id: str
    label: str
    properties: Properties
    version: int
    revision: int
    created_at: str
    updated_at: str

    def __init__(
        self,
        id: str,  # noqa: A002  # the field's name
        label: str,
        properties: Properties,
        version: int,
        revision: int,
        created_at: str,
        updated_at: str,
    ) -> None:
        # Nodes are made by the hundred thousand: this takes a third of the time that a frozen dataclass's own takes.
        _SET_ID(self, id)
        _SET_LABEL(self, label)
        _SET_PROPERTIES(self, properties)
        _SET_VERSION(self, version)
        _SET_REVISION(self, revision)
        _SET_CREATED_AT(self, created_at)
        _SET_UPDATED_AT(self, updated_at)

    @property
    def name(self) -> str:
        """What people call it; of a record its number."""
        value = self.properties.get("name") or self.properties.get("number")
        return value if isinstance(value, str) else self.id

    @property
    def status(self) -> str:
        """Where it stands in its life, e.g. `operational` or `resolved`."""
        value = self.properties.get("status")
        return value if isinstance(value, str) else ""


_SET_ID, _SET_LABEL, _SET_PROPERTIES, _SET_VERSION, _SET_REVISION, _SET_CREATED_AT, _SET_UPDATED_AT = (
    vars(Node)[each.name].__set__ for each in fields(Node)
)
keep: Callable[[Keeper, object], None] = vars(Keeper)["kept"].__set__
"""Keep something with what never changes, in place of what was kept before."""


@dataclass(frozen=True, slots=True)
class Link:
    """A directed relationship between two nodes, read `source verb target`."""

    key: LinkKey
    properties: Properties = field(default_factory=dict)

    @property
    def type(self) -> str:
        """The relationship type's name, e.g. `RUNS_ON`."""
        return self.key.type

    @property
    def source(self) -> str:
        """The id of the node it starts at."""
        return self.key.source

    @property
    def target(self) -> str:
        """The id of the node it ends at."""
        return self.key.target


class Stamp(NamedTuple):
    """Where a property's value came from, and when it was observed there (RFC 3339, UTC)."""

    source: str
    observed_at: str


class Seen(NamedTuple):
    """First and last time a source saw a CI (RFC 3339, UTC)."""

    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Provenance of one node: a stamp for each property, and when each source saw the node."""

    stamps: Mapping[str, Stamp] = field(default_factory=dict)
    seen: Mapping[str, Seen] = field(default_factory=dict)
    identifiers: tuple[str, ...] = ()
