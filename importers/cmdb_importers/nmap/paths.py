"""Traceroutes as network paths: who is reached through whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from cmdb.inventory.observation import Observation, ObservedItem, ObservedRelationship, Reference
from cmdb.kernel.values import Value
from cmdb_importers.nmap.names import read_address, read_names
from cmdb_importers.nmap.parser import Element

REACHED_THROUGH = "REACHED_THROUGH"
_MAX_TTL = 255


@dataclass(frozen=True, slots=True)
class Hop:
    """A router that answered, `ttl` steps from the scanner."""

    ttl: int
    address: str
    name: str | None

    def reference(self) -> Reference:
        """Names the router by its address; it is made when nobody knows it."""
        attributes: dict[str, Value] = {"name": self.name or self.address, "ip_addresses": [self.address]}
        if self.name is not None:
            attributes["fqdn"] = self.name
        return Reference("Router", attributes, create=True)


@dataclass(slots=True)
class _Router:
    """What the run learnt of one hop: the hop, where it was first seen, and the hops right before it."""

    hop: Hop
    position: str
    observed_at: str
    before: dict[str, None] = field(default_factory=dict)
    is_known: bool = False


class Paths:
    """Collects the paths of one run; its size grows with the number of routers, not of hosts.

    Only neighbours that both answered are joined: where a hop in between stayed silent, the chain has a gap,
    because a relationship across it would claim a cable nobody saw. A path that comes back to an
    address is taken without the loop.
    """

    def __init__(self) -> None:
        self._routers: dict[str, _Router] = {}
        self._other_devices: set[str] = set()

    def other_device(self, address: str) -> None:
        """The scan itself says that what has this address is something else than a router."""
        self._other_devices.add(address)

    def add(self, host: Element, addresses: Sequence[str], position: str, observed_at: str) -> Hop | None:
        """Learn the host's path; the router right in front of it, where it is known."""
        hops = _without_loops(_hops(host))
        if not hops:
            return None
        target = next((i for i, hop in enumerate(hops) if hop.address in addresses), None)
        last_ttl = hops[target].ttl if target is not None else _distance(host)
        hops = hops[:target]
        for hop in hops:
            self._routers.setdefault(hop.address, _Router(hop, position, observed_at))
        for near, far in pairwise(hops):
            if far.ttl == near.ttl + 1:
                self._routers[far.address].before[near.address] = None
                self._routers[near.address].is_known = self._routers[far.address].is_known = True
        if not hops or last_ttl is None or hops[-1].ttl + 1 != last_ttl:
            return None
        self._routers[hops[-1].address].is_known = True
        return hops[-1]

    def observations(self) -> Iterator[Observation]:
        """The routers and what is between them: first every relationship, then every hop as a router.

        A router that was scanned too is known by then under its own names, so the item says no more than that
        what has this address passes packets on.
        """
        for router in self._routers.values():
            if router.before:
                yield Observation(router.position, router.observed_at, (), self._links(router))
        for router in self._routers.values():
            if router.hop.address not in self._other_devices:
                yield Observation(router.position, router.observed_at, (_item(router),))

    def _links(self, router: _Router) -> tuple[ObservedRelationship, ...]:
        end = router.hop.reference()
        return tuple(
            ObservedRelationship(REACHED_THROUGH, end, self._routers[address].hop.reference())
            for address in router.before
        )


def _item(router: _Router) -> ObservedItem:
    reference = router.hop.reference()
    attributes = reference.attributes if not router.is_known else {"ip_addresses": [router.hop.address]}
    return ObservedItem("router", "Router", attributes)


def _hops(host: Element) -> list[Hop]:
    found = []
    for trace in host.all("trace"):
        for element in trace.all("hop"):
            address, ttl = read_address(element.get("ipaddr")), element.get("ttl")
            if (
                address is not None
                and ttl.isascii()
                and ttl.isdigit()
                and len(ttl) <= 3
                and 0 < int(ttl) <= _MAX_TTL
            ):
                names = read_names([(element.get("host"), "PTR")])
                found.append(Hop(int(ttl), address, names.fqdn))
    return sorted(found, key=lambda hop: hop.ttl)


def _without_loops(hops: Sequence[Hop]) -> list[Hop]:
    """Where an address comes again, what was between is dropped, and its last place counts."""
    path: list[Hop] = []
    for hop in hops:
        again = next((i for i, earlier in enumerate(path) if earlier.address == hop.address), None)
        if again is not None:
            del path[again:]
        path.append(hop)
    return path


def _distance(host: Element) -> int | None:
    element = host.first("distance")
    text = element.get("value") if element is not None else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 3 else None
