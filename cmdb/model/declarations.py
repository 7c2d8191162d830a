"""What the files declare, each with its place, before it is known whether it all fits together."""

from __future__ import annotations

from dataclasses import dataclass, field

from cmdb.model.fields import Word
from cmdb.model.mistakes import Place
from cmdb.model.records import NumberFormat, State
from cmdb.model.types import Attribute, Cardinality, ImpactMeaning, Match


@dataclass(frozen=True, slots=True)
class AttributeDeclaration:
    """An attribute, well-formed in itself."""

    attribute: Attribute
    place: Place


@dataclass(frozen=True, slots=True)
class RuleDeclaration:
    """An identification rule; its attributes and relationship are names only."""

    name: Word
    attributes: tuple[Word, ...]
    match: Match
    within: Word | None
    scoped: bool


@dataclass(frozen=True, slots=True)
class ClassDeclaration:
    """A CI class. `identification` is None when the class keeps the rules it inherits."""

    name: Word
    parent: Word | None
    description: str
    plural: Word
    abstract: bool
    attributes: tuple[AttributeDeclaration, ...]
    identification: tuple[RuleDeclaration, ...] | None
    retention_days: int | None


@dataclass(frozen=True, slots=True)
class EndDeclaration:
    """One permitted pair of ends."""

    source: Word
    target: Word


@dataclass(frozen=True, slots=True)
class RelationshipDeclaration:
    """A relationship type, or a record link, which has neither cardinality nor impact."""

    name: Word
    verb: str
    inverse_verb: str
    description: str
    ends: tuple[EndDeclaration, ...]
    attributes: tuple[AttributeDeclaration, ...]
    cardinality: Cardinality = Cardinality.MANY_TO_MANY
    impact: ImpactMeaning | None = None


@dataclass(frozen=True, slots=True)
class ActionDeclaration:
    """An action of a lifecycle; its states and attributes are names only."""

    name: Word
    label: str
    sources: tuple[Word, ...]
    target: Word
    requires: tuple[Word, ...]
    guards: tuple[str, ...]
    effects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StateDeclaration:
    """A state of a lifecycle."""

    name: Word
    state: State


@dataclass(frozen=True, slots=True)
class RecordDeclaration:
    """A record type and its lifecycle."""

    name: Word
    plural: Word
    description: str
    process: str
    number: NumberFormat
    number_place: Place
    attributes: tuple[AttributeDeclaration, ...]
    initial: Word
    states: tuple[StateDeclaration, ...]
    actions: tuple[ActionDeclaration, ...]


@dataclass(frozen=True, slots=True)
class Extension:
    """Adds attributes or ends to what is declared elsewhere."""

    target: Word
    attributes: tuple[AttributeDeclaration, ...] = ()
    ends: tuple[EndDeclaration, ...] = ()


@dataclass(frozen=True, slots=True)
class PrecedenceDeclaration:
    """Which sources win for one attribute of a class."""

    target: Word
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WeightDeclaration:
    """The weight of one part of a score."""

    name: Word
    weight: float


@dataclass(slots=True)
class PolicyDeclarations:
    """What one or more folders say about policies; what is said later wins."""

    precedence: tuple[str, ...] | None = None
    by_attribute: list[PrecedenceDeclaration] = field(default_factory=list)
    stale_after_days: int | None = None
    weights: dict[str, WeightDeclaration] = field(default_factory=dict)
    minimum_score: float | None = None
    change_window_hours: float | None = None
    risk_weights: dict[str, WeightDeclaration] = field(default_factory=dict)
    risk_numbers: dict[str, WeightDeclaration] = field(default_factory=dict)


@dataclass(slots=True)
class Declarations:
    """Everything the files declare, in the order it was read."""

    classes: list[ClassDeclaration] = field(default_factory=list)
    class_extensions: list[Extension] = field(default_factory=list)
    relationships: list[RelationshipDeclaration] = field(default_factory=list)
    relationship_extensions: list[Extension] = field(default_factory=list)
    links: list[RelationshipDeclaration] = field(default_factory=list)
    link_extensions: list[Extension] = field(default_factory=list)
    records: list[RecordDeclaration] = field(default_factory=list)
    record_extensions: list[Extension] = field(default_factory=list)
    policies: PolicyDeclarations = field(default_factory=PolicyDeclarations)
