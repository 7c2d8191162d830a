"""Host names: which of them name a machine, and which is its fully qualified one."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass

_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_MAX_LENGTH = 253
# What every machine calls itself, and what a resolver calls whatever router it finds.
_ANYBODY = frozenset(
    ["localhost", "localhost4", "localhost6", "ip6-localhost", "ip6-loopback", "_gateway", "broadcasthost"]
)
_ANYBODYS_DOMAINS = (".localhost", ".localdomain", ".localdomain4", ".localdomain6", ".arpa")


@dataclass(frozen=True, slots=True)
class HostNames:
    """`fqdn` is the fully qualified one, `all` every name of the machine, both in lower case and without final dot.

    `refused` holds what is no host name at all (RFC 1123, underscores allowed).
    """

    fqdn: str | None
    all: tuple[str, ...]
    refused: tuple[str, ...]

    @property
    def best(self) -> str | None:
        """The fully qualified name, or else the first one."""
        return self.fqdn or (self.all[0] if self.all else None)


def read_names(names: Iterable[tuple[str, str]]) -> HostNames:
    """From pairs of name and nmap's type of it, `PTR` or `user`.

    A PTR record belongs to the address, so it is preferred; what the operator typed (`user`) may be one of
    many names, shared by several machines.
    """
    good: dict[str, None] = {}
    refused: list[str] = []
    for raw, _ in sorted(names, key=lambda pair: pair[1] != "PTR"):
        name = raw.strip().lower().rstrip(".")
        if not name or is_anybodys(name) or is_address(name):
            continue
        if is_host_name(name):
            good[name] = None
        else:
            refused.append(raw)
    return HostNames(next((name for name in good if "." in name), None), tuple(good), tuple(refused))


def is_host_name(name: str) -> bool:
    """True for a name that may stand in the DNS or a hosts file."""
    return len(name) <= _MAX_LENGTH and _HOST_NAME.fullmatch(name) is not None


def is_anybodys(name: str) -> bool:
    """True for a name that tells no machine from another."""
    return name in _ANYBODY or name.endswith(_ANYBODYS_DOMAINS)


def is_address(name: str) -> bool:
    """True when an address stands where a name should."""
    return bool(name) and (":" in name or name[-1].isdigit()) and read_address(name) is not None


def read_address(text: str) -> str | None:
    """The address in the form of RFC 5952, or None.

    A zone (`fe80::1%eth0`) is left out: it names an interface of the scanner, not of the host.
    """
    try:
        # An IPv4 address as it should be is most of what comes, and the system reads it five times as fast.
        return socket.inet_ntop(socket.AF_INET, socket.inet_pton(socket.AF_INET, text))
    except (OSError, ValueError):
        pass
    try:
        address = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.scope_id is not None:
        return str(ipaddress.IPv6Address(int(address)))
    return str(address)
