"""The one error shape of the product, and the catalogue drawn from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

Detail = str | int | float | bool | None | list[str]


class ErrorKind(StrEnum):
    """Who can mend it; each edge (HTTP, command line) maps a kind to its own status."""

    INVALID = "invalid"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    REFUSED = "refused"
    UNAVAILABLE = "unavailable"
    INTERNAL = "internal"


class CmdbError(Exception):
    """What was seen, and what to do about it.

    Subclasses stand beside their raiser and set the class attributes; `code` is stable and published.

    Args:
        message: One sentence saying what was seen, with its place where there is one.
        remedy: What to do, when this case knows better than the class does.
        details: Plain values for programs, e.g. the two versions of a conflict.
    """

    code: ClassVar[str] = "INTERNAL"
    kind: ClassVar[ErrorKind] = ErrorKind.INTERNAL
    summary: ClassVar[str] = "Something failed that should not have."
    default_remedy: ClassVar[str] = "Look the request id up in the server's log and report it."
    retryable: ClassVar[bool] = False

    def __init__(
        self, message: str, *, remedy: str | None = None, details: Mapping[str, Detail] | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy or self.default_remedy
        self.details: Mapping[str, Detail] = dict(details or {})


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """One published error: its stable code and what a caller can rely on."""

    code: str
    kind: ErrorKind
    summary: str
    remedy: str
    retryable: bool


def catalogue() -> list[CatalogueEntry]:
    """Every error class known to the running program, sorted by code, one entry a code."""
    entries = {
        cls.code: CatalogueEntry(cls.code, cls.kind, cls.summary, cls.default_remedy, cls.retryable)
        for cls in _subclasses(CmdbError)
    }
    return [entries[code] for code in sorted(entries)]


def _subclasses(cls: type[CmdbError]) -> Iterator[type[CmdbError]]:
    yield cls
    for child in cls.__subclasses__():
        yield from _subclasses(child)
