"""From observed relationships to links."""

from cmdb.graph.elements import LinkKey
from cmdb.graph.query import Direction, LinkQuery
from cmdb.inventory.observation import Observation, ObservedItem, ObservedRelationship, Reference
from cmdb.inventory.plan import ActionKind
from tests.unit.inventory.estate import MONDAY, TUESDAY, Estate, host, related

A, B = Reference("Host", {"name": "a"}), Reference("Host", {"serial_number": "S-200"})
HOSTS = (host("a", serial_number="S-100"), host("b", serial_number="S-200"))


def in_rack(serial: str, rack: str, at: str = MONDAY) -> Observation:
    items = (
        ObservedItem("h", "Host", {"name": serial, "serial_number": serial}),
        ObservedItem("r", "Rack", {"name": rack}),
    )
    return Observation(f"{serial} in {rack}", at, items, (ObservedRelationship("LOCATED_IN", "h", "r"),))


async def test_a_reference_finds_a_ci_by_its_name_or_its_identifiers(estate: Estate) -> None:
    await estate.run(*HOSTS)
    report = await estate.run(related("DEPENDS_ON", A, B))

    assert 1 == report.counts.total(ActionKind.RELATE)
    assert ["b"] == await estate.targets(await estate.named("a"), "DEPENDS_ON")


async def test_a_host_is_found_by_its_fqdn_given_as_name(estate: Estate) -> None:
    await estate.run(*HOSTS, host("mail", fqdn="mail.example.com"))
    await estate.run(related("DEPENDS_ON", A, Reference("Host", {"name": "mail.example.com"})))

    assert ["mail"] == await estate.targets(await estate.named("a"), "DEPENDS_ON")


async def test_a_relationship_may_stand_before_its_cis(estate: Estate) -> None:
    report = await estate.run(related("DEPENDS_ON", A, B), *HOSTS, chunk=1)

    assert 0 == report.problem_count
    assert ["b"] == await estate.targets(await estate.named("a"), "DEPENDS_ON")


async def test_a_reference_to_nobody_is_a_problem_and_everything_else_goes_in(estate: Estate) -> None:
    lost = related("DEPENDS_ON", A, Reference("Host", {"name": "nobody"}), position="row 3")
    report = await estate.run(*HOSTS, lost, related("DEPENDS_ON", A, B))

    assert [("row 3", "REFERENCE_NOT_FOUND")] == [(each.position, each.code) for each in report.problems]
    assert ["b"] == await estate.targets(await estate.named("a"), "DEPENDS_ON")


async def test_a_name_that_several_cis_have_is_no_reference(estate: Estate) -> None:
    await estate.run(*HOSTS, host("a", serial_number="S-300"))
    report = await estate.run(related("DEPENDS_ON", A, B))

    assert ["REFERENCE_AMBIGUOUS"] == [each.code for each in report.problems]


async def test_a_reference_makes_the_ci_where_it_may(estate: Estate) -> None:
    team = Reference("Team", {"name": "network"}, create=True)
    await estate.run(*HOSTS, related("SUPPORTED_BY", A, team), related("SUPPORTED_BY", B, team))

    assert ["network"] == [ci.name for ci in await estate.cis("Team")]
    assert ["network"] == await estate.targets(await estate.named("b"), "SUPPORTED_BY")


async def test_the_same_relationship_again_is_unchanged(estate: Estate) -> None:
    await estate.run(*HOSTS, related("DEPENDS_ON", A, B, strength="hard"))
    before = await estate.revision()
    await estate.run(related("DEPENDS_ON", A, B, strength="hard"), related("DEPENDS_ON", A, B))

    assert before == await estate.revision()


async def test_an_attribute_of_a_relationship_changes_and_the_others_stay(estate: Estate) -> None:
    await estate.run(*HOSTS, related("DEPENDS_ON", A, B, strength="hard"))
    await estate.run(related("DEPENDS_ON", A, B, strength="soft"))

    a, b = await estate.named("a"), await estate.named("b")
    (link,) = (await estate.store.links(LinkQuery((a.id,), Direction.OUT)))[a.id]
    assert (LinkKey("DEPENDS_ON", a.id, b.id), {"strength": "soft"}) == (link.key, link.properties)


async def test_an_unknown_type_is_a_problem_with_the_nearest_one(estate: Estate) -> None:
    report = await estate.run(*HOSTS, related("DEPEND_ON", A, B))

    assert "did you mean 'DEPENDS_ON'?" in report.problems[0].message


async def test_ends_that_are_not_allowed_are_a_problem_that_says_which_are(estate: Estate) -> None:
    rack = Reference("Rack", {"name": "R1"}, create=True)
    report = await estate.run(*HOSTS, related("LOCATED_IN", rack, A))

    assert ["ENDS_NOT_ALLOWED"] == [each.code for each in report.problems]
    assert "Host to Rack" in report.problems[0].message
    assert "the other way round" in report.problems[0].message


async def test_a_second_one_where_only_one_may_be_is_a_problem_of_the_source(estate: Estate) -> None:
    report = await estate.run(in_rack("S-100", "R1"), in_rack("S-100", "R2"), chunk=1)

    assert ["TOO_MANY"] == [each.code for each in report.problems]
    assert ["R1"] == await estate.targets(await estate.named("S-100"), "LOCATED_IN")


async def test_where_only_one_may_be_a_later_run_moves_it(estate: Estate) -> None:
    await estate.run(in_rack("S-100", "R1"))
    await estate.run(in_rack("S-100", "R2", TUESDAY))

    assert ["R2"] == await estate.targets(await estate.named("S-100"), "LOCATED_IN")


async def test_a_rack_holds_many_hosts(estate: Estate) -> None:
    await estate.run(*(in_rack(f"S-{number}00", "R1") for number in range(1, 6)), chunk=4)

    assert 1 == len(await estate.cis("Rack"))
    assert 5 == len(await estate.cis())
