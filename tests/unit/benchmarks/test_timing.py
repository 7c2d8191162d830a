"""Repeating work and summing up how long it took."""

from __future__ import annotations

import pytest

from benchmarks.prepared import nearest
from benchmarks.timing import Lap, Patience, Timing, measure, timing


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        ([3.0], Timing(3.0, 3.0, 1, 1.5)),
        ([1.0, 2.0, 9.0], Timing(2.0, 9.0, 3, 1.0)),
        ([float(n) for n in range(1, 101)], Timing(50.5, 95.0, 100, 25.25)),
    ],
)
def test_a_timing_holds_median_and_95th_percentile(seconds: list[float], expected: Timing) -> None:
    """The percentile is by nearest rank: a value that was really measured."""
    assert expected == timing([Lap(each, each / 2) for each in seconds])


def test_work_is_repeated_as_often_as_patience_says() -> None:
    """Once uncounted, then at least `least` and at most `most` times."""
    calls: list[None] = []

    found = measure(lambda: calls.append(None), Patience(least=2, most=4, seconds=60))

    assert (found.repetitions, len(calls)) == (4, 5)


def test_without_seconds_to_spend_work_is_repeated_the_least_often() -> None:
    """Slow work is not repeated for its own sake."""
    assert 2 == measure(lambda: None, Patience(least=2, most=4, seconds=0)).repetitions


def test_starts_are_chosen_by_the_nearest_size() -> None:
    """By ratio; a size that nothing comes near to is left out."""
    sizes = {1: 10, 2: 45, 3: 900, 4: 1200}

    assert [(2, 45), (3, 900)] == nearest(sizes, (40, 1000, 50_000), sizes.__getitem__)
