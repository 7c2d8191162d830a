"""Ports of a host: endpoints that are open, endpoints that are gone, and the host's SSH keys."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping

from cmdb.inventory.observation import ObservedItem, ObservedRelationship, Presence, Problem, Severity
from cmdb.kernel.values import Value
from cmdb_importers.nmap.parser import Element
from cmdb_importers.text import clean, is_too_long, shown

HOST_KEY = "host"
_MAX_PORT = 65_535
_TRANSPORTS = frozenset(["tcp", "udp", "sctp"])
_GONE = frozenset(["closed", "filtered", "closed|filtered"])
_SERVICE_TEXTS = (
    ("name", "service"),
    ("product", "product"),
    ("version", "product_version"),
    ("extrainfo", "extra_info"),
    ("tunnel", "tunnel"),
)
_SERVICE_READ = (*[name for name, _ in _SERVICE_TEXTS], "conf")
_MOST_KEPT = 2_000
_LONGEST_KEPT = 1_000  # characters
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


def open_services(ports: Iterable[Element]) -> Iterator[Element]:
    """The `service` elements of open ports."""
    for port in ports:
        service = port.first("service")
        if service is not None and state_of(port) == "open":
            yield service


class EndpointReader:
    """Reads the ports of one host after the other.

    Few services run on many hosts: what is said of an open port is worked out once, and a bounded number of
    such descriptions is kept.
    """

    def __init__(self) -> None:
        self._described: dict[tuple[str | None, ...], Mapping[str, Value]] = {}

    def read(self, ports: Iterable[Element], host_name: str, problems: list[Problem]) -> list[ObservedItem]:
        """One item for each port that is open, and an absent one for each that is closed or filtered.

        `open|filtered` and `unfiltered` say nothing about a listener, so nothing comes of them; nor does a scan
        of IP protocols (`-sO`), which has no ports. What is wrong with a port is added to `problems`.
        """
        seen: set[str] = set()
        found: list[ObservedItem] = []
        for port in ports:
            protocol, portid = port.get("protocol"), port.get("portid")
            if protocol == "ip":
                continue
            if protocol not in _TRANSPORTS or not _is_port(portid):
                problems.append(_skipped(port, host_name, f"{shown(portid)} of {shown(protocol)} is no port"))
                continue
            number = int(portid)
            key = f"{number}/{protocol}"
            if key in seen:
                problems.append(_skipped(port, host_name, f"{key} is listed twice; the first one counts"))
                continue
            seen.add(key)
            state = state_of(port)
            attributes: dict[str, Value] = {
                "name": f"{host_name}:{key}",
                "protocol": protocol,
                "port": number,
            }
            if state == "open":
                attributes |= self._description(port, host_name, problems)
                found.append(ObservedItem(key, "Endpoint", attributes))
            elif state in _GONE:
                found.append(ObservedItem(key, "Endpoint", attributes, Presence.ABSENT))
        return found

    def _description(self, port: Element, host_name: str, problems: list[Problem]) -> Mapping[str, Value]:
        said = _said(port)
        known = self._described.get(said)
        if known is None:
            before = len(problems)
            known = _describe(port, host_name, problems)
            if len(problems) == before and sum(len(text) for text in said if text) <= _LONGEST_KEPT:
                if len(self._described) >= _MOST_KEPT:
                    self._described.clear()
                self._described[said] = known
        return known


def listening(item: ObservedItem) -> ObservedRelationship:
    """The relationship of an endpoint to its host."""
    return ObservedRelationship("LISTENS_ON", item.key, HOST_KEY)


def read_ssh_keys(ports: Iterable[Element]) -> list[str]:
    """Fingerprints of the SSH host keys in OpenSSH's notations, `SHA256:…` and `MD5:16 pairs`.

    Every nmap has printed the second, so scans of all ages meet in it; the first needs the key itself.
    """
    found: dict[str, None] = {}
    for port in ports:
        for script in port.all("script"):
            tables = script.all("table")
            for table in tables:
                found.update(dict.fromkeys(_fingerprints(table)))
            if not tables:
                printed = _FINGERPRINT.findall(script.get("output")[:_OUTPUT_READ])
                found.update(dict.fromkeys(f"MD5:{text}" for text in printed))
    return list(found)


def _said(port: Element) -> tuple[str | None, ...]:
    """All that `_describe` reads of an open port."""
    state, service = port.first("state"), port.first("service")
    reason = state.get("reason") if state is not None else ""
    if service is None:
        return (reason,)
    return (reason, *map(service.attributes.get, _SERVICE_READ), *[cpe.text for cpe in service.all("cpe")])


def _describe(port: Element, host_name: str, problems: list[Problem]) -> dict[str, Value]:
    attributes: dict[str, Value] = {}
    state, service = port.first("state"), port.first("service")
    reason = state.get("reason") if state is not None else ""
    if not is_too_long(reason) and (value := clean(reason)):
        attributes["state_reason"] = value
    if service is None:
        return attributes
    for name, attribute in _SERVICE_TEXTS:
        text = service.get(name)
        if is_too_long(text):
            problems.append(_too_long(port, host_name, name))
        elif value := clean(text):
            attributes[attribute] = value
    if service.get("conf").isdigit() and len(service.get("conf")) < 3:
        attributes["service_confidence"] = int(service.get("conf"))
    cpes = [text for cpe in service.all("cpe") if (text := clean(cpe.text)) and not is_too_long(text)]
    if cpes:
        attributes["cpes"] = list(dict.fromkeys(cpes))
    return attributes


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
