"""The states an impact can bring a CI into."""

from __future__ import annotations

from enum import IntEnum


class ImpactState(IntEnum):
    """How badly a CI is hit, in rising order.

    AT_RISK: it works, and a further failure would hit it (redundancy is used up). DEGRADED: it works with
    less function or speed. DOWN: it does not work.
    """

    UNAFFECTED = 0
    AT_RISK = 1
    DEGRADED = 2
    DOWN = 3
