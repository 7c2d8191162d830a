"""What a store must know of the model: which labels, properties and link types exist."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cmdb.kernel.values import ValueType


@dataclass(frozen=True, slots=True)
class PropertySchema:
    """One property: its type, and how it is asked for."""

    type: ValueType
    required: bool = False
    searchable: bool = False
    indexed: bool = False


@dataclass(frozen=True, slots=True)
class LabelSchema:
    """One label. `ancestors` are its parents up to the root, nearest first."""

    name: str
    ancestors: tuple[str, ...]
    properties: Mapping[str, PropertySchema]
    abstract: bool = False


@dataclass(frozen=True, slots=True)
class LinkTypeSchema:
    """One link type and the properties its links may have."""

    name: str
    properties: Mapping[str, PropertySchema]


@dataclass(frozen=True, slots=True)
class GraphSchema:
    """All labels and link types, by name; `fingerprint` changes when any of it does."""

    labels: Mapping[str, LabelSchema]
    link_types: Mapping[str, LinkTypeSchema]
    fingerprint: str
