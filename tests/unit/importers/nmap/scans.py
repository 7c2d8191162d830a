"""Small scans written by hand."""

from __future__ import annotations

from cmdb_importers.nmap import NmapImporter
from tests.unit.importers.reading import Reading, read

ADDRESS = '<address addr="192.0.2.7" addrtype="ipv4"/>'
END = '<runstats><finished time="1600000100" exit="success"/><hosts up="1" down="0" total="1"/></runstats></nmaprun>'


def scan(*hosts: str, start: str = "1600000000", end: str = END) -> bytes:
    """A whole document of these hosts."""
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE nmaprun>\n<nmaprun scanner="nmap" start="{start}">\n'
    return (head + "\n".join(hosts) + end).encode()


def host(inside: str = "", status: str = 'state="up" reason="echo-reply"', address: str = ADDRESS) -> str:
    """A host element with a status, an address and whatever else."""
    return f"<host><status {status}/>{address}{inside}</host>"


def port(number: int | str, inside: str = "", state: str = "open", protocol: str = "tcp") -> str:
    """A port element."""
    return f'<port protocol="{protocol}" portid="{number}"><state state="{state}" reason="syn-ack"/>{inside}</port>'


def ports(*inside: str) -> str:
    """The ports of a host."""
    return f"<ports>{''.join(inside)}</ports>"


def read_scan(*hosts: str, start: str = "1600000000", end: str = END) -> Reading:
    """What the importer makes of these hosts."""
    return read(NmapImporter(), scan(*hosts, start=start, end=end))
