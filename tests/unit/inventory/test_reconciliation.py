"""Which value stands when sources, or one source at two times, say different things."""

from cmdb.inventory.observation import Observation
from cmdb.inventory.plan import ActionKind
from cmdb.kernel.values import Value
from tests.unit.inventory.estate import A_YEAR_BEFORE, MONDAY, TUESDAY, WEDNESDAY, Estate, gone, host, machine

SERIAL = "S-100"


def seen(at: str = MONDAY, **attributes: Value) -> Observation:
    return machine({"name": "a", "serial_number": SERIAL, **attributes}, at)


async def test_a_value_is_stamped_with_its_source_and_time(estate: Estate) -> None:
    await estate.run(seen(TUESDAY, os_name="Linux"))

    evidence = await estate.evidence(await estate.named("a"))
    assert ("nmap", TUESDAY) == evidence.stamps["os_name"]
    assert {"nmap": (TUESDAY, TUESDAY)} == evidence.seen
    assert "status" not in evidence.stamps


async def test_the_stronger_source_wins_in_either_order(estate: Estate) -> None:
    await estate.run(seen(TUESDAY, os_name="Linux 5.x"), source="nmap")
    await estate.run(seen(MONDAY, os_name="Debian 12"), source="agent")
    await estate.run(seen(WEDNESDAY, os_name="Linux 6.x"), source="nmap")

    assert "Debian 12" == (await estate.named("a")).properties["os_name"]


async def test_a_weaker_source_wins_over_a_stale_value(estate: Estate) -> None:
    await estate.run(seen(A_YEAR_BEFORE, os_name="Debian 11"), source="agent")
    await estate.run(seen(MONDAY, os_name="Linux 6.x"), source="nmap")

    assert "Linux 6.x" == (await estate.named("a")).properties["os_name"]


async def test_a_value_confirmed_lately_is_not_stale(estate: Estate) -> None:
    await estate.run(seen(A_YEAR_BEFORE, os_name="Debian 11"), source="agent")
    await estate.run(seen(MONDAY, os_name="Debian 11"), source="agent")
    await estate.run(seen(TUESDAY, os_name="Linux 6.x"), source="nmap")

    assert "Debian 11" == (await estate.named("a")).properties["os_name"]


async def test_of_equal_sources_the_later_one_wins(estate: Estate) -> None:
    await estate.run(seen(TUESDAY, os_name="later"), source="one")
    await estate.run(seen(MONDAY, os_name="earlier"), source="other")

    assert "later" == (await estate.named("a")).properties["os_name"]


async def test_an_older_observation_of_the_same_source_changes_nothing(estate: Estate) -> None:
    await estate.run(seen(TUESDAY, os_name="later"))
    before = await estate.revision()
    await estate.run(seen(MONDAY, os_name="earlier"))

    assert before == await estate.revision()


async def test_the_same_scan_read_better_is_taken_over(estate: Estate) -> None:
    await estate.run(seen(MONDAY, os_name="linux"))
    await estate.run(seen(MONDAY, os_name="Linux"))

    assert "Linux" == (await estate.named("a")).properties["os_name"]


async def test_a_stronger_source_that_says_the_same_makes_the_value_its_own(estate: Estate) -> None:
    await estate.run(seen(os_name="Debian 12"), source="nmap")
    before = await estate.revision()
    await estate.run(seen(os_name="Debian 12"), source="agent")
    assert before == await estate.revision()
    await estate.run(seen(TUESDAY, os_name="Linux 6.x"), source="nmap")

    assert "Debian 12" == (await estate.named("a")).properties["os_name"]


async def test_an_absent_value_never_overwrites(estate: Estate) -> None:
    await estate.run(seen(os_name="Linux", cpu_count=4, tags=["blue"]))
    await estate.run(seen(TUESDAY), seen(TUESDAY, os_name=""), source="agent")

    properties = (await estate.named("a")).properties
    assert ("Linux", 4, ["blue"]) == (properties["os_name"], properties["cpu_count"], properties["tags"])


async def test_a_default_is_set_on_creation_only(estate: Estate) -> None:
    await estate.run(seen(status="planned"))
    await estate.run(seen(TUESDAY))

    assert "planned" == (await estate.named("a")).status


async def test_a_source_replaces_the_members_it_gave_itself(estate: Estate) -> None:
    await estate.run(seen(tags=["blue", "red"]))
    await estate.run(seen(TUESDAY, tags=["red", "green"]))

    assert ["red", "green"] == (await estate.named("a")).properties["tags"]


async def test_members_given_by_several_sources_are_all_kept(estate: Estate) -> None:
    await estate.run(seen(tags=["blue"]), source="one")
    await estate.run(seen(tags=["red"]), source="other")
    await estate.run(seen(TUESDAY, tags=["green"]), source="other")

    assert {"blue", "red", "green"} == set((await estate.named("a")).properties["tags"])  # type: ignore[arg-type]


async def test_a_list_told_in_parts_by_one_run_is_whole_and_stays_so(estate: Estate) -> None:
    parts = [seen(tags=["blue"]), host("b", serial_number="S-200"), seen(tags=["red"])]
    await estate.run(*parts, chunk=1)
    before = await estate.revision()
    later = [
        seen(TUESDAY, tags=["blue"]),
        host("b", TUESDAY, serial_number="S-200"),
        seen(TUESDAY, tags=["red"]),
    ]
    await estate.run(*later, chunk=1)

    assert ["blue", "red"] == (await estate.named("a")).properties["tags"]
    assert before == await estate.revision()


async def test_addresses_are_not_forgotten_when_a_scan_comes_from_another_side(estate: Estate) -> None:
    await estate.run(seen(ip_addresses=["10.0.0.1"]))
    await estate.run(seen(TUESDAY, ip_addresses=["2001:db8::1"]))

    assert ["10.0.0.1", "2001:db8::1"] == (await estate.named("a")).properties["ip_addresses"]


async def test_a_contradiction_within_one_file_does_not_flap(estate: Estate) -> None:
    for at in (MONDAY, TUESDAY, WEDNESDAY):
        await estate.run(seen(at, os_name="one"), seen(at, os_name="other"), chunk=1)

    assert 1 == await estate.revision()
    assert "one" == (await estate.named("a")).properties["os_name"]


async def test_a_ci_that_is_gone_is_retired_and_one_nobody_knows_is_not_made(estate: Estate) -> None:
    await estate.run(seen(MONDAY))
    report = await estate.run(gone(TUESDAY, serial_number=SERIAL), gone(TUESDAY, serial_number="S-999"))

    assert 1 == report.counts.total(ActionKind.RETIRE)
    assert ["retired"] == [ci.status for ci in await estate.cis()]


async def test_a_ci_seen_again_by_the_source_that_retired_it_is_operational(estate: Estate) -> None:
    await estate.run(seen(MONDAY))
    await estate.run(gone(TUESDAY, serial_number=SERIAL))
    await estate.run(seen(WEDNESDAY))

    assert "operational" == (await estate.named("a")).status


async def test_a_ci_retired_by_another_source_stays_so(estate: Estate) -> None:
    await estate.run(seen(MONDAY))
    await estate.run(seen(MONDAY, status="retired"), source="agent")
    await estate.run(seen(WEDNESDAY))

    assert "retired" == (await estate.named("a")).status


async def test_an_older_word_that_it_is_gone_does_not_retire(estate: Estate) -> None:
    await estate.run(seen(TUESDAY))
    await estate.run(gone(MONDAY, serial_number=SERIAL))

    assert "operational" == (await estate.named("a")).status


async def test_an_address_that_does_not_answer_retires_no_machine_known_better(estate: Estate) -> None:
    await estate.run(seen(MONDAY, ip_addresses=["10.0.0.1"]))
    await estate.run(gone(TUESDAY, ip_addresses=["10.0.0.1"]))

    assert "operational" == (await estate.named("a")).status
