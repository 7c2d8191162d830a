"""The model's frozen types: CI classes and relationship types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from cmdb.kernel.values import ValueType
from cmdb.model.change_risk import ChangeRiskPolicy
from cmdb.model.records import LinkType, RecordType

ROOT_CLASS = "ConfigurationItem"
"""The class every CI class descends from."""


class Format(StrEnum):
    """What a text attribute means; it is validated and normalised by it.

    serial: placeholder serials are no identifiers. mac: EUI-48, `aa:bb:cc:dd:ee:ff`. fqdn: lower case, no
    trailing dot. uuid: RFC 9562, byte order normalised. ip: RFC 5952 form. cidr: network in that form.
    """

    PLAIN = "plain"
    SERIAL = "serial"
    MAC = "mac"
    FQDN = "fqdn"
    UUID = "uuid"
    IP = "ip"
    CIDR = "cidr"
    CPE = "cpe"
    EMAIL = "email"
    URL = "url"


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of a class, relationship type or record type.

    `allowed` holds the permitted values, in their meaningful order; empty means any. `unit` is shown to people
    (UCUM code where there is one). `sensitive` values are masked outside the API's own field.
    """

    name: str
    type: ValueType
    description: str = ""
    format: Format = Format.PLAIN
    required: bool = False
    allowed: tuple[str, ...] = ()
    unit: str | None = None
    default: str | int | float | bool | None = None
    searchable: bool = False
    indexed: bool = False
    sensitive: bool = False


class Match(StrEnum):
    """How much a match by a rule is worth; a weak one yields to any stronger identifier that disagrees."""

    STRONG = "strong"
    WEAK = "weak"


@dataclass(frozen=True, slots=True)
class IdentificationRule:
    """One way to tell that an observation is a CI already known; rules are tried in order.

    `attributes` must all have a value; a list attribute gives one identifier for each member. `within` names
    a relationship type to the CI that lends identity (an interface by its host): the rule then holds
    only among CIs with that relationship to the same CI. `scoped` restricts it to the network scope of the
    source, because private addresses repeat.
    """

    name: str
    attributes: tuple[str, ...]
    match: Match = Match.STRONG
    within: str | None = None
    scoped: bool = False


@dataclass(frozen=True, slots=True)
class CiClass:
    """A class of CIs. `attributes` and `identification` hold the inherited ones too, root first.

    `identity_class` is the ancestor (or the class itself) whose rules identify it: classes with the same one
    may be the same CI, seen more or less exactly. `ancestors` runs from the parent up to the root.
    """

    name: str
    plural: str
    description: str
    parent: str | None
    ancestors: tuple[str, ...]
    abstract: bool
    attributes: Mapping[str, Attribute]
    identification: tuple[IdentificationRule, ...]
    identity_class: str
    retention_days: int | None = None


class Strength(StrEnum):
    """How hard the dependent suffers: hard passes a state on whole, soft one step weaker, none not at all."""

    HARD = "hard"
    SOFT = "soft"
    NONE = "none"


class End(StrEnum):
    """One end of a relationship."""

    SOURCE = "source"
    TARGET = "target"


@dataclass(frozen=True, slots=True)
class ImpactMeaning:
    """Which end suffers when the other fails, and how hard.

    `needed`: when set, all relationships of this type of one dependent form a redundancy group of which so
    many are needed: a number (`1`) or a share (`50%`). A relationship may set its own group and strength.
    """

    suffers: End
    strength: Strength
    needed: str | None = None


class Cardinality(StrEnum):
    """How many of each end one CI may have, read source to target."""

    MANY_TO_MANY = "many_to_many"
    MANY_TO_ONE = "many_to_one"
    ONE_TO_MANY = "one_to_many"
    ONE_TO_ONE = "one_to_one"


@dataclass(frozen=True, slots=True)
class RelationshipType:
    """A relationship between CIs, read `source verb target` and `target inverse_verb source`."""

    name: str
    verb: str
    inverse_verb: str
    description: str
    ends: tuple[tuple[str, str], ...]
    cardinality: Cardinality
    impact: ImpactMeaning | None
    attributes: Mapping[str, Attribute]


@dataclass(frozen=True, slots=True)
class RootCausePolicy:
    """Weights of the parts of a root cause's score; each is explained in `schema/policies/root_cause.yaml`."""

    weights: Mapping[str, float]
    minimum_score: float
    change_window_hours: float


@dataclass(frozen=True, slots=True)
class ReconciliationPolicy:
    """Which source wins for an attribute.

    `precedence` lists sources, strongest first; sources not listed come last and are equal. `by_attribute`
    overrides it for one attribute of a class (`Host.os_name`). After `stale_after_days` without being
    observed again a value yields to any source.
    """

    precedence: tuple[str, ...]
    by_attribute: Mapping[str, tuple[str, ...]]
    stale_after_days: int


@dataclass(frozen=True, slots=True)
class Policies:
    """What an organisation decides for itself."""

    reconciliation: ReconciliationPolicy
    root_cause: RootCausePolicy
    change_risk: ChangeRiskPolicy


@dataclass(frozen=True, slots=True)
class Model:
    """Everything `schema/` and the user's own folders say, checked."""

    classes: Mapping[str, CiClass]
    relationship_types: Mapping[str, RelationshipType]
    record_types: Mapping[str, RecordType]
    link_types: Mapping[str, LinkType]
    policies: Policies

    def with_subclasses(self, name: str) -> tuple[str, ...]:
        """The names of a class and all classes below it, the class itself first.

        Raises:
            KeyError: no such class.
        """
        root = self.classes[name]
        below = (c.name for c in self.classes.values() if root.name in c.ancestors)
        return (root.name, *below)

    def is_a(self, name: str, ancestor: str) -> bool:
        """True when the class is the other one or descends from it."""
        return name == ancestor or ancestor in self.classes[name].ancestors
