"""Servers in racks, hypervisor clusters across them, and the virtual machines these run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.estate.estate import Builder
from benchmarks.estate.services import Shared
from benchmarks.estate.site import RackPlace, Room, SitePlace

SERVERS_PER_RACK = 16
HYPERVISORS_PER_RACK = 12
RACKS_PER_ROW = 2
MEMBERS_PER_CLUSTER = 8
MACHINES_PER_HYPERVISOR = 6


@dataclass(frozen=True, slots=True)
class Machine:
    """A virtual machine or bare server that programs may run on."""

    name: str
    position: int


def add_racks(builder: Builder, site: SitePlace, shared: Shared) -> list[Machine]:
    """Everything in the racks of a site, and what programs may run on, in the order of the racks."""
    machines: list[Machine] = []
    for room in site.rooms:
        for start in range(0, len(room.racks), RACKS_PER_ROW):
            machines += _row(builder, room, room.racks[start : start + RACKS_PER_ROW], shared)
    return machines


def _row(builder: Builder, room: Room, racks: Sequence[RackPlace], shared: Shared) -> list[Machine]:
    hypervisors, machines = [], []
    for rack in racks:
        for number in range(SERVERS_PER_RACK):
            is_hypervisor = number < HYPERVISORS_PER_RACK
            name = f"{rack.name}-s{number:02d}"
            server = _server(builder, "Hypervisor" if is_hypervisor else "Server", name, room, rack)
            if is_hypervisor:
                hypervisors.append(server)
            else:
                builder.relate("MANAGED_BY", server, shared.monitoring)
                machines.append(Machine(name, server))
    for number, start in enumerate(range(0, len(hypervisors), MEMBERS_PER_CLUSTER)):
        members = hypervisors[start : start + MEMBERS_PER_CLUSTER]
        machines += _cluster(builder, f"{racks[0].name}-c{number}", room, members, shared)
    builder.random.shuffle(machines)
    return machines


def _server(builder: Builder, kind: str, name: str, room: Room, rack: RackPlace) -> int:
    server, ports = builder.add_host(kind, name, 2, manufacturer="Dell", model="PowerEdge R750", cpu_count=64)
    builder.relate("LOCATED_IN", server, rack.rack)
    for supply in rack.supplies:
        builder.relate("POWERED_BY", server, supply)
    for switch in rack.switches:
        builder.relate("REACHED_THROUGH", server, switch)
    for port in ports:
        builder.relate("ATTACHED_TO", port, room.vlans[0])
    return server


def _cluster(builder: Builder, name: str, room: Room, members: list[int], shared: Shared) -> list[Machine]:
    cluster = builder.add("Cluster", name, cluster_type="vSphere")
    for member in members:
        builder.relate("MEMBER_OF", member, cluster, "members", "75%")
    machines = []
    for number in range(len(members) * MACHINES_PER_HYPERVISOR):
        own = f"{name}-v{number:02d}"
        machine, (port,) = builder.add_host("VirtualMachine", own, 1, cpu_count=4, memory_mb=8192)
        builder.relate("RUNS_ON", machine, cluster)
        builder.relate("STORED_ON", machine, builder.random.choice(room.storage))
        builder.relate("ATTACHED_TO", machine, builder.random.choice(room.networks))
        builder.relate("MANAGED_BY", machine, shared.monitoring)
        builder.relate("ATTACHED_TO", port, builder.random.choice(room.vlans))
        machines.append(Machine(own, machine))
    return machines
