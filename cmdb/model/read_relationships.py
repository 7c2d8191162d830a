"""Relationship types and record links, as `relationships.yaml` and `links.yaml` declare them."""

from __future__ import annotations

import re

from cmdb.model.declarations import Declarations, EndDeclaration, Extension, RelationshipDeclaration
from cmdb.model.fields import Fields, Word, root_tables
from cmdb.model.mistakes import MistakeCode, Mistakes
from cmdb.model.names import NameKind
from cmdb.model.read_attributes import read_attributes
from cmdb.model.types import Cardinality, End, ImpactMeaning, Strength
from cmdb.model.yaml_tree import Items, Scalar, Table, Tree

LINK_KEYS = ("link", "verb", "inverse_verb", "description", "ends", "attributes")
KEYS = ("relationship", *LINK_KEYS[1:], "cardinality", "impact")
EXTENSION_KEYS = ("extend", "ends", "attributes")
IMPACT_KEYS = ("suffers", "strength", "needed")

MAX_PAIRS = 2000

_NEEDED = re.compile(r"[1-9][0-9]{0,5}|([1-9][0-9]?|100)%")


def read_relationships(tree: Tree | None, into: Declarations, mistakes: Mistakes) -> None:
    """Take in one file of relationship types."""
    for table in root_tables(tree, mistakes):
        if "extend" in table.entries:
            _extension(table, into.relationship_extensions, mistakes)
            continue
        fields = Fields(table, "relationship", KEYS, mistakes)
        cardinality = fields.choice("cardinality", Cardinality, Cardinality.MANY_TO_MANY)
        impact = _impact(fields)
        declared = _common(fields, "relationship", cardinality or Cardinality.MANY_TO_MANY, impact)
        if declared:
            into.relationships.append(declared)


def read_links(tree: Tree | None, into: Declarations, mistakes: Mistakes) -> None:
    """Take in one file of record links."""
    for table in root_tables(tree, mistakes):
        if "extend" in table.entries:
            _extension(table, into.link_extensions, mistakes)
            continue
        declared = _common(Fields(table, "link", LINK_KEYS, mistakes), "link")
        if declared:
            into.links.append(declared)


def is_needed(text: str) -> bool:
    """Whether a text says how many of a redundancy group are needed: a number (`1`) or a share (`50%`)."""
    return _NEEDED.fullmatch(text) is not None


def _extension(table: Table, into: list[Extension], mistakes: Mistakes) -> None:
    fields = Fields(table, "extension", EXTENSION_KEYS, mistakes)
    target = fields.name("extend", NameKind.RELATIONSHIP)
    if target:
        into.append(Extension(target, read_attributes(fields), _ends(fields)))


def _common(
    fields: Fields,
    key: str,
    cardinality: Cardinality = Cardinality.MANY_TO_MANY,
    impact: ImpactMeaning | None = None,
) -> RelationshipDeclaration | None:
    name = fields.name(key, NameKind.RELATIONSHIP)
    verb = fields.text("verb", required=True)
    inverse_verb = fields.text("inverse_verb", required=True)
    description = fields.text("description", required=True)
    ends = _ends(fields)
    if not fields.has("ends"):
        fields.mistakes.add(fields.place, MistakeCode.MISSING_KEY, f"{key} lacks 'ends'")
    attributes = read_attributes(fields)
    if name is None:
        return None
    return RelationshipDeclaration(
        name, verb, inverse_verb, description, ends, attributes, cardinality, impact
    )


def _ends(fields: Fields) -> tuple[EndDeclaration, ...]:
    """Pairs `[source, target]`; a list in place of a name stands for each of its names."""
    pairs: dict[tuple[str, str], EndDeclaration] = {}
    for node in fields.items("ends"):
        if not isinstance(node, Items) or len(node.nodes) != 2:
            fields.wrong(node.place, "each of 'ends' must be a pair `[source, target]`")
            continue
        sources, targets = (_names(fields, end) for end in node.nodes)
        if len(sources) * len(targets) > MAX_PAIRS:
            fields.wrong(node.place, f"these ends make more than {MAX_PAIRS} pairs; name a common parent")
            continue
        for source in sources:
            for target in targets:
                end = EndDeclaration(source, target)
                if pairs.setdefault((source.text, target.text), end) is not end:
                    fields.mistakes.add(
                        source.place,
                        MistakeCode.DUPLICATE_NAME,
                        f"the ends [{source.text}, {target.text}] stand here twice",
                    )
    return tuple(pairs.values())


def _names(fields: Fields, node: Tree) -> list[Word]:
    members = node.nodes if isinstance(node, Items) else (node,)
    words = [Word(m.text, m.place) for m in members if isinstance(m, Scalar) and m.value is not None]
    if len(words) != len(members) or not words:
        fields.wrong(node.place, "an end must be a name, or a list of names")
    return words


def _impact(owner: Fields) -> ImpactMeaning | None:
    """The impact meaning; `impact: none` says outright that neither end suffers."""
    if not owner.has("impact"):
        owner.mistakes.add(
            owner.place,
            MistakeCode.MISSING_KEY,
            "relationship lacks 'impact': which end suffers when the other fails; write `impact: none` for neither",
        )
        return None
    raw = owner.table_or_word("impact")
    if isinstance(raw, Word):
        if raw.text != "none":
            owner.wrong(raw.place, "'impact' must be `none` or a table with 'suffers' and 'strength'")
        return None
    if raw is None:
        return None
    fields = Fields(raw, "impact", IMPACT_KEYS, owner.mistakes)
    suffers = fields.choice("suffers", End)
    strength = fields.choice("strength", Strength)
    needed = fields.word("needed")
    if needed and not is_needed(needed.text):
        owner.mistakes.add(
            needed.place,
            MistakeCode.INVALID_VALUE,
            f"'needed' must be a number (`1`) or a share (`50%`), not {needed.text!r}",
        )
        needed = None
    if suffers is None or strength is None:
        return None
    return ImpactMeaning(suffers, strength, needed.text if needed else None)
