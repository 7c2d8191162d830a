"""Ports of a host: endpoints that are open, endpoints that are gone, and the host's SSH keys."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator

from cmdb.inventory.observation import ObservedItem, ObservedRelationship, Presence, Problem, Severity
from cmdb.kernel.values import Value
from cmdb_importers.nmap.parser import Element
from cmdb_importers.text import clean, is_too_long, shown

HOST_KEY = "host"
_MAX_PORT = 65_535
_TRANSPORTS = frozenset(["tcp", "udp", "sctp"])
_GONE = frozenset(["closed", "filtered", "closed|filtered"])
_SERVICE_TEXTS = (
    ("service", "name"),
    ("product", "product"),
    ("product_version", "version"),
    ("extra_info", "extrainfo"),
    ("tunnel", "tunnel"),
)
_FINGERPRINT = re.compile(r"(?<![0-9a-f:])[0-9a-f]{2}(?::[0-9a-f]{2}){15}(?![0-9a-f:])")


def listed_ports(host: Element) -> list[Element]:
    """Every port the scan names one by one."""
    return [port for ports in host.all("ports") for port in ports.all("port")]


def state_of(port: Element) -> str:
    """The word of nmap for it: open, closed, filtered, unfiltered, open|filtered or closed|filtered."""
    state = port.first("state")
    return state.get("state") if state is not None else ""


def open_services(host: Element) -> Iterator[Element]:
    """The `service` elements of open ports."""
    for port in listed_ports(host):
        service = port.first("service")
        if service is not None and state_of(port) == "open":
            yield service


def read_endpoints(host: Element, host_name: str) -> Iterator[ObservedItem | Problem]:
    """One item for each port that is open, and an absent one for each that is closed or filtered.

    `open|filtered` and `unfiltered` say nothing about a listener, so nothing comes of them; nor does a scan
    of IP protocols (`-sO`), which has no ports.
    """
    seen: set[str] = set()
    for port in listed_ports(host):
        protocol, number, state = port.get("protocol"), port.get("portid"), state_of(port)
        if protocol == "ip":
            continue
        if protocol not in _TRANSPORTS or not _is_port(number):
            yield _skipped(port, host_name, f"{shown(number)} of {shown(protocol)} is no port")
            continue
        key = f"{int(number)}/{protocol}"
        if key in seen:
            yield _skipped(port, host_name, f"{key} is listed twice; the first one counts")
            continue
        seen.add(key)
        attributes: dict[str, Value] = {
            "name": f"{host_name}:{key}",
            "protocol": protocol,
            "port": int(number),
        }
        if state == "open":
            yield from _describe(port, attributes, host_name)
            yield ObservedItem(key, "Endpoint", attributes)
        elif state in _GONE:
            yield ObservedItem(key, "Endpoint", attributes, Presence.ABSENT)


def listening(item: ObservedItem) -> ObservedRelationship:
    """The relationship of an endpoint to its host."""
    return ObservedRelationship("LISTENS_ON", item.key, HOST_KEY)


def read_ssh_keys(host: Element) -> list[str]:
    """Fingerprints of the SSH host keys in the old notation, `MD5:16 pairs`.

    nmap has printed that one in every version, so scans of all ages meet in it.
    """
    found: dict[str, None] = {}
    for port in listed_ports(host):
        for script in port.all("script"):
            tables = script.all("table")
            structured = [_fingerprint(table) for table in tables]
            printed = _FINGERPRINT.findall(script.get("output")[:4096]) if not tables else []
            found.update(dict.fromkeys(f"MD5:{text}" for text in [*structured, *printed] if text))
    return list(found)


def _describe(port: Element, attributes: dict[str, Value], host_name: str) -> Iterator[Problem]:
    service = port.first("service")
    if service is None:
        return
    for attribute, name in _SERVICE_TEXTS:
        text = service.get(name)
        if is_too_long(text):
            yield _too_long(port, host_name, name)
        elif value := clean(text):
            attributes[attribute] = value
    if service.get("conf").isdigit() and len(service.get("conf")) < 3:
        attributes["service_confidence"] = int(service.get("conf"))
    cpes = [text for cpe in service.all("cpe") if (text := clean(cpe.text)) and not is_too_long(text)]
    if cpes:
        attributes["cpes"] = list(dict.fromkeys(cpes))


def _fingerprint(table: Element) -> str:
    values = {elem.get("key"): elem.text.strip() for elem in table.all("elem")}
    digest = values.get("fingerprint", "").replace(":", "").lower()
    if len(digest) != 32 and values.get("key"):
        try:
            blob = base64.b64decode(values["key"], validate=True)
        except (binascii.Error, ValueError):
            return ""
        digest = hashlib.md5(blob, usedforsecurity=False).hexdigest()
    if re.fullmatch(r"[0-9a-f]{32}", digest) is None:
        return ""
    return ":".join(digest[i : i + 2] for i in range(0, 32, 2))


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 5 and int(text) <= _MAX_PORT


def _skipped(port: Element, host_name: str, what: str) -> Problem:
    return Problem(
        f"line {port.line}",
        "NMAP_PORT_SKIPPED",
        f"a port of {host_name} was left out: {what}",
        "Scan the host again; the rest of it was read.",
    )


def _too_long(port: Element, host_name: str, name: str) -> Problem:
    return Problem(
        f"line {port.line}",
        "NMAP_VALUE_SKIPPED",
        f"{name} of port {port.get('portid')} of {host_name} is longer than a field may be and was left out",
        "Look at what answers there; such a banner is not honest.",
        Severity.WARNING,
    )
