"""Machines to bring in: many, made from a seed, the same ones for the same seed."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from xml.sax.saxutils import quoteattr

from cmdb.inventory.observation import Observation, ObservedItem, ObservedRelationship, Reference
from cmdb.kernel.values import Value

SEEN_AT = "2026-03-02T08:00:00.000Z"
_CLASSES = ("Server", "Workstation", "Printer", "Switch")
_PORTS = (22, 25, 53, 80, 443, 631, 5432, 9100)


def devices(seed: int, how_many: int) -> list[Observation]:
    """Machines with an endpoint each, every one of them depending on an earlier one."""
    random = Random(seed)
    return [_device(random, number) for number in range(how_many)]


def _device(random: Random, number: int) -> Observation:
    attributes: dict[str, Value] = {
        "name": f"device-{number}",
        "serial_number": f"SN-{number:05}-{random.randrange(16**6):06X}",
        "mac_addresses": [_mac(number)],
        "ip_addresses": [_address(number)],
    }
    port = random.choice(_PORTS)
    endpoint: dict[str, Value] = {"name": f"tcp/{port}", "protocol": "tcp", "port": port}
    items = (
        ObservedItem("host", random.choice(_CLASSES), attributes),
        ObservedItem("endpoint", "Endpoint", endpoint),
    )
    links = [ObservedRelationship("LISTENS_ON", "endpoint", "host")]
    if number:
        provider = Reference("Host", {"mac_addresses": [_mac(random.randrange(number))]})
        links.append(ObservedRelationship("DEPENDS_ON", "host", provider))
    return Observation(f"device {number}", SEEN_AT, items, tuple(links))


def scan(seed: int, hosts: int) -> Iterator[str]:
    """A network scan as nmap writes it: hosts with names, hardware addresses, open ports and routes."""
    random = Random(seed)
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE nmaprun>\n'
    yield '<nmaprun scanner="nmap" args="nmap" start="1772438400" version="7.93" xmloutputversion="1.05">\n'
    for number in range(hosts):
        yield _host(random, number)
    yield (
        '<runstats><finished time="1772438500" exit="success"/>'
        f'<hosts up="{hosts}" down="0" total="{hosts}"/></runstats></nmaprun>\n'
    )


def _host(random: Random, number: int) -> str:
    ports = "".join(
        f'<port protocol="tcp" portid="{port}"><state state="open" reason="syn-ack"/></port>'
        for port in sorted(random.sample(_PORTS, random.randint(1, 4)))
    )
    name = quoteattr(f"host-{number}.faults.example")
    return (
        '<host><status state="up" reason="echo-reply"/>'
        f'<address addr="{_address(number)}" addrtype="ipv4"/><address addr="{_mac(number)}" addrtype="mac"/>'
        f'<hostnames><hostname name={name} type="PTR"/></hostnames><ports>{ports}</ports></host>\n'
    )


def _mac(number: int) -> str:
    return f"00:1B:21:{number >> 16 & 255:02X}:{number >> 8 & 255:02X}:{number & 255:02X}"


def _address(number: int) -> str:
    return f"10.{number // 62_500}.{number // 250 % 250}.{number % 250 + 1}"
