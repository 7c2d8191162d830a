"""What an importer hands over: observations, never decisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from cmdb.kernel.values import Value


class Presence(StrEnum):
    """ABSENT says the source looked where the CI was and it is gone: a known one is retired, none is made."""

    PRESENT = "present"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Reference:
    """Names a CI that is described elsewhere, by attributes that identify it (or by class and `name`).

    `create` allows it to be made from these attributes alone when nobody knows it yet.
    """

    class_name: str
    attributes: Mapping[str, Value]
    create: bool = False


@dataclass(frozen=True, slots=True)
class ObservedItem:
    """One CI as a source sees it. `key` is local to the observation; attributes without a value are left out."""

    key: str
    class_name: str
    attributes: Mapping[str, Value]
    presence: Presence = Presence.PRESENT


@dataclass(frozen=True, slots=True)
class ObservedRelationship:
    """One relationship as a source sees it; an end is the key of an item of the same observation, or a reference."""

    type: str
    source: str | Reference
    target: str | Reference
    attributes: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Observation:
    """CIs that belong together (a host with its interfaces and endpoints), seen at one moment.

    It goes in whole or not at all. `position` says where in the source it stands, e.g. `line 12`;
    `observed_at` is RFC 3339 in UTC.
    """

    position: str
    observed_at: str
    items: tuple[ObservedItem, ...]
    relationships: tuple[ObservedRelationship, ...] = ()


class Severity(StrEnum):
    """ERROR: something was not taken in. WARNING: it was, but not all of it, or something about it is odd."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """A part of the source that could not be used: where, what was seen, what to do. Codes are stable."""

    position: str
    code: str
    message: str
    remedy: str
    severity: Severity = Severity.ERROR
