"""Puts attributes together: implied and inherited ones first, and no name twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cmdb.kernel.values import ValueType
from cmdb.model.declarations import AttributeDeclaration, Extension
from cmdb.model.mistakes import MistakeCode, Mistakes, Place
from cmdb.model.names import camel_case
from cmdb.model.types import Attribute


def merged_attributes(
    given: Mapping[str, Attribute],
    given_by: str,
    declared: Iterable[AttributeDeclaration],
    mistakes: Mistakes,
) -> dict[str, Attribute]:
    """`given` and then `declared`. A declared name that is given already is a mistake, as `given_by` explains."""
    merged = dict(given)
    spellings = {camel_case(name) for name in given}
    for declaration in declared:
        attribute = declaration.attribute
        if camel_case(attribute.name) in spellings:
            mistakes.add(
                declaration.place,
                MistakeCode.DUPLICATE_NAME,
                f"attribute {attribute.name!r} is there already: {given_by}",
            )
            continue
        spellings.add(camel_case(attribute.name))
        merged[attribute.name] = attribute
    return merged


def extended(
    own: Iterable[AttributeDeclaration], extensions: Iterable[Extension], name: str
) -> tuple[AttributeDeclaration, ...]:
    """A thing's own attributes, followed by those that extensions of it add."""
    added = (a for extension in extensions if extension.target.text == name for a in extension.attributes)
    return (*own, *added)


def check_targets(
    extensions: Iterable[Extension], known: Iterable[str], what: str, code: MistakeCode, mistakes: Mistakes
) -> None:
    """Note each extension of something that does not exist."""
    names = list(known)
    for extension in extensions:
        word = extension.target
        if word.text not in names:
            mistakes.add(
                word.place, code, f"there is no {what} {word.text!r} to extend", seen=word.text, known=names
            )


class TypeRegister:
    """Sees to it that an attribute's name has one type everywhere: questions and stores rely on it."""

    def __init__(self, mistakes: Mistakes) -> None:
        self._types: dict[str, tuple[ValueType, str]] = {}
        self._mistakes = mistakes

    def enter(self, owner: str, declared: Iterable[AttributeDeclaration]) -> None:
        """Compare what a class or record type declares with all that was entered before."""
        for declaration in declared:
            self._enter(owner, declaration.attribute, declaration.place)

    def _enter(self, owner: str, attribute: Attribute, place: Place) -> None:
        kind, first = self._types.setdefault(attribute.name, (attribute.type, owner))
        if kind is not attribute.type:
            self._mistakes.add(
                place,
                MistakeCode.CONFLICTING_TYPE,
                f"attribute {attribute.name!r} is {attribute.type} in {owner} and {kind} in {first}; "
                "a name has one type in all classes and record types",
            )
