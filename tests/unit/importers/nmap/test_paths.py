"""Traceroutes become paths: who is reached through whom."""

from __future__ import annotations

from cmdb.inventory.observation import Observation, ObservedItem, Reference
from tests.unit.importers.nmap.scans import host, read_scan
from tests.unit.importers.reading import Reading

TARGET = "192.0.2.7"


def trace(*hops: tuple[int, str], name: str = "") -> str:
    """The route to a host."""
    inside = "".join(
        f'<hop ttl="{ttl}" ipaddr="{address}" rtt="1.0" host="{name}"/>' for ttl, address in hops
    )
    return f'<trace port="80" proto="tcp">{inside}</trace>'


def end(of: str | Reference, observation: Observation) -> str:
    """The address of an end of a relationship."""
    if isinstance(of, Reference):
        addresses = of.attributes["ip_addresses"]
    else:
        (item,) = [item for item in observation.items if item.key == of]
        addresses = item.attributes["ip_addresses"]
    assert isinstance(addresses, list)
    return addresses[0]


def links(reading: Reading) -> list[tuple[str, str]]:
    """Pairs of (who, reached through whom)."""
    return [
        (end(link.source, observation), end(link.target, observation))
        for observation in reading.observations
        for link in observation.relationships
        if link.type == "REACHED_THROUGH"
    ]


def routers(reading: Reading) -> list[ObservedItem]:
    """The items that say an address belongs to a router."""
    return reading.items("Router")


def test_each_machine_is_reached_through_the_hop_before_it() -> None:
    """The last hop is the host itself and no router."""
    reading = read_scan(host(trace((1, "10.0.0.1"), (2, "10.0.1.1"), (3, TARGET))))

    assert [(TARGET, "10.0.1.1"), ("10.0.1.1", "10.0.0.1")] == links(reading)
    assert [["10.0.0.1"], ["10.0.1.1"]] == [item.attributes["ip_addresses"] for item in routers(reading)]


def test_a_hop_is_made_when_nobody_knows_it() -> None:
    """It is named by its PTR record, or its address."""
    reading = read_scan(host(trace((1, "10.0.0.1"), name="gw.example.org") + '<distance value="2"/>'))

    (link,) = [link for link in reading.observations[0].relationships if link.type == "REACHED_THROUGH"]
    assert (
        Reference(
            "Router",
            {"name": "gw.example.org", "ip_addresses": ["10.0.0.1"], "fqdn": "gw.example.org"},
            create=True,
        )
        == link.target
    )


def test_a_hop_that_stayed_silent_leaves_a_gap() -> None:
    """A relationship across it would claim a neighbourhood that nobody saw."""
    reading = read_scan(host(trace((1, "10.0.0.1"), (3, "10.0.2.1"), (4, TARGET))))

    assert [(TARGET, "10.0.2.1")] == links(reading)
    assert {"10.0.0.1", "10.0.2.1"} == {str(item.attributes["ip_addresses"][0]) for item in routers(reading)}  # type: ignore[index]


def test_a_target_that_did_not_answer_the_trace_is_joined_by_its_distance_only() -> None:
    """Without one, nobody knows how many hops are missing."""
    assert [(TARGET, "10.0.0.1")] == links(read_scan(host(trace((1, "10.0.0.1")) + '<distance value="2"/>')))
    assert [] == links(read_scan(host(trace((1, "10.0.0.1")) + '<distance value="3"/>')))
    assert [] == links(read_scan(host(trace((1, "10.0.0.1")))))


def test_a_neighbour_is_reached_through_nobody() -> None:
    """Its trace holds itself only."""
    reading = read_scan(host(trace((1, TARGET))))

    assert [] == links(reading)
    assert [] == routers(reading)


def test_a_loop_is_left_out_of_the_path() -> None:
    """What came back to an address is not on the way."""
    reading = read_scan(host(trace((1, "10.0.0.1"), (2, "10.0.1.1"), (3, "10.0.0.1"), (4, TARGET))))

    assert [(TARGET, "10.0.0.1")] == links(reading)


def test_nobody_is_reached_through_itself() -> None:
    """A hop that answers twice is one hop."""
    reading = read_scan(host(trace((1, "10.0.0.1"), (2, "10.0.0.1"), (3, TARGET), (4, TARGET))))

    assert all(who != through for who, through in links(reading))


def test_hops_shared_by_many_hosts_are_told_once() -> None:
    """The size of what is remembered is that of the network's core."""
    other = host(
        trace((1, "10.0.0.1"), (2, "10.0.1.1"), (3, "192.0.2.8")), address='<address addr="192.0.2.8"/>'
    )

    reading = read_scan(host(trace((1, "10.0.0.1"), (2, "10.0.1.1"), (3, TARGET))), other)

    assert [(TARGET, "10.0.1.1"), ("192.0.2.8", "10.0.1.1"), ("10.0.1.1", "10.0.0.1")] == links(reading)
    assert 2 == len(routers(reading))


def test_a_router_that_is_known_by_then_is_not_renamed() -> None:
    """The item at the end says only that the address belongs to a router."""
    reading = read_scan(host(trace((1, "10.0.0.1"), (2, TARGET))))

    assert [{"ip_addresses": ["10.0.0.1"]}] == [item.attributes for item in routers(reading)]


def test_a_hop_that_the_scan_knows_as_another_device_is_not_called_a_router() -> None:
    """A firewall passes packets on too."""
    firewall = host(
        '<os><osmatch name="F" accuracy="99"><osclass type="firewall" accuracy="99"/></osmatch></os>',
        address='<address addr="10.0.0.1"/>',
    )

    reading = read_scan(host(trace((1, "10.0.0.1"), (2, TARGET))), firewall)

    assert [] == routers(reading)
    assert [(TARGET, "10.0.0.1")] == links(reading)


def test_hops_that_are_none_are_passed_over() -> None:
    """A broken hop is a hop that did not answer."""
    broken = '<trace><hop ttl="x" ipaddr="10.0.0.1"/><hop ttl="2" ipaddr="nobody"/><hop/></trace>'

    assert [] == links(read_scan(host(broken)))
