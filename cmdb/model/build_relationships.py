"""Relationship types and record links from their declarations: ends that exist, implied attributes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from cmdb.kernel.values import ValueType
from cmdb.model.build_attributes import check_targets, extended, merged_attributes
from cmdb.model.declarations import Declarations, EndDeclaration, Extension, RelationshipDeclaration
from cmdb.model.mistakes import MistakeCode, Mistakes
from cmdb.model.records import LinkType
from cmdb.model.types import Attribute, CiClass, RelationshipType, Strength

IMPACT_ATTRIBUTES: Mapping[str, Attribute] = {
    "strength": Attribute(
        "strength",
        ValueType.STRING,
        "How hard the dependent suffers in this one case, when other than the type says.",
        allowed=tuple(strength.value for strength in Strength),
    ),
    "redundancy_group": Attribute(
        "redundancy_group",
        ValueType.STRING,
        "Name of the group, among the dependent's relationships, whose members stand in for one another.",
    ),
    "redundancy_needed": Attribute(
        "redundancy_needed",
        ValueType.STRING,
        "How many members of the group are needed: a number such as `1`, or a share such as `50%`.",
    ),
}
"""What every relationship of a type with an impact meaning may say about itself."""


def build_relationships(
    declared: Declarations, classes: Mapping[str, CiClass], mistakes: Mistakes
) -> dict[str, RelationshipType]:
    """All relationship types by name."""
    extensions = declared.relationship_extensions
    by_name = _unique(declared.relationships, "relationship", mistakes)
    check_targets(extensions, by_name, "relationship", MistakeCode.UNKNOWN_RELATIONSHIP, mistakes)
    built = {}
    for name, one in by_name.items():
        implied = IMPACT_ATTRIBUTES if one.impact else {}
        attributes = extended(one.attributes, extensions, name)
        built[name] = RelationshipType(
            name=name,
            verb=one.verb,
            inverse_verb=one.inverse_verb,
            description=one.description,
            ends=_ends(one, extensions, classes, classes, mistakes),
            cardinality=one.cardinality,
            impact=one.impact,
            attributes=merged_attributes(
                implied, "every relationship with an impact has it", attributes, mistakes
            ),
        )
    return built


def build_links(
    declared: Declarations,
    classes: Mapping[str, CiClass],
    records: Collection[str],
    relationships: Mapping[str, RelationshipType],
    mistakes: Mistakes,
) -> dict[str, LinkType]:
    """All record links by name; they start at a record and end at a record or a CI."""
    by_name = _unique(declared.links, "link", mistakes)
    extensions = declared.link_extensions
    check_targets(extensions, by_name, "link", MistakeCode.UNKNOWN_RELATIONSHIP, mistakes)
    built = {}
    for name, one in by_name.items():
        if name in relationships:
            mistakes.add(
                one.name.place,
                MistakeCode.NAME_CLASH,
                f"link {name!r} has the name of a relationship type; one name means one thing in the graph",
            )
        built[name] = LinkType(
            name=name,
            verb=one.verb,
            inverse_verb=one.inverse_verb,
            description=one.description,
            ends=_ends(one, extensions, records, [*records, *classes], mistakes),
            attributes=merged_attributes({}, "", extended(one.attributes, extensions, name), mistakes),
        )
    return built


def check_within(
    declared: Declarations,
    classes: Mapping[str, CiClass],
    relationships: Mapping[str, RelationshipType],
    mistakes: Mistakes,
) -> None:
    """A rule's `within` must be a relationship type that its class may be the source of."""
    for one in declared.classes:
        for rule in one.identification or ():
            if rule.within is None or one.name.text not in classes:
                continue
            kind = relationships.get(rule.within.text)
            if kind is None:
                mistakes.add(
                    rule.within.place,
                    MistakeCode.UNKNOWN_RELATIONSHIP,
                    f"rule {rule.name.text!r} is within {rule.within.text!r}, which is no relationship type",
                    seen=rule.within.text,
                    known=relationships,
                )
                continue
            lineage = {one.name.text, *classes[one.name.text].ancestors}
            if not any(source in lineage for source, _ in kind.ends):
                mistakes.add(
                    rule.within.place,
                    MistakeCode.INVALID_VALUE,
                    f"rule {rule.name.text!r} is within {kind.name}, which never starts at a {one.name.text}",
                )


def _unique(
    declared: Iterable[RelationshipDeclaration], what: str, mistakes: Mistakes
) -> dict[str, RelationshipDeclaration]:
    by_name: dict[str, RelationshipDeclaration] = {}
    for declaration in declared:
        first = by_name.setdefault(declaration.name.text, declaration)
        if first is not declaration:
            mistakes.add(
                declaration.name.place,
                MistakeCode.DUPLICATE_NAME,
                f"{what} {declaration.name.text!r} is declared already, at {first.name.place}; "
                f"write `extend: {declaration.name.text}` to add ends to it",
            )
    return by_name


def _ends(
    declared: RelationshipDeclaration,
    extensions: Sequence[Extension],
    sources: Collection[str],
    targets: Collection[str],
    mistakes: Mistakes,
) -> tuple[tuple[str, str], ...]:
    added = (end for e in extensions if e.target.text == declared.name.text for end in e.ends)
    pairs: dict[tuple[str, str], EndDeclaration] = {}
    for end in (*declared.ends, *added):
        for word, known in ((end.source, sources), (end.target, targets)):
            if word.text not in known:
                mistakes.add(
                    word.place,
                    MistakeCode.UNKNOWN_CLASS,
                    f"{declared.name.text} cannot have {word.text!r} at this end: there is no such name",
                    seen=word.text,
                    known=known,
                )
        pairs.setdefault((end.source.text, end.target.text), end)
    return tuple(pairs)
