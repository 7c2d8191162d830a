"""The model's frozen types of records: their attributes, links and lifecycles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cmdb.model.types import Attribute


@dataclass(frozen=True, slots=True)
class LinkType:
    """A link from a record to a CI or to another record, read `source verb target`.

    `ends` lists the permitted pairs of names of record types and CI classes; a class stands for its
    subclasses too.
    """

    name: str
    verb: str
    inverse_verb: str
    description: str
    ends: tuple[tuple[str, str], ...]
    attributes: Mapping[str, Attribute]


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """How records are numbered: `INC` and 7 digits give INC0000001."""

    prefix: str
    digits: int


@dataclass(frozen=True, slots=True)
class Action:
    """A step in a record's life.

    `sources` are the states it may start from; `target` the state after it. `requires` are attributes that
    must have a value by then. `guards` and `effects` name functions of the process, which must exist.
    """

    name: str
    label: str
    sources: tuple[str, ...]
    target: str
    requires: tuple[str, ...] = ()
    guards: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class State:
    """A state of a lifecycle. `open` records still need somebody; `terminal` ones never change again."""

    name: str
    label: str
    open: bool
    terminal: bool


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """States and the actions between them; the state is kept in the attribute `status`."""

    initial: str
    states: Mapping[str, State]
    actions: Mapping[str, Action]


@dataclass(frozen=True, slots=True)
class RecordType:
    """A type of record of one of the processes, e.g. Incident. `process` is the process that keeps it."""

    name: str
    plural: str
    description: str
    process: str
    number: NumberFormat
    attributes: Mapping[str, Attribute]
    lifecycle: Lifecycle
