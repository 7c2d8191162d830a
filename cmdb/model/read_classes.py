"""CI classes and their identification rules, as `classes/*.yaml` declares them."""

from __future__ import annotations

from cmdb.model.declarations import ClassDeclaration, Declarations, Extension, RuleDeclaration
from cmdb.model.fields import Fields, Word, root_tables
from cmdb.model.mistakes import MistakeCode, Mistakes
from cmdb.model.names import NameKind, plural_of
from cmdb.model.read_attributes import read_attributes
from cmdb.model.types import Match
from cmdb.model.yaml_tree import Tree

KEYS = (
    "class", "parent", "description", "plural", "abstract", "attributes", "identification", "retention_days",
)  # fmt: skip
EXTENSION_KEYS = ("extend", "attributes")
RULE_KEYS = ("name", "attributes", "match", "within", "scoped")


def read_classes(tree: Tree | None, into: Declarations, mistakes: Mistakes) -> None:
    """Take in one file of classes."""
    for table in root_tables(tree, mistakes):
        if "extend" in table.entries:
            fields = Fields(table, "extension", EXTENSION_KEYS, mistakes)
            target = fields.name("extend", NameKind.TYPE)
            if target:
                into.class_extensions.append(Extension(target, read_attributes(fields)))
            continue
        declared = _class(Fields(table, "class", KEYS, mistakes))
        if declared:
            into.classes.append(declared)


def read_plural(fields: Fields, name: Word | None) -> Word | None:
    """The plural under `plural`, else the regular one of the name."""
    given = fields.name("plural", NameKind.TYPE, required=False)
    if given or name is None:
        return given
    return Word(plural_of(name.text), name.place)


def _class(fields: Fields) -> ClassDeclaration | None:
    name = fields.name("class", NameKind.TYPE)
    plural = read_plural(fields, name)
    parent = fields.word("parent")
    description = fields.text("description", required=True)
    attributes = read_attributes(fields)
    identification = _rules(fields) if fields.has("identification") else None
    retention = fields.whole("retention_days")
    abstract = fields.flag("abstract")
    if name is None or plural is None:
        return None
    return ClassDeclaration(
        name=name,
        parent=parent,
        description=description,
        plural=plural,
        abstract=abstract,
        attributes=attributes,
        identification=identification,
        retention_days=retention,
    )


def _rules(owner: Fields) -> tuple[RuleDeclaration, ...]:
    found: dict[str, RuleDeclaration] = {}
    for table in owner.tables("identification"):
        fields = Fields(table, "identification rule", RULE_KEYS, owner.mistakes)
        name = fields.name("name", NameKind.ATTRIBUTE)
        attributes = fields.words("attributes")
        if not attributes:
            owner.mistakes.add(
                fields.place,
                MistakeCode.MISSING_KEY,
                "an identification rule names at least one of 'attributes'",
            )
        match = fields.choice("match", Match, Match.STRONG)
        rule = (
            name
            and match
            and RuleDeclaration(name, attributes, match, fields.word("within"), fields.flag("scoped"))
        )
        if rule and found.setdefault(rule.name.text, rule) is not rule:
            owner.mistakes.add(
                rule.name.place, MistakeCode.DUPLICATE_NAME, f"rule {rule.name.text!r} stands here twice"
            )
    return tuple(found.values())
