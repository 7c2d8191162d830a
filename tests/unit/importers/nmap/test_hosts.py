"""A host that is up becomes one observation."""

from __future__ import annotations

import pytest

from cmdb.inventory.observation import ObservedRelationship, Severity
from tests.unit.importers.nmap.scans import ADDRESS, host, port, ports, read_scan
from tests.unit.importers.reading import READ_AT


def names(*pairs: tuple[str, str]) -> str:
    """The host names of a host, with nmap's type of each."""
    return "<hostnames>" + "".join(f'<hostname name="{n}" type="{t}"/>' for n, t in pairs) + "</hostnames>"


def test_a_host_that_is_up_is_one_observation_at_its_line() -> None:
    """The position of an observation is the line where the host's element begins."""
    reading = read_scan(host(), host(address='<address addr="192.0.2.8" addrtype="ipv4"/>'))

    assert ["line 4", "line 5"] == [observation.position for observation in reading.observations]
    assert [] == reading.codes


@pytest.mark.parametrize("state", ["down", "unknown", "skipped"])
def test_a_host_that_is_not_up_is_no_ci(state: str) -> None:
    """Down hosts, and hosts that a list scan only names, give nothing."""
    assert () == read_scan(host(status=f'state="{state}" reason="no-response"')).observations


def test_a_host_without_status_is_no_ci() -> None:
    """Nothing says that it is there."""
    assert () == read_scan(f"<host>{ADDRESS}</host>").observations


def test_an_address_that_is_only_assumed_to_be_up_is_no_ci_and_is_told_once() -> None:
    """With -Pn every address counts as up; one that answered nothing is not proven to exist."""
    assumed = host(
        ports('<extraports state="filtered" count="1000"/>'), status='state="up" reason="user-set"'
    )

    reading = read_scan(assumed, assumed)

    assert () == reading.observations
    assert ["NMAP_HOSTS_UNPROVEN"] == reading.codes
    assert "2 addresses" in reading.problems[0].message
    assert Severity.WARNING == reading.problems[0].severity


@pytest.mark.parametrize(
    "inside",
    [
        ports(port(22)),
        ports(port(22, state="closed")),
        ports('<extraports state="closed" count="999"/>'),
        '<address addr="00:1B:21:AA:00:01" addrtype="mac"/>',
    ],
)
def test_an_assumed_host_that_answered_anything_is_a_ci(inside: str) -> None:
    """An open or closed port or a hardware address proves that somebody is there."""
    assert 1 == len(read_scan(host(inside, status='state="up" reason="user-set"')).observations)


def test_the_ptr_record_is_the_fully_qualified_name() -> None:
    """What the operator typed may be one of many names; the reverse record belongs to the address."""
    found = read_scan(host(names(("www.example.org", "user"), ("srv1.Example.org.", "PTR")))).host()

    assert "srv1.example.org" == found["fqdn"]
    assert "srv1.example.org" == found["name"]
    assert ["srv1.example.org", "www.example.org"] == found["hostnames"]


def test_a_typed_name_with_a_dot_is_the_fully_qualified_name_where_there_is_no_ptr() -> None:
    """The operator's word is better than none."""
    assert "www.example.org" == read_scan(host(names(("www.example.org", "user")))).host()["fqdn"]


def test_a_name_without_a_dot_names_the_host_but_is_not_fully_qualified() -> None:
    """`printer` is a name, not an FQDN."""
    found = read_scan(host(names(("printer", "PTR")))).host()

    assert "printer" == found["name"]
    assert "fqdn" not in found


@pytest.mark.parametrize("name", ["localhost", "localhost.localdomain", "_gateway", "7.2.0.192.in-addr.arpa"])
def test_a_name_that_every_machine_has_is_no_name(name: str) -> None:
    """Such a name would make one CI of many machines."""
    found = read_scan(host(names((name, "PTR")))).host()

    assert "192.0.2.7" == found["name"]
    assert {"fqdn", "hostnames"}.isdisjoint(found)


def test_a_host_name_that_is_none_is_left_out_with_a_warning() -> None:
    """A PTR record is in the hands of whoever owns the address."""
    reading = read_scan(host(names(("&lt;script&gt;alert(1)&lt;/script&gt;.example", "PTR"))))

    assert "192.0.2.7" == reading.host()["name"]
    assert ["NMAP_NAME_SKIPPED"] == reading.codes


def test_addresses_and_interface_become_cis_of_their_own() -> None:
    """A hardware address is an interface; the host has the addresses, and so has its only interface."""
    reading = read_scan(host('<address addr="00-1B-21-AA-00-01" addrtype="mac" vendor="Intel Corporate"/>'))

    (observation,) = reading.observations
    assert "Intel Corporate" == reading.host()["manufacturer"]
    assert ["00:1b:21:aa:00:01"] == reading.host()["mac_addresses"]
    assert {"name": "00:1b:21:aa:00:01", "mac_address": "00:1b:21:aa:00:01"} == reading.items(
        "NetworkInterface"
    )[0].attributes
    assert {"name": "192.0.2.7", "ip_address": "192.0.2.7"} == reading.items("IPAddress")[0].attributes
    assert (
        ObservedRelationship("INTERFACE_OF", "00:1b:21:aa:00:01", "host"),
        ObservedRelationship("HAS_ADDRESS", "host", "192.0.2.7"),
        ObservedRelationship("HAS_ADDRESS", "00:1b:21:aa:00:01", "192.0.2.7"),
    ) == observation.relationships


def test_ipv6_addresses_are_normalised_and_lose_their_zone() -> None:
    """The zone names an interface of the scanner."""
    address = '<address addr="2001:DB8:0:0::7" addrtype="ipv6"/><address addr="fe80::21b:21ff:feaa:1%eth0" addrtype="ipv6"/>'

    assert ["2001:db8::7", "fe80::21b:21ff:feaa:1"] == read_scan(host(address=address)).host()["ip_addresses"]


def test_an_address_that_is_none_is_left_out_with_a_warning() -> None:
    """The rest of the host goes in."""
    reading = read_scan(
        host('<address addr="192.0.2.300" addrtype="ipv4"/><address addr="00:1B" addrtype="mac"/>')
    )

    assert ["192.0.2.7"] == reading.host()["ip_addresses"]
    assert ["NMAP_ADDRESS_SKIPPED", "NMAP_ADDRESS_SKIPPED"] == reading.codes


def test_a_host_without_any_address_is_left_out_and_the_next_one_goes_in() -> None:
    """One bad host costs one host."""
    reading = read_scan(host(address='<address addr="nowhere" addrtype="ipv4"/>'), host())

    assert ["192.0.2.7"] == reading.host()["ip_addresses"]
    assert ["NMAP_ADDRESS_SKIPPED", "NMAP_HOST_SKIPPED"] == reading.codes


@pytest.mark.parametrize(
    ("host_attributes", "start", "expected"),
    [
        ('starttime="1600000010" endtime="1600000020"', "1600000000", "2020-09-13T12:27:00.000Z"),
        ('starttime="1600000010"', "1600000000", "2020-09-13T12:26:50.000Z"),
        ("", "1600000000", "2020-09-13T12:26:40.000Z"),
        ('endtime="-5"', "later", READ_AT),
        ('endtime="99999999999999999999"', "", READ_AT),
    ],
)
def test_the_time_of_observation_is_the_best_that_the_file_tells(
    host_attributes: str, start: str, expected: str
) -> None:
    """The host's end, else its start, else the run's start, else the time of reading."""
    reading = read_scan(host().replace("<host>", f"<host {host_attributes}>"), start=start)

    assert expected == reading.observations[0].observed_at


def test_uptime_gives_the_last_start_to_the_minute() -> None:
    """Nmap's own text for it is in the scanner's unknown time zone."""
    up = host('<uptime seconds="3601" lastboot="Sun Sep 13 01:26:59 2020"/>')

    found = read_scan(up.replace("<host>", '<host endtime="1600000020">')).host()

    assert "2020-09-13T11:26:00.000Z" == found["last_boot_at"]


def test_ssh_keys_of_structured_and_of_printed_output_meet_in_one_notation() -> None:
    """Old versions print MD5 fingerprints only; new ones give the key, of which both are computed.

    The values expected are those of `ssh-keygen -l`.
    """
    table = (
        '<script id="ssh-hostkey" output="x"><table><elem key="type">ssh-ed25519</elem>'
        '<elem key="key">AAAAC3NzaC1lZDI1NTE5AAAAIEE5GNAgHzI3EQXCReZRHha9+jmeGiZpg9Nl7fcH8tZX</elem></table></script>'
    )
    printed = '<script id="ssh-hostkey" output="2048 81:82:83:84:85:86:87:88:89:8a:8b:8c:8d:8e:8f:90 (RSA)"/>'

    new = read_scan(host(ports(port(22, table)))).host()["ssh_host_keys"]
    old = read_scan(host(ports(port(22, printed)))).host()["ssh_host_keys"]

    assert [
        "SHA256:/6XenffZBoLeP1MFBWx/QF8V42iR9ZxLycvRMnQ1hbs",
        "MD5:17:ea:61:07:35:e9:d3:d1:45:3c:44:41:a3:ff:e0:89",
    ] == new
    assert ["MD5:81:82:83:84:85:86:87:88:89:8a:8b:8c:8d:8e:8f:90"] == old
