"""Spans of time, and the first that is free."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from cmdb.analysis.windows import Scope, Span, Window, WindowKind, first_free, occurrences

START = datetime(2026, 11, 23, tzinfo=UTC)
HOURS = 60


def at(hour: int) -> datetime:
    return START + timedelta(hours=hour)


def span(begin: int, end: int) -> Span:
    return Span(at(begin), at(end))


@st.composite
def spans(draw: st.DrawFn) -> list[tuple[int, int]]:
    """A few spans in whole hours."""
    pair = st.tuples(st.integers(0, HOURS), st.integers(1, 12))
    return [(begin, begin + length) for begin, length in draw(st.lists(pair, max_size=6))]


def is_free(begin: int, end: int, busy: list[tuple[int, int]], allowed: list[list[tuple[int, int]]]) -> bool:
    """Hour by hour: nothing busy, and each set allows every hour."""
    return all(
        not any(b <= hour < e for b, e in busy) and all(any(b <= hour < e for b, e in one) for one in allowed)
        for hour in range(begin, end)
    )


@settings(max_examples=500, deadline=None)
@given(spans(), st.lists(spans(), max_size=2), st.integers(1, 8))
def test_the_first_free_slot_is_free_and_there_is_none_before(
    busy: list[tuple[int, int]], allowed: list[list[tuple[int, int]]], hours: int
) -> None:
    """Looking at every hour of every earlier slot finds the same slot, or none either."""
    expected = next(
        (begin for begin in range(HOURS - hours + 1) if is_free(begin, begin + hours, busy, allowed)), None
    )
    found = first_free(
        timedelta(hours=hours),
        span(0, HOURS),
        [span(*one) for one in busy],
        [[span(*one) for one in spans] for spans in allowed],
    )

    assert (None if expected is None else span(expected, expected + hours)) == found


@settings(max_examples=200, deadline=None)
@given(st.integers(-2000, 500), st.integers(1, 400), st.integers(0, 400), st.integers(1, 800))
def test_a_weekly_window_occurs_each_week_and_at_no_other_time(
    begin: int, length: int, first: int, more: int
) -> None:
    """An hour is in some occurrence exactly when it is whole weeks after an hour of the first one."""
    window = Window("w", WindowKind.BLACKOUT, span(begin, begin + length), weekly=True)
    within = span(first, first + more)
    found = list(occurrences(window, within))

    for hour in range(first, first + more):
        expected = any(begin <= hour - 168 * week < begin + length for week in range(20))
        assert expected == any(one.begin <= at(hour) < one.end for one in found)
    assert all(one.meets(within) for one in found)


def test_a_weekly_window_ends() -> None:
    """No occurrence begins at or after `until`."""
    window = Window("w", WindowKind.BLACKOUT, span(0, 2), weekly=True, until=at(2 * 168))

    assert [span(0, 2), span(168, 170)] == list(occurrences(window, span(0, 2000)))


def test_a_scope_that_says_nothing_holds_everything() -> None:
    """A window for all."""
    assert Scope().holds("a", "Server", "production")


def test_a_scope_holds_its_cis_and_those_of_both_its_class_and_environment() -> None:
    """Classes and environments narrow one another; CIs named are held in any case."""
    scope = Scope(frozenset({"a"}), frozenset({"Server"}), frozenset({"production"}))

    assert scope.holds("a", "Router", "test")
    assert scope.holds("b", "Server", "production")
    assert not scope.holds("b", "Server", "test")
    assert not scope.holds("b", "Router", "production")


def test_a_scope_of_cis_holds_no_others() -> None:
    """Naming CIs alone leaves out the rest."""
    assert not Scope(frozenset({"a"})).holds("b", "Server", "production")


BERLIN = ZoneInfo("Europe/Berlin")


def local(text: str, zone: ZoneInfo = BERLIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def begins(window: Window, year: int) -> list[datetime]:
    """The local times at which it begins in a year."""
    within = Span(datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC))
    return [one.begin.astimezone(window.zone) for one in occurrences(window, within)]


def test_the_time_of_day_stays_when_clocks_are_set() -> None:
    """Saturdays at ten in Berlin, all through a year: in UTC nine o'clock in winter and eight in summer."""
    first = Span(local("2026-01-03T10:00"), local("2026-01-03T12:00"))
    window = Window("w", WindowKind.MAINTENANCE, first, weekly=True, zone=BERLIN)
    found = begins(window, 2027)

    assert 52 == len(found)
    assert {(5, 10)} == {(one.weekday(), one.hour) for one in found}
    assert {8, 9} == {one.astimezone(UTC).hour for one in found}


def test_a_time_of_day_that_is_skipped_or_comes_twice() -> None:
    """On 29 March 2026 there is no half past two in Berlin, on 25 October there are two: the first counts."""
    first = Span(local("2026-01-04T02:30"), local("2026-01-04T03:30"))
    window = Window("w", WindowKind.MAINTENANCE, first, weekly=True, zone=BERLIN)

    spring = Span(datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 3, 30, tzinfo=UTC))
    autumn = Span(datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 10, 26, tzinfo=UTC))
    (skipped,), (twice,) = list(occurrences(window, spring)), list(occurrences(window, autumn))

    assert datetime(2026, 3, 29, 1, 30, tzinfo=UTC) == skipped.begin
    assert skipped.begin + timedelta(hours=1) == skipped.end
    assert datetime(2026, 10, 25, 0, 30, tzinfo=UTC) == twice.begin
    assert local("2026-10-25T03:30") == twice.end


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]),
    st.datetimes(datetime.fromisoformat("2025-01-01"), datetime.fromisoformat("2026-12-31")),
    st.integers(1, 60 * 24),
    st.integers(0, 120),
)
def test_in_every_zone_there_is_one_occurrence_a_week(
    name: str, wall: datetime, minutes: int, weeks: int
) -> None:
    """Each has a length, begins at the time of day of the first or within the hours that are skipped, in order."""
    zone = ZoneInfo(name)
    begin = wall.replace(second=0, microsecond=0, tzinfo=zone).astimezone(UTC)
    window = Window(
        "w", WindowKind.BLACKOUT, Span(begin, begin + timedelta(minutes=minutes)), True, zone=zone
    )
    within = Span(begin + weeks * timedelta(weeks=1), begin + (weeks + 8) * timedelta(weeks=1))
    found = list(occurrences(window, within))

    assert all(one.begin < one.end and one.meets(within) for one in found)
    assert found == sorted(found)
    assert len(found) in {7, 8, 9, 10}
    times = [one.begin.astimezone(zone) for one in found]
    moved = [one for one in times if one.time() != begin.astimezone(zone).time()]
    assert len(moved) <= 2
