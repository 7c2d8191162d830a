"""Which observed item is which CI."""

import pytest

from cmdb.inventory.observation import Observation, ObservedItem, ObservedRelationship, Reference
from cmdb.inventory.plan import ActionKind
from tests.unit.inventory.estate import (
    MONDAY,
    TUESDAY,
    WEDNESDAY,
    Estate,
    host,
    host_with_ports,
)

MAC_1, MAC_2, MAC_3 = "00:1b:54:00:00:01", "00:1b:54:00:00:02", "00:1b:54:00:00:03"


async def test_the_same_serial_is_the_same_host(estate: Estate) -> None:
    await estate.run(host("a", serial_number="S-100"))
    await estate.run(host("b", TUESDAY, serial_number="s-100"))

    assert ["b"] == [ci.name for ci in await estate.cis()]


async def test_one_shared_mac_address_of_several_is_enough(estate: Estate) -> None:
    await estate.run(host("a", mac_addresses=[MAC_1, MAC_2]))
    await estate.run(host("a", TUESDAY, mac_addresses=[MAC_2, MAC_3]))

    (ci,) = await estate.cis()
    assert {MAC_1, MAC_2, MAC_3} == set(ci.properties["mac_addresses"])  # type: ignore[arg-type]


async def test_a_uuid_in_the_other_byte_order_is_the_same_host(estate: Estate) -> None:
    await estate.run(host("a", system_uuid="33221100-5544-7766-8899-aabbccddee0f"))
    report = await estate.run(host("a", TUESDAY, system_uuid="00112233-4455-6677-8899-aabbccddee0f"))

    assert 1 == report.counts.total(ActionKind.UNCHANGED)
    assert 1 == len(await estate.cis())


@pytest.mark.parametrize("serial", ["To be filled by O.E.M.", "0", "None", "System Serial Number"])
async def test_hosts_with_the_same_placeholder_serial_stay_apart(estate: Estate, serial: str) -> None:
    await estate.run(
        host("a", serial_number=serial, mac_addresses=[MAC_1]),
        host("b", serial_number=serial, mac_addresses=[MAC_2]),
    )

    assert ["a", "b"] == sorted(ci.name for ci in await estate.cis())


async def test_a_virtual_router_address_joins_nothing(estate: Estate) -> None:
    shared = "00:00:5e:00:01:0a"
    await estate.run(host("a", mac_addresses=[MAC_1, shared]), host("b", mac_addresses=[MAC_2, shared]))

    assert 2 == len(await estate.cis())


async def test_an_address_alone_is_a_weak_match(estate: Estate) -> None:
    await estate.run(host("a", ip_addresses=["10.0.0.1"]))
    await estate.run(host("a", TUESDAY, ip_addresses=["10.0.0.1"], mac_addresses=[MAC_1]))

    (ci,) = await estate.cis()
    assert [MAC_1] == ci.properties["mac_addresses"]


async def test_an_address_does_not_match_when_a_stronger_identifier_disagrees(estate: Estate) -> None:
    await estate.run(host("old", ip_addresses=["10.0.0.1"], mac_addresses=[MAC_1]))
    report = await estate.run(host("new", TUESDAY, ip_addresses=["10.0.0.1"], mac_addresses=[MAC_2]))

    assert 0 == report.conflict_count
    assert ["new", "old"] == sorted(ci.name for ci in await estate.cis())


async def test_an_address_handed_to_another_machine_goes_over_to_it(estate: Estate) -> None:
    await estate.run(host("old", ip_addresses=["10.0.0.1", "10.0.0.9"], mac_addresses=[MAC_1]))
    await estate.run(host("new", TUESDAY, ip_addresses=["10.0.0.1"], mac_addresses=[MAC_2]))
    await estate.run(host(None, WEDNESDAY, ip_addresses=["10.0.0.1"], os_name="Linux"))

    assert "Linux" == (await estate.named("new")).properties["os_name"]
    assert ["10.0.0.9"] == (await estate.named("old")).properties["ip_addresses"]


async def test_an_address_seen_on_another_machine_leads_to_that_machine_and_what_it_has(
    estate: Estate,
) -> None:
    """Whoever holds the address, the port seen at it is the other machine's, and known."""
    await estate.run(host_with_ports({"name": "a", "serial_number": "S-100"}, [80]))
    await estate.run(host("b", serial_number="S-200", ip_addresses=["10.0.0.1"]))
    await estate.run(
        host("a", TUESDAY, serial_number="S-100", ip_addresses=["10.0.0.1"]),
        host_with_ports({"ip_addresses": ["10.0.0.1"]}, [80], TUESDAY),
    )

    assert ["a", "b"] == sorted(ci.name for ci in await estate.cis())
    assert 1 == len(await estate.cis("Endpoint"))


async def test_an_older_scan_does_not_take_an_address_back(estate: Estate) -> None:
    await estate.run(host("new", TUESDAY, ip_addresses=["10.0.0.1"], mac_addresses=[MAC_2]))
    await estate.run(host("old", MONDAY, ip_addresses=["10.0.0.1"], mac_addresses=[MAC_1]))

    holder = await estate.store.resolve(["Host|address|office|10.0.0.1"])
    assert [(await estate.named("new")).id] == list(holder.values())


async def test_a_private_address_in_another_network_is_another_host(estate: Estate) -> None:
    await estate.run(host("a", ip_addresses=["10.0.0.1"]), scope="office")
    await estate.run(host("b", ip_addresses=["10.0.0.1"]), scope="factory")

    assert 2 == len(await estate.cis())


async def test_loopback_is_the_machine_of_the_one_that_looked(estate: Estate) -> None:
    await estate.run(host("a", ip_addresses=["127.0.0.1"]), source="scan-1")
    await estate.run(host("b", ip_addresses=["127.0.0.1"]), source="scan-2")

    assert 2 == len(await estate.cis())


async def test_identifiers_of_two_cis_make_a_conflict_and_change_nothing(estate: Estate) -> None:
    await estate.run(host("a", serial_number="S-100"), host("b", fqdn="b.example.com"))
    before = await estate.revision()
    report = await estate.run(host("c", TUESDAY, serial_number="S-100", fqdn="b.example.com"))

    assert before == await estate.revision()
    assert {"a", "b"} == {each.name for each in report.conflicts[0].candidates}
    assert {"serial", "fqdn"} == {each.rule for each in report.conflicts[0].candidates}


async def test_a_stronger_identifier_that_contradicts_makes_a_conflict(estate: Estate) -> None:
    await estate.run(host("a", fqdn="a.example.com", mac_addresses=[MAC_1]))
    report = await estate.run(host("a", TUESDAY, fqdn="a.example.com", mac_addresses=[MAC_2]))

    assert 1 == report.conflict_count
    assert "mac" in report.conflicts[0].reason
    assert [MAC_1] == (await estate.named("a")).properties["mac_addresses"]


async def test_a_weaker_identifier_that_differs_is_a_change(estate: Estate) -> None:
    await estate.run(host("a", fqdn="a.example.com", serial_number="S-100"))
    await estate.run(host("b", TUESDAY, fqdn="b.example.com", serial_number="S-100"))
    await estate.run(host("c", TUESDAY, fqdn="a.example.com"))

    assert ["b", "c"] == sorted(ci.name for ci in await estate.cis())


async def test_of_an_observation_in_doubt_nothing_goes_in_and_of_the_others_everything(
    estate: Estate,
) -> None:
    await estate.run(host("a", serial_number="S-100"), host("b", fqdn="b.example.com"))
    doubtful = host_with_ports({"serial_number": "S-100", "fqdn": "b.example.com"}, [22, 80], TUESDAY)
    report = await estate.run(
        doubtful, host_with_ports({"name": "c", "serial_number": "S-300"}, [443], TUESDAY)
    )

    assert 1 == report.conflict_count
    assert ["tcp/443"] == [ci.name for ci in await estate.cis("Endpoint")]


async def test_observations_joined_by_a_third_are_one_host_in_any_order(estate: Estate) -> None:
    joining = host("a", serial_number="S-100", mac_addresses=[MAC_1])
    await estate.run(host("a", serial_number="S-100"), host("a", mac_addresses=[MAC_1]), joining)

    assert 1 == len(await estate.cis())


async def test_two_observations_of_one_host_merge_across_chunks(estate: Estate) -> None:
    seen = [host("a", serial_number="S-100", os_name="Linux"), host("a", serial_number="S-100", cpu_count=4)]
    await estate.run(*seen, chunk=1)

    (ci,) = await estate.cis()
    assert ("Linux", 4) == (ci.properties["os_name"], ci.properties["cpu_count"])


@pytest.mark.parametrize("classes", [("Host", "Server"), ("Server", "Host"), ("Server", "Computer")])
async def test_the_more_specific_class_wins(estate: Estate, classes: tuple[str, str]) -> None:
    for class_name in classes:
        await estate.run(host("a", class_name=class_name, serial_number="S-100"))

    assert ["Server"] == [ci.label for ci in await estate.cis()]


async def test_two_classes_of_which_neither_is_a_kind_of_the_other_make_a_conflict(estate: Estate) -> None:
    await estate.run(host("a", class_name="Router", serial_number="S-100"))
    report = await estate.run(host("a", class_name="Printer", serial_number="S-100"))

    assert 1 == report.conflict_count
    assert ["Router"] == [ci.label for ci in await estate.cis()]


async def test_an_endpoint_is_identified_by_its_host(estate: Estate) -> None:
    await estate.run(
        host_with_ports({"name": "a", "serial_number": "S-100"}, [22, 80]),
        host_with_ports({"name": "b", "serial_number": "S-200"}, [22]),
    )
    report = await estate.run(host_with_ports({"serial_number": "S-100"}, [22, 80]))

    assert 3 == len(await estate.cis("Endpoint"))
    assert 3 == report.counts.total(ActionKind.UNCHANGED)


async def test_an_endpoint_is_identified_by_a_host_described_elsewhere_and_later(estate: Estate) -> None:
    endpoint = Observation(
        "row 1",
        MONDAY,
        (ObservedItem("e", "Endpoint", {"name": "ssh", "protocol": "tcp", "port": 22}),),
        (ObservedRelationship("LISTENS_ON", "e", Reference("Host", {"name": "a"})),),
    )
    report = await estate.run(endpoint, host("a", serial_number="S-100"), chunk=1)

    assert 0 == report.problem_count
    assert ["a"] == await estate.targets(await estate.named("ssh"), "LISTENS_ON")


async def test_an_item_without_any_identifier_is_a_problem_that_says_what_is_needed(estate: Estate) -> None:
    report = await estate.run(host("a", serial_number="None"), host("b", serial_number="S-200"))

    assert ["UNIDENTIFIABLE"] == [each.code for each in report.problems]
    assert "serial_number" in report.problems[0].remedy
    assert ["b"] == [ci.name for ci in await estate.cis()]


async def test_a_ci_nobody_knows_is_not_made_of_an_abstract_class(estate: Estate) -> None:
    report = await estate.run(host("a", class_name="Computer", serial_number="S-100"))

    assert ["ABSTRACT_CLASS"] == [each.code for each in report.problems]
    assert [] == await estate.cis()
