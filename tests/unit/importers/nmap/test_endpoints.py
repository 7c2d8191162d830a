"""Ports become endpoints."""

from __future__ import annotations

import pytest

from cmdb.inventory.observation import ObservedRelationship, Presence, Severity
from tests.unit.importers.nmap.scans import host, port, ports, read_scan

SERVICE = (
    '<service name="http" product="nginx" version="1.24.0" extrainfo="Ubuntu" tunnel="ssl" method="probed" conf="10">'
    "<cpe>cpe:/a:igor_sysoev:nginx:1.24.0</cpe><cpe>cpe:/o:linux:linux_kernel</cpe></service>"
)


def test_an_open_port_is_an_endpoint_with_everything_said_about_it() -> None:
    """Service, product, version, tunnel and CPE names are taken as nmap gives them."""
    reading = read_scan(host(ports(port(443, SERVICE))))

    (endpoint,) = reading.items("Endpoint")
    assert {
        "name": "192.0.2.7:443/tcp",
        "protocol": "tcp",
        "port": 443,
        "state_reason": "syn-ack",
        "service": "http",
        "product": "nginx",
        "product_version": "1.24.0",
        "extra_info": "Ubuntu",
        "tunnel": "ssl",
        "service_confidence": 10,
        "cpes": ["cpe:/a:igor_sysoev:nginx:1.24.0", "cpe:/o:linux:linux_kernel"],
    } == endpoint.attributes
    assert ObservedRelationship("LISTENS_ON", "443/tcp", "host") in reading.observations[0].relationships


def test_an_open_port_without_service_is_an_endpoint() -> None:
    """The number alone is worth knowing."""
    assert 1 == len(read_scan(host(ports(port(5000)))).items("Endpoint"))


def test_what_is_said_on_one_host_is_never_told_of_another() -> None:
    """Services are alike on many hosts; each port still has only what was said of itself."""
    said = [
        '<service name="http" product="nginx"/>',
        '<service name="http" version="nginx"/>',
        '<service name="http" product="nginx"><cpe>cpe:/a:x:y</cpe></service>',
        '<service name="http" product="nginx" conf="3"/>',
        "",
    ]
    alone = [read_scan(host(ports(port(80, each)))).items("Endpoint")[0] for each in said]

    together = read_scan(*[host(ports(port(80, each))) for each in (*said, *said)]).items("Endpoint")

    assert [*alone, *alone] == together


def test_a_text_that_is_too_long_is_reported_wherever_it_stands() -> None:
    """The second host with such a banner is as odd as the first."""
    banner = f'<service name="http" product="{"x" * 70_000}"/>'

    reading = read_scan(host(ports(port(80, banner))), host(ports(port(81, banner))))

    assert ["NMAP_VALUE_SKIPPED", "NMAP_VALUE_SKIPPED"] == reading.codes
    assert "port 81 of" in reading.problems[1].message


@pytest.mark.parametrize("state", ["closed", "filtered", "closed|filtered"])
def test_a_port_seen_not_to_be_open_is_an_absent_endpoint(state: str) -> None:
    """A known endpoint is retired by it; none is made."""
    (endpoint,) = read_scan(host(ports(port(25, state=state)))).items("Endpoint")

    assert Presence.ABSENT == endpoint.presence


@pytest.mark.parametrize("state", ["open|filtered", "unfiltered", "", "strange"])
def test_a_port_of_which_nothing_is_known_is_neither_there_nor_gone(state: str) -> None:
    """No answer to a probe says nothing about a listener."""
    assert [] == read_scan(host(ports(port(161, state=state, protocol="udp")))).items("Endpoint")


def test_the_same_number_of_two_protocols_is_two_endpoints() -> None:
    """53/tcp and 53/udp are two listeners."""
    endpoints = read_scan(host(ports(port(53), port(53, protocol="udp")))).items("Endpoint")

    assert ["53/tcp", "53/udp"] == [endpoint.key for endpoint in endpoints]


@pytest.mark.parametrize("number", ["0", "65536", "-1", "http", "", "99999999999", "４４３"])
def test_a_port_number_that_is_none_is_a_problem_and_the_rest_goes_in(number: str) -> None:
    """One bad port costs one port."""
    reading = read_scan(host(ports(port(number), port(22))))

    assert ["22/tcp"] == [endpoint.key for endpoint in reading.items("Endpoint")]
    assert ["NMAP_PORT_SKIPPED"] == reading.codes


def test_a_port_listed_twice_counts_once() -> None:
    """The keys of an observation are unique."""
    reading = read_scan(host(ports(port(22), port(22, state="closed"))))

    assert [Presence.PRESENT] == [endpoint.presence for endpoint in reading.items("Endpoint")]
    assert ["NMAP_PORT_SKIPPED"] == reading.codes


def test_a_scan_of_ip_protocols_has_no_endpoints() -> None:
    """`nmap -sO` lists protocols of IP in the place of ports."""
    reading = read_scan(host(ports(port(1, protocol="ip"))))

    assert [] == reading.items("Endpoint")
    assert [] == reading.codes


def test_a_value_longer_than_a_field_is_left_out_with_a_warning() -> None:
    """A banner of that size is an attack, and the endpoint is worth knowing all the same."""
    reading = read_scan(host(ports(port(80, f'<service name="http" product="{"A" * 70_000}"/>'))))

    (endpoint,) = reading.items("Endpoint")
    assert "product" not in endpoint.attributes
    assert "http" == endpoint.attributes["service"]
    assert [("NMAP_VALUE_SKIPPED", Severity.WARNING)] == [(p.code, p.severity) for p in reading.problems]


def test_text_is_composed_and_without_control_characters() -> None:
    """Banners are the other side's words: C1 controls go, accents are composed (NFC)."""
    reading = read_scan(host(ports(port(80, '<service name="http" product=" Cafe&#x301;&#x9b;31m "/>'))))

    assert "Café31m" == reading.items("Endpoint")[0].attributes["product"]
