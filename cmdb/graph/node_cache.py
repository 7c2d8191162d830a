"""A store that remembers the nodes it was asked for, and forgets those that a revision touches.

An answer that lists a thousand CIs is spent mostly on reading and decoding them. Nearly all of them stand as they
stood at the question before, and the ledger says which do not.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from cmdb.graph.elements import Node
from cmdb.graph.revision import Head
from cmdb.graph.store import GraphStore

FOLLOWED = 200
"""After more revisions than this, all is forgotten: reading them would take longer than reading the nodes again."""


class NodeCache:
    """The port over another store; `get` answers from memory what no later revision has touched.

    A reader sees every commit acknowledged before its question, as without: each question asks for the head first.
    At most `most` nodes are held, those asked for lately. They are shared between answers and never changed.
    A store may show the head before all that its newest revision changed: such a node is given, but not held.
    """

    def __init__(self, store: GraphStore, most: int) -> None:
        self._store = store
        self._half = max(1, most // 2)
        # Two generations in place of an exact order: what is asked for moves to the young, and the old are dropped
        # when the young are many. So a hit costs no more than a look.
        self._young: dict[str, Node] = {}
        self._old: dict[str, Node] = {}
        self._head = Head(0, "")
        self._newest: set[str] = set()
        self._following = asyncio.Lock()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def get(self, ids: Sequence[str]) -> Mapping[str, Node]:
        """The nodes with these ids; ids that are not there are left out.

        Raises:
            StoreUnavailableError: the store cannot be reached.
        """
        if await self._store.head() != self._head:
            async with self._following:
                await self._follow()
        found = self._held(ids)
        missing = [each for each in ids if each not in found]
        if missing:
            begun = self._head
            read = await self._store.get(missing)
            if self._head == begun:  # else one of them may have been touched since it was read
                self._hold({each: node for each, node in read.items() if self._is_current(node)})
            found.update(read)
        return found

    def __len__(self) -> int:
        """How many nodes are held; one that was asked for again lately may count twice."""
        return len(self._young) + len(self._old)

    def _is_current(self, node: Node) -> bool:
        """Whether a node certainly is what the newest revision left."""
        return node.revision >= self._head.revision or node.id not in self._newest

    def _held(self, ids: Sequence[str]) -> dict[str, Node]:
        young, old = self._young, self._old
        with suppress(KeyError):  # all of them, mostly
            return dict(zip(ids, map(young.__getitem__, ids), strict=True))
        found = {each: young[each] for each in ids if each in young}
        if old and len(found) < len(ids):
            again = {each: old[each] for each in ids if each in old and each not in found}
            self._hold(again)
            found.update(again)
        return found

    def _hold(self, nodes: Mapping[str, Node]) -> None:
        self._young.update(nodes)
        if len(self._young) >= self._half:
            spare = len(self._young) - self._half
            for each in list(self._young)[:spare]:
                del self._young[each]
            self._old, self._young = self._young, {}

    async def _follow(self) -> None:
        """Forget what was touched since; all of it where the ledger is not the one that was followed."""
        head, known = await self._store.head(), self._head
        if head == known:
            return
        is_near = len(self) and 0 < head.revision - known.revision <= FOLLOWED
        touched, newest = await self._touched(known if is_near else Head(max(0, head.revision - 1), ""), head)
        if not is_near or touched is None:
            self._young, self._old = {}, {}
        else:
            for each in touched:
                self._young.pop(each, None)
                self._old.pop(each, None)
        self._newest = newest
        self._head = head

    async def _touched(self, known: Head, head: Head) -> tuple[set[str] | None, set[str]]:
        """The ids of the nodes touched by the revisions between, None where that is not to be found out; and by the last."""
        touched: set[str] = set()
        newest: set[str] = set()
        previous: str | None = known.hash
        async for revision in self._store.revisions(known.revision, head.revision - known.revision):
            if revision.previous_hash != previous:
                previous = None
            newest = {change.id for change in revision.nodes}
            touched |= newest
            previous = revision.hash if previous is not None else None
        return (touched if previous == head.hash else None), newest
