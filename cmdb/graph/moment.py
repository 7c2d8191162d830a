"""Moments of the graph: a revision, named by its number or by a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cmdb.graph.revision import Revision
from cmdb.graph.store import GraphStore
from cmdb.kernel.clock import Clock, instant_text, parse_instant
from cmdb.kernel.errors import CmdbError, ErrorKind

BEFORE_ALL = "1970-01-01T00:00:00.000Z"
"""The time of revision 0, the empty graph, which nobody committed."""


class UnknownMomentError(CmdbError):
    """The moment asked for is none of this graph's; details: what was given, and the head."""

    code = "MOMENT_UNKNOWN"
    kind = ErrorKind.NOT_FOUND
    summary = "The moment asked for lies before the ledger's beginning, or has not come yet."
    default_remedy = "`cmdb revisions` lists revisions with their times."


class MomentUnclearError(CmdbError):
    """A moment is named by no means, or by two."""

    code = "MOMENT_UNCLEAR"
    kind = ErrorKind.INVALID
    summary = "A moment is named by a time or by a revision, and here by neither or by both."
    default_remedy = 'Give one of them: `at: "2026-11-22T08:30:00Z"`, or `revision: 120`.'


@dataclass(frozen=True, slots=True)
class Moment:
    """How the graph stood right after a revision: its number, hash, and the time that is meant (RFC 3339, UTC).

    `at` is the time asked for where one was, else the revision's own.
    """

    revision: int
    hash: str
    at: str


async def moment_of(
    store: GraphStore, clock: Clock, at: str | None = None, revision: int | None = None
) -> Moment:
    """The moment of a time (RFC 3339), which is that of the last revision not later, or of a revision's number.

    Revision 0 is the empty graph. A time is looked up by halving: in as many reads as the number of the newest
    revision has binary digits. It takes times to rise with the numbers, as they do on a clock that is not set back.

    Raises:
        MomentUnclearError: neither or both are given.
        UnknownMomentError: the time is to come or before the first revision, or there is no such revision.
        InvalidInstantError: the time is none.
    """
    if (at is None) == (revision is None):
        raise MomentUnclearError("a moment takes either a time or a revision")
    head = (await store.head()).revision
    if revision is not None:
        return await _of_revision(store, revision, head)
    assert at is not None
    return await _of_time(store, parse_instant(at), clock.now(), head)


async def _of_revision(store: GraphStore, number: int, head: int) -> Moment:
    if not 0 <= number <= head:
        raise UnknownMomentError(
            f"there is no revision {number}; the newest is {head}",
            details={"revision": number, "head": head},
        )
    if number == 0:
        return Moment(0, "", BEFORE_ALL)
    found = await revision_at(store, number)
    return Moment(number, found.hash, found.at)


async def _of_time(store: GraphStore, wanted: datetime, now: datetime, head: int) -> Moment:
    at = instant_text(wanted)
    if wanted > now:
        raise UnknownMomentError(
            f"{at} is still to come; it is {instant_text(now)}", details={"at": at, "head": head}
        )
    low, high = 0, head + 1
    last: Revision | None = None
    while high - low > 1:
        middle = (low + high) // 2
        found = await revision_at(store, middle)
        if found.at <= at:
            low, last = middle, found
        else:
            high = middle
    if last is None:
        raise UnknownMomentError(
            f"at {at} there was nothing: no revision is that old", details={"at": at, "head": head}
        )
    return Moment(last.number, last.hash, at)


async def revision_at(store: GraphStore, number: int) -> Revision:
    """One revision, which is there.

    Raises:
        UnknownMomentError: it is not.
    """
    async for revision in store.revisions(after=number - 1, limit=1):
        return revision
    raise UnknownMomentError(f"the ledger does not hold revision {number}", details={"revision": number})
