"""A stream goes in; a plan or a changed graph comes out."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from cmdb.inventory.engine import RunOptions
from cmdb.inventory.observation import Observation, ObservedItem, ObservedRelationship, Problem
from cmdb.inventory.plan import ActionKind, plan_data, plan_text
from cmdb.inventory.run import Progress
from cmdb.kernel.actor import Actor, ActorKind
from tests.unit.inventory.estate import MONDAY, TUESDAY, Estate, host, host_with_ports

ESTATE = [
    host_with_ports({"name": f"h{n}", "serial_number": f"S-{n}", "ip_addresses": [f"10.0.0.{n}"]}, [22, 80])
    for n in range(1, 30)
]
OPTIONS = RunOptions("nmap", "office", reread=True, chunk_items=10)


async def test_the_same_file_again_makes_no_revision(estate: Estate) -> None:
    first = await estate.run(*ESTATE, chunk=10)
    second = await estate.run(*ESTATE, chunk=10)

    assert (1, 8) == (first.first_revision, first.last_revision)
    assert (None, None) == (second.first_revision, second.last_revision)
    assert 87 == first.counts.total(ActionKind.CREATE)
    assert {ActionKind.UNCHANGED: {"Endpoint": 58, "Host": 29}} == dict(second.counts.by_action)


async def test_the_same_estate_seen_later_makes_no_revision_either(estate: Estate) -> None:
    await estate.run(*ESTATE)
    before = await estate.revision()
    await estate.run(*(replace(each, observed_at=TUESDAY) for each in ESTATE))

    assert before == await estate.revision()
    seen = (await estate.evidence(await estate.named("h1"))).seen
    assert {"nmap": (MONDAY, TUESDAY)} == seen


async def test_a_run_cut_short_is_finished_by_running_it_again(estate: Estate) -> None:
    def interrupted() -> Iterator[Observation]:
        yield from ESTATE[:17]
        raise ConnectionAbortedError("the source broke off")

    options = replace(OPTIONS, run_id="RUN")
    with pytest.raises(ConnectionAbortedError):
        await estate.engine.run(interrupted(), options)
    partial = len(await estate.cis())
    await estate.engine.run(ESTATE, options)
    await estate.engine.run(ESTATE, options)

    assert 0 < partial < 29
    assert 29 == len(await estate.cis())
    assert 58 == len(await estate.cis("Endpoint"))


async def test_a_run_of_the_same_name_with_another_file_is_not_taken_for_a_retry(estate: Estate) -> None:
    options = replace(OPTIONS, run_id="RUN")
    await estate.engine.run([host("a", serial_number="S-100")], options)
    await estate.engine.run([host("b", serial_number="S-200")], options)

    assert ["a", "b"] == sorted(ci.name for ci in await estate.cis())


async def test_the_ledger_names_the_run_and_on_whose_behalf_it_was(estate: Estate) -> None:
    actor = Actor("mia", ActorKind.PERSON)
    await estate.engine.run(ESTATE, replace(OPTIONS, actor=actor, run_id="RUN", reason="first scan"))

    revisions = [each async for each in estate.store.revisions()]
    assert {(actor, "first scan")} == {(each.actor, each.reason) for each in revisions}
    assert all((each.request_id or "").startswith("import:RUN:") for each in revisions)


async def test_problems_of_the_importer_and_bad_rows_are_reported_and_good_rows_go_in(estate: Estate) -> None:
    report = await estate.run(
        Problem("line 1", "ROW_SHORT", "a row is short", "Complete it."),
        host("a", serial_number="S-100", cpu_count="many"),
        host("b", serial_number="S-200", cpu_cont=4),
        host("c", class_name="Hots", serial_number="S-300"),
        host("d", serial_number="S-400", fqdn="<script>"),
        Observation("line 6", "yesterday", ()),
        host("e", serial_number="S-\0"),
    )

    assert ["d"] == [ci.name for ci in await estate.cis()]
    assert [
        "ROW_SHORT", "UNFIT_VALUE", "UNKNOWN_ATTRIBUTE", "UNKNOWN_CLASS", "UNFIT_VALUE", "INVALID_TIME", "UNFIT_VALUE"
    ] == [each.code for each in report.problems]  # fmt: skip
    messages = [each.message for each in report.problems]
    assert "Host.cpu_count: 'many' is not a whole number" == messages[1]
    assert "did you mean 'cpu_count'?" in messages[2]
    assert "did you mean 'Host'?" in messages[3]


async def test_problems_are_all_counted_and_the_first_ones_kept(estate: Estate) -> None:
    bad = [host(f"h{n}") for n in range(50)]
    report = await estate.engine.run(bad, replace(OPTIONS, keep=5))

    assert (50, 5) == (report.problem_count, len(report.problems))


async def test_a_time_in_the_future_is_taken_as_the_present_and_reported(estate: Estate) -> None:
    report = await estate.run(host("a", "2099-01-01T00:00:00Z", serial_number="S-100"))

    assert ["FUTURE_TIME"] == [each.code for each in report.problems]
    seen = (await estate.evidence(await estate.named("a"))).seen["nmap"]
    assert seen.last < "2027"


async def test_progress_is_told_after_each_chunk(estate: Estate) -> None:
    told: list[Progress] = []
    await estate.engine.run(ESTATE, OPTIONS, told.append)

    assert 29 == told[-1].read
    assert 87 == told[-1].items
    assert 8 == len(told)


async def test_a_plan_writes_nothing_and_says_what_a_run_then_does(estate: Estate) -> None:
    await estate.run(*ESTATE[:10])
    before = await estate.revision()
    later = [
        *ESTATE,
        host("renamed", TUESDAY, serial_number="S-3"),
        host("again", TUESDAY, serial_number="S-3"),
    ]
    plan = await estate.engine.plan(later, OPTIONS)
    assert before == await estate.revision()
    report = await estate.engine.run(later, OPTIONS)

    assert report.counts == plan.counts


async def test_a_plan_tells_the_rule_the_reason_and_each_change_with_its_sources(estate: Estate) -> None:
    await estate.run(host("a", serial_number="S-100", os_name="Linux"))
    plan = await estate.engine.plan(
        [host("b", TUESDAY, class_name="Server", serial_number="s-100")], RunOptions("agent", "office")
    )

    (action,) = json.loads(json.dumps(plan_data(plan)))["actions"]
    assert ("update", "serial", False, "Host", "Server") == (
        action["action"], action["rule"], action["weak"], action["old_class"], action["class"]
    )  # fmt: skip
    assert "'S-100'" in action["reason"]
    assert {
        "attribute": "name", "old": "a", "new": "b", "old_source": "nmap", "new_source": "agent"
    } in action["changes"]  # fmt: skip


async def test_a_plan_marks_a_weak_match(estate: Estate) -> None:
    await estate.run(host("a", ip_addresses=["10.0.0.1"]))
    plan = await estate.engine.plan([host("b", TUESDAY, ip_addresses=["10.0.0.1"])], OPTIONS)

    assert "a weak match" in plan_text(plan)
    assert "address '10.0.0.1' is known of it" in plan_text(plan)


async def test_a_plan_shows_conflicts_with_their_candidates_and_problems_with_their_remedy(
    estate: Estate,
) -> None:
    await estate.run(host("a", serial_number="S-100"), host("b", fqdn="b.example.com"))
    doubtful = host("c", TUESDAY, serial_number="S-100", fqdn="b.example.com")
    text = plan_text(await estate.engine.plan([doubtful, host("d")], OPTIONS))

    assert "may be Host a" in text
    assert "may be Host b" in text
    assert "has no value that identifies it" in text


async def test_an_observation_goes_in_whole_however_large(estate: Estate) -> None:
    report = await estate.run(
        host_with_ports({"name": "a", "serial_number": "S-100"}, range(1, 200)), chunk=10
    )

    assert (1, 1) == (report.first_revision, report.last_revision)


async def test_a_long_chain_of_items_that_lend_each_other_identity_ends(estate: Estate) -> None:
    keys = range(2_000)
    items = tuple(ObservedItem(str(n), "Interface", {"name": str(n)}) for n in keys)
    links = tuple(ObservedRelationship("INTERFACE_OF", str(n), str((n + 1) % 2_000)) for n in keys)
    report = await estate.run(Observation("a ring", MONDAY, items, links))

    assert report.problem_count
    assert [] == await estate.cis("Interface")
