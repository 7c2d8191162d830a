"""A snapshot is the content at one revision, whatever is written while it is taken."""

import asyncio
import io
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import cast

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cmdb.graph.archive import ArchiveStore, Piece
from cmdb.graph.batch import NodeDelete, NodeUpdate, WriteBatch
from cmdb.graph.elements import Stamp
from cmdb.graph.ledger import verify_ledger
from cmdb.kernel.errors import CmdbError
from cmdb.processes.configuration.backup import carry
from cmdb.processes.configuration.backup.contents import ContentCheck
from cmdb.processes.configuration.backup.snapshot import Snapshot
from tests.contract.build import batch, host, link, put
from tests.contract.oracle import Oracle
from tests.contract.schema import SCHEMA
from tests.strategies import batches
from tests.unit.processes.configuration.backup.stores import (
    ORIGIN,
    TornStore,
    backup_of,
    evidence,
    fill,
    graph,
    holders,
    in_order,
    ledger,
    numbered,
    replayed,
    requests,
    restored,
    store_in,
)

IDS = ["a", "b", "c", "d", "e", "f"]
BATCHES = batches(SCHEMA, IDS, ["x", "y", "z"])


class Writer:
    """Commits batches one after another, each cut down to what fits."""

    def __init__(self, store: ArchiveStore, given_batches: Sequence[WriteBatch]) -> None:
        self._store = store
        self._waiting = list(given_batches)
        self._oracle = Oracle()

    async def write(self) -> None:
        """Commit the next batch, if there is one."""
        if self._waiting:
            tidy = self._oracle.tidied(self._waiting.pop(0))
            with suppress(CmdbError):
                await self._store.commit(tidy)
                self._oracle.commit(tidy)

    def goes_on_with(self, given_batches: Sequence[WriteBatch]) -> None:
        """Give it more to write."""
        self._waiting = list(given_batches)


async def _pieces(store: ArchiveStore, size: int = 2) -> list[Piece]:
    return [piece async for piece in Snapshot(store, await store.head(), size).everything()]


def torn(store: ArchiveStore, disturb: Callable[[], Awaitable[None]]) -> ArchiveStore:
    """The store, disturbed whenever it is read."""
    return cast("ArchiveStore", TornStore(store, disturb))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(BATCHES, max_size=8), st.lists(BATCHES, min_size=1, max_size=30), st.integers(1, 4))
def test_torn_reads_give_the_content_of_one_revision(
    before: list[WriteBatch], during: list[WriteBatch], size: int
) -> None:
    """Nodes with their versions and moments, links and the ledger are those of the revision it began at."""

    async def run(folder: Path) -> None:
        async with store_in(folder) as store:
            writer = Writer(store, before)
            for _ in before:
                await writer.write()
            expected, head = await graph(store), await store.head()
            past = await ledger(store)
            known = await requests(store)
            writer.goes_on_with(during)
            snapshot = Snapshot(torn(store, writer.write), head, size)
            pieces = [piece async for piece in snapshot.everything()]
        nodes = sorted((one.node for piece in pieces for one in piece.nodes), key=lambda node: node.id)
        links = in_order([one for piece in pieces for one in piece.links])
        assert expected == (nodes, links)
        assert past == [one for piece in pieces for one in piece.revisions]
        results = {one.request_id: one.commit for piece in pieces for one in piece.results}
        assert known.items() <= results.items()
        # A request that changed nothing, while nothing else changed either, belongs to the revision too.
        assert all(commit.revision is None for name, commit in results.items() if name not in known)
        check = ContentCheck()
        for piece in pieces:
            check.add(piece)
        assert [] == check.mistakes(head)
        assert frozenset() == check.balance.unequal()

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(Path(folder)))


async def test_a_backup_while_four_writers_write_restores_to_its_revision(tmp_path: Path) -> None:
    """The state restored is the one that the source's ledger gives for the backup's revision."""
    async with store_in(tmp_path) as store, store_in(tmp_path, "restored.db") as goal:
        await put(store, host("shared"), *[host(f"old{number:04}", f"old:{number}") for number in range(300)])
        stopped = asyncio.Event()

        async def write(name: str) -> int:
            number = 0
            while not stopped.is_set():
                await store.commit(numbered(name, number))
                number += 1
            return number

        writers = [asyncio.create_task(write(name)) for name in "wxyz"]
        reports = []
        files = []
        for _ in range(3):
            stream = io.BytesIO()
            reports.append(await carry.back_up(store, stream, ORIGIN, piece_size=20))
            files.append(stream.getvalue())
            await asyncio.sleep(0.05)
        stopped.set()
        written = await asyncio.gather(*writers)

        head = reports[-1].header.head
        await restored(files[-1], goal)
        assert await replayed(store, head) == await graph(goal)
        assert await ledger(store, head.revision) == await ledger(goal)
        assert (await verify_ledger(goal)).broken is None
        assert min(written) > 0
        assert [report.header.head.revision for report in reports] == sorted(
            {report.header.head.revision for report in reports}
        )
        assert head.revision < (await store.head()).revision
        known = await requests(goal)
        assert all(commit.revision is None or commit.revision <= head.revision for commit in known.values())
        assert {one.request_id for one in await ledger(goal) if one.request_id} <= known.keys()
        standing = {one.id for one in (await graph(goal))[0]}
        assert standing.issuperset((await holders(goal)).values())


async def test_a_request_answered_later_is_not_in_the_backup(tmp_path: Path) -> None:
    """Or a restored store would answer that it did what is not in it."""
    async with store_in(tmp_path) as store:
        await put(store, host("a"))
        head = await store.head()
        await store.commit(batch(host("b"), request_id="made something"))
        await store.commit(batch(request_id="made nothing"))
        pieces = [piece async for piece in Snapshot(store, head).everything()]

    assert [] == [one for piece in pieces for one in piece.results]


async def test_a_node_deleted_meanwhile_is_in_the_backup(tmp_path: Path) -> None:
    async with store_in(tmp_path) as store:
        await fill(store)
        expected, head = await graph(store), await store.head()
        await put(store, NodeDelete("b"), NodeDelete("s"))
        pieces = [piece async for piece in Snapshot(store, head).everything()]

    nodes = {one.node.id: one.node for piece in pieces for one in piece.nodes}
    assert expected[0] == [nodes[node_id] for node_id in sorted(nodes)]
    assert expected[1] == in_order([one for piece in pieces for one in piece.links])


async def test_provenance_of_a_value_written_later_is_left_out(tmp_path: Path) -> None:
    """The value in the backup is an earlier one, so the later stamp would be a lie."""
    later = Stamp("agent", "2026-05-01T00:00:00.000Z")
    async with store_in(tmp_path) as store:
        await fill(store)
        head = await store.head()
        await put(store, NodeUpdate("a", {"address": "10.9.9.9"}, stamps={"address": later}))
        pieces = [piece async for piece in Snapshot(store, head).everything()]

    (found,) = [one for piece in pieces for one in piece.nodes if one.node.id == "a"]
    assert "10.0.0.1" == found.node.properties["address"]
    assert {"name"} == found.stamps.keys()


async def test_an_identifier_whose_holder_came_later_is_left_out(tmp_path: Path) -> None:
    async with store_in(tmp_path) as store:
        await fill(store)
        head = await store.head()
        await put(store, NodeUpdate("a", releases=("mac:1",)), host("late", "mac:1"))
        pieces = [piece async for piece in Snapshot(store, head).everything()]

    found = {one.identifier: one.holder for piece in pieces for one in piece.holdings}
    assert {"ip:1": "a", "ip:2": "b", "mac:2": "b"} == found


async def test_pieces_are_as_large_as_asked_for(tmp_path: Path) -> None:
    async with store_in(tmp_path) as store:
        await put(store, *[host(f"h{number:02}") for number in range(10)])
        pieces = await _pieces(store, 4)

    assert [4, 4, 2] == [len(piece.nodes) for piece in pieces if piece.nodes]


async def test_an_empty_store_has_an_empty_backup(tmp_path: Path) -> None:
    async with store_in(tmp_path) as store, store_in(tmp_path, "restored.db") as goal:
        report = await restored(await backup_of(store), goal)
        commit = await put(goal, host("a"), link("CONNECTS", "a", "a"))

    assert 0 == report.header.head.revision
    assert 0 == report.contents.counts.nodes
    assert 1 == commit.revision


async def test_a_quiet_backup_holds_all_evidence(tmp_path: Path) -> None:
    async with store_in(tmp_path) as store, store_in(tmp_path, "restored.db") as goal:
        await fill(store)
        await restored(await backup_of(store), goal)

        assert await evidence(store) == await evidence(goal)
        assert await holders(store) == await holders(goal)
        assert await requests(store) == await requests(goal)
        assert await store.sequences() == await goal.sequences()
