"""Which values tell CIs apart, and how far."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmdb.inventory.identifiers import Reach, same_value, telling
from cmdb.model.types import Format


def reach(text_format: Format, value: str) -> Reach:
    return telling(text_format)(value)[0]


@pytest.mark.parametrize(
    "serial",
    [
        "To be filled by O.E.M.", "0", "None", "N/A", "System Serial Number", "00000000", "xxxxxxx", "........",
        "Default string", "0123456789", "Not Specified", "-", "- - -",
    ],
)  # fmt: skip
def test_a_placeholder_serial_identifies_nothing(serial: str) -> None:
    assert reach(Format.SERIAL, serial) is Reach.NOWHERE


def test_a_serial_is_the_same_in_any_case() -> None:
    assert telling(Format.SERIAL)("cn7016ab") == (Reach.EVERYWHERE, "CN7016AB")


@pytest.mark.parametrize(
    "mac", ["ff:ff:ff:ff:ff:ff", "01:00:5e:00:00:01", "00:00:00:00:00:00", "33:33:00:00:00:01"]
)
def test_broadcast_and_multicast_addresses_identify_nothing(mac: str) -> None:
    assert reach(Format.MAC, mac) is Reach.NOWHERE


@pytest.mark.parametrize(
    "mac",
    ["00:00:5e:00:01:0a", "00:00:5e:00:02:0a", "00:00:0c:07:ac:01", "00:00:0c:9f:f0:01", "02:42:ac:11:00:02",
     "52:54:00:12:34:56", "00:50:56:c0:00:08"],
)  # fmt: skip
def test_virtual_and_locally_given_addresses_tell_parts_of_one_host_apart_only(mac: str) -> None:
    assert reach(Format.MAC, mac) is Reach.WITHIN


@pytest.mark.parametrize(
    "value", ["00000000-0000-0000-0000-000000000000", "03000200-0400-0500-0006-000700080009"]
)
def test_a_placeholder_uuid_identifies_nothing(value: str) -> None:
    assert reach(Format.UUID, value) is Reach.NOWHERE


@given(st.uuids())
def test_a_uuid_is_the_same_in_both_byte_orders(value: uuid.UUID) -> None:
    swapped = str(uuid.UUID(bytes_le=value.bytes))

    assert telling(Format.UUID)(str(value))[1] == telling(Format.UUID)(swapped)[1]
    assert same_value(Format.UUID, str(value), swapped)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("web1.example.com", Reach.EVERYWHERE),
        ("web1", Reach.NOWHERE),
        ("localhost", Reach.NOWHERE),
        ("localhost.localdomain", Reach.NOWHERE),
        ("7.2.0.192.in-addr.arpa", Reach.NOWHERE),
        ("printer.local", Reach.SCOPE),
        ("nas.home.arpa", Reach.SCOPE),
    ],
)
def test_how_far_a_name_holds(name: str, expected: Reach) -> None:
    assert reach(Format.FQDN, name) is expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("192.0.2.7", Reach.SCOPE),
        ("10.0.0.1", Reach.SCOPE),
        ("2001:db8::7", Reach.SCOPE),
        ("fe80::1", Reach.SCOPE),
        ("127.0.0.1", Reach.SOURCE),
        ("::1", Reach.SOURCE),
        ("0.0.0.0", Reach.NOWHERE),
        ("224.0.0.1", Reach.NOWHERE),
        ("ff02::1", Reach.NOWHERE),
    ],
)
def test_how_far_an_address_holds(address: str, expected: Reach) -> None:
    assert reach(Format.IP, address) is expected


@pytest.mark.parametrize("name", ["localhost", "localhost.localdomain", "127.0.0.1", "::1"])
def test_the_name_of_the_machine_itself_means_the_one_that_looked(name: str) -> None:
    assert reach(Format.PLAIN, name) is Reach.SOURCE
