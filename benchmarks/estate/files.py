"""Files as tools write them: an nmap scan, a table of machines, a table of relationships."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from random import Random

SCAN_START = 1_709_208_000
_SERVICES = (
    (22, "ssh", "OpenSSH", "9.6"),
    (80, "http", "nginx", "1.24.0"),
    (443, "https", "nginx", "1.24.0"),
    (3306, "mysql", "MySQL", "8.0.36"),
    (5432, "postgresql", "PostgreSQL", "16.2"),
    (8080, "http-proxy", "Apache Tomcat", "10.1.19"),
)


def nmap_scan(hosts: int, seed: int) -> bytes:
    """The XML of a scan: each host with an address, a hardware address, a name, a system and two to four ports."""
    random = Random(seed)
    out = io.StringIO()
    out.write('<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE nmaprun>\n')
    out.write(
        f'<nmaprun scanner="nmap" args="nmap -sS -sV -O -oX - 10.0.0.0/16" start="{SCAN_START}" version="7.94">\n'
    )
    for number in range(1, hosts + 1):
        _write_host(out, number, random)
    ends = SCAN_START + hosts
    out.write(
        f'<runstats><finished time="{ends}" exit="success"/><hosts up="{hosts}" down="0" total="{hosts}"/></runstats>\n'
    )
    out.write("</nmaprun>\n")
    return out.getvalue().encode()


def _write_host(out: io.StringIO, number: int, random: Random) -> None:
    at = SCAN_START + number
    high, low = number >> 8 & 255, number & 255
    out.write(
        f'<host starttime="{at}" endtime="{at + 1}"><status state="up" reason="arp-response" reason_ttl="0"/>\n'
    )
    out.write(f'<address addr="10.{number >> 16 & 255}.{high}.{low}" addrtype="ipv4"/>\n')
    out.write(
        f'<address addr="52:54:00:{number >> 16 & 255:02X}:{high:02X}:{low:02X}" addrtype="mac" vendor="QEMU"/>\n'
    )
    out.write(f'<hostnames><hostname name="host{number:06d}.example.net" type="PTR"/></hostnames>\n<ports>')
    out.write(
        '<extraports state="closed" count="994"><extrareasons reason="reset" count="994"/></extraports>\n'
    )
    for port, service, product, version in random.sample(_SERVICES, random.choice((2, 3, 3, 4))):
        out.write(
            f'<port protocol="tcp" portid="{port}"><state state="open" reason="syn-ack" reason_ttl="64"/>'
        )
        out.write(
            f'<service name="{service}" product="{product}" version="{version}" method="probed" conf="10"/></port>\n'
        )
    out.write(
        '</ports>\n<os><osmatch name="Linux 5.15" accuracy="100"><osclass type="general purpose" vendor="Linux" '
    )
    out.write(
        'osfamily="Linux" osgen="5.X" accuracy="100"><cpe>cpe:/o:linux:linux_kernel:5</cpe></osclass></osmatch></os>\n'
    )
    out.write("</host>\n")


def machine_table(rows: int, seed: int) -> bytes:
    """A CSV of machines with what an asset register knows of them."""
    random = Random(seed)
    columns = (
        "class",
        "name",
        "fqdn",
        "ip_addresses[]",
        "serial_number",
        "manufacturer",
        "model",
        "environment",
        "price",
    )
    return _table(
        columns,
        [
            (
                random.choice(("Server", "VirtualMachine")),
                f"machine{number:06d}",
                f"machine{number:06d}.example.net",
                f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}",
                f"SN{number:08d}",
                random.choice(("Dell", "HPE", "Lenovo")),
                random.choice(("R650", "DL380", "SR630")),
                random.choice(("production", "test")),
                str(random.randint(900, 9000)),
            )
            for number in range(1, rows + 1)
        ],
    )


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue().encode()
