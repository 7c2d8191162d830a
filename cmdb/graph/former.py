"""How everything touched since a moment stood then, kept in step with a store that goes on changing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from cmdb.graph.elements import Node
from cmdb.graph.errors import StoreDamagedError
from cmdb.graph.moment import Moment
from cmdb.graph.store import GraphStore
from cmdb.graph.undo import FormerNode, Origin, Undo, take_origins
from cmdb.kernel.errors import CmdbError, ErrorKind

T = TypeVar("T")

MOST_TOUCHED = 1_000_000
"""So many nodes and links may have been touched since a moment; each costs 0.2 to 2 KB of memory."""

FEW = 10
"""Of so many nodes it is quicker to ask the ledger one by one than to read all of it."""

_AT_ONCE = 1000
_TRIES = 20


class MomentTooFarError(CmdbError):
    """More was touched since the moment than is kept in memory; details: touched, limit."""

    code = "MOMENT_TOO_FAR"
    kind = ErrorKind.REFUSED
    summary = "Since the moment asked for, more of the graph was touched than can be undone in memory."
    default_remedy = (
        "Ask for a later moment, or restore a backup of that time beside the store and ask there."
    )


class StoreTooBusyError(CmdbError):
    """Commits came so fast that no two reads of a question saw the same revision."""

    code = "STORE_TOO_BUSY"
    kind = ErrorKind.UNAVAILABLE
    summary = "A question of the past met new commits each time it was asked of the store."
    default_remedy = "Ask again; nothing is wrong with the question."
    retryable = True


class Former:
    """What was touched since a moment, as it was.

    A value that the store gives for something not touched is its value at the moment, as long as what was
    touched is brought up to date after the store was read. So every method reads the store first.
    """

    def __init__(self, store: GraphStore, moment: Moment, most: int = MOST_TOUCHED) -> None:
        self._store = store
        self._moment = moment
        self._most = most
        self._undo = Undo(moment.revision)
        self._nodes: dict[str, Node] = {}
        self._origins: dict[str, Origin] = {}
        self._times: dict[int, str] = {}
        self._lock = asyncio.Lock()

    @property
    def undo(self) -> Undo:
        """What was touched, as of the last `advance`."""
        return self._undo

    async def advance(self) -> int:
        """Take in what was committed meanwhile; the revision that is reached.

        Raises:
            MomentTooFarError: too much was touched.
        """
        head = (await self._store.head()).revision
        if head > self._undo.revision:
            async with self._lock:
                await self._take_in(head)
        return self._undo.revision

    async def _take_in(self, head: int) -> None:
        if head <= self._undo.revision:
            return
        async for revision in self._store.revisions(after=self._undo.revision):
            self._undo.take_in(revision)
            if self._undo.size > self._most:
                raise MomentTooFarError(
                    f"since revision {self._moment.revision} more than {self._most:,} nodes and links were "
                    f"touched, and {self._most:,} can be undone",
                    details={"touched": self._undo.size, "limit": self._most},
                )

    async def steady(self, read: Callable[[], Awaitable[T]]) -> T:
        """What a read gives while nobody commits; it is repeated until that is so.

        Raises:
            StoreTooBusyError: somebody committed each time.
        """
        reached = await self.advance()
        for _ in range(_TRIES):
            answer = await read()
            before, reached = reached, await self.advance()
            if before == reached:
                return answer
        raise StoreTooBusyError(f"somebody committed during each of {_TRIES} attempts")

    async def nodes_of(self, ids: Iterable[str], known: Mapping[str, Node] | None = None) -> dict[str, Node]:
        """Those of these nodes that were touched and were there, as they were.

        `known` are nodes read from the store before what was touched was last brought up to date.
        """
        wanted = [node_id for node_id in ids if self._undo.nodes.get(node_id) is not None]
        lacking = [node_id for node_id in wanted if node_id not in self._nodes]
        if lacking:
            await self._restore(lacking, known or {})
        return {node_id: self._nodes[node_id] for node_id in wanted}

    async def touched_nodes(self) -> Sequence[Node]:
        """All that were touched and were there, as they were."""
        return list((await self.nodes_of(list(self._undo.nodes))).values())

    async def _restore(self, ids: Sequence[str], known: Mapping[str, Node]) -> None:
        present = dict(known)
        unread = [
            node_id for node_id in ids if node_id not in present and not self._former(node_id).former.whole
        ]
        for start in range(0, len(unread), _AT_ONCE):
            present.update(await self._store.get(unread[start : start + _AT_ONCE]))
        if unread:
            await self.advance()
        origins = await self._known_origins(ids)
        for node_id in ids:
            former, found = self._former(node_id), present.get(node_id)
            origin = origins.get(node_id)
            if origin is None:
                raise StoreDamagedError(f"the ledger does not tell when node {node_id!r} was made")
            self._nodes[node_id] = Node(
                node_id,
                former.label,
                former.former.over(found.properties if found else {}),
                former.version,
                origin.changed,
                self._times[origin.created],
                self._times[origin.changed],
            )

    def _former(self, node_id: str) -> FormerNode:
        node = self._undo.nodes[node_id]
        assert node is not None
        return node

    async def _known_origins(self, ids: Sequence[str]) -> Mapping[str, Origin]:
        """When each of these nodes was made and last changed before the moment.

        Of a few nodes the ledger is asked by node; of many it is read once, and tells of all.
        """
        async with self._lock:
            lacking = [node_id for node_id in ids if node_id not in self._origins]
            if self._moment.revision == 0 or not lacking:
                return self._origins
            if len(lacking) <= FEW:
                for node_id in lacking:
                    await self._read_ledger(node_id)
            else:
                await self._read_ledger(None)
        return self._origins

    async def _read_ledger(self, touching: str | None) -> None:
        found: dict[str, Origin] = {}
        times: dict[int, str] = {}
        last = self._moment.revision
        async for revision in self._store.revisions(limit=last, touching=touching):
            if revision.number > last:
                break
            take_origins(revision, found, times, touching)
        self._origins.update(found)
        self._times.update(times)
