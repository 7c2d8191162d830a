"""Repeats work and keeps how long each repetition took."""

from __future__ import annotations

import gc
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds of several repetitions: the median, the 95th percentile (nearest rank), and how many there were."""

    median: float
    p95: float
    repetitions: int


@dataclass(frozen=True, slots=True)
class Patience:
    """How often to repeat: `least` times at least, then until `seconds` are spent or `most` times."""

    least: int = 5
    most: int = 300
    seconds: float = 0.5


def timing(seconds: list[float]) -> Timing:
    """What several repetitions come to."""
    ordered = sorted(seconds)
    rank = max(0, -(-95 * len(ordered) // 100) - 1)
    return Timing(median(ordered), ordered[rank], len(ordered))


def measure(work: Callable[[], object], patience: Patience) -> Timing:
    """Times work; one repetition before goes uncounted, so that caches are warm for everybody alike."""
    work()
    gc.collect()
    taken: list[float] = []
    while _goes_on(taken, patience):
        begin = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begin)
    return timing(taken)


async def measure_async(work: Callable[[], Awaitable[object]], patience: Patience) -> Timing:
    """Times work that is awaited, as `measure` does."""
    await work()
    gc.collect()
    taken: list[float] = []
    while _goes_on(taken, patience):
        begin = time.perf_counter()
        await work()
        taken.append(time.perf_counter() - begin)
    return timing(taken)


def _goes_on(taken: list[float], patience: Patience) -> bool:
    if len(taken) < patience.least:
        return True
    return len(taken) < patience.most and sum(taken) < patience.seconds
