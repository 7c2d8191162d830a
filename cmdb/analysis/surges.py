"""More requests than usual, and where they come from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from cmdb.analysis.alert_graph import Amounts, Edges, components, upstream_edges
from cmdb.analysis.alerts import Alert, Signal
from cmdb.topology.conduction import Conduction


def surge_shares(known: Iterable[tuple[Alert, int]]) -> dict[int, float]:
    """The share of a CI's requests that is above the usual; the greatest that alerts tell."""
    shares: dict[int, float] = {}
    for alert, place in known:
        if alert.signal is Signal.TRAFFIC and alert.excess > 0:
            share = alert.excess / (alert.usual + alert.excess)
            shares[place] = max(shares.get(place, 0.0), share)
    return shares


def callers_of(
    conduction: Conduction, starts: Amounts, surges: Amounts, healthy: Collection[int]
) -> dict[int, dict[int, float]]:
    """For each CI with a surge those that send it more; none of a cycle."""
    if not surges:
        return {}
    forward = upstream_edges(conduction, starts, surges, healthy)
    component = components(forward)
    callers: dict[int, dict[int, float]] = {place: {} for place in forward}
    for place, providers in sorted(forward.items()):
        for provider in providers:
            if place in surges and component[place] != component[provider]:
                callers[provider][place] = 1.0
    return callers


def to_where_surges_begin(
    own: Mapping[int, float], shares: Amounts, surges: Amounts, callers: Edges
) -> dict[int, float]:
    """The same shares, with what more requests than usual bring about moved to whoever began to send them."""
    moved: defaultdict[int, float] = defaultdict(float)
    for place, share in own.items():
        surged = share * shares.get(place, 0.0) if callers.get(place) else 0.0
        moved[place] += share - surged
        if surged:
            for origin, part in _origins(place, surges, callers).items():
                moved[origin] += surged * part
    return moved


def _origins(place: int, surges: Amounts, callers: Edges) -> dict[int, float]:
    """The CIs at which a surge begins, with their parts of it."""
    waiting: dict[int, float] = {place: 1.0}
    found: defaultdict[int, float] = defaultdict(float)
    while waiting:
        here, part = waiting.popitem()
        above = callers.get(here, {})
        every = sum(surges[one] for one in above)
        for one in above:
            waiting[one] = waiting.get(one, 0.0) + part * surges[one] / every
        if not above:
            found[here] += part
    return found
