"""Everything a store holds can be read, and loaded into an empty one exactly as it was."""

from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path
from typing import cast

import pytest

from cmdb.graph.archive import ArchiveStore, Holding, Piece, StoreNotEmptyError
from cmdb.graph.batch import NodeCreate, NodeDelete, NodeUpdate, Sighting
from cmdb.graph.elements import Evidence, Link, LinkKey, Seen, Stamp
from cmdb.graph.errors import NodeNotFoundError
from cmdb.graph.ledger import verify_ledger
from cmdb.graph.query import SearchQuery
from cmdb.processes.configuration.backup.snapshot import Snapshot
from cmdb.store.embedded.connection import StoreSettings
from cmdb.store.embedded.store import open_embedded
from tests.contract.build import FixedClock, batch, host, ledger, link, node, put, ticket
from tests.contract.conftest import OpenStore
from tests.contract.schema import ALL, SCHEMA

MORNING, NOON = "2026-03-01T08:00:00.000Z", "2026-03-01T12:00:00.000Z"


@pytest.fixture
async def archive(open_store: OpenStore) -> ArchiveStore:
    """The store under test, empty."""
    return cast("ArchiveStore", await open_store())


@pytest.fixture
async def origin(tmp_path: Path) -> AsyncIterator[ArchiveStore]:
    """Another store, with something of everything in it."""
    store = await open_embedded(
        tmp_path / "origin.db", SCHEMA, FixedClock(), StoreSettings(readers=2, durable=False)
    )
    await _fill(store)
    yield store
    await store.close()


async def _fill(store: ArchiveStore) -> None:
    stamps = {"name": Stamp("scan", MORNING), "address": Stamp("hand", NOON)}
    await store.commit(
        batch(
            NodeCreate(
                "a", "Host", {"name": "a", "address": "10.0.0.1", "tags": []}, ("mac:1", "ip:1"), stamps
            ),
            host("b", "mac:2", label="Server", price=1.0, rank=1, managed=True),
            NodeCreate("s", "Service", {"name": "Mail Ä", "tier": "gold", "tags": ["x", "y"]}),
            host("gone", "mac:9"),
            link("RUNS_ON", "s", "a", weight=3),
            link("CONNECTS", "a", "b"),
            Sighting("a", "scan", MORNING),
            request_id="first",
        )
    )
    await store.commit(batch(ticket("t1"), link("AFFECTS", "t1", "a", how="down"), request_id="second"))
    await store.commit(batch(NodeUpdate("b", {"note": "moved", "rank": None}, claims=("ip:2",))))
    await store.commit(batch(Sighting("a", "scan", NOON), request_id="nothing"))
    await store.commit(batch(NodeDelete("gone")))


async def _pieces(store: ArchiveStore, size: int = 2) -> AsyncGenerator[Piece, None]:
    async for piece in Snapshot(store, await store.head(), size).everything():
        yield piece


async def _loaded(archive: ArchiveStore, origin: ArchiveStore) -> ArchiveStore:
    await archive.load(_pieces(origin))
    return archive


async def test_identifiers_are_read_with_their_holders(archive: ArchiveStore) -> None:
    await _fill(archive)
    found = [holding async for holding in archive.identifiers()]

    assert sorted(found) == [("ip:1", "a"), ("ip:2", "b"), ("mac:1", "a"), ("mac:2", "b")]


async def test_requests_are_read_with_their_first_results(archive: ArchiveStore) -> None:
    await _fill(archive)
    found = {result.request_id: result.commit async for result in archive.requests()}

    assert {"first", "second", "nothing"} == found.keys()
    assert (2, ("t1",), {"t1": "INC0000001"}) == (
        found["second"].revision,
        found["second"].created,
        found["second"].numbers,
    )
    assert found["nothing"].revision is None


async def test_sequences_are_read_with_their_last_numbers(archive: ArchiveStore) -> None:
    await _fill(archive)

    assert {"INC": 1} == await archive.sequences()


async def test_an_empty_store_has_no_bookkeeping(archive: ArchiveStore) -> None:
    assert [] == [holding async for holding in archive.identifiers()]
    assert [] == [result async for result in archive.requests()]
    assert {} == await archive.sequences()


async def test_nodes_and_links_are_loaded_as_they_were(archive: ArchiveStore, origin: ArchiveStore) -> None:
    await _loaded(archive, origin)

    assert [one async for one in origin.nodes()] == [one async for one in archive.nodes()]
    assert [one async for one in origin.all_links()] == [one async for one in archive.all_links()]


async def test_the_ledger_is_loaded_with_its_hashes(archive: ArchiveStore, origin: ArchiveStore) -> None:
    await _loaded(archive, origin)

    assert await origin.head() == await archive.head()
    assert await ledger(origin) == await ledger(archive)
    assert (await verify_ledger(archive)).broken is None


async def test_evidence_is_loaded(archive: ArchiveStore, origin: ArchiveStore) -> None:
    await _loaded(archive, origin)
    ids = ["a", "b", "s", "t1"]

    assert await origin.evidence(ids) == await archive.evidence(ids)
    assert (await archive.evidence(["a"]))["a"] == Evidence(
        {"name": Stamp("scan", MORNING), "address": Stamp("hand", NOON)},
        {"scan": Seen(MORNING, NOON)},
        ("ip:1", "mac:1"),
    )
    assert {"mac:1": "a", "ip:2": "b"} == await archive.resolve(["mac:1", "ip:2", "mac:9"])


async def test_the_next_number_continues(archive: ArchiveStore, origin: ArchiveStore) -> None:
    await _loaded(archive, origin)
    commit = await put(archive, ticket("t2"))

    assert {"t2": "INC0000002"} == commit.numbers
    assert 5 == commit.revision


async def test_a_request_that_comes_again_gets_its_first_result(
    archive: ArchiveStore, origin: ArchiveStore
) -> None:
    await _loaded(archive, origin)
    again = await archive.commit(batch(ticket("t7"), request_id="second"))

    assert (2, ("t1",), {"t1": "INC0000001"}, True) == (
        again.revision,
        again.created,
        again.numbers,
        again.replayed,
    )
    assert {} == await archive.get(["t7"])


async def test_what_was_loaded_is_found_and_written_on(archive: ArchiveStore, origin: ArchiveStore) -> None:
    await _loaded(archive, origin)
    hits = await archive.search(SearchQuery("mail", ALL))
    await put(archive, NodeUpdate("a", {"note": "x"}, expected_version=1), host("c", "mac:9"))

    assert ["s"] == [hit.node.id for hit in hits]
    assert 2 == (await node(archive, "a")).version
    assert (await verify_ledger(archive)).broken is None


async def test_released_identifiers_of_loaded_nodes_are_free(
    archive: ArchiveStore, origin: ArchiveStore
) -> None:
    await _loaded(archive, origin)
    await put(archive, NodeUpdate("a", releases=("mac:1",)))
    await put(archive, NodeUpdate("b", claims=("mac:1",)))

    assert {"mac:1": "b"} == await archive.resolve(["mac:1"])
    assert ("ip:1",) == (await archive.evidence(["a"]))["a"].identifiers


async def test_a_loaded_store_can_be_read_and_loaded_again(
    archive: ArchiveStore, origin: ArchiveStore, tmp_path: Path
) -> None:
    await _loaded(archive, origin)
    third = await open_embedded(tmp_path / "third.db", SCHEMA, FixedClock())
    await _loaded(third, archive)

    assert await ledger(origin) == await ledger(third)
    assert [one async for one in origin.nodes()] == [one async for one in third.nodes()]
    await third.close()


async def test_a_store_that_holds_something_takes_nothing(
    archive: ArchiveStore, origin: ArchiveStore
) -> None:
    await put(archive, host("mine"))
    with pytest.raises(StoreNotEmptyError):
        await _loaded(archive, origin)

    assert ["mine"] == [one.id async for one in archive.nodes()]
    assert 1 == (await archive.head()).revision


async def test_content_that_ends_in_an_error_leaves_nothing(
    archive: ArchiveStore, origin: ArchiveStore
) -> None:
    """All of it or nothing; and the store takes a whole content afterwards."""

    async def broken() -> AsyncGenerator[Piece, None]:
        async for piece in _pieces(origin):
            if piece.revisions:
                raise OSError("the file ends here")
            yield piece

    with pytest.raises(OSError, match="ends here"):
        await archive.load(broken())
    await _loaded(archive, origin)

    assert await origin.head() == await archive.head()
    assert 4 == len([one async for one in archive.nodes()])


@pytest.mark.parametrize(
    "piece",
    [
        pytest.param(Piece(holdings=(Holding("mac:1", "nobody"),)), id="holder"),
        pytest.param(Piece(links=(Link(LinkKey("CONNECTS", "x", "y")),)), id="link"),
    ],
)
async def test_ends_and_holders_have_to_come_first(archive: ArchiveStore, piece: Piece) -> None:
    async def content() -> AsyncGenerator[Piece, None]:
        yield piece

    with pytest.raises(NodeNotFoundError):
        await archive.load(content())


async def test_empty_content_leaves_an_empty_store_that_works(archive: ArchiveStore) -> None:
    async def nothing() -> AsyncGenerator[Piece, None]:
        yield Piece()

    await archive.load(nothing())

    assert 1 == (await put(archive, host("a"))).revision
