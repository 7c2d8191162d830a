"""ULIDs."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cmdb.kernel.ids import UlidSource, encode_ulid

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class _Clock:
    """Shows what it was set to."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 1, 1, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment


@given(st.integers(0, 2**128 - 1))
def test_an_encoded_number_can_be_read_back(number: int) -> None:
    """26 characters of Crockford's base 32, the most significant first."""
    text = encode_ulid(number)
    assert len(text) == 26
    assert sum(_ALPHABET.index(letter) * 32**place for place, letter in enumerate(reversed(text))) == number


def test_ids_rise_even_when_the_clock_stands_still_or_goes_back() -> None:
    """Each is greater than every one before."""
    clock = _Clock()
    source = UlidSource(clock)
    ids = [source.new_id() for _ in range(100)]
    clock.moment -= timedelta(hours=1)
    ids += [source.new_id() for _ in range(100)]
    clock.moment += timedelta(hours=2)
    ids += [source.new_id() for _ in range(100)]
    assert ids == sorted(set(ids))


def test_two_sources_do_not_make_the_same_ids() -> None:
    """Though they read the same clock."""
    clock = _Clock()
    assert UlidSource(clock).new_id() != UlidSource(clock).new_id()
