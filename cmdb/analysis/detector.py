"""From metrics to alerts: is a CI as it usually is?

Median and median absolute deviation of a reference period stand for the usual level and scatter, because a few
strange samples do not move them (Iglewicz & Hoaglin, How to Detect and Handle Outliers, 1993). Short or very
even references make the scatter too small, so it is never taken to be less than chance alone would give:

- latency: response times scatter about as widely as their mean (exponential service times), so the mean of n
  requests scatters by usual / sqrt(n);
- errors: failures among n requests are binomial, with the share of the rule of succession (Laplace), so that
  no failure in the reference does not mean that failures are impossible;
- traffic: counts of independent requests are Poisson, scattering by sqrt(usual).

What is usual is itself an estimate: with m samples of reference a new one differs from it sqrt(1 + 1/m) times as much.

Only what hurts is an alert: slower, more failures, more traffic. Less traffic is what a failing caller leaves
behind and says nothing about the one called.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from cmdb.analysis.alerts import Alert, Signal

MAD_TO_SIGMA = 1.4826
"""A normal distribution's standard deviation over its median absolute deviation."""
UNKNOWN_VOLUME = 30.0
"""Requests in a sample when nobody counted them: enough for a mean to be about normally distributed."""


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """When a deviation is an alert.

    threshold: so many times the usual scatter (three: Shewhart's control limits, 1931). well: below this the CI
    counts as seen working; between the two nothing is said. least_scatter: the scatter is at least this share
    of the usual level, because differences smaller than that hurt nobody. least_reference: fewer samples than
    this are no reference.
    """

    threshold: float = 3.0
    well: float = 1.5
    least_scatter: float = 0.1
    least_reference: int = 1


@dataclass(frozen=True, slots=True)
class Series:
    """One signal of one CI: samples of the reference period, and those of the time in question.

    `volumes` are the requests of the samples in question, in their order; None where nobody counted.
    """

    ci: str
    signal: Signal
    reference: tuple[float, ...]
    seen: tuple[float, ...]
    volumes: tuple[float | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """What a series says: how far off the CI is, and whether this is an alert, or that it works, or neither."""

    alert: Alert
    is_alert: bool
    is_well: bool


def assess(series: Series, sensitivity: Sensitivity) -> Finding | None:
    """Compare what is seen with the reference; None when there is too little of either."""
    if len(series.reference) < sensitivity.least_reference or not series.seen:
        return None
    counted = tuple(volume for volume in series.volumes if volume is not None)
    weights = [v if v is not None else 0.0 for v in series.volumes] if counted else [1.0] * len(series.seen)
    if series.signal is Signal.TRAFFIC:
        weights = [1.0] * len(series.seen)
    if not sum(weights):
        return None
    level = sum(v * w for v, w in zip(series.seen, weights, strict=True)) / sum(weights)
    usual = median(series.reference)
    number = sum(counted) if counted else UNKNOWN_VOLUME * len(series.seen)
    unsure = math.sqrt(1 + 1 / len(series.reference))
    deviation = (level - usual) / (unsure * _scatter(series, usual, number, sensitivity))
    alert = Alert(
        ci=series.ci,
        signal=series.signal,
        deviation=deviation,
        excess=max(level - usual, 0.0),
        usual=usual,
        volume=sum(counted) if counted else None,
    )
    return Finding(alert, deviation >= sensitivity.threshold, deviation < sensitivity.well)


def _scatter(series: Series, usual: float, number: float, sensitivity: Sensitivity) -> float:
    observed = MAD_TO_SIGMA * _mad(series.reference, usual)
    match series.signal:
        case Signal.ERRORS:
            share = (number * min(max(usual, 0.0), 1.0) + 1) / (number + 2)
            by_chance = math.sqrt(share * (1 - share) / max(number, 1.0))
            return max(observed, by_chance)
        case Signal.TRAFFIC:
            by_chance = math.sqrt(max(usual, 1.0))
        case _:
            by_chance = abs(usual) / math.sqrt(max(number, 1.0))
    return max(observed, by_chance, sensitivity.least_scatter * abs(usual), 1e-12)


def _mad(values: Sequence[float], middle: float) -> float:
    return median(abs(value - middle) for value in values)
