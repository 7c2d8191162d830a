"""How much of the graph a question needs, and who gives a topology of that much."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol, TypeAlias

from cmdb.graph.store import GraphStore
from cmdb.kernel.errors import CmdbError, ErrorKind
from cmdb.model.types import Model
from cmdb.topology.topology import Topology


class RegionTooLargeError(CmdbError):
    """A question needs more of the graph than is read of it, and cannot be answered in part; details: limit."""

    code = "REGION_TOO_LARGE"
    kind = ErrorKind.REFUSED
    summary = "A question needs more configuration items than are read of the store for one question."
    default_remedy = "Raise CMDB_REGION_LIMIT, or let CMDB_TRAVERSAL=memory hold the whole graph."


class Flow(Enum):
    """DOWNSTREAM leads from providers to dependents, the way impact goes; UPSTREAM to where it comes from."""

    DOWNSTREAM = "downstream"
    UPSTREAM = "upstream"


@dataclass(frozen=True, slots=True)
class Leg:
    """From these CIs (by id) and everything found before, on to whatever is reached; None looks CIs up only."""

    ids: tuple[str, ...]
    flow: Flow | None


@dataclass(frozen=True, slots=True)
class Extent:
    """What a question needs: legs that are gone one after the other, and all providers of what they reach.

    The providers are needed because a redundancy group cannot be judged without all its members.
    """

    legs: tuple[Leg, ...]


class Topologies(Protocol):
    """Gives topologies of the newest revision."""

    async def around(self, extent: Extent) -> Topology:
        """A topology that holds at least this extent and every commit acknowledged before this call.

        Raises:
            StoreUnavailableError: the store cannot be reached.
        """
        ...


TopologySource: TypeAlias = Callable[[GraphStore, Model], Topologies]
"""Makes what gives the topologies of a store."""


def downstream(ids: Iterable[str]) -> Extent:
    """For impact: these CIs and what depends on them."""
    return Extent((Leg(_tuple(ids), Flow.DOWNSTREAM),))


def upstream(ids: Iterable[str]) -> Extent:
    """For single points of failure: these CIs and what they depend on."""
    return Extent((Leg(_tuple(ids), Flow.UPSTREAM),))


def causes_of(symptoms: Iterable[str], suspects: Iterable[str], seen: Iterable[str]) -> Extent:
    """For a root cause: all that may cause the symptoms, what that and other suspects would hit, and what was seen."""
    return Extent(
        (
            Leg(_tuple(symptoms), Flow.UPSTREAM),
            Leg(_tuple(suspects), Flow.DOWNSTREAM),
            Leg(_tuple(seen), None),
        )
    )


def changed_by(named: Iterable[str]) -> Extent:
    """For a proposal: what depends on the CIs it names, and everything that depends on in turn."""
    return Extent((Leg(_tuple(named), Flow.DOWNSTREAM), Leg((), Flow.UPSTREAM)))


def _tuple(ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(ids))
