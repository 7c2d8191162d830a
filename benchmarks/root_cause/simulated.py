"""Call graphs with one fault each, drawn at random: other systems than those recorded.

A graph has 40 services in layers; each calls one to three of later layers, now and then without waiting for the
answer. A fault makes one service slow or makes its requests fail, or the traffic at the entry rises and slows
down whatever is called. What is slow is waited for, what fails makes its caller fail, in part. All of it is seen
through noise, a tenth of the services by no metrics at all.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from benchmarks.root_cause.petshop_data import Column, Issue, Recording, Scenario

KINDS = ("latency", "availability", "surge")
SERVICES, LAYERS = 40, 6
QUIET_SAMPLES, SAMPLES, STEP = 12, 3, 300.0
UNSEEN, NOT_WAITED_FOR = 0.1, 0.1
TIMES = (0.2, 0.5, 1.0, 1.0, 2.0)
"""How often a service calls another for one request of its own."""


@dataclass(frozen=True, slots=True)
class Call:
    """One service calls another so many times a request."""

    caller: int
    called: int
    times: float
    waits: bool


@dataclass(frozen=True, slots=True)
class System:
    """A call graph; `own` is the time a service takes itself, in seconds."""

    calls: tuple[Call, ...]
    own: tuple[float, ...]
    unseen: frozenset[int]


@dataclass(frozen=True, slots=True)
class Fault:
    """factor: slower by so much; failing: share of requests that fail; surge: more traffic by so much."""

    service: int
    factor: float = 1.0
    failing: float = 0.0
    surge: float = 1.0


def draw(seed: int, kind: str) -> tuple[Scenario, Issue, set[tuple[str, str]]]:
    """A system with a fault of this kind ("latency", "availability", "surge"), and the calls nobody waits for."""
    dice = random.Random(seed)
    system = _system(dice)
    upstream = sorted(_reached(system, waited_for=True) - {0})
    service = 0 if kind == "surge" else dice.choice(upstream)
    fault = {
        "latency": Fault(service, factor=dice.uniform(4, 12)),
        "availability": Fault(service, failing=dice.uniform(0.02, 0.2)),
        "surge": Fault(0, surge=dice.uniform(2, 4)),
    }[kind]
    quiet = _record(dice, system, [Fault(0)] * QUIET_SAMPLES)
    seen = _record(dice, system, [fault] * SAMPLES)
    metric = "availability" if kind == "availability" else "latency"
    issue = Issue(f"{kind} {seed}", _name(0), metric, "Average", 0.0, _name(service), seen)
    called: defaultdict[str, list[str]] = defaultdict(list)
    for call in system.calls:
        called[_name(call.caller)].append(_name(call.called))
    calls = {_name(n): tuple(called.get(_name(n), ())) for n in range(SERVICES)}
    soft = {(_name(call.caller), _name(call.called)) for call in system.calls if not call.waits}
    return Scenario(f"simulated {seed}", calls, (), quiet), issue, soft


def _system(dice: random.Random) -> System:
    layer = [0, *sorted(dice.randint(1, LAYERS) for _ in range(SERVICES - 1))]
    calls: list[Call] = []
    for n in range(SERVICES):
        later = [m for m in range(SERVICES) if layer[m] > layer[n]]
        called = dice.sample(later, min(len(later), dice.randint(1, 3) + 2 * (n == 0)))
        calls += [Call(n, m, dice.choice(TIMES), dice.random() >= NOT_WAITED_FOR) for m in called]
    own = tuple(dice.uniform(0.002, 0.05) for _ in range(SERVICES))
    unseen = frozenset(n for n in range(1, SERVICES) if dice.random() < UNSEEN)
    return System(tuple(calls), own, unseen)


def _reached(system: System, *, waited_for: bool) -> set[int]:
    found = {0}
    for call in system.calls:  # callers come before those they call
        if call.caller in found and (call.waits or not waited_for):
            found.add(call.called)
    return found


def _record(dice: random.Random, system: System, faults: Iterable[Fault]) -> Recording:
    columns: defaultdict[Column, list[float | None]] = defaultdict(list)
    times = []
    for number, fault in enumerate(faults):
        times.append(number * STEP)
        requests = _requests(dice, system, fault)
        latency, failing = _performance(system, fault, requests)
        for n in range(SERVICES):
            count = requests[n] if n not in system.unseen else 0
            noisy = latency[n] * (1 + dice.gauss(0, 1) / max(count, 1) ** 0.5)
            failed = sum(dice.random() < failing[n] for _ in range(count))
            columns[_name(n), "requests", "Sum"].append(float(count))
            columns[_name(n), "latency", "Average"].append(max(noisy, 0.0) if count else None)
            columns[_name(n), "availability", "Average"].append(100 * (1 - failed / count) if count else None)
    return Recording(tuple(times), {column: tuple(values) for column, values in columns.items()})


def _requests(dice: random.Random, system: System, fault: Fault) -> list[int]:
    means = [0.0] * SERVICES
    means[0] = 500 * fault.surge * dice.uniform(0.9, 1.1)
    for call in system.calls:
        means[call.called] += means[call.caller] * call.times
    return [max(round(dice.gauss(mean, mean**0.5)), 0) for mean in means]


def _performance(system: System, fault: Fault, requests: list[int]) -> tuple[list[float], list[float]]:
    """Latency and share of failing requests by service: its own, and what it gets from those it calls."""
    latency = [own * (fault.surge if requests[n] else 1.0) for n, own in enumerate(system.own)]
    latency[fault.service] *= fault.factor
    failing = [0.001] * SERVICES
    failing[fault.service] += fault.failing
    for call in sorted(system.calls, key=lambda call: (-call.caller, call.called)):
        if call.waits:
            latency[call.caller] += call.times * latency[call.called]
            failing[call.caller] = 1 - (1 - failing[call.caller]) * (1 - failing[call.called]) ** call.times
    return latency, failing


def _name(number: int) -> str:
    return f"service-{number:02}"
