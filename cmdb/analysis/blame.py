"""Where what is complained about starts: the share of it that each CI can account for, by the alerts.

Time waited and requests failed add up along a call: what a provider is too slow by, its dependents wait for.
So the amount of an alert (how much worse a request is, times requests) can be followed against the links. A
dependent's amount is put down to its alerting providers as far as theirs go; what is left it makes itself, as
self time is told from total time in a profile or a trace (Sigelman et al., Dapper, 2010). A provider's amount is
shared out among its alerting dependents in proportion to theirs. Without amounts this comes near the rule
"failing, with nothing failing upstream" (Hardt et al., PetShop, 2024).

More requests than usual come from whoever sends them: of what a CI makes itself the share of its requests
above the usual goes to the dependents that send more too, up to where the surge begins.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from statistics import median

import numpy as np

from cmdb.analysis.alert_graph import Amounts, Edges, Walks, components, upstream_edges
from cmdb.analysis.alerts import Alert, Signal
from cmdb.analysis.surges import callers_of, surge_shares, to_where_surges_begin
from cmdb.analysis.upstream import Floats, Symptoms
from cmdb.topology.conduction import Conduction
from cmdb.topology.topology import Topology

PUT_DOWN = 0.75
"""How much of a complaint without an amount of its own is put down to what alerts upstream."""


@dataclass(frozen=True, slots=True)
class Blame:
    """What the alerts say of the candidates.

    shares: by position the share of the complaint that the CI can account for, 0..1: what it makes itself where
    it alerts, and otherwise what those downstream make that no alert accounts for. None when no alert says
    anything. failing, alerting: positions of CIs that alert by a signal of the complaint, or by any that hurts.
    measured: those of the failing whose alerts say by how much. records: by position, the records of the alerts.
    """

    shares: Floats | None = None
    failing: frozenset[int] = frozenset()
    measured: frozenset[int] = frozenset()
    alerting: frozenset[int] = frozenset()
    records: Mapping[int, tuple[str, ...]] = field(default_factory=dict)


def find_blame(
    topology: Topology,
    conduction: Conduction,
    symptoms: Symptoms,
    alerts: Sequence[Alert],
    healthy: Collection[int],
) -> Blame:
    """Follow the alerts upstream of the symptoms; `healthy` are positions of CIs seen working.

    Alerts of what is no CI are left out. A CI between two alerting ones passes blame on when nothing is known
    of it, and little when it is seen working.
    """
    positions = topology.find([alert.ci for alert in alerts]).tolist()
    known = [(alert, place) for alert, place in zip(alerts, positions, strict=True) if place >= 0]
    starts = dict(zip(symptoms.positions.tolist(), (symptoms.weights / symptoms.total).tolist(), strict=True))
    hurting = {s: a for s in Signal if s is not Signal.TRAFFIC and (a := _amounts(known, s))}
    complaints = {s: a for s, a in hurting.items() if not starts.keys().isdisjoint(a)} or hurting
    if not complaints:
        return Blame()
    surges = _amounts(known, Signal.TRAFFIC)
    callers = callers_of(conduction, starts, surges, healthy)
    shares = np.zeros(len(topology.ids))
    for amounts in complaints.values():
        own = _flow(starts, upstream_edges(conduction, starts, amounts, healthy), amounts)
        own = to_where_surges_begin(own, surge_shares(known), surges, callers)
        shares += _possible(conduction, own, amounts) / len(complaints)
    return Blame(
        shares=np.minimum(shares, 1.0),
        failing=frozenset(place for amounts in complaints.values() for place in amounts),
        measured=frozenset(p for s, amounts in complaints.items() if s is not Signal.STATE for p in amounts),
        alerting=frozenset(place for amounts in hurting.values() for place in amounts),
        records=_records(known),
    )


def _possible(conduction: Conduction, own: Amounts, amounts: Amounts) -> Floats:
    """By position what a CI can account for.

    What an alerting CI makes itself may come from any CI upstream that does not alert, up to the next that do.
    """
    found = np.zeros(len(conduction.suppliers.offsets) - 1)
    spoken_of = np.zeros(len(found), dtype=np.bool_)
    spoken_of[np.array([*amounts, *own], dtype=np.intp)] = True
    walks = Walks(conduction, amounts, soft_too=True)
    for place, share in own.items():
        if share > 0:
            seen = walks.from_(place)
            found[seen[~spoken_of[seen]]] += share
    for place, share in own.items():
        found[place] += share
    return found


def _amounts(known: Iterable[tuple[Alert, int]], signal: Signal) -> dict[int, float]:
    """How much worse things are in all, by position. Who does not count requests has as many as is usual."""
    of_signal = [(alert, place) for alert, place in known if alert.signal is signal and alert.excess > 0]
    volumes = [alert.volume for alert, _ in of_signal if alert.volume is not None]
    common = median(volumes) if volumes else 1.0
    amounts: dict[int, float] = {}
    for alert, place in of_signal:
        volume = alert.volume if alert.volume is not None and signal is not Signal.TRAFFIC else common
        amount = alert.excess * (1.0 if signal is Signal.TRAFFIC else volume)
        amounts[place] = max(amounts.get(place, 0.0), amount)
    return {place: amount for place, amount in amounts.items() if amount > 0}


def _flow(starts: Amounts, edges: Edges, amounts: Amounts) -> dict[int, float]:
    """What each node makes itself of the shares that come in at the starts; it adds up to their sum.

    Nodes that lie on a cycle do not discount one another: they are taken as one, and share what they make by
    their amounts.
    """
    component = components(edges)
    members: defaultdict[int, list[int]] = defaultdict(list)
    for place, number in component.items():
        members[number].append(place)
    dependents: defaultdict[int, set[int]] = defaultdict(set)
    for place, providers in edges.items():
        for provider in providers:
            if component[provider] != component[place]:
                dependents[provider].add(place)
    waiting = {provider: sum(amounts.get(one, 0.0) for one in some) for provider, some in dependents.items()}
    before = {n: {component[d] for p in some for d in dependents[p]} for n, some in members.items()}
    coming: defaultdict[int, float] = defaultdict(float)
    for place, share in starts.items():
        coming[component[place]] += share
    own: dict[int, float] = {}
    for number in TopologicalSorter(before).static_order():
        group = members[number]
        passed = _put_down(group, edges, amounts, waiting, component)
        whole = sum(amounts.get(place, 0.0) for place in group)
        total = sum(passed.values())
        divisor = max(whole, total) if whole else total / PUT_DOWN
        for provider, amount in passed.items():
            coming[component[provider]] += coming[number] * amount / divisor
        left = coming[number] * (1 - total / divisor) if divisor else coming[number]
        for place in group:
            own[place] = left * (amounts.get(place, 0.0) / whole if whole else 1 / len(group))
    return own


def _put_down(
    group: Sequence[int],
    edges: Edges,
    amounts: Amounts,
    waiting: Mapping[int, float],
    component: Mapping[int, int],
) -> dict[int, float]:
    """What of the group's amount its providers outside of it account for.

    `waiting` is, by provider, the amount of all its dependents outside of its own group.
    """
    passed: defaultdict[int, float] = defaultdict(float)
    for place in sorted(group):
        for provider in edges[place]:
            if component[provider] != component[place]:
                every = waiting[provider]
                mine = amounts.get(place, 0.0) / every if every else 1.0
                passed[provider] += (
                    edges[place][provider] * amounts[provider] * (mine if place in amounts else 1.0)
                )
    return passed


def _records(known: Iterable[tuple[Alert, int]]) -> dict[int, tuple[str, ...]]:
    records: defaultdict[int, list[str]] = defaultdict(list)
    for alert, place in known:
        if alert.record is not None:
            records[place].append(alert.record)
    return {place: tuple(dict.fromkeys(some)) for place, some in records.items()}
