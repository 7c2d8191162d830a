"""Stores to back up: filled, disturbed while they are read, and compared."""

import io
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from cmdb.graph.archive import ArchiveStore, Holding
from cmdb.graph.batch import Commit, NodeCreate, NodeDelete, NodeUpdate, Sighting, WriteBatch
from cmdb.graph.elements import Evidence, Link, Node, Stamp
from cmdb.graph.query import Condition, Direction, LinkQuery, NodeQuery, Operator, Order
from cmdb.graph.revision import Head, Revision
from cmdb.kernel.values import Value
from cmdb.processes.configuration.backup import carry
from cmdb.processes.configuration.backup.file import Origin
from cmdb.processes.configuration.backup.replay import Replay
from cmdb.store.embedded.connection import StoreSettings
from cmdb.store.embedded.store import open_embedded
from tests.contract.build import FixedClock, batch, host, link, ticket
from tests.contract.schema import ALL, SCHEMA

ORIGIN = Origin("1.2.3", SCHEMA.fingerprint, "2026-03-01T09:00:00.000Z")
MORNING = "2026-03-01T08:00:00.000Z"


@asynccontextmanager
async def store_in(folder: Path, name: str = "cmdb.db", schema: Any = SCHEMA) -> AsyncIterator[ArchiveStore]:
    """An embedded store, which does not wait for the disk."""
    store = await open_embedded(folder / name, schema, FixedClock(), StoreSettings(readers=2, durable=False))
    try:
        yield store
    finally:
        await store.close()


async def fill(store: ArchiveStore) -> None:
    """Put something of everything in: four nodes, three links, evidence, requests, a sequence, a deletion."""
    stamps = {"name": Stamp("scan", MORNING), "address": Stamp("hand", MORNING)}
    properties: dict[str, Value] = {"name": "a", "address": "10.0.0.1", "tags": ["x"], "price": 1.0}
    await store.commit(
        batch(
            NodeCreate("a", "Host", properties, ("mac:1", "ip:1"), stamps),
            host("b", "mac:2", label="Server", rank=1, managed=True),
            NodeCreate("s", "Service", {"name": "Mail", "tier": "gold"}),
            host("gone", "mac:9"),
            link("RUNS_ON", "s", "a", weight=3),
            link("CONNECTS", "a", "b"),
            link("CONNECTS", "a", "gone"),
            Sighting("a", "scan", MORNING),
            request_id="first",
        )
    )
    await store.commit(batch(ticket("t1"), link("AFFECTS", "t1", "a", how="down"), request_id="second"))
    await store.commit(
        batch(NodeUpdate("b", {"note": "moved", "rank": None}, claims=("ip:2",), label="Host"))
    )
    await store.commit(batch(link("RUNS_ON", "s", "a", weight=4), NodeDelete("gone")))


async def backup_of(store: ArchiveStore, piece_size: int = 2) -> bytes:
    """A backup of the store."""
    stream = io.BytesIO()
    await carry.back_up(store, stream, ORIGIN, piece_size=piece_size)
    return stream.getvalue()


async def restored(data: bytes, store: ArchiveStore) -> carry.BackupReport:
    """What restoring a backup into the store reports."""
    return await carry.restore(io.BytesIO(data), store, SCHEMA)


async def ledger(store: ArchiveStore, up_to: int | None = None) -> list[Revision]:
    """The revisions, up to one."""
    return [revision async for revision in store.revisions(0, up_to)]


async def replayed(store: ArchiveStore, head: Head) -> tuple[list[Node], list[Link]]:
    """Nodes and links as the ledger says they stood at a revision."""
    replay = Replay(lambda _: True, lambda _: True)
    for revision in await ledger(store, head.revision):
        replay.apply(revision)
    nodes = [replay.nodes[node_id] for node_id in sorted(replay.nodes)]
    links = [Link(key, replay.links[key]) for key in replay.links]
    return nodes, in_order(links)


async def graph(store: ArchiveStore) -> tuple[list[Node], list[Link]]:
    """Nodes and links as they stand."""
    return [one async for one in store.nodes()], in_order([one async for one in store.all_links()])


def in_order(links: list[Link]) -> list[Link]:
    """Links ordered by source, type and target."""
    return sorted(links, key=lambda one: (one.source, one.type, one.target))


async def holders(store: ArchiveStore) -> dict[str, str]:
    """Who holds which identifier."""
    return dict([holding async for holding in store.identifiers()])


async def requests(store: ArchiveStore) -> dict[str, Commit]:
    """The requests that are remembered."""
    return {result.request_id: result.commit async for result in store.requests()}


async def evidence(store: ArchiveStore) -> dict[str, Evidence]:
    """The evidence of every node."""
    return dict(await store.evidence([one.id async for one in store.nodes()]))


class TornStore:
    """A store that reads what is committed, two nodes at a time, and is written to between any two reads."""

    def __init__(self, store: ArchiveStore, disturb: Callable[[], Awaitable[None]]) -> None:
        self._store = store
        self._disturb = disturb

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def head(self) -> Head:
        """The newest revision, before somebody writes."""
        found = await self._store.head()
        await self._disturb()
        return found

    async def evidence(self, ids: Sequence[str]) -> Any:
        """Evidence, and then somebody writes."""
        found = await self._store.evidence(ids)
        await self._disturb()
        return found

    async def nodes(self) -> AsyncGenerator[Node, None]:
        """Every node, page by page."""
        after = ""
        while page := await self._page(after):
            for node in page:
                yield node
                await self._disturb()
            after = page[-1].id

    async def all_links(self) -> AsyncGenerator[Link, None]:
        """Every link, node by node."""
        after = ""
        while page := await self._page(after):
            for node in page:
                found = await self._store.links(LinkQuery((node.id,), Direction.OUT))
                for one in found.get(node.id, ()):
                    yield one
                    await self._disturb()
            after = page[-1].id

    async def identifiers(self) -> AsyncGenerator[Holding, None]:
        """Every identifier, as it is when its turn comes."""
        after = ""
        while True:
            await self._disturb()
            later = sorted(item for item in (await holders(self._store)).items() if item[0] > after)
            if not later:
                return
            yield Holding(*later[0])
            after = later[0][0]

    async def _page(self, after: str) -> Sequence[Node]:
        await self._disturb()
        query = NodeQuery(ALL, Condition("id", Operator.GT, after), (Order("id"),), first=2)
        return (await self._store.find(query)).nodes


def numbered(name: str, number: int) -> WriteBatch:
    """One of the batches of a writer that goes on and on: makes, changes, links and deletes."""
    first, last = f"{name}{number:05}", f"{name}{number - 7:05}"
    writes: list[Any] = [
        host(first, f"mac:{first}", rank=number),
        link("CONNECTS", first, "shared"),
        NodeUpdate("shared", {"rank": number, "note": name}),
        ticket(f"t-{first}"),
        Sighting("shared", name, MORNING),
    ]
    if number % 3 == 0 and number > 7:
        writes += [NodeDelete(last), link("RUNS_ON", first, "shared", weight=number)]
    elif number % 3 == 1:
        writes += [NodeUpdate(first, {"note": "fresh"}), link("RUNS_ON", "shared", first, weight=1)]
    return batch(*writes, reason=name, request_id=f"{name}-{number}")
