"""Everything a store holds at one revision, read while others go on writing.

No transaction holds the content still; the ledger says what moved. Each handful of nodes or links is read
first and the ledger's news after it. What no later revision touched stands as it stood at the revision
wanted, and is given at once. What was touched is left for the end and rebuilt by replaying the ledger up to
that revision. So any store with the port's reads gives the same consistent content, whatever its isolation.

Evidence is no part of the ledger, and is given as found: never older than the revision, and of nodes that
were touched meanwhile without the stamps of properties that changed. Nodes deleted meanwhile have none.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing
from typing import TypeVar, cast

from cmdb.graph.archive import ArchivedNode, ArchiveStore, Piece, RequestResult
from cmdb.graph.elements import Evidence, Link, LinkKey, Node
from cmdb.graph.errors import StoreDamagedError
from cmdb.graph.revision import Head, Revision
from cmdb.graph.store import GraphStore
from cmdb.processes.configuration.backup.members import Members
from cmdb.processes.configuration.backup.replay import Replay

T = TypeVar("T")

PIECE = 1000
"""Nodes, links or changes of one piece; a revision is never cut."""

_PATIENCE = 100
_PAUSE_SECONDS = 0.05


class Snapshot:
    """The content of a store at a revision: its newest, or the one given."""

    def __init__(self, store: ArchiveStore, head: Head, piece: int = PIECE) -> None:
        self.head = head
        self._store = store
        self._piece = piece
        self._later = _Later(store, head.revision)
        self._given = Members()

    async def everything(self) -> AsyncGenerator[Piece, None]:
        """All of it: the graph, then the bookkeeping, then the ledger."""
        async with aclosing(self.graph()) as pieces:
            async for piece in pieces:
                yield piece
        async with aclosing(self.bookkeeping()) as pieces:
            async for piece in pieces:
                yield piece

    async def graph(self) -> AsyncGenerator[Piece, None]:
        """Nodes, links and identifiers."""
        async for nodes in in_pieces(self._store.nodes(), self._piece):
            yield Piece(nodes=await self._untouched(nodes))
        async for late in self._late_nodes():
            yield Piece(nodes=late)
        given = Members()
        async for links in in_pieces(self._store.all_links(), self._piece):
            await self._later.read()
            still = tuple(link for link in links if link.key not in self._later.links)
            given.add(link.key for link in still)
            yield Piece(links=still)
        async for late_links in self._late_links(given):
            yield Piece(links=late_links)
        async for holdings in in_pieces(self._store.identifiers(), self._piece):
            known = self._given.known([holding.holder for holding in holdings])
            pairs = zip(holdings, known, strict=True)
            yield Piece(holdings=tuple(holding for holding, is_known in pairs if is_known))

    async def bookkeeping(self) -> AsyncGenerator[Piece, None]:
        """Sequences, results of requests, and revisions."""
        yield Piece(sequences=dict(await self._store.sequences()))
        async for results in in_pieces(self._store.requests(), self._piece):
            await self._later.read()
            yield Piece(results=tuple(one for one in results if self._later.precedes(one)))
        async for revisions in in_pieces(self._ledger(), self._piece, weight_of):
            yield Piece(revisions=tuple(revisions))

    def _ledger(self) -> AsyncIterator[Revision]:
        return self._store.revisions(0, self.head.revision)

    async def _untouched(self, nodes: Sequence[Node]) -> tuple[ArchivedNode, ...]:
        evidence = await self._store.evidence([node.id for node in nodes])
        await self._later.read(up_to=max(node.revision for node in nodes))
        still = [node for node in nodes if node.id not in self._later.nodes]
        self._given.add(node.id for node in still)
        none = Evidence()
        found = ((node, evidence.get(node.id, none)) for node in still)
        return tuple(ArchivedNode(node, own.stamps, own.seen) for node, own in found)

    async def _late_nodes(self) -> AsyncIterator[tuple[ArchivedNode, ...]]:
        # What was deleted before the last reading got to it shows only in the ledger.
        await self._later.read()
        touched = sorted(self._later.nodes)
        missing = _those_not(touched, self._given.known(touched))
        if not missing:
            return
        wanted = set(missing)
        replay = await self._replayed(Replay(wanted.__contains__, lambda _: False))
        nodes = [replay.nodes[node_id] for node_id in missing if node_id in replay.nodes]
        for start in range(0, len(nodes), self._piece):
            part = nodes[start : start + self._piece]
            self._given.add(node.id for node in part)
            yield await self._with_evidence(part)

    async def _with_evidence(self, nodes: Sequence[Node]) -> tuple[ArchivedNode, ...]:
        ids = [node.id for node in nodes]
        # Evidence first: a stamp is kept only if the value it speaks of is still there after it was read.
        evidence = await self._store.evidence(ids)
        present = await self._store.get(ids)
        return tuple(_archived(node, evidence.get(node.id), present.get(node.id)) for node in nodes)

    async def _late_links(self, given: Members) -> AsyncIterator[tuple[Link, ...]]:
        await self._later.read()
        touched = sorted(self._later.links)
        wanted = set(_those_not(touched, given.known(touched)))
        if wanted:
            replay = await self._replayed(Replay(lambda _: False, wanted.__contains__))
            links = [Link(key, replay.links[key]) for key in sorted(replay.links)]
            for start in range(0, len(links), self._piece):
                yield tuple(links[start : start + self._piece])

    async def _replayed(self, replay: Replay) -> Replay:
        async for revision in self._ledger():
            replay.apply(revision)
        return replay


class _Later:
    """What revisions after one have touched, as far as they are read."""

    def __init__(self, store: GraphStore, revision: int) -> None:
        self.nodes: set[str] = set()
        self.links: set[LinkKey] = set()
        self._store = store
        self._wanted = revision
        self._read_to = revision
        self._first_at: str | None = None

    async def read(self, up_to: int = 0) -> None:
        """Read the ledger's news; at least to a revision that a node read before speaks of.

        Raises:
            StoreDamagedError: the ledger has no such revision.
        """
        for _ in range(_PATIENCE):
            if (await self._store.head()).revision > self._read_to:
                async for revision in self._store.revisions(self._read_to):
                    self._take(revision)
            if self._read_to >= up_to:
                return
            # A store that reads what is committed may show a node before the revision that changed it.
            await asyncio.sleep(_PAUSE_SECONDS)
        raise StoreDamagedError(f"a node is of revision {up_to}, and the ledger ends at {self._read_to}")

    def precedes(self, result: RequestResult) -> bool:
        """Whether a request was answered at the revision wanted or before."""
        commit = result.commit
        if commit.revision is not None:
            return commit.revision <= self._wanted
        return self._first_at is None or commit.at < self._first_at

    def _take(self, revision: Revision) -> None:
        self.nodes.update(change.id for change in revision.nodes)
        self.links.update(change.key for change in revision.links)
        self._first_at = self._first_at or revision.at
        self._read_to = revision.number


def _archived(node: Node, evidence: Evidence | None, present: Node | None) -> ArchivedNode:
    if evidence is None or present is None:
        return ArchivedNode(node)
    unchanged = {
        name: stamp
        for name, stamp in evidence.stamps.items()
        if name in node.properties and present.properties.get(name) == node.properties[name]
    }
    return ArchivedNode(node, unchanged, evidence.seen)


def _those_not(values: Sequence[T], known: Sequence[bool]) -> list[T]:
    return [value for value, is_known in zip(values, known, strict=True) if not is_known]


def weight_of(revision: Revision) -> int:
    """How much of a piece a revision fills."""
    return 1 + len(revision.nodes) + len(revision.links)


async def in_pieces(
    items: AsyncIterator[T], most: int, weight: Callable[[T], int] = lambda _: 1
) -> AsyncIterator[list[T]]:
    """The items in lists whose weights come to `most`, or little more."""
    piece: list[T] = []
    filled = 0
    async with aclosing(cast("AsyncGenerator[T, None]", items)):
        async for item in items:
            piece.append(item)
            filled += weight(item)
            if filled >= most:
                yield piece
                piece, filled = [], 0
    if piece:
        yield piece
