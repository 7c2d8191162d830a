"""The smallest set of candidates that together explain every symptom (minimum set cover)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

MOST_EXACT = 24
"""With so many candidates that differ in what they explain, small sets are searched through."""
LARGEST_EXACT = 4
"""The size of the largest sets searched through; beyond, a greedy choice has to do."""


@dataclass(frozen=True, slots=True)
class Option:
    """A candidate: the symptoms it explains, as bits, and how much it is worth."""

    position: int
    explains: int
    worth: float


def smallest_cover(
    options: Sequence[Option], explained_together: Callable[[list[int]], int]
) -> tuple[int, ...]:
    """Positions of the fewest options that explain all that any of them explains, the worthiest first.

    Among sets of one size the worthiest wins. What several explain only together (all members of a
    redundancy group are down) counts too: an option that the others of the set explain is left out.
    """
    useful = _undominated(options)
    wanted = 0
    for option in useful:
        wanted |= option.explains
    chosen = _exact(useful, wanted) or _greedy(useful, wanted)
    chosen.sort(key=lambda option: (-option.worth, option.position))
    for option in reversed(tuple(chosen)):
        others = [other.position for other in chosen if other is not option]
        if others and explained_together(others) & wanted == wanted:
            chosen.remove(option)
    return tuple(option.position for option in chosen)


def _undominated(options: Sequence[Option]) -> list[Option]:
    """Without options of which another explains as much and is worth as much."""
    kept: list[Option] = []
    ranked = sorted(options, key=lambda o: (-o.worth, -o.explains.bit_count(), o.position))
    for option in ranked:
        if option.explains and not any(option.explains & ~other.explains == 0 for other in kept):
            kept.append(option)
    return kept


def _exact(options: Sequence[Option], wanted: int) -> list[Option]:
    if len(options) > MOST_EXACT:
        return []
    for size in range(1, min(LARGEST_EXACT, len(options)) + 1):
        covers = [chosen for chosen in combinations(options, size) if _union(chosen) == wanted]
        if covers:
            return list(max(covers, key=lambda chosen: sum(option.worth for option in chosen)))
    return []


def _greedy(options: Sequence[Option], wanted: int) -> list[Option]:
    """Always the option that explains most of what is left: at most ln(n) + 1 times too many (Chvátal, 1979)."""
    chosen: list[Option] = []
    left = wanted
    while left:
        best = max(options, key=lambda o: ((o.explains & left).bit_count(), o.worth, -o.position))
        chosen.append(best)
        left &= ~best.explains
    return chosen


def _union(options: Sequence[Option]) -> int:
    bits = 0
    for option in options:
        bits |= option.explains
    return bits
