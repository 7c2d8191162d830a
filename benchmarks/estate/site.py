"""A site: rooms with power, racks with their supplies, and the network down to each rack."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.estate.estate import Builder

RACKS_PER_ROOM = 16
VLANS_PER_ROOM = 4


@dataclass(frozen=True, slots=True)
class RackPlace:
    """A rack, its two supplies and the two switches at its top."""

    name: str
    rack: int
    supplies: tuple[int, int]
    switches: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Room:
    """What the machines of a room share."""

    name: str
    racks: tuple[RackPlace, ...]
    vlans: tuple[int, ...]
    networks: tuple[int, ...]
    storage: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SitePlace:
    """A site with its rooms and its two load balancers."""

    name: str
    rooms: tuple[Room, ...]
    balancers: tuple[int, int]


def add_site(builder: Builder, number: int, racks: int) -> SitePlace:
    """A site of so many racks."""
    name = f"site{number:03d}"
    site = builder.add("Site", name, country=builder.random.choice(("DE", "FR", "IE", "PL")))
    building = builder.add("Building", f"{name}-building", within=site)
    builder.relate("LOCATED_IN", building, site)
    cores = [_device(builder, "Router", f"{name}-core{side}", building) for side in "ab"]
    for side, core in zip("ab", cores, strict=True):
        line = builder.add("Circuit", f"{name}-line{side}", circuit_id=f"C-{name}-{side}", provider="Carrier")
        builder.relate("TERMINATES_AT", line, core)
    walls = [_device(builder, "Firewall", f"{name}-wall{side}", building, cores) for side in "ab"]
    first, second = (
        _device(builder, "LoadBalancer", f"{name}-balancer{side}", building, walls) for side in "ab"
    )
    rooms = []
    for room, start in enumerate(range(0, racks, RACKS_PER_ROOM)):
        rooms.append(
            _room(builder, f"{name}-r{room:02d}", building, cores, min(RACKS_PER_ROOM, racks - start))
        )
    return SitePlace(name, tuple(rooms), (first, second))


def _room(builder: Builder, name: str, building: int, cores: list[int], racks: int) -> Room:
    room = builder.add("Room", name)
    builder.relate("LOCATED_IN", room, building)
    feeds = [_feed(builder, f"{name}-feed{side}", room) for side in "ab"]
    switches = [_device(builder, "Switch", f"{name}-dist{side}", room, cores) for side in "ab"]
    vlans, networks = [], []
    for number in range(VLANS_PER_ROOM):
        vlan = builder.add("VLAN", f"{name}-vlan{number}", vlan_id=100 + number)
        builder.relate("LOCATED_IN", vlan, room)
        network = builder.add("IPNetwork", f"{name}-net{number}")
        builder.relate("CARRIED_BY", network, vlan)
        for switch in switches:
            builder.relate("CARRIED_BY", vlan, switch)
        vlans.append(vlan)
        networks.append(network)
    places = tuple(_rack(builder, f"{name}-k{number:02d}", room, feeds, switches) for number in range(racks))
    storage = []
    for number in range(max(2, racks // 4)):
        device = _device(builder, "StorageDevice", f"{name}-store{number}", room, switches)
        _power(builder, device, places[number % racks].supplies)
        storage.append(device)
    return Room(name, places, tuple(vlans), tuple(networks), tuple(storage))


def _feed(builder: Builder, name: str, room: int) -> int:
    supply, _ = builder.add_host("UninterruptiblePowerSupply", f"{name}-ups", 1)
    builder.relate("LOCATED_IN", supply, room)
    feed = builder.add("PowerFeed", name, voltage=400.0)
    builder.relate("POWERED_BY", feed, supply)
    builder.relate("LOCATED_IN", feed, room)
    return feed


def _rack(builder: Builder, name: str, room: int, feeds: list[int], switches: list[int]) -> RackPlace:
    rack = builder.add("Rack", name, height_units=42)
    builder.relate("LOCATED_IN", rack, room)
    supplies = []
    for side, feed in zip("ab", feeds, strict=True):
        unit, _ = builder.add_host("PowerDistributionUnit", f"{name}-pdu{side}", 1, outlets=24)
        builder.relate("LOCATED_IN", unit, rack)
        builder.relate("POWERED_BY", unit, feed)
        supplies.append(unit)
    tops = [_device(builder, "Switch", f"{name}-top{side}", rack, switches) for side in "ab"]
    for top in tops:
        _power(builder, top, supplies)
    return RackPlace(name, rack, (supplies[0], supplies[1]), (tops[0], tops[1]))


def _device(builder: Builder, kind: str, name: str, place: int, through: list[int] | None = None) -> int:
    """A network device in a place, reached through others that stand in for one another."""
    device, _ = builder.add_host(
        kind, name, 1, manufacturer=builder.random.choice(("Cisco", "Juniper", "Arista"))
    )
    builder.relate("LOCATED_IN", device, place)
    for other in through or ():
        builder.relate("REACHED_THROUGH", device, other)
    return device


def _power(builder: Builder, device: int, supplies: list[int] | tuple[int, int]) -> None:
    for supply in supplies:
        builder.relate("POWERED_BY", device, supply)
