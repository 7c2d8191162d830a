"""What the processes of the fault suites do."""

from __future__ import annotations

import asyncio
import os
import resource
import sys
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import random
from typing import Any, cast

import cmdb.cli.importing
import cmdb.cli.main  # loaded here once, so that no child of the fork server has to
from cmdb.graph.archive import ArchiveStore
from cmdb.graph.batch import Commit, NodeUpdate, WriteBatch
from cmdb.graph.errors import StoreDamagedError, StoreFullError, VersionConflictError
from cmdb.graph.ledger import verify_ledger
from cmdb.graph.query import AllOf, Direction, LinkQuery, NodeQuery, Order, SearchQuery
from cmdb.graph.store import GraphStore
from cmdb.inventory import registry
from cmdb.inventory.engine import RunOptions
from cmdb.inventory.importer import Source
from cmdb.inventory.plan import RunReport
from cmdb.kernel.errors import CmdbError
from cmdb.processes.configuration.backup.carry import verify_store
from tests.contract.build import host, link, put
from tests.faults.content import evidence_of_all, hashed, sound
from tests.faults.estates import SEEN_AT, devices
from tests.faults.places import Place, engine_on
from tests.faults.processes import Say, die

Committing = Callable[[WriteBatch], Awaitable[Commit]]


class Watched:
    """A store whose commits go through a function of the test's; everything else is the store's own."""

    def __init__(
        self, store: GraphStore, commit: Callable[[Committing, WriteBatch], Awaitable[Commit]]
    ) -> None:
        self._store = store
        self._commit = commit

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def commit(self, batch: WriteBatch) -> Commit:
        return await self._commit(self._store.commit, batch)


@dataclass(frozen=True, slots=True)
class Death:
    """When a process kills itself: around its n-th commit (from 1), or after some seconds of the import."""

    before: int | None = None
    after: int | None = None
    seconds: float | None = None


NEVER = Death()


async def bring_in(say: Say, place: Place, scan: Path, chunk: int, death: Death = NEVER) -> None:
    """Import a scan as `cmdb import nmap` does, in small commits, and die on the way; says the commits' revisions."""
    commits = 0

    async def commit(committing: Committing, batch: WriteBatch) -> Commit:
        nonlocal commits
        commits += 1
        if death.before == commits:
            die()
        done = await committing(batch)
        if death.after == commits:
            die()
        say(done.revision)
        return done

    async with place.opened() as store:
        engine = engine_on(cast("GraphStore", Watched(store, commit)))
        if death.seconds is not None:
            threading.Timer(death.seconds, die).start()
        began = time.monotonic()
        with scan.open("rb") as stream:
            observations = registry.importer("nmap").read(Source(scan.name, stream, SEEN_AT))
            report = await engine.run(observations, RunOptions("nmap", "office", chunk_items=chunk))
        assert (report.problem_count, report.conflict_count) == (0, 0), report.problems
        say(("seconds", time.monotonic() - began))


def cmdb_command(say: Say, words: list[str], output: Path) -> None:
    """The command `cmdb` with these words; its outputs go to `output` with the endings `.out` and `.err`."""
    for stream, ending in ((1, ".out"), (2, ".err")):
        os.dup2(os.open(f"{output}{ending}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC), stream)
    for name in [name for name in os.environ if name.startswith("CMDB_")]:
        del os.environ[name]
    sys.argv = ["cmdb", *words]
    say("begun")
    cmdb.cli.main.main()


async def write_many(say: Say, place: Place, seed: int, how_many: int, writers: int) -> None:
    """Several engines in this process bring in the same devices at the same time, each in an order of its own."""
    async with place.opened() as store:

        async def one(number: int) -> RunReport:
            stream = devices(seed, how_many)
            # Half of them from the other end: they meet in the middle and lock in opposite orders.
            return await engine_on(store).run(
                stream if number % 2 else reversed(stream), RunOptions("nmap", "office", chunk_items=200)
            )

        reports = await asyncio.gather(*map(one, range(writers)))
    say([(report.problem_count, report.conflict_count) for report in reports])


async def bump(say: Say, place: Place, node_id: str, times: int) -> None:
    """Raise a node's counter by one, so many times, each time on the version that was read."""
    async with place.opened() as store:
        for _ in range(times):
            say(await raised(store, node_id))


async def raised(store: GraphStore, node_id: str) -> int:
    """Raise a node's counter by one, reading again as long as others are faster; how often that was."""
    for refused in range(10_000):
        read = (await store.get([node_id]))[node_id]
        rank = read.properties["rank"]
        assert isinstance(rank, int)
        try:
            await put(store, NodeUpdate(node_id, {"rank": rank + 1}, expected_version=read.version))
        except VersionConflictError as error:
            if not error.details["expected"] == read.version < cast("int", error.details["actual"]):
                raise
            # Twice as long each time, by chance: else nearly all of a hundred writers' work would be refusals.
            await asyncio.sleep(random() * 0.01 * 2 ** min(refused, 9))
            continue
        return refused
    raise AssertionError("never its turn")


async def write_on(say: Say, place: Place, name: str) -> None:
    """Make a node with a link to the one before, again and again; says each one that was acknowledged."""
    async with place.opened() as store:
        for number in range(100_000):
            node_id = f"{name}-{number}"
            links = [link("CONNECTS", node_id, f"{name}-{number - 1}")] if number else []
            await put(store, host(node_id, f"claim-{node_id}"), *links)
            say(node_id)


async def commit_and_die(say: Say, place: Place, batch: WriteBatch) -> None:
    """Write a batch and die before anybody can be told."""
    async with place.opened() as store:
        await store.commit(batch)
        die()


async def look_at_everything(say: Say, places: Sequence[Place]) -> None:
    """Ask stores, damaged perhaps, all there is to ask; says of each the answers' hashes, or the codes of errors."""
    for place in places:
        answers: dict[str, str] = {}
        try:
            async with place.opened() as store:
                for name, ask in QUESTIONS.items():
                    try:
                        answers[name] = hashed(repr(await ask(store)))
                    except CmdbError as error:
                        answers[name] = error.code
        except CmdbError as error:
            answers = dict.fromkeys(QUESTIONS, error.code)
        say(answers)


async def _ledger(store: GraphStore) -> str:
    report = await verify_ledger(store)
    if report.broken is not None:
        raise StoreDamagedError(f"revision {report.broken}: {report.reason}")
    return str(report.checked)


async def _all_of(items: AsyncIterator[object]) -> list[object]:
    return [item async for item in items]


async def _ids(store: GraphStore) -> list[str]:
    page = await store.find(NodeQuery(LABELS, AllOf(()), (Order("name"),), first=1000))
    return [each.id for each in page.nodes]


async def _claims(store: GraphStore) -> object:
    found = await evidence_of_all(store)
    values = sorted({value for each in found.values() for value in each.identifiers})
    return sorted((await store.resolve(values)).items())


async def _provenance(store: GraphStore) -> object:
    return [
        (node_id, sorted(each.stamps.items()), sorted(each.seen.items()), each.identifiers)
        for node_id, each in sorted((await evidence_of_all(store)).items())
    ]


async def _neighbours(store: GraphStore) -> object:
    found = await store.links(LinkQuery(tuple(await _ids(store)), Direction.OUT))
    return sorted((node_id, sorted(map(repr, links))) for node_id, links in found.items())


LABELS = ("Server", "Workstation", "Printer", "Switch", "Endpoint")
QUESTIONS: Mapping[str, Callable[[GraphStore], Awaitable[object]]] = {
    "head": lambda store: store.head(),
    "nodes": lambda store: _all_of(store.nodes()),
    "links": lambda store: _all_of(store.all_links()),
    "revisions": lambda store: _all_of(store.revisions()),
    "find": _ids,
    "count": lambda store: store.count(NodeQuery(LABELS), "label"),
    "claims": _claims,
    "provenance": _provenance,
    "neighbours": _neighbours,
    "structure": lambda store: store.structure(),
    "search": lambda store: store.search(SearchQuery("device", LABELS)),
    "ledger": _ledger,
    "verify": lambda store: verify_store(cast("ArchiveStore", store)),
}
"""All that a store can be asked; the last is what `cmdb verify` asks."""


async def write_until_full(say: Say, place: Place, limit: int) -> None:
    """Write until no file may grow beyond a limit, look, and write on once it may; says what was acknowledged."""
    async with place.opened() as store:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
        try:
            for number in range(10_000):
                await put(store, host(f"{number}", note="x" * 2_000))
                say(f"{number}")
        except StoreFullError as error:
            say(error)
        await sound(store)
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        await put(store, host("after"))
        say("after")
        await sound(store)
