"""One scanned host as one observation."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

from cmdb.inventory.observation import Observation, ObservedItem, ObservedRelationship, Problem, Severity
from cmdb.kernel.clock import instant_text
from cmdb.kernel.values import Value
from cmdb_importers.nmap.names import HostNames, read_address, read_names
from cmdb_importers.nmap.parser import Element
from cmdb_importers.nmap.paths import REACHED_THROUGH, Paths
from cmdb_importers.nmap.ports import (
    HOST_KEY,
    EndpointReader,
    listed_ports,
    listening,
    open_services,
    read_ssh_keys,
    state_of,
)
from cmdb_importers.nmap.system import System, read_system
from cmdb_importers.text import clean, is_too_long, shown

INTERFACE_OF = "INTERFACE_OF"
HAS_ADDRESS = "HAS_ADDRESS"
_MAC = re.compile(r"[0-9a-f]{2}(?::[0-9a-f]{2}){5}")
_MAX_SECONDS = 253_402_300_799  # the end of the year 9999
_ANSWERED = frozenset(["open", "closed", "unfiltered"])


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses of a host; `vendors` by MAC, `refused` what is no address."""

    ip: tuple[str, ...]
    mac: tuple[str, ...]
    vendors: tuple[str, ...]
    refused: tuple[str, ...]


@dataclass(slots=True)
class HostReading:
    """What came of one host element: an observation, or none, and the problems met."""

    observation: Observation | None = None
    problems: list[Problem] = field(default_factory=list)


def is_up(host: Element) -> bool:
    """True when the scan says the host is there."""
    status = host.first("status")
    return status is not None and status.get("state") == "up"


def is_proven(host: Element) -> bool:
    """False when nmap was told to take the address for a host (`-Pn`) and nothing at all answered from it."""
    status = host.first("status")
    if status is None or status.get("reason") != "user-set":
        return True
    ports = host.all("ports")
    return (
        any(address.get("addrtype") == "mac" for address in host.all("address"))
        or any(state_of(port) in _ANSWERED for port in listed_ports(host))
        or any(extra.get("state") in _ANSWERED for element in ports for extra in element.all("extraports"))
    )


def read_host(
    host: Element, run_started: str, read_at: str, endpoints: EndpointReader, paths: Paths
) -> HostReading:
    """The observation of a host that is up.

    Args:
        host: The element.
        run_started: The run's start in seconds, as nmap writes it; may be empty.
        read_at: The time to take where the scan tells none.
        endpoints: Reads its ports.
        paths: Learns the host's traceroute.
    """
    reading = HostReading()
    position = f"line {host.line}"
    if host.overfull:
        reading.problems.append(_skipped(position, "a host has more parts than any real one"))
        return reading
    addresses = _addresses(host)
    names = _names(host)
    reading.problems += _refusals(position, addresses, names)
    if not addresses.ip and not addresses.mac:
        reading.problems.append(_skipped(position, "a host has no address"))
        return reading
    observed_at = _moment(_seconds(host.get("endtime"), host.get("starttime"), run_started)) or read_at
    ports = listed_ports(host)
    system = read_system(host.first("os"), open_services(ports))
    name = names.best or (*addresses.ip, *addresses.mac)[0]
    attributes = _attributes(host, name, names, addresses, system)
    if keys := read_ssh_keys(ports):
        attributes["ssh_host_keys"] = keys
    listeners = endpoints.read(ports, name, reading.problems)
    parts, links = _network(addresses)
    links += [listening(item) for item in listeners]
    hop = paths.add(host, addresses.ip, position, observed_at)
    if hop is not None:
        links.append(ObservedRelationship(REACHED_THROUGH, HOST_KEY, hop.reference()))
    if system.class_name not in {"Host", "Router"}:
        for address in addresses.ip:
            paths.other_device(address)
    item = ObservedItem(HOST_KEY, system.class_name, attributes)
    reading.observation = Observation(position, observed_at, (item, *parts, *listeners), tuple(links))
    return reading


def _attributes(
    host: Element, name: str, names: HostNames, addresses: Addresses, system: System
) -> dict[str, Value]:
    found: dict[str, Value | None] = {
        "name": name,
        "fqdn": names.fqdn,
        "hostnames": list(names.all),
        "ip_addresses": list(addresses.ip),
        "mac_addresses": list(addresses.mac),
        "manufacturer": next(iter(addresses.vendors), None),
        "device_type": _short(system.device_type),
        "os_name": _short(system.os_name),
        "os_family": _short(system.os_family),
        "os_version": _short(system.os_version),
        "os_vendor": _short(system.os_vendor),
        "os_accuracy": system.accuracy,
        "os_cpes": [cpe for cpe in map(_short, system.cpes) if cpe],
        "network_distance": _whole(host, "distance", "value"),
        "last_boot_at": _last_boot(host),
    }
    return {key: value for key, value in found.items() if value or value == 0}


def _network(addresses: Addresses) -> tuple[list[ObservedItem], list[ObservedRelationship]]:
    """Interfaces and addresses as CIs of their own.

    That an interface has an address is a relationship, not a list on the interface: one scan sees only the address
    that it looked at, and a list would lose the others.
    """
    parts, links = [], []
    for mac in addresses.mac:
        parts.append(ObservedItem(mac, "NetworkInterface", {"name": mac, "mac_address": mac}))
        links.append(ObservedRelationship(INTERFACE_OF, mac, HOST_KEY))
    for address in addresses.ip:
        parts.append(ObservedItem(address, "IPAddress", {"name": address, "ip_address": address}))
        links.append(ObservedRelationship(HAS_ADDRESS, HOST_KEY, address))
        if len(addresses.mac) == 1:
            links.append(ObservedRelationship(HAS_ADDRESS, addresses.mac[0], address))
    return parts, links


def _addresses(host: Element) -> Addresses:
    ip: dict[str, None] = {}
    mac: dict[str, str] = {}
    refused = []
    for element in host.all("address"):
        text = element.get("addr")
        if element.get("addrtype") == "mac":
            hardware = text.strip().lower().replace("-", ":")
            if _MAC.fullmatch(hardware):
                mac[hardware] = _short(element.get("vendor"))
            else:
                refused.append(text)
        elif address := read_address(text):
            ip[address] = None
        else:
            refused.append(text)
    return Addresses(tuple(ip), tuple(mac), tuple(filter(None, mac.values())), tuple(refused))


def _names(host: Element) -> HostNames:
    return read_names(
        (name.get("name"), name.get("type"))
        for names in host.all("hostnames")
        for name in names.all("hostname")
    )


def _refusals(position: str, addresses: Addresses, names: HostNames) -> list[Problem]:
    return [
        Problem(
            position,
            code,
            f"{shown(text)} is no {what} and was left out",
            "Nothing else of the host is lost; look at what sent it.",
            Severity.WARNING,
        )
        for code, what, texts in (
            ("NMAP_ADDRESS_SKIPPED", "address", addresses.refused),
            ("NMAP_NAME_SKIPPED", "host name", names.refused),
        )
        for text in texts
    ]


def _skipped(position: str, what: str) -> Problem:
    return Problem(position, "NMAP_HOST_SKIPPED", f"{what}; it was left out", "Scan that host again.")


def _short(text: str) -> str:
    return "" if is_too_long(text) else clean(text)


def _whole(host: Element, tag: str, attribute: str) -> int | None:
    element = host.first(tag)
    text = element.get(attribute) if element is not None else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 10 else None


def _seconds(*texts: str) -> int | None:
    """The first text that is a point in time in Unix seconds."""
    for text in texts:
        if text.isascii() and text.isdigit() and len(text) <= 12 and 0 < int(text) <= _MAX_SECONDS:
            return int(text)
    return None


def _moment(seconds: int | None) -> str | None:
    """A point in time, as RFC 3339."""
    return instant_text(datetime.fromtimestamp(seconds, UTC)) if seconds else None


def _last_boot(host: Element) -> str | None:
    """The start of the host, to the minute: nmap's `lastboot` is in the scanner's unknown time zone."""
    uptime = _whole(host, "uptime", "seconds")
    seen = _seconds(host.get("endtime"), host.get("starttime")) if uptime else None
    if not uptime or seen is None or seen <= uptime:
        return None
    return _moment((seen - uptime) // 60 * 60)
