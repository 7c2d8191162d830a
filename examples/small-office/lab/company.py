"""The company as data: its networks, its machines and what runs on each of them.

There are two rounds, some days apart: ``first`` and ``later``. `machines` gives the
machines of either; everything that differs between the two is in `_later`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Round = Literal["first", "later"]

DOMAIN = "office.example"
SCANNER = "pc-admin"
NAME_SERVERS = ("10.20.10.11", "10.20.10.12")

SERVERS = "servers"
WORKSTATIONS = "workstations"
PRINTERS = "printers"
BRANCH = "branch"
TO_PRINT = "to-print"
TO_BRANCH = "to-branch"

PREFIX_LENGTH = {
    SERVERS: 24,
    WORKSTATIONS: 24,
    PRINTERS: 24,
    BRANCH: 24,
    TO_PRINT: 30,
    TO_BRANCH: 30,
}


@dataclass(frozen=True, slots=True)
class Port:
    """One interface of a machine: where it is plugged in, and its addresses."""

    network: str
    mac: str
    ipv4: str
    ipv6: str | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """One static route; ``default`` as the destination is the default route."""

    destination: str
    via: str


@dataclass(frozen=True, slots=True)
class Machine:
    """One machine: a network namespace, its ports, routes and daemons."""

    name: str
    ports: tuple[Port, ...]
    routes: tuple[Route, ...]
    daemons: tuple[str, ...]

    @property
    def fqdn(self) -> str:
        """The name the office's DNS gives to each of the machine's addresses."""
        return f"{self.name}.{DOMAIN}"

    @property
    def forwards(self) -> bool:
        """Whether this machine is a router."""
        return len(self.ports) > 1


_IPV6_SERVERS = "fd4f:8e2a:1c00:10::"
_IPV6_WORKSTATIONS = "fd4f:8e2a:1c00:20::"
_IPV6_PRINTERS = "fd4f:8e2a:1c00:30::"
_IPV6_TO_PRINT = "fd4f:8e2a:1c00:fe::"


def _server(name: str, last: int, mac: str, *daemons: str) -> Machine:
    return Machine(
        name,
        (Port(SERVERS, mac, f"10.20.10.{last}", f"{_IPV6_SERVERS}{last}"),),
        (Route("default", "10.20.10.1"), Route("default", f"{_IPV6_SERVERS}1")),
        (*daemons, "sshd"),
    )


def _workstation(name: str, last: int, mac: str) -> Machine:
    return Machine(
        name,
        (Port(WORKSTATIONS, mac, f"10.20.20.{last}", f"{_IPV6_WORKSTATIONS}{last}"),),
        (Route("default", "10.20.20.1"), Route("default", f"{_IPV6_WORKSTATIONS}1")),
        ("sshd",),
    )


def _printer(name: str, last: int, mac: str) -> Machine:
    return Machine(
        name,
        (Port(PRINTERS, mac, f"10.20.30.{last}", f"{_IPV6_PRINTERS}{last}"),),
        (Route("default", "10.20.30.1"), Route("default", f"{_IPV6_PRINTERS}1")),
        ("printer", "snmpd"),
    )


def _branch_workstation(name: str, last: int, mac: str) -> Machine:
    port = Port(BRANCH, mac, f"10.20.40.{last}")
    return Machine(name, (port,), (Route("default", "10.20.40.1"),), ("sshd",))


_CORE = Machine(
    "rtr-core",
    (
        Port(SERVERS, "00:1b:54:20:10:01", "10.20.10.1", f"{_IPV6_SERVERS}1"),
        Port(WORKSTATIONS, "00:1b:54:20:20:01", "10.20.20.1", f"{_IPV6_WORKSTATIONS}1"),
        Port(TO_PRINT, "00:1b:54:20:fe:01", "10.20.254.1", f"{_IPV6_TO_PRINT}1"),
        Port(TO_BRANCH, "00:1b:54:20:fe:05", "10.20.254.5"),
    ),
    (
        Route("10.20.30.0/24", "10.20.254.2"),
        Route(f"{_IPV6_PRINTERS}/64", f"{_IPV6_TO_PRINT}2"),
        Route("10.20.40.0/24", "10.20.254.6"),
    ),
    ("sshd", "snmpd"),
)
_PRINT_ROUTER = Machine(
    "rtr-print",
    (
        Port(TO_PRINT, "00:05:85:20:fe:02", "10.20.254.2", f"{_IPV6_TO_PRINT}2"),
        Port(PRINTERS, "00:05:85:20:30:01", "10.20.30.1", f"{_IPV6_PRINTERS}1"),
    ),
    (Route("default", "10.20.254.1"), Route("default", f"{_IPV6_TO_PRINT}1")),
    ("sshd", "snmpd"),
)
_BRANCH_ROUTER = Machine(
    "rtr-branch",
    (
        Port(TO_BRANCH, "00:05:85:20:fe:06", "10.20.254.6"),
        Port(BRANCH, "00:05:85:20:40:01", "10.20.40.1"),
    ),
    (Route("default", "10.20.254.5"),),
    ("sshd", "snmpd"),
)

_FIRST: tuple[Machine, ...] = (
    _CORE,
    _PRINT_ROUTER,
    _BRANCH_ROUTER,
    _server("ns1", 11, "18:03:73:5a:10:11", "dnsmasq"),
    _server("ns2", 12, "18:03:73:5a:10:12", "dnsmasq"),
    _server("db1", 20, "d4:be:d9:5a:10:20", "postgres"),
    _server("web1", 21, "d4:be:d9:5a:10:21", "nginx"),
    _server("intranet", 22, "d4:be:d9:5a:10:22", "lighttpd"),
    _server("mail1", 25, "18:03:73:5a:10:25", "postfix", "dovecot"),
    _server("mail2", 26, "18:03:73:5a:10:26", "postfix"),
    _server("files1", 30, "b8:ac:6f:5a:10:30", "smbd", "vsftpd"),
    _server("dir1", 31, "b8:ac:6f:5a:10:31", "slapd"),
    _server("print1", 32, "b8:ac:6f:5a:10:32", "cupsd"),
    _server("queue1", 33, "b8:ac:6f:5a:10:33", "redis"),
    _workstation(SCANNER, 10, "dc:4a:3e:7b:20:10"),
    _workstation("pc-anna", 101, "dc:4a:3e:7b:21:01"),
    _workstation("pc-bruno", 102, "dc:4a:3e:7b:21:02"),
    _workstation("pc-reception", 103, "54:ee:75:7b:21:03"),
    _workstation("pc-sales", 104, "54:ee:75:7b:21:04"),
    _printer("prn-office", 11, "3c:d9:2b:9c:30:11"),
    _printer("prn-accounting", 12, "3c:d9:2b:9c:30:12"),
    _printer("prn-warehouse", 13, "00:80:77:9c:30:13"),
    _branch_workstation("pc-branch1", 101, "bc:ee:7b:7b:41:01"),
    _branch_workstation("pc-branch2", 102, "bc:ee:7b:7b:41:02"),
)


def machines(round_: Round) -> tuple[Machine, ...]:
    """The machines that are switched on in that round."""
    return _FIRST if round_ == "first" else _later()


def _later() -> tuple[Machine, ...]:
    """Some days after: what a company changes without telling its CMDB."""
    by_name = {machine.name: machine for machine in _FIRST}
    # The intranet moved to another web server.
    by_name["intranet"] = _server("intranet", 22, "d4:be:d9:5a:10:22", "nginx")
    # Plain FTP was closed.
    by_name["files1"] = _server("files1", 30, "b8:ac:6f:5a:10:30", "smbd")
    # The reception's machine has another name, the same MAC and the same address.
    by_name["pc-reception"] = replace(by_name["pc-reception"], name="pc-frontdesk")
    # The sales machine has another address, the same MAC and the same name.
    by_name["pc-sales"] = _workstation("pc-sales", 117, "54:ee:75:7b:21:04")
    # A machine of the branch is switched off.
    del by_name["pc-branch2"]
    # A laptop and a database server that nobody announced.
    by_name["pc-chen"] = _workstation("pc-chen", 105, "dc:4a:3e:7b:21:05")
    by_name["db2"] = _server("db2", 27, "d4:be:d9:5a:10:27", "postgres")
    return tuple(by_name.values())
