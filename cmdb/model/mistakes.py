"""Mistakes in the model's files: each with its place, all of them reported at once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from cmdb.kernel.errors import CmdbError, ErrorKind

_SHOWN = 100
_LONGEST_NAME = 64
_LONGEST_MESSAGE = 500


class MistakeCode(StrEnum):
    """What sort of mistake it is; stable, for programs that read the error's details."""

    MISSING_FOLDER = "MISSING_FOLDER"
    UNREADABLE_FILE = "UNREADABLE_FILE"
    UNKNOWN_FILE = "UNKNOWN_FILE"
    FILE_TOO_LARGE = "FILE_TOO_LARGE"
    INVALID_YAML = "INVALID_YAML"
    NESTED_TOO_DEEPLY = "NESTED_TOO_DEEPLY"
    ALIAS_REFUSED = "ALIAS_REFUSED"
    TAG_REFUSED = "TAG_REFUSED"
    UNKNOWN_KEY = "UNKNOWN_KEY"
    DUPLICATE_KEY = "DUPLICATE_KEY"
    MISSING_KEY = "MISSING_KEY"
    WRONG_SHAPE = "WRONG_SHAPE"
    INVALID_VALUE = "INVALID_VALUE"
    INVALID_NAME = "INVALID_NAME"
    RESERVED_NAME = "RESERVED_NAME"
    DUPLICATE_NAME = "DUPLICATE_NAME"
    NAME_CLASH = "NAME_CLASH"
    UNKNOWN_CLASS = "UNKNOWN_CLASS"
    UNKNOWN_ATTRIBUTE = "UNKNOWN_ATTRIBUTE"
    UNKNOWN_RELATIONSHIP = "UNKNOWN_RELATIONSHIP"
    UNKNOWN_STATE = "UNKNOWN_STATE"
    CYCLIC_INHERITANCE = "CYCLIC_INHERITANCE"
    SECOND_ROOT = "SECOND_ROOT"
    CONFLICTING_TYPE = "CONFLICTING_TYPE"
    INVALID_DEFAULT = "INVALID_DEFAULT"
    UNREACHABLE_STATE = "UNREACHABLE_STATE"
    DEAD_END = "DEAD_END"


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file, counted from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        """The usual `file:line`, which editors and terminals turn into a link."""
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake: where it is, what was seen, and which known name was perhaps meant."""

    place: Place
    code: MistakeCode
    message: str
    suggestion: str | None = None

    def __str__(self) -> str:
        """One line for people."""
        hint = f"; did you mean {self.suggestion!r}?" if self.suggestion else ""
        return f"{self.place}: {self.code}: {self.message}{hint}"


class InvalidModelError(CmdbError):
    """The model's files contradict themselves, or say what cannot be understood.

    `mistakes` holds every one that was found, by file and line.
    """

    code = "MODEL_INVALID"
    kind = ErrorKind.INVALID
    summary = "The files that describe the model (classes, relationship types, record types) have mistakes."
    default_remedy = "Correct the lines named; the guide's page about the model explains every key."

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        ordered = sorted(mistakes, key=lambda mistake: (mistake.place.file, mistake.place.line))
        self.mistakes = tuple(ordered)
        lines = [f"  {mistake}" for mistake in ordered[:_SHOWN]]
        if len(ordered) > _SHOWN:
            lines.append(f"  and {len(ordered) - _SHOWN} more")
        count = "1 mistake" if len(ordered) == 1 else f"{len(ordered)} mistakes"
        super().__init__(
            "\n".join([f"the model has {count}:", *lines]),
            details={"mistakes": [str(mistake) for mistake in ordered[:_SHOWN]]},
        )


class Mistakes:
    """Collects mistakes while reading goes on."""

    def __init__(self) -> None:
        self._found: list[Mistake] = []
        self.file_refused = False

    def add(
        self, place: Place, code: MistakeCode, message: str, *, seen: str = "", known: Iterable[str] = ()
    ) -> None:
        """Note a mistake; the name in `known` closest to `seen` becomes its suggestion."""
        # Likeness costs the square of the length; a file full of nonsense needs no suggestions.
        worth_it = 0 < len(seen) <= _LONGEST_NAME and len(self._found) < _SHOWN
        close = difflib.get_close_matches(seen, list(known), n=1) if worth_it else []
        short = message if len(message) <= _LONGEST_MESSAGE else f"{message[:_LONGEST_MESSAGE]}…"
        self._found.append(Mistake(place, code, short, close[0] if close else None))

    def refuse_file(self, place: Place, code: MistakeCode, message: str) -> None:
        """Note that nothing of a file was taken in, so that what it declares is unknown."""
        self.file_refused = True
        self.add(place, code, message)

    def raise_any(self) -> None:
        """Do nothing when there are none.

        Raises:
            InvalidModelError: with all that were noted.
        """
        if self._found:
            raise InvalidModelError(self._found)
