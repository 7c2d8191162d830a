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
_DIGEST = re.compile("[0-9a-f]{32}")
_OUTPUT_READ = 4096  # characters of a script's output, enough for all its keys


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
            attributes |= _reason(port)
            yield from _describe(port, attributes, host_name)
            yield ObservedItem(key, "Endpoint", attributes)
        elif state in _GONE:
            yield ObservedItem(key, "Endpoint", attributes, Presence.ABSENT)


def listening(item: ObservedItem) -> ObservedRelationship:
    """The relationship of an endpoint to its host."""
    return ObservedRelationship("LISTENS_ON", item.key, HOST_KEY)


def read_ssh_keys(host: Element) -> list[str]:
    """Fingerprints of the SSH host keys in OpenSSH's notations, `SHA256:…` and `MD5:16 pairs`.

    Every nmap has printed the second, so scans of all ages meet in it; the first needs the key itself.
    """
    found: dict[str, None] = {}
    for port in listed_ports(host):
        for script in port.all("script"):
            tables = script.all("table")
            for table in tables:
                found.update(dict.fromkeys(_fingerprints(table)))
            if not tables:
                printed = _FINGERPRINT.findall(script.get("output")[:_OUTPUT_READ])
                found.update(dict.fromkeys(f"MD5:{text}" for text in printed))
    return list(found)


def _reason(port: Element) -> dict[str, Value]:
    state = port.first("state")
    reason = clean(state.get("reason")) if state is not None and not is_too_long(state.get("reason")) else ""
    return {"state_reason": reason} if reason else {}


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


def _fingerprints(table: Element) -> Iterator[str]:
    values = {elem.get("key"): elem.text.strip() for elem in table.all("elem")}
    digest = values.get("fingerprint", "").replace(":", "").lower()
    if key := _decoded(values.get("key", "")):
        sha256 = base64.b64encode(hashlib.sha256(key).digest()).decode().rstrip("=")
        yield f"SHA256:{sha256}"
        digest = hashlib.md5(key, usedforsecurity=False).hexdigest()
    if _DIGEST.fullmatch(digest):
        yield "MD5:" + ":".join(digest[start : start + 2] for start in range(0, 32, 2))


def _decoded(key: str) -> bytes:
    try:
        return base64.b64decode(key, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 5 and 0 < int(text) <= _MAX_PORT


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
