"""From a PetShop recording to alerts, by the product's detector."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from benchmarks.root_cause.petshop_data import Issue, Recording, Scenario
from cmdb.analysis.alerts import Alert, Signal
from cmdb.analysis.detector import Finding, Sensitivity, Series, assess

SIGNALS = {"latency": Signal.LATENCY, "availability": Signal.ERRORS, "requests": Signal.TRAFFIC}
_TOLERATED = 0.1
"""A sample that overlaps the issue by this share of its length still belongs to the time before."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What monitoring says of an issue: findings by CI and signal."""

    signal: Signal
    findings: tuple[Finding, ...]

    @property
    def alerts(self) -> tuple[Alert, ...]:
        """All alerts."""
        return tuple(finding.alert for finding in self.findings if finding.is_alert)

    @property
    def healthy(self) -> tuple[str, ...]:
        """Nodes that work by the signal complained about, and alert by none."""
        failing = {alert.ci for alert in self.alerts if alert.signal is not Signal.TRAFFIC}
        well = {f.alert.ci for f in self.findings if f.is_well and f.alert.signal is self.signal}
        return tuple(sorted(well - failing))


def observe(scenario: Scenario, issue: Issue, sensitivity: Sensitivity, *, alone: bool = False) -> Seen:
    """What is seen from the moment the issue is noticed, as long as the target keeps failing.

    The reference are the quiet samples of the scenario: the recording without issues, and what lies before
    each issue; with `alone`, what lies before this one.
    """
    others = [issue] if alone else [one for one in scenario.issues if one.name != issue.name] + [issue]
    references = [(one.recording, _before(one)) for one in others]
    if scenario.quiet is not None and not alone:
        references.append((scenario.quiet, range(len(scenario.quiet.times))))
    nodes = sorted({node for node, _, _ in issue.recording.columns})
    signal = SIGNALS[issue.metric]
    during = _period(issue, references, sensitivity)
    found = [
        assess(_series(issue, references, node, metric, during), sensitivity)
        for node in nodes
        for metric in SIGNALS
        if node != issue.target or metric in {issue.metric, "requests"}
    ]
    return Seen(signal, tuple(finding for finding in found if finding is not None))


def _before(issue: Issue) -> range:
    step = issue.recording.step
    return range(sum(t + step <= issue.noticed + _TOLERATED * step for t in issue.recording.times))


def _period(issue: Issue, references: Sequence[tuple[Recording, range]], sensitivity: Sensitivity) -> range:
    """The samples from the one at which the target is first seen failing to the last before it recovers."""
    times = issue.recording.times
    first = next((n for n, t in enumerate(times) if t >= issue.noticed), len(times) - 1)
    failing = [
        n
        for n in range(first, len(times))
        if (f := assess(_series(issue, references, issue.target, issue.metric, range(n, n + 1)), sensitivity))
        and f.is_alert
    ]
    begin = failing[0] if failing else first
    end = begin + 1
    while end in failing:
        end += 1
    return range(begin, end)


def _series(
    issue: Issue, references: Sequence[tuple[Recording, range]], node: str, metric: str, during: range
) -> Series:
    statistic = "Sum" if metric == "requests" else issue.statistic if metric == issue.metric else "Average"
    column, counted = (node, metric, statistic), (node, "requests", "Sum")
    reference = [
        value
        for recording, places in references
        for place in places
        if (value := recording.columns.get(column, (None,) * len(recording.times))[place]) is not None
    ]
    empty = (None,) * len(issue.recording.times)
    values = [issue.recording.columns.get(column, empty)[place] for place in during]
    volumes = [issue.recording.columns.get(counted, empty)[place] for place in during]
    kept = [(value, volume) for value, volume in zip(values, volumes, strict=True) if value is not None]
    series = Series(
        ci=node,
        signal=SIGNALS[metric],
        reference=tuple(reference),
        seen=tuple(value for value, _ in kept),
        volumes=tuple(volume for _, volume in kept),
    )
    return _as_errors(series) if series.signal is Signal.ERRORS else series


def _as_errors(series: Series) -> Series:
    """Availability in percent as the share of requests that fail."""
    return replace(
        series,
        reference=tuple(1 - value / 100 for value in series.reference),
        seen=tuple(1 - value / 100 for value in series.seen),
    )
