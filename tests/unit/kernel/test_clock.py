"""Points in time as texts."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmdb.kernel.clock import InvalidInstantError, SystemClock, instant_text, parse_instant

_MOMENTS = st.datetimes(datetime(1970, 1, 2), datetime(9000, 1, 1), timezones=st.timezones())  # noqa: DTZ001


@given(_MOMENTS)
def test_a_moment_survives_being_written_to_the_millisecond(moment: datetime) -> None:
    """Whatever zone it was given in."""
    cut = moment.astimezone(UTC)
    cut = cut.replace(microsecond=cut.microsecond // 1000 * 1000)
    assert parse_instant(instant_text(moment)) == cut


@given(_MOMENTS, _MOMENTS)
def test_text_order_is_time_order(one: datetime, other: datetime) -> None:
    """So stores can compare moments as texts."""
    assert (instant_text(one) < instant_text(other)) <= (one < other)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-22T08:30:00Z", datetime(2026, 11, 22, 8, 30, tzinfo=UTC)),
        ("2026-11-22T08:30:00+02:00", datetime(2026, 11, 22, 8, 30, tzinfo=timezone(timedelta(hours=2)))),
        ("2026-11-22T08:30:00", datetime(2026, 11, 22, 8, 30, tzinfo=UTC)),
        ("2026-11-22", datetime(2026, 11, 22, tzinfo=UTC)),
    ],
)
def test_instants_are_read(text: str, moment: datetime) -> None:
    """Without an offset they are UTC."""
    assert parse_instant(text) == moment


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01", "12:00"])
def test_other_texts_are_no_instants(text: str) -> None:
    """The error shows the text."""
    with pytest.raises(InvalidInstantError, match="is not a date and time"):
        parse_instant(text)


def test_the_system_clock_tells_utc() -> None:
    """Its moments know their zone."""
    assert SystemClock().now().tzinfo is UTC
