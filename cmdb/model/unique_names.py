"""Names and plurals of classes and record types share one space: the API has a field for each."""

from __future__ import annotations

from cmdb.model.declarations import Declarations
from cmdb.model.fields import Word
from cmdb.model.mistakes import MistakeCode, Mistakes


def check_unique_names(declared: Declarations, mistakes: Mistakes) -> None:
    """Note every plural, class or record type that is called like another; case makes no difference."""
    taken: dict[str, tuple[str, str]] = {}
    for kind, name in _names(declared):
        first_kind, first = taken.setdefault(name.text.casefold(), (kind, name.text))
        # A name declared twice as the same kind is reported where that kind is built.
        if (first_kind, first) != (kind, name.text):
            mistakes.add(
                name.place,
                MistakeCode.NAME_CLASH,
                f"{name.text!r} names a {kind}, and {first!r} is the name of a {first_kind}",
            )
    seen: set[str] = set()
    for kind, owner, plural in _plurals(declared):
        if owner.text in seen:
            continue
        seen.add(owner.text)
        first_kind, first = taken.setdefault(plural.text.casefold(), (f"plural of {owner.text}", plural.text))
        if first_kind != f"plural of {owner.text}":
            mistakes.add(
                plural.place,
                MistakeCode.NAME_CLASH,
                f"the plural {plural.text!r} of the {kind} {owner.text!r} is taken: {first!r} is a {first_kind}; "
                "give another 'plural'",
            )


def _names(declared: Declarations) -> list[tuple[str, Word]]:
    return [
        *(("class", one.name) for one in declared.classes),
        *(("record type", one.name) for one in declared.records),
    ]


def _plurals(declared: Declarations) -> list[tuple[str, Word, Word]]:
    return [
        *(("class", one.name, one.plural) for one in declared.classes),
        *(("record type", one.name, one.plural) for one in declared.records),
    ]
