"""A stream is cut into chunks that are as large as they may be, but for the first ones where that is wished."""

from collections.abc import Iterable

import pytest

from cmdb.inventory.compiled import NetworkScope, compile_model
from cmdb.inventory.frames import ChunkPickler, ChunkUnpickler
from cmdb.inventory.observation import Observation, Problem
from cmdb.inventory.prepare import Preparer
from cmdb.inventory.stream import Chunk, Chunks
from tests.unit.inventory.estate import WEDNESDAY, host, host_with_ports, make_model

MODEL = compile_model(make_model())
HOSTS = [host(f"h{number}", serial_number=f"S-{number}") for number in range(25)]
BAD = Problem("line 1", "ROW_SHORT", "a row is short", "Complete it.")


def cut(
    stream: Iterable[Observation | Problem], items: int = 8, relationships: int = 100, *, soon: bool = False
) -> list[Chunk]:
    preparer = Preparer(MODEL, NetworkScope("office", "nmap"), WEDNESDAY)
    chunks = Chunks(stream, preparer, items, relationships, soon=soon)
    return list(iter(chunks.next, None))


@pytest.mark.parametrize(
    ("soon", "sizes", "full"),
    [(False, [8, 8, 8, 1], [True, True, True, False]), (True, [2, 4, 8, 8, 3], [True] * 4 + [False])],
)
def test_only_the_last_chunk_is_not_full_whether_the_first_ones_are_small_or_not(
    soon: bool, sizes: list[int], full: list[bool]
) -> None:
    found = cut(HOSTS, soon=soon)

    assert sizes == [len(chunk.observations) for chunk in found]
    assert full == [chunk.is_full for chunk in found]


def test_a_chunk_is_full_by_its_relationships_too() -> None:
    found = cut([host_with_ports({"serial_number": "S-1"}, range(1, 9))] * 2, items=1_000, relationships=8)

    assert [(1, True), (1, True)] == [(chunk.read, chunk.is_full) for chunk in found]


def test_a_chunk_that_problems_have_ended_is_not_full() -> None:
    found = cut([BAD] * 9)

    assert [(8, False), (1, False)] == [(len(chunk.problems), chunk.is_full) for chunk in found]


@pytest.mark.parametrize("number", [0, -1])
def test_whether_a_chunk_is_full_goes_with_it_from_process_to_process(number: int) -> None:
    chunk = cut(HOSTS)[number]
    carried = ChunkUnpickler(MODEL).loads(ChunkPickler(MODEL).dumps(chunk))

    assert (chunk.read, chunk.is_full) == (carried.read, carried.is_full)
