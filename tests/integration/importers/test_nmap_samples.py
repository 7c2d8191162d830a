"""Every sample scan goes in, with the counts that another parser finds in it."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from cmdb.inventory.observation import Observation, Presence, Severity
from cmdb_importers.nmap import NmapImporter
from tests.shared_data import SHARED_DATA, shared_data
from tests.unit.importers.reading import Reading, read

INCOMPLETE = "libnmap__1_hosts_incomplete.xml"

# Hosts up and open ports as the samples' own description gives them.
DESCRIBED = {
    "defectdojo__nmap_0port.xml": (1, 0),
    "defectdojo__nmap_multiple_port.xml": (1, 13),
    "libnmap__1_hosts.xml": (1, 5),
    "libnmap__1_hosts_banner_ports_xmas.xml": (1, 0),
    "libnmap__1_hosts_diff.xml": (1, 4),
    "libnmap__1_hosts_down.xml": (1, 0),
    "libnmap__1_hosts_incomplete.xml": (1, 5),
    "libnmap__1_hosts_nohostname.xml": (1, 0),
    "libnmap__1_os_banner_scripts.xml": (1, 8),
    "libnmap__2_hosts.xml": (2, 8),
    "libnmap__2_hosts_achange.xml": (2, 7),
    "libnmap__2_null_hosts.xml": (2, 0),
    "libnmap__dionaea_scan.xml": (1, 16),
    "libnmap__full_sudo6.xml": (4, 12),
    "libnmap__os_scan6.xml": (3, 11),
    "nmap_ndiff__complex.xml": (1, 4),
    "nmap_ndiff__down.xml": (0, 0),
    "nmap_ndiff__empty.xml": (0, 0),
    "nmap_ndiff__os.xml": (1, 1),
    "nmap_ndiff__simple.xml": (1, 1),
    "nmap_zenmap__xml_test12.xml": (1, 0),
    "ullaakut__scan_error_resolving_name.xml": (0, 0),
}


def read_sample(name: str) -> Reading:
    """What the importer makes of a sample."""
    return read(NmapImporter(), shared_data("nmap", name).read_bytes())


def in_the_file(path: Path) -> dict[str, list[str]]:
    """Addresses of hosts up, open ports, and ports that are closed or filtered, by ElementTree."""
    text = path.read_text()
    root = ET.fromstring(text if path.name != INCOMPLETE else text + "</nmaprun>")
    up = [host for host in root.findall("host") if host.find("status[@state='up']") is not None]
    ports = [port for host in up for port in host.findall("ports/port")]
    return {
        "hosts": [host.findall("address")[0].attrib["addr"] for host in up],
        "open": [port.attrib["portid"] for port in ports if port.findall("state[@state='open']")],
        "gone": [
            port.attrib["portid"]
            for port in ports
            if port.findall("state[@state='closed']") or port.findall("state[@state='filtered']")
        ],
    }


def first_address(observation: Observation) -> str:
    """The address of the observation's host."""
    addresses = observation.items[0].attributes["ip_addresses"]
    assert isinstance(addresses, list)
    return addresses[0]


def test_all_samples_are_described() -> None:
    """No sample is forgotten here."""
    shared_data("nmap")

    assert set(DESCRIBED) == {path.name for path in (SHARED_DATA / "nmap").iterdir()}


@pytest.mark.parametrize("name", DESCRIBED)
def test_hosts_and_endpoints_are_those_of_the_file(name: str) -> None:
    """As described, and as an independent parser counts them."""
    expected = in_the_file(shared_data("nmap", name))

    reading = read_sample(name)

    endpoints = reading.items("Endpoint")
    assert DESCRIBED[name] == (len(expected["hosts"]), len(expected["open"]))
    assert expected == {
        "hosts": [first_address(observation) for observation in reading.observations],
        "open": [str(e.attributes["port"]) for e in endpoints if e.presence is Presence.PRESENT],
        "gone": [str(e.attributes["port"]) for e in endpoints if e.presence is Presence.ABSENT],
    }


@pytest.mark.parametrize(
    "name", sorted(set(DESCRIBED) - {INCOMPLETE, "ullaakut__scan_error_resolving_name.xml"})
)
def test_good_samples_have_no_problems(name: str) -> None:
    """Scans of every age from 3.75 on are understood."""
    assert () == read_sample(name).problems


def test_the_truncated_sample_says_where_it_stops() -> None:
    """Its one host is complete."""
    (problem,) = read_sample(INCOMPLETE).problems

    assert ("NMAP_CUT_OFF", Severity.ERROR) == (problem.code, problem.severity)
    assert problem.position.startswith("line 29, byte 5800")


def test_the_failed_scan_says_why() -> None:
    """Nmap wrote its own error into the file."""
    (problem,) = read_sample("ullaakut__scan_error_resolving_name.xml").problems

    assert "Error resolving name localhost" in problem.message


def test_details_of_a_full_scan() -> None:
    """Vendor, class, system, product, version, CPE and confidence are taken."""
    reading = read_sample("libnmap__full_sudo6.xml")

    (router,) = reading.items("WirelessAccessPoint")
    assert {
        "manufacturer": "Sagemcom",
        "mac_addresses": ["6c:2e:85:19:af:00"],
        "os_name": "Linux 2.6.13 (embedded)",
        "os_accuracy": 100,
        "os_cpes": ["cpe:/o:linux:linux_kernel:2.6.13"],
        "network_distance": 1,
        "last_boot_at": "2014-04-15T21:29:00.000Z",
    }.items() <= router.attributes.items()
    assert [
        "MD5:03:5f:d3:9d:95:74:8a:d0:8d:70:17:9a:bf:93:84:13",
        "MD5:fa:af:76:4c:b0:f4:4b:83:a4:6e:70:9f:a1:ec:51:0c",
    ] == (read_sample("nmap_ndiff__complex.xml").host()["ssh_host_keys"])


def test_the_honeypot_is_not_what_its_banners_say() -> None:
    """One banner says that it is a storage box; the fingerprint says Linux for certain."""
    observation = read_sample("libnmap__dionaea_scan.xml").observations[0]

    assert "Host" == observation.items[0].class_name
    assert "dionaea.libnmap-testing_testing_net" == observation.items[0].attributes["fqdn"]
