"""The process that writes long imports: what it writes is what the store would write, and nothing depends on it."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmdb.graph.batch import Commit, WriteBatch
from cmdb.graph.errors import IdentifierTakenError, StoreFullError
from cmdb.graph.ledger import verify_ledger
from cmdb.kernel.clock import SystemClock
from cmdb.kernel.errors import CmdbError
from cmdb.store.embedded.connection import StoreSettings
from cmdb.store.embedded.packing import pack, unpack
from cmdb.store.embedded.store import EmbeddedStore, open_embedded
from cmdb.store.embedded.writing_process import ProcessLostError, WritingProcess, WritingTask
from tests import strategies
from tests.contract.build import batch, found, host, link, put
from tests.contract.schema import SCHEMA

BATCHES = strategies.batches(SCHEMA, [f"n{number}" for number in range(5)], ["one", "two", "three"])
SETTINGS = StoreSettings(readers=1, durable=False, writing_process=True)
_ROOT = Path(__file__).resolve().parents[3]


@asynccontextmanager
async def opened(folder: Path, settings: StoreSettings = SETTINGS) -> AsyncIterator[EmbeddedStore]:
    store = await open_embedded(folder / "cmdb.db", SCHEMA, SystemClock(), settings)
    try:
        yield store
    finally:
        await store.close()


@pytest.fixture
def process(tmp_path: Path) -> Iterator[WritingProcess]:
    """One that is ready, over a store that is made."""

    async def made() -> None:
        async with opened(tmp_path):
            pass

    asyncio.run(made())
    process = WritingProcess(WritingTask(tmp_path / "cmdb.db", SETTINGS, SCHEMA, SystemClock()))
    process.start()
    yield process
    process.close()


def _until_ready(process: WritingProcess) -> None:
    for _ in range(2_000):
        if process.is_ready:
            return
        time.sleep(0.01)
    raise AssertionError("the process is never ready")


def _packed(process: WritingProcess, given: WriteBatch) -> bytes:
    """The batch as the process takes it."""
    _until_ready(process)
    process.announce(given)
    packed = process.packed(given)
    assert packed is not None
    return packed


def _child(store: EmbeddedStore) -> int | None:
    """The process that writes for this store, when there is one."""
    assert store._process is not None
    child = store._process._process
    return None if child is None else child.pid


def _is_running(pid: int) -> bool:
    """Whether there is a process that has not ended, be it that nobody has asked for its end."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in "ZX"


@given(BATCHES)
def test_a_batch_arrives_as_it_was_sent(given: WriteBatch) -> None:
    assert given == unpack(pack(given))


def test_texts_that_no_store_takes_arrive_as_well() -> None:
    """So that they are refused by their name."""
    wrong = batch(host("a", note="\ud800"), host("b", note="\0"), link("CONNECTS", "a", "\udfff"))
    assert wrong == unpack(pack(wrong))


async def _told(store: EmbeddedStore) -> list[object]:
    """All that was written, but for the time of writing."""
    ids = [node.id async for node in store.nodes()]
    ledger = [(each.number, each.actor, each.nodes, each.links) async for each in store.revisions()]
    return [ledger, await store.evidence(ids), [one async for one in store.identifiers()]]


async def _outcome(store: EmbeddedStore, given: WriteBatch) -> object:
    try:
        commit = await store.commit(given)
    except CmdbError as error:
        return type(error), error.message, error.details
    return replace(commit, at="")


@settings(max_examples=15, deadline=None)
@given(st.lists(BATCHES, min_size=1, max_size=12))
def test_it_writes_and_refuses_what_the_store_itself_does(several: list[WriteBatch]) -> None:
    named = [
        replace(given, request_id=given.request_id or f"r{place}") for place, given in enumerate(several)
    ]

    async def played(folder: str, *, other: bool) -> list[object]:
        async with opened(Path(folder), replace(SETTINGS, writing_process=other)) as store:
            if other:
                store.expect()
                process = store._process
                assert process is not None
                await asyncio.to_thread(_until_ready, process)
            outcomes = []
            for given in named:
                store.prepare(given)
                outcomes.append(await _outcome(store, given))
            return [outcomes, *await _told(store)]

    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        here = asyncio.run(played(one, other=False))
        there = asyncio.run(played(two, other=True))

    assert here == there


def test_an_error_comes_with_all_it_says(process: WritingProcess) -> None:
    process.commit(_packed(process, batch(host("a", "same"), request_id="one")))
    with pytest.raises(IdentifierTakenError) as refused:
        process.commit(_packed(process, batch(host("b", "same"), request_id="two")))

    assert {"identifier": "same", "holder": "a", "claimant": "b"} == refused.value.details
    assert 2 == process.commit(_packed(process, batch(host("c"), request_id="three"))).revision


def test_a_full_store_is_told_in_the_same_words(tmp_path: Path) -> None:
    async def filled() -> None:
        async with opened(tmp_path, replace(SETTINGS, max_pages=120)) as store:
            store.expect()
            process = store._process
            assert process is not None
            for number in range(2_000):
                given = batch(*[host(f"{number}-{part}") for part in range(50)], request_id=str(number))
                await asyncio.to_thread(_until_ready, process)
                store.prepare(given)
                await store.commit(given)

    with pytest.raises(StoreFullError):
        asyncio.run(filled())


def test_a_batch_that_waits_too_long_is_written_otherwise(process: WritingProcess) -> None:
    """Not all that was ever announced is kept."""
    _until_ready(process)
    given = [batch(host(f"h{number}"), request_id=str(number)) for number in range(40)]
    for each in given:
        process.announce(each)

    assert [None] * 32 == [process.packed(each) for each in given[:32]]
    assert None not in [process.packed(each) for each in given[32:]]
    assert [None] * 40 == [process.packed(each) for each in given]


def test_a_process_that_is_gone_is_told_and_not_used_again(process: WritingProcess) -> None:
    given = _packed(process, batch(host("a"), request_id="one"))
    assert process._process is not None
    process._process.kill()
    with pytest.raises(ProcessLostError):
        process.commit(given)
    later = batch(host("b"), request_id="two")
    process.announce(later)

    assert process.packed(later) is None


@pytest.mark.parametrize("seed", range(6))
async def test_what_a_killed_process_had_begun_is_written_once(tmp_path: Path, seed: int) -> None:
    """Before, in, or after a commit: the store goes on by itself, and says of every batch what became of it."""
    async with opened(tmp_path) as store:
        store.expect()
        process = store._process
        assert process is not None
        first = batch(host("first"), request_id="first")
        await asyncio.to_thread(_until_ready, process)
        store.prepare(first)
        commits = [await store.commit(first)]
        child = _child(store)
        assert child is not None
        asyncio.get_running_loop().call_later(0.004 * seed, os.kill, child, signal.SIGKILL)
        while _is_running(child) or len(commits) < 20:
            number = len(commits)
            nodes = [host(f"{number}-{part}", f"claim-{number}-{part}") for part in range(20)]
            given = batch(*nodes, request_id=f"r{number}")
            store.prepare(given)
            commits.append(await store.commit(given))

        assert list(range(1, len(commits) + 1)) == [commit.revision for commit in commits]
        assert 1 + 20 * (len(commits) - 1) == len([node async for node in store.nodes()])
        assert (None, len(commits)) == ((report := await verify_ledger(store)).broken, report.checked)


async def test_batches_of_others_are_written_in_between(tmp_path: Path) -> None:
    """Those that nobody announced, or that have no request id, are written here, in turn with the process."""
    async with opened(tmp_path) as store:
        store.expect()
        process = store._process
        assert process is not None
        long = [batch(*[host(f"{n}-{part}") for part in range(200)], request_id=f"r{n}") for n in range(12)]
        await asyncio.to_thread(_until_ready, process)

        async def imported() -> list[Commit]:
            commits = []
            for given in long:
                store.prepare(given)
                commits.append(await store.commit(given))
            return commits

        async def edited() -> list[Commit]:
            return [await put(store, host(f"mine-{number}")) for number in range(30)]

        commits = [commit for several in await asyncio.gather(imported(), edited()) for commit in several]

        assert list(range(1, 43)) == sorted(commit.revision or 0 for commit in commits)
        assert 30 + 200 * 12 == len([node async for node in store.nodes()])


async def test_it_ends_with_its_store_and_when_nobody_writes(tmp_path: Path) -> None:
    async with opened(tmp_path, replace(SETTINGS, quiet_seconds=0.2)) as store:
        process = store._process
        assert process is not None
        for attempt in range(2):
            store.expect()
            given = batch(host(f"a{attempt}"), request_id=f"r{attempt}")
            await asyncio.to_thread(_until_ready, process)
            store.prepare(given)
            await store.commit(given)
            child = _child(store)
            assert child is not None and _is_running(child)  # noqa: PT018 - for the type checker
            for _ in range(500):
                if _child(store) is None:
                    break
                await asyncio.sleep(0.02)
            assert (None, False) == (_child(store), _is_running(child))
        store.expect()
    assert _child(store) is None
    async with opened(tmp_path) as store:
        assert ["a0", "a1"] == await found(store)


_IMPORTER = """
import asyncio, sys
from pathlib import Path
from tests.contract.build import batch, host
from tests.unit.store.test_embedded_writing_process import _child, _until_ready, opened

async def main() -> None:
    async with opened(Path(sys.argv[1])) as store:
        store.expect()
        given = batch(*[host(f"n{number}") for number in range(500)], request_id="one")
        await asyncio.to_thread(_until_ready, store._process)
        store.prepare(given)
        await store.commit(given)
        print(_child(store), flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""


def test_it_ends_when_the_process_that_started_it_is_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _IMPORTER, str(tmp_path)]
    with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True) as importer:
        assert importer.stdout is not None
        child = int(importer.stdout.readline())
        importer.kill()
    for _ in range(500):
        if not _is_running(child):
            break
        time.sleep(0.02)

    async def checked() -> None:
        async with opened(tmp_path) as store:
            assert 1 == (await store.head()).revision
            assert (await verify_ledger(store)).broken is None

    assert not _is_running(child)
    asyncio.run(checked())
