"""The scans: the real nmap, run on the administrator's workstation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.commands import run
from lab.company import NAME_SERVERS, SCANNER, Machine
from lab.wiring import namespace

if TYPE_CHECKING:
    from pathlib import Path

_TCP = (
    "21-23,25,53,80,110,111,139,143,161,389,443,445,465,515,587,631,636,873,993,995,1433,1521,"
    "2049,3000,3128,3306,3389,5000,5432,5672,5900,5985,6379,8000,8080,8443,9090,9100,9200,"
    "11211,27017"
)
_UDP = "53,67,123,161"
_NETWORKS = (
    "10.20.10.0/24",
    "10.20.20.0/24",
    "10.20.30.0/24",
    "10.20.40.0/24",
    "10.20.254.0/29",
)
_ASK = ("-sV", "-O", "--osscan-guess", "--traceroute", "-T4")


def scan_ipv4(folder: Path, file: str) -> Path:
    """Scan all networks of the office; the XML file, written into `folder`."""
    ports = f"T:{_TCP},U:{_UDP}"
    return _nmap(folder, file, "-sS", "-sU", *_ASK, "-p", ports, *_NETWORKS)


def scan_ipv6(folder: Path, file: str, machines: tuple[Machine, ...]) -> Path:
    """Scan the IPv6 addresses of the machines that have one (no network is small enough)."""
    targets = [port.ipv6 for machine in machines for port in machine.ports if port.ipv6]
    return _nmap(folder, file, "-6", "-sS", *_ASK, "-p", _TCP, *targets)


def _nmap(folder: Path, file: str, *options: str) -> Path:
    # nmap writes its own command line into the XML: a bare file name keeps folders out of it.
    output = ("-oX", file, "--dns-servers", ",".join(NAME_SERVERS))
    run("ip", "netns", "exec", namespace(SCANNER), "nmap", *options, *output, cwd=folder)
    return folder / file
