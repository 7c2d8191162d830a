"""Time comes from a clock that is handed in, never from the machine directly."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Protocol

from cmdb.kernel.errors import CmdbError, ErrorKind


class InvalidInstantError(CmdbError):
    """The text is not a point in time."""

    code = "INVALID_INSTANT"
    kind = ErrorKind.INVALID
    summary = "A text was given as a point in time and is none."
    default_remedy = "Write it as RFC 3339, e.g. 2026-11-22T08:30:00Z."


class Clock(Protocol):
    """Tells the time, in UTC."""

    def now(self) -> datetime:
        """The present moment, timezone-aware, UTC."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The present moment, timezone-aware, UTC."""
        return datetime.now(UTC)


def instant_text(moment: datetime) -> str:
    """RFC 3339 in UTC with milliseconds; of fixed width, so that text order is time order."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def parse_instant(text: str) -> datetime:
    """The moment an RFC 3339 text names; a text without an offset is read as UTC.

    Raises:
        InvalidInstantError: the text is not a date and time.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidInstantError(f"{text!r} is not a date and time") from error
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
