"""The very observations again are compared and not looked at when all of it stands, and nothing else differs."""

import asyncio
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cmdb.graph.batch import NodeUpdate, WriteBatch
from cmdb.inventory.digests import MOST_PIECES, PIECE, Pieces
from cmdb.inventory.engine import RunOptions
from cmdb.inventory.observation import Observation, ObservedItem, Problem
from cmdb.inventory.plan import ActionKind, RunReport
from cmdb.kernel.actor import Actor
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

HOSTS = [
    host_with_ports({"name": f"h{n}", "serial_number": f"S-{n}"}, (22,), position=f"line {n}")
    for n in range(1_200)
]
OPTIONS = RunOptions("agent")


async def bring(
    estate: Estate, stream: Sequence[Observation | Problem] = HOSTS, options: RunOptions = OPTIONS
) -> RunReport:
    return await estate.engine.run(iter(stream), options)


async def test_the_very_stream_again_is_not_looked_at_and_counts_what_looking_would(estate: Estate) -> None:
    first = await bring(estate)
    again = await bring(estate)
    looked = await bring(estate, options=replace(OPTIONS, reread=True))

    assert [False, True, False] == [report.repeated for report in (first, again, looked)]
    assert {ActionKind.UNCHANGED: {"Endpoint": 1_200, "Host": 1_200}} == again.counts.by_action
    assert looked.counts == again.counts
    assert first.last_revision == await estate.revision()


@pytest.mark.parametrize("length", [0, 499, 500, 501, 1_000])
async def test_streams_of_any_length_are_told_apart(estate: Estate, length: int) -> None:
    """A piece is of 500: streams that end with one, and those that go on, are not taken for each other."""
    await bring(estate, HOSTS[:length])

    assert (await bring(estate, HOSTS[:length])).repeated
    assert not (await bring(estate, HOSTS[: length + 1])).repeated


@pytest.mark.parametrize("place", [0, 499, 500, 1_100])
async def test_one_observation_that_differs_is_found_wherever_it_stands(estate: Estate, place: int) -> None:
    await bring(estate)
    stream = list(HOSTS)
    stream[place] = host(f"h{place}", serial_number=f"S-{place}", os_name="Linux")
    report = await bring(estate, stream)

    assert (False, 1) == (report.repeated, report.counts.total(ActionKind.UPDATE))
    assert "Linux" == (await estate.named(f"h{place}")).properties["os_name"]


async def test_another_time_is_another_stream(estate: Estate) -> None:
    await bring(estate, [host("a", MONDAY, serial_number="S-1")])
    report = await bring(estate, [host("a", TUESDAY, serial_number="S-1")])

    assert not report.repeated
    assert TUESDAY == (await estate.evidence(await estate.named("a"))).seen["agent"].last


async def test_a_stream_is_looked_at_again_once_somebody_has_changed_a_ci(estate: Estate) -> None:
    await bring(estate)
    change = NodeUpdate((await estate.named("h3")).id, {"os_name": "Linux"})
    await estate.store.commit(WriteBatch(Actor("alice"), "by hand", updates=(change,)))

    assert [False, True] == [(await bring(estate)).repeated for _ in range(2)]


@pytest.mark.parametrize("broken", [0, 700])
async def test_a_stream_that_breaks_off_while_it_is_compared_goes_in_as_far_as_it_came(
    estate: Estate, broken: int
) -> None:
    await bring(estate)
    changed = [host("a", serial_number="S-90000"), *HOSTS[1:]]

    def breaking(stream: Sequence[Observation]) -> Iterator[Observation]:
        yield from stream[:broken]
        raise ConnectionAbortedError("the source broke off")

    for stream in (HOSTS, changed):
        with pytest.raises(ConnectionAbortedError):
            await estate.engine.run(breaking(stream), replace(OPTIONS, chunk_items=20))

    assert (1_201 if broken else 1_200) == len(await _all_hosts(estate))
    assert (await bring(estate)).repeated is (not broken)


async def test_what_cannot_be_compared_is_looked_at(estate: Estate) -> None:
    """A number that is none is written like nothing, and a whole number of any length not at all."""
    odd = [
        machine({"name": "a", "serial_number": "S-1", "cpu_count": float("nan")}),
        machine({"name": "b", "serial_number": "S-2", "cpu_count": 2**80}),
    ]
    reports = [await bring(estate, [each]) for each in (*odd, *odd)]

    assert [False] * 4 == [report.repeated for report in reports]


def test_a_stream_that_is_too_long_to_be_held_back_is_not_compared() -> None:
    pieces = Pieces()
    for _ in range(PIECE * MOST_PIECES):
        pieces.add(HOSTS[0])
    assert pieces.is_comparable

    for _ in range(PIECE):
        pieces.add(HOSTS[0])
    assert not pieces.is_comparable


async def test_attributes_of_any_mapping_are_compared(estate: Estate) -> None:
    attributes = MappingProxyType({"name": "a", "serial_number": "S-1"})
    stream = [Observation("here", MONDAY, (ObservedItem("host", "Host", attributes),))]

    assert [False, True] == [(await bring(estate, stream)).repeated for _ in range(2)]


@pytest.mark.parametrize(
    "odd",
    [
        Problem("line 9", "ROW_SHORT", "a row is short", "Complete it."),
        host("h", serial_number="S-5", fqdn="h1.example.com", colour="red"),
        gone(TUESDAY, serial_number="S-1"),
    ],
    ids=["problem", "unknown attribute", "gone"],
)
async def test_a_stream_of_which_not_all_stands_is_looked_at_each_time(
    estate: Estate, odd: Observation | Problem
) -> None:
    reports = [await bring(estate, [*HOSTS[:3], odd]) for _ in range(2)]

    assert [False, False] == [report.repeated for report in reports]


async def _all_hosts(estate: Estate) -> list[str]:
    return [ci.id async for ci in estate.store.nodes() if ci.label == "Host"]


@st.composite
def _observed(draw: st.DrawFn) -> Observation:
    """One of four machines by some of what identifies it."""
    number = draw(st.integers(1, 4))
    known: dict[str, Value] = {
        "serial_number": f"SN-{number}A",
        "mac_addresses": [f"00:1b:54:00:00:{number:02x}"],
        "fqdn": f"h{number}.example.com",
        "ip_addresses": [f"10.0.0.{number}"],
    }
    names = draw(st.sets(st.sampled_from(sorted(known)), min_size=1))
    attributes = {name: known[name] for name in sorted(names)}
    os_name = draw(st.sampled_from(["Linux", "Windows"]))
    at = draw(st.sampled_from([MONDAY, TUESDAY, WEDNESDAY]))
    if draw(st.integers(0, 9)) == 0:
        return gone(at, **attributes)
    return host_with_ports({"name": "h", "os_name": os_name, **attributes}, draw(st.sets(st.just(22))), at)


_STREAM = st.lists(_observed(), max_size=4)


async def _state(estate: Estate) -> tuple[list[str], int]:
    """Everything about every CI but its id, and the number of revisions."""
    cis = [ci async for ci in estate.store.nodes()]
    evidences = await estate.store.evidence([ci.id for ci in cis])
    shown = [
        repr((ci.label, sorted(ci.properties.items()), found.stamps, sorted(found.seen.items())))
        for ci in cis
        for found in [evidences[ci.id]]
    ]
    return sorted(shown), await estate.revision()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_STREAM, _STREAM, st.sampled_from(["agent", "nmap", "table"]), st.booleans(), st.integers(1, 4))
def test_not_looking_at_a_stream_comes_to_the_same_as_looking_at_it(
    first: list[Observation], other: list[Observation], source: str, between: bool, chunk: int
) -> None:
    async def history(folder: Path, reread: bool) -> object:
        options = RunOptions("table", chunk_items=chunk, reread=reread)
        async with open_estate(folder) as estate:
            streams = [(first, "table"), (other, source), (first, "table")]
            for stream, name in streams if between else streams[::2]:
                await bring(estate, stream, replace(options, source=name))
            last = await bring(estate, first, options)
            return await _state(estate), last.counts, last.problem_count, last.conflict_count

    with tempfile.TemporaryDirectory() as folder:
        skipped = asyncio.run(history(Path(folder, "skipped"), reread=False))
        looked = asyncio.run(history(Path(folder, "looked"), reread=True))

    assert looked == skipped
