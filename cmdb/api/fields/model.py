"""The model itself: classes, relationship types and record types, for programs and completion."""

from __future__ import annotations

import strawberry

from cmdb.api.context import ApiInfo
from cmdb.model.records import RecordType
from cmdb.model.types import Attribute, CiClass, RelationshipType


@strawberry.type(description="An attribute of a class, record type or relationship type.")
class ModelAttribute:
    """One attribute."""

    name: str
    type: str
    description: str
    required: bool
    allowed: list[str]
    unit: str | None
    searchable: bool


@strawberry.type(description="A way to tell that an observation is a CI already known; tried in order.")
class ModelIdentificationRule:
    """One rule."""

    name: str
    attributes: list[str]
    match: str
    within: str | None
    scoped: bool


@strawberry.type(description="A class of configuration items.")
class ModelClass:
    """One class."""

    name: str
    plural: str
    description: str
    parent: str | None
    abstract: bool
    attributes: list[ModelAttribute]
    identification: list[ModelIdentificationRule]


@strawberry.type(description="Which end suffers when the other fails, and how hard.")
class ModelImpact:
    """The impact of a relationship type."""

    suffers: str
    strength: str
    needed: str | None


@strawberry.type(description="A pair of ends a relationship may have; subclasses count.")
class ModelEnds:
    """One pair."""

    source: str
    target: str


@strawberry.type(description="A type of relationship between configuration items.")
class ModelRelationshipType:
    """One type."""

    name: str
    verb: str
    inverse_verb: str
    description: str
    cardinality: str
    ends: list[ModelEnds]
    impact: ModelImpact | None


@strawberry.type(description="A step in a record's life.")
class ModelAction:
    """One action."""

    name: str
    label: str
    sources: list[str]
    target: str
    requires: list[str]


@strawberry.type(description="A type of record.")
class ModelRecordType:
    """One type."""

    name: str
    plural: str
    description: str
    process: str
    attributes: list[ModelAttribute]
    states: list[str]
    open_states: list[str] = strawberry.field(
        description="Those in which somebody still has to do something."
    )
    actions: list[ModelAction]


@strawberry.type
class ModelFields:
    """The root fields."""

    @strawberry.field(description="The classes of configuration items.")
    def classes(self, info: ApiInfo) -> list[ModelClass]:
        return [_class(ci_class) for ci_class in info.context.services.model.classes.values()]

    @strawberry.field(description="The types of relationships between configuration items.")
    def relationship_types(self, info: ApiInfo) -> list[ModelRelationshipType]:
        return [_relationship(t) for t in info.context.services.model.relationship_types.values()]

    @strawberry.field(description="The types of records.")
    def record_types(self, info: ApiInfo) -> list[ModelRecordType]:
        return [_record(record) for record in info.context.services.model.record_types.values()]


def _attribute(attribute: Attribute) -> ModelAttribute:
    return ModelAttribute(
        name=attribute.name,
        type=attribute.type.value,
        description=attribute.description,
        required=attribute.required,
        allowed=list(attribute.allowed),
        unit=attribute.unit,
        searchable=attribute.searchable,
    )


def _class(ci_class: CiClass) -> ModelClass:
    return ModelClass(
        name=ci_class.name,
        plural=ci_class.plural,
        description=ci_class.description,
        parent=ci_class.parent,
        abstract=ci_class.abstract,
        attributes=[_attribute(attribute) for attribute in ci_class.attributes.values()],
        identification=[
            ModelIdentificationRule(
                name=rule.name,
                attributes=list(rule.attributes),
                match=rule.match.value,
                within=rule.within,
                scoped=rule.scoped,
            )
            for rule in ci_class.identification
        ],
    )


def _relationship(kind: RelationshipType) -> ModelRelationshipType:
    impact = kind.impact
    return ModelRelationshipType(
        name=kind.name,
        verb=kind.verb,
        inverse_verb=kind.inverse_verb,
        description=kind.description,
        cardinality=kind.cardinality.value,
        ends=[ModelEnds(source=source, target=target) for source, target in kind.ends],
        impact=ModelImpact(suffers=impact.suffers.value, strength=impact.strength.value, needed=impact.needed)
        if impact
        else None,
    )


def _record(record: RecordType) -> ModelRecordType:
    return ModelRecordType(
        name=record.name,
        plural=record.plural,
        description=record.description,
        process=record.process,
        attributes=[_attribute(attribute) for attribute in record.attributes.values()],
        states=list(record.lifecycle.states),
        open_states=[state.name for state in record.lifecycle.states.values() if state.open],
        actions=[
            ModelAction(
                name=action.name,
                label=action.label,
                sources=list(action.sources),
                target=action.target,
                requires=list(action.requires),
            )
            for action in record.lifecycle.actions.values()
        ],
    )
