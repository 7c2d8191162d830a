"""What monitoring says of a CI: alerts, by the signal that gave them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Signal(StrEnum):
    """What was measured: three of the four golden signals (Beyer et al., Site Reliability Engineering, 2016).

    LATENCY: seconds a request takes. ERRORS: the share of requests that fail, 0..1; availability is one minus
    it. TRAFFIC: requests in a sample. STATE: something says that the CI fails, and not by how much.
    """

    LATENCY = "latency"
    ERRORS = "errors"
    TRAFFIC = "traffic"
    STATE = "state"


@dataclass(frozen=True, slots=True)
class Alert:
    """A CI that is not as it usually is.

    deviation: how far off, in its usual scatter. excess: by how much each request is worse than usual, in the
    unit of the signal; for traffic the requests above the usual. usual: what is usual. volume: the requests
    that were hit; None when unknown. record: the id of a record that says so, where there is one.
    """

    ci: str
    signal: Signal
    deviation: float
    excess: float = 1.0
    usual: float = 0.0
    volume: float | None = None
    record: str | None = None
