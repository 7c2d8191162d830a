"""The model made ready for the hot path: per class its normalisers, identification rules and source ranks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cmdb.inventory.identifiers import Reach, Telling, telling
from cmdb.inventory.normalise import Normaliser, normaliser
from cmdb.kernel.values import Value, ValueType
from cmdb.model.types import (
    Attribute,
    Cardinality,
    CiClass,
    End,
    IdentificationRule,
    Match,
    Model,
    ReconciliationPolicy,
    RelationshipType,
)


@dataclass(frozen=True, slots=True, eq=False)
class NetworkScope:
    """Where a source looked: private addresses repeat from network to network.

    `by_reach` gives what stands for it in identifiers, at the place of each `Reach`; None where there is no
    identifier. `at_most_scope` is the same for rules that hold within one scope.
    """

    scope: str
    source: str
    by_reach: tuple[str | None, ...] = field(init=False)
    at_most_scope: tuple[str | None, ...] = field(init=False)

    def __post_init__(self) -> None:
        scope = _escaped(self.scope)
        narrow = (None, None, f"{scope}/{_escaped(self.source)}", scope)
        object.__setattr__(self, "by_reach", (*narrow, ""))
        object.__setattr__(self, "at_most_scope", (*narrow, scope))


@dataclass(frozen=True, slots=True, eq=False)
class RulePlan:
    """One identification rule, ready to use.

    `position` is its place in the class's order; `prefix` begins each of its identifiers. `item_end` is the
    end of the relationship `within` at which the CI itself stands; the CI at the other end lends identity.
    """

    position: int
    name: str
    prefix: str
    attributes: tuple[str, ...]
    tellings: tuple[Telling, ...]
    weak: bool
    within: str | None
    item_end: End
    scoped: bool

    def values(self, attributes: Mapping[str, Value]) -> Sequence[tuple[Reach, str]]:
        """Every identifying text these attributes give under this rule, with its reach; none when one is missing."""
        value = attributes.get(self.attributes[0])
        if value is None:
            return ()
        if len(self.attributes) == 1:
            if type(value) is str and "|" not in value and "%" not in value:
                return (self.tellings[0](value),)
            return _told(self.tellings[0], value)
        rows = _told(self.tellings[0], value)
        for name, tell in zip(self.attributes[1:], self.tellings[1:], strict=True):
            value = attributes.get(name)
            if value is None:
                return ()
            told = _told(tell, value)
            rows = [(min(reach, other), f"{text}|{more}") for reach, text in rows for other, more in told]
        return rows

    def independent(self, attributes: Mapping[str, Value], where: NetworkScope) -> list[str]:
        """The identifiers `<identity class>|<rule>|<scope>|<value(s)>` of these attributes."""
        scopes = where.at_most_scope if self.scoped else where.by_reach
        texts: list[str] = []
        for reach, text in self.values(attributes):
            scope = scopes[reach]
            if scope is not None:
                texts.append(f"{self.prefix}{scope}|{text}")
        return texts

    def dependent(self, attributes: Mapping[str, Value]) -> list[str]:
        """The value parts of identifiers within a parent: `<identity class>|<rule>|<parent's id>|` goes before."""
        return [text for reach, text in self.values(attributes) if reach is not Reach.NOWHERE]


@dataclass(frozen=True, slots=True, eq=False)
class ClassPlan:
    """One CI class, ready to use.

    `lineage` holds the class itself and its ancestors. `lenders` gives, for each relationship type within
    which it is identified, the end at which a CI of this class stands. `identifying` names the attributes
    of its rules.
    """

    name: str
    identity_class: str
    abstract: bool
    lineage: frozenset[str]
    attributes: Mapping[str, Attribute]
    normalisers: Mapping[str, Normaliser]
    independent: tuple[RulePlan, ...]
    dependent: tuple[RulePlan, ...]
    rules: tuple[RulePlan, ...]
    defaults: Mapping[str, Value]
    required: tuple[str, ...]
    ranks: Mapping[str, tuple[str, ...]]
    lenders: Mapping[str, End]
    identifying: frozenset[str]

    def rank(self, attribute: str, source: str) -> int:
        """The place of a source in the order of precedence for an attribute; the smaller one wins."""
        order = self.ranks[attribute]
        return order.index(source) if source in order else len(order)

    def describe_rules(self) -> str:
        """What identifies a CI of this class, for people: `serial_number; mac_addresses; name (within PART_OF)`."""
        return "; ".join(
            " + ".join(rule.attributes) + (f" (within {rule.within})" if rule.within else "")
            for rule in self.rules
        )


@dataclass(frozen=True, slots=True, eq=False)
class RelationshipPlan:
    """One relationship type, ready to use: which classes it may join, and which end it binds to one."""

    name: str
    ends: frozenset[tuple[str, str]]
    normalisers: Mapping[str, Normaliser]
    required: tuple[str, ...]
    defaults: Mapping[str, Value]
    one_target: bool
    one_source: bool

    def permits(self, source: ClassPlan, target: ClassPlan) -> bool:
        """True when it may join these two classes; a class counts as each of its ancestors."""
        return any(one in source.lineage and other in target.lineage for one, other in self.ends)

    def describe_ends(self) -> str:
        """What it joins, for people: `Host to Rack or Rack to Site`."""
        return " or ".join(f"{source} to {target}" for source, target in sorted(self.ends))


@dataclass(frozen=True, slots=True, eq=False)
class CompiledModel:
    """The whole model, ready to use."""

    classes: Mapping[str, ClassPlan]
    relationships: Mapping[str, RelationshipPlan]
    subclasses: Mapping[str, tuple[str, ...]]
    stale_after_days: int


def compile_model(model: Model) -> CompiledModel:
    """Everything that can be worked out once for a model."""
    return CompiledModel(
        classes={name: _class_plan(each, model) for name, each in model.classes.items()},
        relationships={name: _relationship_plan(each) for name, each in model.relationship_types.items()},
        subclasses={name: model.with_subclasses(name) for name in model.classes},
        stale_after_days=model.policies.reconciliation.stale_after_days,
    )


def _told(tell: Telling, value: Value) -> list[tuple[Reach, str]]:
    told: list[tuple[Reach, str]] = []
    for member in value if isinstance(value, list) else (value,):
        reach, form = tell(member if isinstance(member, str) else str(member))
        told.append((reach, _escaped(form)))
    return told


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("|", "%7C") if "|" in text or "%" in text else text


def _class_plan(ci_class: CiClass, model: Model) -> ClassPlan:
    rules = tuple(
        _rule_plan(position, rule, ci_class, model) for position, rule in enumerate(ci_class.identification)
    )
    lineage = (ci_class.name, *ci_class.ancestors)
    policy = model.policies.reconciliation
    return ClassPlan(
        name=ci_class.name,
        identity_class=ci_class.identity_class,
        abstract=ci_class.abstract,
        lineage=frozenset(lineage),
        attributes=ci_class.attributes,
        normalisers={name: normaliser(each) for name, each in ci_class.attributes.items()},
        independent=tuple(rule for rule in rules if rule.within is None),
        dependent=tuple(rule for rule in rules if rule.within is not None),
        rules=rules,
        defaults=_defaults(ci_class.attributes),
        required=tuple(name for name, each in ci_class.attributes.items() if each.required),
        ranks={name: _precedence(policy, lineage, name) for name in ci_class.attributes},
        identifying=frozenset(name for rule in rules for name in rule.attributes),
        lenders={rule.within: rule.item_end for rule in rules if rule.within is not None},
    )


def _defaults(attributes: Mapping[str, Attribute]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for name, each in attributes.items():
        if each.default is not None:
            found[name] = [str(each.default)] if each.type is ValueType.STRING_LIST else each.default
    return found


def _precedence(policy: ReconciliationPolicy, lineage: tuple[str, ...], attribute: str) -> tuple[str, ...]:
    for name in lineage:
        own = policy.by_attribute.get(f"{name}.{attribute}")
        if own is not None:
            return own
    return policy.precedence


def _rule_plan(position: int, rule: IdentificationRule, ci_class: CiClass, model: Model) -> RulePlan:
    return RulePlan(
        position=position,
        name=rule.name,
        prefix=f"{ci_class.identity_class}|{rule.name}|",
        attributes=rule.attributes,
        tellings=tuple(telling(ci_class.attributes[name].format) for name in rule.attributes),
        weak=rule.match is Match.WEAK,
        within=rule.within,
        item_end=_item_end(ci_class, model.relationship_types[rule.within]) if rule.within else End.SOURCE,
        scoped=rule.scoped,
    )


def _item_end(ci_class: CiClass, relationship: RelationshipType) -> End:
    """The end at which the dependent CI stands: where its class is allowed; where both are, the many's end."""
    lineage = {ci_class.name, *ci_class.ancestors}
    as_source = any(source in lineage for source, _ in relationship.ends)
    as_target = any(target in lineage for _, target in relationship.ends)
    if as_source != as_target:
        return End.SOURCE if as_source else End.TARGET
    return End.TARGET if relationship.cardinality is Cardinality.ONE_TO_MANY else End.SOURCE


def _relationship_plan(relationship: RelationshipType) -> RelationshipPlan:
    cardinality = relationship.cardinality
    return RelationshipPlan(
        name=relationship.name,
        ends=frozenset(relationship.ends),
        normalisers={name: normaliser(each) for name, each in relationship.attributes.items()},
        required=tuple(name for name, each in relationship.attributes.items() if each.required),
        defaults=_defaults(relationship.attributes),
        one_target=cardinality in {Cardinality.MANY_TO_ONE, Cardinality.ONE_TO_ONE},
        one_source=cardinality in {Cardinality.ONE_TO_MANY, Cardinality.ONE_TO_ONE},
    )
