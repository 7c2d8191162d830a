"""A CI counts once in a run, wherever the chunks of the run are cut and however often the source tells of it."""

import asyncio
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmdb.inventory.engine import RunOptions
from cmdb.inventory.observation import Observation
from cmdb.inventory.plan import ActionKind, CiAction, Counts, Tally
from cmdb.kernel.values import Value
from tests.unit.inventory.estate import (
    MONDAY,
    TUESDAY,
    WEDNESDAY,
    Estate,
    gone,
    host,
    host_with_ports,
    machine,
    open_estate,
)

CREATE, UPDATE, RELATE, RETIRE, UNCHANGED = ActionKind


@st.composite
def _told(draw: st.DrawFn, at: str = TUESDAY) -> Observation:
    """One of a few machines by its serial number, with some of its attributes, of one class or a finer one."""
    number = draw(st.integers(1, 4))
    values: dict[str, Value] = {
        "name": "h",
        "mac_addresses": [f"00:1b:54:00:00:{number:02x}"],
        "fqdn": f"h{number}.example.com",
        "os_name": draw(st.sampled_from(["Linux", "Windows"])),
        "tags": draw(st.lists(st.sampled_from("abc"), min_size=1, unique=True)),
    }
    kept = sorted(draw(st.sets(st.sampled_from(sorted(values)))))
    found = host_with_ports(
        {"serial_number": f"SN-{number}A", **{name: values[name] for name in kept}},
        draw(st.lists(st.sampled_from([22, 80]), unique=True)),
        at,
    )
    finer = draw(st.sampled_from(["Host", "Host", "Server"]))
    return replace(found, items=(replace(found.items[0], class_name=finer), *found.items[1:]))


_GONE = gone(WEDNESDAY, serial_number="SN-9A")
_SCAN = st.lists(_told() | st.just(_GONE), min_size=2, max_size=8)


@settings(max_examples=40, deadline=None)
@given(st.lists(_told(MONDAY), max_size=5), _SCAN, st.integers(1, 7))
def test_the_counts_of_a_run_do_not_depend_on_where_its_chunks_are_cut(
    before: list[Observation], scan: list[Observation], chunk: int
) -> None:
    async def counted(folder: Path, items: int) -> list[Counts]:
        async with open_estate(folder) as estate:
            await estate.run(host("gone", serial_number="SN-9A"), *before, source="agent")
            return [(await estate.run(*scan, chunk=items)).counts for _ in range(2)]

    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        whole = asyncio.run(counted(Path(one), 1_000))
        cut = asyncio.run(counted(Path(other), chunk))

    assert whole == cut


@pytest.mark.parametrize("cut", [1, 1_000])
async def test_a_ci_counts_by_the_most_that_happened_to_it(estate: Estate, cut: int) -> None:
    known = [machine({"name": f"h{number}", "serial_number": f"S-{number}"}) for number in (1, 2, 3)]
    await estate.run(*known)
    told = [
        host("h1", TUESDAY, serial_number="S-1", os_name="Linux"),
        host("h1", TUESDAY, serial_number="S-1"),
        host("h2", TUESDAY, serial_number="S-2"),
        host("h2", TUESDAY, "Server", serial_number="S-2"),
        host("h3", TUESDAY, serial_number="S-3"),
        host("h3", TUESDAY, serial_number="S-3"),
        host("h4", TUESDAY, serial_number="S-4"),
        host("h4", TUESDAY, "Server", serial_number="S-4", os_name="Linux"),
    ]

    expected = {CREATE: {"Server": 1}, UPDATE: {"Host": 1, "Server": 1}, UNCHANGED: {"Host": 1}}
    assert (
        expected
        == (await estate.engine.plan(told, RunOptions("nmap", "office", chunk_items=cut))).counts.by_action
    )
    assert expected == (await estate.run(*told, chunk=cut)).counts.by_action


@pytest.mark.parametrize("cut", [1, 1_000])
async def test_a_plan_has_one_action_for_a_ci_with_all_that_its_chunks_change(
    estate: Estate, cut: int
) -> None:
    await estate.run(host("h1", serial_number="S-1", os_name="BSD"))
    told = [
        host("h1", TUESDAY, serial_number="S-1", os_name="Linux"),
        host("h1", TUESDAY, "Server", serial_number="S-1", fqdn="h1.example.com"),
        host("h1", WEDNESDAY, serial_number="S-1", os_name="Windows"),
        host("h2", TUESDAY, serial_number="S-2"),
        host("h2", TUESDAY, "Server", serial_number="S-2", os_name="Linux"),
    ]
    plan = await estate.engine.plan(told, RunOptions("nmap", "office", chunk_items=cut))
    one, other = [action for action in plan.actions if isinstance(action, CiAction)]

    assert (UPDATE, "Server", "Host") == (one.kind, one.class_name, one.old_class)
    assert {("os_name", "BSD", "Windows"), ("fqdn", None, "h1.example.com")} == {
        (change.name, change.old, change.new) for change in one.changes
    }
    assert (CREATE, "Server", None) == (other.kind, other.class_name, other.old_class)
    assert ("os_name", None, "Linux") in {(change.name, change.old, change.new) for change in other.changes}


def test_what_was_retired_and_brought_back_later_in_a_run_was_updated() -> None:
    tally, later = Tally(), Tally()
    tally.decide(RETIRE, "Host", ["a", "b"])
    later.decide(UPDATE, "Host", ["b"])
    later.decide(UNCHANGED, "Host", ["a"])
    tally.include(later)

    assert {UPDATE: {"Host": 1}, RETIRE: {"Host": 1}} == tally.counts().by_action


def test_a_relationship_counts_each_time_it_is_written() -> None:
    tally, later = Tally(), Tally()
    tally.relate(["DEPENDS_ON", "LOCATED_IN"])
    later.relate(["DEPENDS_ON"])
    tally.include(later)

    assert {RELATE: {"DEPENDS_ON": 2, "LOCATED_IN": 1}} == tally.counts().by_action
