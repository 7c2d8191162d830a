"""Repeats work and keeps how long each repetition took."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds of several repetitions: the median, the 95th percentile (nearest rank), and how many there were.

    cpu: the median of the seconds in which a processor worked for it. Where it is far below the median of all
    seconds, the work waited: for the disk, or for a processor that others were using.
    """

    median: float
    p95: float
    repetitions: int
    cpu: float


@dataclass(frozen=True, slots=True)
class Lap:
    """One repetition: seconds on the clock, and seconds in which a processor worked for it."""

    seconds: float
    cpu: float


class Stopwatch:
    """Runs from its making until it is read; counts this process's processor time and that of ended children."""

    def __init__(self) -> None:
        self._cpu = _worked()
        self._begin = time.perf_counter()

    def lap(self) -> Lap:
        """What has passed so far."""
        return Lap(time.perf_counter() - self._begin, _worked() - self._cpu)


def _worked() -> float:
    times = os.times()
    return time.process_time() + times.children_user + times.children_system


@dataclass(frozen=True, slots=True)
class Patience:
    """How often to repeat: `least` times at least, then until `seconds` are spent or `most` times."""

    least: int = 5
    most: int = 300
    seconds: float = 0.5


def timing(laps: list[Lap]) -> Timing:
    """What several repetitions come to."""
    ordered = sorted(lap.seconds for lap in laps)
    rank = max(0, -(-95 * len(ordered) // 100) - 1)
    return Timing(median(ordered), ordered[rank], len(ordered), median(lap.cpu for lap in laps))


def measure(work: Callable[[], object], patience: Patience) -> Timing:
    """Times work; one repetition before goes uncounted, so that caches are warm for everybody alike."""
    work()
    gc.collect()
    taken: list[Lap] = []
    while _goes_on(taken, patience):
        watch = Stopwatch()
        work()
        taken.append(watch.lap())
    return timing(taken)


async def measure_async(work: Callable[[], Awaitable[object]], patience: Patience) -> Timing:
    """Times work that is awaited, as `measure` does."""
    await work()
    gc.collect()
    taken: list[Lap] = []
    while _goes_on(taken, patience):
        watch = Stopwatch()
        await work()
        taken.append(watch.lap())
    return timing(taken)


def _goes_on(taken: list[Lap], patience: Patience) -> bool:
    if len(taken) < patience.least:
        return True
    return len(taken) < patience.most and sum(lap.seconds for lap in taken) < patience.seconds
