"""What holds for any inventory: the order of observations and of scans does not matter, and nothing is doubled."""

import asyncio
import tempfile
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from cmdb.graph.elements import Node
from cmdb.inventory.observation import Observation
from cmdb.kernel.values import Value
from tests.unit.inventory.estate import MONDAY, TUESDAY, Estate, machine, open_estate

_LAW = settings(max_examples=25, deadline=None)


def _machine(number: int) -> dict[str, Value]:
    return {
        "serial_number": f"SN-{number}A",
        "mac_addresses": [f"00:1b:54:00:00:{number:02x}"],
        "fqdn": f"h{number}.example.com",
        "ip_addresses": [f"10.0.0.{number}"],
    }


@st.composite
def _observed(draw: st.DrawFn, at: str = MONDAY) -> Observation:
    """One of six machines, seen by some of its identifiers."""
    values = _machine(draw(st.integers(1, 6)))
    names = draw(st.sets(st.sampled_from(sorted(values)), min_size=1))
    os_name = draw(st.sampled_from(["", "Linux", "Windows"]))
    return machine({"name": "h", **{name: values[name] for name in sorted(names)}, "os_name": os_name}, at)


_SCAN = st.lists(_observed(), min_size=1, max_size=12)


def _in_an_estate(work: Any) -> None:
    async def opened() -> None:
        with tempfile.TemporaryDirectory() as folder:
            async with open_estate(Path(folder)) as estate:
                await work(estate)

    coroutine: Coroutine[Any, Any, None] = opened()
    asyncio.run(coroutine)


def _identity(ci: Node) -> frozenset[str]:
    """Everything that identifies a CI, in one set."""
    found: set[str] = set()
    for name in ("serial_number", "mac_addresses", "fqdn", "ip_addresses"):
        value = ci.properties.get(name)
        found |= set(value) if isinstance(value, list) else {str(value)} - {"None"}
    return frozenset(found)


async def _partition(estate: Estate) -> set[frozenset[str]]:
    return {_identity(ci) for ci in await estate.cis()}


@_LAW
@given(_SCAN, st.randoms(use_true_random=False))
def test_the_order_of_observations_does_not_change_which_cis_there_are(
    scan: list[Observation], random: Any
) -> None:
    shuffled = list(scan)
    random.shuffle(shuffled)
    found: list[set[frozenset[str]]] = []

    async def work(estate: Estate, order: Sequence[Observation]) -> None:
        await estate.run(*order)
        found.append(await _partition(estate))

    _in_an_estate(lambda estate: work(estate, scan))
    _in_an_estate(lambda estate: work(estate, shuffled))

    assert found[0] == found[1]


@_LAW
@given(_SCAN, st.integers(1, 5))
def test_running_twice_changes_nothing(scan: list[Observation], chunk: int) -> None:
    async def work(estate: Estate) -> None:
        await estate.run(*scan, chunk=chunk)
        before = (await estate.revision(), await estate.cis())
        await estate.run(*scan, chunk=chunk)

        assert before == (await estate.revision(), await estate.cis())

    _in_an_estate(work)


@_LAW
@given(_SCAN, _SCAN)
def test_no_two_cis_share_a_strong_identifier(one: list[Observation], other: list[Observation]) -> None:
    async def work(estate: Estate) -> None:
        await estate.run(*one, chunk=3)
        await estate.run(*other, chunk=3, source="agent")
        held: list[str] = []
        for ci in await estate.cis():
            held += (await estate.evidence(ci)).identifiers

        assert len(set(held)) == len(held)

    _in_an_estate(work)


@st.composite
def _whole_scan(draw: st.DrawFn, at: str) -> list[Observation]:
    """Some of the machines, each seen whole."""
    numbers = draw(st.lists(st.integers(1, 6), max_size=6))
    return [machine({"name": f"h{number}", **_machine(number)}, at) for number in numbers]


@_LAW
@given(_whole_scan(MONDAY), _whole_scan(TUESDAY))
def test_two_scans_give_the_same_cis_in_either_order(
    one: list[Observation], other: list[Observation]
) -> None:
    found: list[set[frozenset[str]]] = []

    async def work(estate: Estate, scans: Sequence[list[Observation]]) -> None:
        for scan in scans:
            await estate.run(*scan)
        found.append(await _partition(estate))
        assert len({each.position for each in one + other}) == len(await estate.cis())

    _in_an_estate(lambda estate: work(estate, [one, other]))
    _in_an_estate(lambda estate: work(estate, [other, one]))

    assert found[0] == found[1]


@_LAW
@given(_SCAN)
def test_an_absent_value_never_overwrites(scan: list[Observation]) -> None:
    async def work(estate: Estate) -> None:
        known = [
            machine({"name": f"h{number}", **_machine(number), "os_name": "BSD", "tags": ["blue"]})
            for number in range(1, 7)
        ]
        await estate.run(*known, source="agent")
        await estate.run(*scan, source="nmap")

        for ci in await estate.cis():
            assert ("BSD", ["blue"]) == (ci.properties["os_name"], ci.properties["tags"])

    _in_an_estate(work)
