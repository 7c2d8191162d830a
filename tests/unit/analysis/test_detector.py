"""From metrics to alerts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmdb.analysis.alerts import Signal
from cmdb.analysis.detector import Finding, Sensitivity, Series, assess

USUAL = Sensitivity()
LEVEL = (0.10, 0.11, 0.09, 0.10, 0.10)


def found(signal: Signal, reference: tuple[float, ...], seen: float, requests: float | None = 500) -> Finding:
    finding = assess(Series("web", signal, reference, (seen,), (requests,)), USUAL)
    assert finding is not None
    return finding


@pytest.mark.parametrize(
    ("signal", "reference", "seen", "alerts"),
    [
        pytest.param(Signal.LATENCY, LEVEL, 0.2, True, id="twice as slow"),
        pytest.param(Signal.LATENCY, LEVEL, 0.11, False, id="a little slower"),
        pytest.param(Signal.LATENCY, LEVEL, 0.01, False, id="faster"),
        pytest.param(Signal.ERRORS, (0.0, 0.0, 0.0), 0.05, True, id="failures where there were none"),
        pytest.param(Signal.ERRORS, (0.0, 0.0, 0.0), 0.002, False, id="one failure in five hundred"),
        pytest.param(Signal.ERRORS, (0.5, 0.4, 0.6), 0.55, False, id="it always fails a lot"),
        pytest.param(Signal.TRAFFIC, (100, 104, 96), 210, True, id="twice the requests"),
        pytest.param(Signal.TRAFFIC, (100, 104, 96), 0, False, id="no requests: the callers' doing"),
        pytest.param(Signal.TRAFFIC, (3, 4, 2), 6, False, id="few requests scatter widely"),
    ],
)
def test_what_hurts_and_is_no_chance_is_an_alert(
    signal: Signal, reference: tuple[float, ...], seen: float, alerts: bool
) -> None:
    """Slower, failing more, or asked more, beyond the usual scatter and what chance gives."""
    assert alerts is found(signal, reference, seen).is_alert


def test_the_mean_of_few_requests_scatters_more() -> None:
    """Twice as slow says something over five hundred requests, and nothing over four."""
    few, many = (found(Signal.LATENCY, LEVEL, 0.2, requests) for requests in (4, 500))

    assert (False, True) == (few.is_alert, many.is_alert)


def test_one_strange_sample_in_the_reference_does_not_hide_an_alert() -> None:
    """The median stands, whatever the outlier."""
    assert found(Signal.LATENCY, (*LEVEL, 9.0), 0.2).is_alert


def test_between_alert_and_well_nothing_is_said() -> None:
    """Somewhat slower is neither an alert nor seen working."""
    finding = found(Signal.LATENCY, (0.1,) * 100, 0.12)

    assert (False, False) == (finding.is_alert, finding.is_well)


def test_samples_count_by_their_requests() -> None:
    """The excess is that of a request, and the volume all requests that were hit."""
    series = Series("web", Signal.LATENCY, (0.1,), (0.1, 0.4), (100.0, 300.0))
    finding = assess(series, USUAL)

    assert finding is not None
    assert pytest.approx(0.225) == finding.alert.excess
    assert 400 == finding.alert.volume


def test_without_samples_nothing_is_known() -> None:
    """Neither a CI without a reference nor one without samples is called well."""
    assert assess(Series("web", Signal.LATENCY, (), (0.1,)), USUAL) is None
    assert assess(Series("web", Signal.LATENCY, (0.1,), ()), USUAL) is None
    assert assess(Series("web", Signal.LATENCY, (0.1,), (0.1,), (0.0,)), USUAL) is None


values = st.floats(0.001, 10)


@given(st.lists(values, min_size=1, max_size=9), values, st.floats(0.01, 100))
def test_the_unit_of_a_latency_does_not_matter(reference: list[float], seen: float, factor: float) -> None:
    """Seconds or milliseconds: the deviation is the same."""
    one = found(Signal.LATENCY, tuple(reference), seen)
    other = found(Signal.LATENCY, tuple(value * factor for value in reference), seen * factor)

    assert pytest.approx(one.alert.deviation, rel=1e-6, abs=1e-6) == other.alert.deviation


@given(st.lists(values, min_size=1, max_size=9), values, st.floats(0, 5))
def test_worse_is_never_less_of_a_deviation(reference: list[float], seen: float, more: float) -> None:
    """The slower, the further off."""
    one, worse = (found(Signal.LATENCY, tuple(reference), value) for value in (seen, seen + more))

    assert worse.alert.deviation >= one.alert.deviation - 1e-9
