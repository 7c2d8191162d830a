"""The propagation rules, applied over and over to every CI until nothing changes: slow and obvious."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

UNAFFECTED, AT_RISK, DEGRADED, DOWN = 0, 1, 2, 3


@dataclass(frozen=True)
class Dependency:
    """`dependent` suffers when `provider` fails. `needed` is `2`, `50%` or None."""

    provider: str
    dependent: str
    hard: bool = True
    group: str | None = None
    needed: str | None = None


def states_after(
    starts: Mapping[str, int], dependencies: Sequence[Dependency], retired: frozenset[str] = frozenset()
) -> dict[str, int]:
    """The state of every CI that is not UNAFFECTED."""
    alive = [d for d in dependencies if d.provider not in retired and d.dependent not in retired]
    states = {name: UNAFFECTED for d in dependencies for name in (d.provider, d.dependent)}
    states.update(starts)
    while True:
        before = dict(states)
        for name, state in before.items():
            states[name] = max([state, *_single(name, alive, before), *_grouped(name, alive, before)])
        if states == before:
            return {name: state for name, state in states.items() if state}


def _single(name: str, alive: Sequence[Dependency], states: Mapping[str, int]) -> list[int]:
    return [
        _passed_on(states[d.provider], hard=d.hard) for d in alive if d.dependent == name and d.group is None
    ]


def _passed_on(state: int, *, hard: bool) -> int:
    if state in (UNAFFECTED, AT_RISK):
        return UNAFFECTED
    return state if hard else state - 1


def _grouped(name: str, alive: Sequence[Dependency], states: Mapping[str, int]) -> list[int]:
    groups: dict[str, list[Dependency]] = {}
    for d in alive:
        if d.dependent == name and d.group is not None:
            groups.setdefault(d.group, []).append(d)
    return [_group_outcome(members, states) for members in groups.values()]


def _group_outcome(members: Sequence[Dependency], states: Mapping[str, int]) -> int:
    size = len(members)
    needed = max([1, *(_needed(d.needed, size) for d in members)])
    needed = min(needed, size)
    not_down = sum(states[d.provider] != DOWN for d in members)
    healthy = sum(states[d.provider] not in (DOWN, DEGRADED) for d in members)
    if not_down < needed:
        outcome = DOWN
    elif healthy < needed:
        outcome = DEGRADED
    elif healthy < size:
        outcome = AT_RISK
    else:
        outcome = UNAFFECTED
    if any(d.hard for d in members):
        return outcome
    # A soft group with enough members left, none of them needed, is at risk all the same.
    return {DOWN: DEGRADED, DEGRADED: AT_RISK, AT_RISK: AT_RISK, UNAFFECTED: UNAFFECTED}[outcome]


def _needed(text: str | None, size: int) -> int:
    if text is None:
        return 1
    if text.endswith("%"):
        return math.ceil(int(text[:-1]) * size / 100)
    return int(text)


def outcome_of(
    link: Dependency, together: Sequence[Dependency], states: Mapping[str, int]
) -> tuple[int, bool]:
    """What a link, or the group it belongs to, does to its dependent; and whether the group as such is DOWN."""
    if not together:
        state = states.get(link.provider, UNAFFECTED)
        return _passed_on(state, hard=link.hard), False
    every = {d.provider: states.get(d.provider, UNAFFECTED) for d in together}
    hard = [replace(d, hard=True) for d in together]
    return _group_outcome(together, every), _group_outcome(hard, every) == DOWN
