"""What can be wrong with a question about a change."""

from __future__ import annotations

from cmdb.kernel.errors import CmdbError, ErrorKind


class ChangeNotFoundError(CmdbError):
    """A change is named that does not exist; details: change."""

    code = "CHANGE_NOT_FOUND"
    kind = ErrorKind.NOT_FOUND
    summary = "There is no such change."
    default_remedy = "Give its id or its number, e.g. CHG0000001; `cmdb search` finds it."


class ChangeNotPlannedError(CmdbError):
    """A question about time, and the change has no planned window; details: change."""

    code = "CHANGE_NOT_PLANNED"
    kind = ErrorKind.INVALID
    summary = "The change has no planned window."
    default_remedy = "Set planned_start and planned_end, or give a duration to look for a free slot."


class TimeZoneUnknownError(CmdbError):
    """A change window is in a time zone that this machine does not know; details: window, time_zone."""

    code = "TIME_ZONE_UNKNOWN"
    kind = ErrorKind.INVALID
    summary = "A change window is in a time zone that is not known here."
    default_remedy = "Correct time_zone of the window, or bring the package tzdata up to date."


class SlotInvalidError(CmdbError):
    """A slot is asked for that cannot be: no length, or no time to look in."""

    code = "SLOT_INVALID"
    kind = ErrorKind.INVALID
    summary = "The slot asked for has no length, or there is no time to look in."
    default_remedy = "Give a duration of at least a minute and at most the days to look ahead (1 to 366)."


class ModificationsInvalidError(CmdbError):
    """Modifications of a change do not fit the model or what is there; details: mistakes."""

    code = "MODIFICATIONS_INVALID"
    kind = ErrorKind.INVALID
    summary = "Modifications of the change do not fit the model, or what they are about is not there."
    default_remedy = "Correct the modifications that are named, or withdraw them."
