"""What a table is, and how numbers are written in one."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.results import Measurement


@dataclass(frozen=True, slots=True)
class Table:
    """A table with what has to be known to read it."""

    title: str
    explanation: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    plot: str | None = None


def milliseconds(seconds: float) -> str:
    """Milliseconds with three digits that mean something."""
    value = seconds * 1000
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}" if value >= 1 else f"{value:.3f}"


def factor(ratio: float) -> str:
    """How many times as much."""
    return f"{ratio:,.0f}" if ratio >= 10 else f"{ratio:.2g}"


def times(each: Measurement) -> tuple[str, str, str]:
    """Median, 95th percentile and the processor's time, in milliseconds."""
    timing = each.timing
    return milliseconds(timing.median), milliseconds(timing.p95), milliseconds(timing.cpu)
