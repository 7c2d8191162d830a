"""The model as people read it."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from cmdb.cli.terminal import clean, heading, plural, table, text
from cmdb.model.types import (
    ROOT_CLASS,
    Attribute,
    CiClass,
    End,
    ImpactMeaning,
    Model,
    RelationshipType,
    Strength,
)


def class_tree(model: Model) -> Tree:
    """All classes, each below its parent, with the first sentence of its description."""
    tree = Tree(_class_line(model.classes[ROOT_CLASS]), guide_style="dim")
    _grow(tree, ROOT_CLASS, model)
    return tree


def _grow(tree: Tree, parent: str, model: Model) -> None:
    for ci_class in sorted(model.classes.values(), key=lambda each: each.name):
        if ci_class.parent == parent:
            _grow(tree.add(_class_line(ci_class)), ci_class.name, model)


def _class_line(ci_class: CiClass) -> Text:
    style = "italic" if ci_class.abstract else "bold"
    return Text.assemble((clean(ci_class.name), style), (f"  {clean(ci_class.description)}", "dim"))


def class_parts(ci_class: CiClass, model: Model) -> Iterable[RenderableType]:
    """One class: what it is, its attributes, how its CIs are identified, and what they can be related to."""
    kind = "abstract class" if ci_class.abstract else "class"
    yield Text.assemble((clean(ci_class.name), "bold"), f"  {kind}; {clean(ci_class.description)}")
    if ci_class.ancestors:
        yield text(f"is a {' < '.join(ci_class.ancestors)}", "dim")
    below = model.with_subclasses(ci_class.name)[1:]
    if below:
        yield text(f"{plural(len(below), 'class', 'classes')} below: {', '.join(below)}", "dim")
    yield heading("Attributes")
    yield attribute_table(ci_class.attributes.values())
    yield heading("Identified by, in this order")
    yield rules_table(ci_class)
    yield heading("Relationships")
    yield relationships_table(ci_class, model)


def attribute_table(attributes: Iterable[Attribute]) -> Table:
    """Attributes with their types and meaning."""
    made = table("Attribute", "Type", "Meaning")
    for attribute in attributes:
        kind = attribute.type.value + (f" ({attribute.unit})" if attribute.unit else "")
        meaning = attribute.description
        if attribute.allowed:
            meaning += f" One of: {', '.join(attribute.allowed)}."
        if attribute.required:
            meaning += " Required."
        made.add_row(text(attribute.name, "bold"), text(kind), text(meaning))
    return made


def rules_table(ci_class: CiClass) -> Table:
    """Identification rules."""
    made = table("Rule", "Attributes", "Match")
    for rule in ci_class.identification:
        match = rule.match.value
        if rule.within:
            match += f", within {rule.within}"
        if rule.scoped:
            match += ", within one network scope"
        made.add_row(text(rule.name, "bold"), text(", ".join(rule.attributes)), text(match))
    return made


def relationships_table(ci_class: CiClass, model: Model) -> Table:
    """The relationship types a CI of the class may have, read from its side."""
    made = table("Verb", "Other end", "Type", "If the other end fails")
    for kind in model.relationship_types.values():
        for end in (End.SOURCE, End.TARGET):
            others = sorted(_others(ci_class, kind, end, model))
            if others:
                verb = kind.verb if end is End.SOURCE else kind.inverse_verb
                made.add_row(
                    text(verb, "bold"), text(", ".join(others)), text(kind.name), text(_suffering(kind, end))
                )
    return made


def _others(ci_class: CiClass, kind: RelationshipType, end: End, model: Model) -> set[str]:
    place, other = (0, 1) if end is End.SOURCE else (1, 0)
    return {pair[other] for pair in kind.ends if model.is_a(ci_class.name, pair[place])}


def _suffering(kind: RelationshipType, end: End) -> str:
    impact: ImpactMeaning | None = kind.impact
    if impact is None or impact.suffers is not end or impact.strength is Strength.NONE:
        return ""
    needed = f", {impact.needed} needed" if impact.needed else ""
    return f"suffers ({impact.strength.value}{needed})"
