"""Typed reading of a YAML table: every wrong key or value is a mistake with its line, and reading goes on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from cmdb.model.mistakes import MistakeCode, Mistakes, Place
from cmdb.model.names import NameKind, is_reserved, is_well_formed
from cmdb.model.yaml_tree import Items, Scalar, Table, Tree

Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Word:
    """A text and where it stands."""

    text: str
    place: Place


class Fields:
    """The keys of one table. `what` names the thing it describes in messages, e.g. `class`."""

    def __init__(self, table: Table, what: str, known: Sequence[str], mistakes: Mistakes) -> None:
        self.place = table.place
        self.what = what
        self.mistakes = mistakes
        self._entries = table.entries
        for entry in table.entries.values():
            if entry.key not in known:
                mistakes.add(
                    entry.place,
                    MistakeCode.UNKNOWN_KEY,
                    f"{what} has no key {entry.key!r}",
                    seen=entry.key,
                    known=known,
                )

    def has(self, key: str) -> bool:
        """Whether the key stands there."""
        return key in self._entries

    def place_of(self, key: str) -> Place:
        """Where the key stands, or where the table begins when it does not."""
        entry = self._entries.get(key)
        return entry.place if entry else self.place

    def scalar(self, key: str) -> Scalar | None:
        """The single value under a key."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        if isinstance(entry.node, Scalar) and entry.node.value is not None:
            return entry.node
        self.wrong(entry.place, f"{key!r} must be a single value")
        return None

    def word(self, key: str, *, required: bool = False) -> Word | None:
        """The text under a key."""
        found = self.scalar(key)
        if found is None:
            if required and key not in self._entries:
                self.mistakes.add(self.place, MistakeCode.MISSING_KEY, f"{self.what} lacks {key!r}")
            return None
        return Word(found.text.strip(), found.place)

    def text(self, key: str, *, required: bool = False) -> str:
        """The text under a key, empty when there is none."""
        found = self.word(key, required=required)
        return found.text if found else ""

    def name(self, key: str, kind: NameKind, *, required: bool = True) -> Word | None:
        """A well-formed name that is not reserved."""
        found = self.word(key, required=required)
        return found if found and check_name(found, kind, self.mistakes) else None

    def flag(self, key: str) -> bool:
        """The true or false under a key, false when there is none."""
        found = self.scalar(key)
        if found is not None and not isinstance(found.value, bool):
            self.wrong(found.place, f"{key!r} must be true or false, not {found.text!r}")
        return found is not None and found.value is True

    def whole(self, key: str, *, minimum: int = 1, required: bool = False) -> int | None:
        """The whole number under a key."""
        found = self.scalar(key)
        if found is None:
            if required and key not in self._entries:
                self.mistakes.add(self.place, MistakeCode.MISSING_KEY, f"{self.what} lacks {key!r}")
            return None
        if isinstance(found.value, int) and not isinstance(found.value, bool) and found.value >= minimum:
            return found.value
        self.wrong(found.place, f"{key!r} must be a whole number of at least {minimum}, not {found.text!r}")
        return None

    def choice(self, key: str, kind: type[Choice], default: Choice | None = None) -> Choice | None:
        """The member of an enumeration that a key names; without a default it must be there."""
        found = self.word(key, required=default is None)
        if found is None:
            return default
        try:
            return kind(found.text)
        except ValueError:
            values = [member.value for member in kind]
            self.mistakes.add(
                found.place,
                MistakeCode.INVALID_VALUE,
                f"{found.text!r} is none of {', '.join(values)}",
                seen=found.text,
                known=values,
            )
            return default

    def words(self, key: str) -> tuple[Word, ...]:
        """The list of texts under a key; a repeated one is a mistake."""
        found: dict[str, Word] = {}
        for node in self.items(key):
            if not isinstance(node, Scalar) or node.value is None:
                self.wrong(node.place, f"{key!r} must be a list of words")
            elif node.text in found:
                self.mistakes.add(
                    node.place, MistakeCode.DUPLICATE_NAME, f"{node.text!r} stands twice in {key!r}"
                )
            else:
                found[node.text] = Word(node.text, node.place)
        return tuple(found.values())

    def items(self, key: str) -> tuple[Tree, ...]:
        """The list under a key, empty when there is none."""
        entry = self._entries.get(key)
        if entry is None:
            return ()
        if isinstance(entry.node, Items):
            return entry.node.nodes
        self.wrong(entry.place, f"{key!r} must be a list")
        return ()

    def tables(self, key: str) -> Iterator[Table]:
        """The tables of the list under a key."""
        for node in self.items(key):
            if isinstance(node, Table):
                yield node
            else:
                self.wrong(node.place, f"each of {key!r} must be a table of keys and values")

    def table(self, key: str, *, required: bool = False) -> Table | None:
        """The table under a key."""
        entry = self._entries.get(key)
        if entry is None:
            if required:
                self.mistakes.add(self.place, MistakeCode.MISSING_KEY, f"{self.what} lacks {key!r}")
            return None
        if isinstance(entry.node, Table):
            return entry.node
        self.wrong(entry.place, f"{key!r} must be a table of keys and values")
        return None

    def table_or_word(self, key: str) -> Table | Word | None:
        """What stands under a key that takes either."""
        entry = self._entries.get(key)
        if entry is not None and isinstance(entry.node, Table):
            return entry.node
        return self.word(key)

    def wrong(self, place: Place, message: str) -> None:
        """Note that something has the wrong shape."""
        self.mistakes.add(place, MistakeCode.WRONG_SHAPE, message)


def check_name(word: Word, kind: NameKind, mistakes: Mistakes) -> bool:
    """Whether a name may be given; if not, the mistake is noted."""
    if not is_well_formed(kind, word.text):
        pattern, wording = kind.value
        mistakes.add(
            word.place, MistakeCode.INVALID_NAME, f"{word.text!r} is no name here: {wording} ({pattern})"
        )
        return False
    if is_reserved(kind, word.text):
        mistakes.add(
            word.place,
            MistakeCode.RESERVED_NAME,
            f"{word.text!r} is used by the product itself; choose another",
        )
        return False
    return True


def root_tables(tree: Tree | None, mistakes: Mistakes) -> Iterator[Table]:
    """The tables of a file that is a list of them."""
    if tree is None:
        return
    if not isinstance(tree, Items):
        mistakes.add(
            tree.place, MistakeCode.WRONG_SHAPE, "the file must be a list, each entry beginning with `- `"
        )
        return
    for node in tree.nodes:
        if isinstance(node, Table):
            yield node
        else:
            mistakes.add(node.place, MistakeCode.WRONG_SHAPE, "each entry must be a table of keys and values")
