"""What an impact question holds, and what the rows of its answer look like."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import compress
from typing import NamedTuple

from cmdb.analysis.state import ImpactState


@dataclass(frozen=True, slots=True)
class Start:
    """A CI (by id) and the state it is assumed to be in."""

    id: str
    state: ImpactState = ImpactState.DOWN


@dataclass(frozen=True, slots=True)
class ImpactRequest:
    """What breaks, how badly and why, when the starts are in their assumed states?

    `relationship_types`: only links of these types pass anything on; the rest count as healthy. `classes`:
    only CIs of exactly these classes are listed (give subclasses too); the others still pass states on.
    `among`: only CIs with these ids are listed; ids that are no CI's are ignored. `max_distance`: only CIs at
    most so many links away are listed. `limit`: at most so many CIs are listed, the worst and nearest first.
    What the last two leave out is told in `ImpactResult.truncated`.
    """

    starts: tuple[Start, ...]
    relationship_types: frozenset[str] | None = None
    classes: frozenset[str] | None = None
    among: frozenset[str] | None = None
    max_distance: int | None = None
    limit: int | None = None


class TruncationReason(StrEnum):
    """Why an answer is not whole.

    REGION: more can be hit, and some of it worse, than what was read of the store for the question.
    """

    DISTANCE = "distance"
    LIMIT = "limit"
    REGION = "region"


@dataclass(frozen=True, slots=True)
class Truncation:
    """An answer was cut: by which limit, and how many CIs it left out, or None where nobody knows."""

    reason: TruncationReason
    limit: int
    left_out: int | None


@dataclass(frozen=True, slots=True)
class GroupFailure:
    """The redundancy group through which a CI is hit.

    Of `members` CIs `needed` have to work; `up` are not DOWN, and of these `healthy` not DEGRADED either.
    """

    name: str
    members: int
    needed: int
    up: int
    healthy: int


@dataclass(frozen=True, slots=True)
class PathStep:
    """One CI on an explaining path and the link by which its predecessor hits it.

    The first step is a start and has no relationship. `along` is True when the link reads
    `predecessor verb this` (show the type's verb), False when `this verb predecessor` (show the inverse).
    """

    id: str
    class_name: str
    state: ImpactState
    relationship_type: str | None = None
    along: bool = True
    group: GroupFailure | None = None


class AffectedCi(NamedTuple):
    """One CI of an answer: its state, and how many links it is away from the nearest start."""

    id: str
    class_name: str
    state: ImpactState
    distance: int


class AffectedColumns(NamedTuple):
    """CIs of an answer as columns: their ids, states, and distances in links from the nearest start."""

    ids: Sequence[str]
    states: Sequence[ImpactState]
    distances: Sequence[int]

    def among(self, ids: Container[str]) -> AffectedColumns:
        """Those of these ids."""
        wanted = [each in ids for each in self.ids]
        return AffectedColumns(
            list(compress(self.ids, wanted)),
            list(compress(self.states, wanted)),
            list(compress(self.distances, wanted)),
        )
