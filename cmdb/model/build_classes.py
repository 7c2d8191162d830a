"""CI classes from their declarations: inheritance, identification, unique names."""

from __future__ import annotations

from collections.abc import Mapping

from cmdb.kernel.values import ValueType
from cmdb.model.build_attributes import TypeRegister, check_targets, extended, merged_attributes
from cmdb.model.declarations import AttributeDeclaration, ClassDeclaration, Declarations, RuleDeclaration
from cmdb.model.mistakes import MistakeCode, Mistakes
from cmdb.model.types import ROOT_CLASS, Attribute, CiClass, IdentificationRule

MAX_ANCESTORS = 24
_IDENTIFYING = (ValueType.STRING, ValueType.STRING_LIST, ValueType.INTEGER)


def build_classes(declared: Declarations, types: TypeRegister, mistakes: Mistakes) -> dict[str, CiClass]:
    """All classes by name, in the order of the files. A class whose parent is wrong stands below the root.

    Without the root class there is nothing to build, and no class comes back.
    """
    by_name = _unique(declared, mistakes)
    if ROOT_CLASS not in by_name:
        return {}
    check_targets(declared.class_extensions, by_name, "class", MistakeCode.UNKNOWN_CLASS, mistakes)
    parents = _parents(by_name, mistakes)
    own = {name: extended(c.attributes, declared.class_extensions, name) for name, c in by_name.items()}
    for name, attributes in own.items():
        types.enter(name, attributes)
    builder = _ClassBuilder(by_name, parents, own, mistakes)
    return {name: builder.build(name) for name in by_name}


def _unique(declared: Declarations, mistakes: Mistakes) -> dict[str, ClassDeclaration]:
    by_name: dict[str, ClassDeclaration] = {}
    for declaration in declared.classes:
        first = by_name.setdefault(declaration.name.text, declaration)
        if first is not declaration:
            mistakes.add(
                declaration.name.place,
                MistakeCode.DUPLICATE_NAME,
                f"class {declaration.name.text!r} is declared already, at {first.name.place}; "
                f"write `extend: {declaration.name.text}` to add attributes to it",
            )
    return by_name


def _parents(by_name: Mapping[str, ClassDeclaration], mistakes: Mistakes) -> dict[str, str | None]:
    """The parent of each class; where it is wrong, the root, so that the rest can still be checked."""
    parents: dict[str, str | None] = {}
    for name, declaration in by_name.items():
        parent = declaration.parent
        if name == ROOT_CLASS:
            parents[name] = None
            if parent is not None:
                mistakes.add(parent.place, MistakeCode.INVALID_VALUE, f"{ROOT_CLASS} has no parent")
            continue
        parents[name] = parent.text if parent else ROOT_CLASS
        if parent is None:
            mistakes.add(
                declaration.name.place,
                MistakeCode.SECOND_ROOT,
                f"class {name!r} lacks 'parent'; only {ROOT_CLASS} has none",
            )
        elif parent.text not in by_name:
            parents[name] = ROOT_CLASS
            mistakes.add(
                parent.place,
                MistakeCode.UNKNOWN_CLASS,
                f"the parent of {name!r}, {parent.text!r}, is no class",
                seen=parent.text,
                known=by_name,
            )
    for name, declaration in by_name.items():
        _check_chain(name, declaration, parents, mistakes)
    return parents


def _check_chain(
    name: str, declaration: ClassDeclaration, parents: dict[str, str | None], mistakes: Mistakes
) -> None:
    """Cut a chain that comes back to its beginning, or that is longer than anybody could mean."""
    chain = [name]
    current = parents[name]
    while current is not None and current != name and len(chain) <= MAX_ANCESTORS:
        chain.append(current)
        current = parents[current]
    if current is None:
        return
    # A chain that ran into somebody else's circle is cut when that class has its turn.
    if current == name:
        place = declaration.parent.place if declaration.parent else declaration.name.place
        circle = " -> ".join([*chain, name])
        mistakes.add(place, MistakeCode.CYCLIC_INHERITANCE, f"classes inherit in a circle: {circle}")
        parents[name] = ROOT_CLASS
    elif len(set(chain)) == len(chain):
        mistakes.add(
            declaration.name.place,
            MistakeCode.NESTED_TOO_DEEPLY,
            f"class {name!r} has more than {MAX_ANCESTORS} ancestors",
        )
        parents[name] = ROOT_CLASS


class _ClassBuilder:
    def __init__(
        self,
        by_name: Mapping[str, ClassDeclaration],
        parents: Mapping[str, str | None],
        own: Mapping[str, tuple[AttributeDeclaration, ...]],
        mistakes: Mistakes,
    ) -> None:
        self._by_name = by_name
        self._parents = parents
        self._own = own
        self._mistakes = mistakes
        self._built: dict[str, CiClass] = {}

    def build(self, name: str) -> CiClass:
        """The class, after its parent, at most MAX_ANCESTORS calls deep."""
        if name not in self._built:
            parent = self._parents[name]
            self._built[name] = self._class(self._by_name[name], self.build(parent) if parent else None)
        return self._built[name]

    def _class(self, declared: ClassDeclaration, parent: CiClass | None) -> CiClass:
        name = declared.name.text
        inherited: Mapping[str, Attribute] = parent.attributes if parent else {}
        attributes = merged_attributes(inherited, f"inherited by {name}", self._own[name], self._mistakes)
        rules, identity_class = self._identification(declared, parent, attributes)
        retention = declared.retention_days
        if retention is None and parent is not None:
            retention = parent.retention_days
        return CiClass(
            name=name,
            plural=declared.plural.text,
            description=declared.description,
            parent=parent.name if parent else None,
            ancestors=(parent.name, *parent.ancestors) if parent else (),
            abstract=declared.abstract,
            attributes=attributes,
            identification=rules,
            identity_class=identity_class,
            retention_days=retention,
        )

    def _identification(
        self, declared: ClassDeclaration, parent: CiClass | None, attributes: Mapping[str, Attribute]
    ) -> tuple[tuple[IdentificationRule, ...], str]:
        name = declared.name.text
        if declared.identification is not None:
            for rule in declared.identification:
                self._check_rule(rule, name, attributes)
            return tuple(map(_rule, declared.identification)), name
        if parent is None:
            return (), name
        # Two concrete classes below an abstract one are never the same CI: a site and a room of one name.
        from_abstract = self._by_name[parent.identity_class].abstract
        return parent.identification, name if from_abstract else parent.identity_class

    def _check_rule(self, rule: RuleDeclaration, name: str, attributes: Mapping[str, Attribute]) -> None:
        for word in rule.attributes:
            attribute = attributes.get(word.text)
            if attribute is None:
                self._mistakes.add(
                    word.place,
                    MistakeCode.UNKNOWN_ATTRIBUTE,
                    f"rule {rule.name.text!r} of {name} names the attribute {word.text!r}, which {name} has not",
                    seen=word.text,
                    known=attributes,
                )
            elif attribute.type not in _IDENTIFYING:
                self._mistakes.add(
                    word.place,
                    MistakeCode.INVALID_VALUE,
                    f"{word.text!r} is of type {attribute.type}, by which nothing is identified",
                )


def _rule(declared: RuleDeclaration) -> IdentificationRule:
    return IdentificationRule(
        name=declared.name.text,
        attributes=tuple(word.text for word in declared.attributes),
        match=declared.match,
        within=declared.within.text if declared.within else None,
        scoped=declared.scoped,
    )
