"""Spans of time: those that repeat, those in the way, and the first that is free."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum

WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From `begin` up to, and not including, `end`."""

    begin: datetime
    end: datetime

    def meets(self, other: Span) -> bool:
        """Whether the two have a moment in common."""
        return self.begin < other.end and other.begin < self.end

    def holds(self, other: Span) -> bool:
        """Whether the other lies wholly within this one."""
        return self.begin <= other.begin and other.end <= self.end


class WindowKind(StrEnum):
    """BLACKOUT: nothing is changed in it. MAINTENANCE: what it governs is changed in it and at no other time."""

    BLACKOUT = "blackout"
    MAINTENANCE = "maintenance"


@dataclass(frozen=True, slots=True)
class Scope:
    """The CIs a window governs.

    Those of `ids`, and those of the classes and environments (of both, where both are given). A scope that
    says nothing holds every CI.
    """

    ids: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()
    environments: frozenset[str] = frozenset()

    def holds(self, ci_id: str, class_name: str, environment: str) -> bool:
        """Whether this CI is governed."""
        if not (self.classes or self.environments):
            return not self.ids or ci_id in self.ids
        fits = (not self.classes or class_name in self.classes) and (
            not self.environments or environment in self.environments
        )
        return fits or ci_id in self.ids


@dataclass(frozen=True, slots=True)
class Window:
    """A blackout or maintenance window: once, or each week at the same time of day in a zone, up to `until`."""

    id: str
    kind: WindowKind
    span: Span
    weekly: bool = False
    until: datetime | None = None
    scope: Scope = Scope()
    zone: tzinfo = UTC


def occurrences(window: Window, within: Span) -> Iterator[Span]:
    """The spans of a window that have a moment in common with `within`, in order."""
    first = window.span
    if not window.weekly:
        if first.meets(within):
            yield first
        return
    # One week more than may be skipped: a zone's clocks may have been set since the first.
    week = max((within.begin - first.end) // WEEK - 1, 0)
    span = _in_week(window, week)
    while span.begin < within.end and (window.until is None or span.begin < window.until):
        if span.meets(within):
            yield span
        week += 1
        span = _in_week(window, week)


def _in_week(window: Window, week: int) -> Span:
    """The occurrence so many weeks after the first, at the same time of day.

    A time of day that is skipped or comes twice is taken with the offset before the clocks are set (RFC 5545,
    3.3.5). An end that would so come to lie before the beginning is as long after it as the first one's.
    """
    first = window.span
    begin, end = (_weeks_later(moment, week, window.zone) for moment in (first.begin, first.end))
    return Span(begin, end if begin < end else begin + (first.end - first.begin))


def _weeks_later(moment: datetime, weeks: int, zone: tzinfo) -> datetime:
    local = moment.astimezone(zone)
    return (local + weeks * WEEK).replace(fold=0 if weeks else local.fold).astimezone(UTC)


def joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same moments in as few spans as possible, in order."""
    result: list[Span] = []
    for span in sorted(spans):
        if result and span.begin <= result[-1].end:
            result[-1] = Span(result[-1].begin, max(result[-1].end, span.end))
        elif span.begin < span.end:
            result.append(span)
    return tuple(result)


def first_free(
    duration: timedelta, within: Span, busy: Iterable[Span], allowed: Iterable[Iterable[Span]] = ()
) -> Span | None:
    """The earliest span of this length that meets nothing busy and lies, for each set, within one that is allowed.

    Spans of one set that touch count as one. None when there is no such span.
    """
    taken = joined(busy)
    sets = [joined(spans) for spans in allowed]
    slot: Span | None = Span(within.begin, within.begin + duration)
    while slot is not None and slot.end <= within.end:
        moved = _moved(slot, taken, sets)
        if moved == slot.begin:
            return slot
        slot = None if moved is None else Span(moved, moved + duration)
    return None


def _moved(slot: Span, taken: Sequence[Span], sets: Sequence[Sequence[Span]]) -> datetime | None:
    """When a slot of this length could begin instead; its own beginning when nothing is in the way."""
    moved: datetime | None = _after_busy(slot, taken)
    for spans in sets:
        if moved == slot.begin:
            moved = _into_allowed(slot, spans)
    return moved


def _after_busy(slot: Span, taken: Sequence[Span]) -> datetime:
    """When a slot of this length could begin: every earlier one would meet the same busy span."""
    return next((span.end for span in taken if span.meets(slot)), slot.begin)


def _into_allowed(slot: Span, spans: Sequence[Span]) -> datetime | None:
    """When a slot of this length could lie within one of the spans; None when not any more."""
    if any(span.holds(slot) for span in spans):
        return slot.begin
    return next((span.begin for span in spans if span.begin > slot.begin), None)
