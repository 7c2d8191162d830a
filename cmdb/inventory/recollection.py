"""What a store still knows of an earlier run: receipts that hold, and leaving one.

A receipt says at which revision everything that a source said stood. It holds as long as no later revision has
touched a CI or relationship: a run of the same words would then decide the same, and write sightings at most.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from typing import Self

import orjson

from cmdb.graph.errors import StoreFullError, StoreUnavailableError
from cmdb.graph.receipt import Receipt, Receipts
from cmdb.graph.revision import Head, Revision
from cmdb.graph.store import GraphStore
from cmdb.inventory.plan import ActionKind, Counts
from cmdb.model.fingerprint import model_fingerprint
from cmdb.model.types import Model

_REVISIONS_LOOKED_AT = 1_000
_QUICK = 1


@dataclass(frozen=True, slots=True)
class Content:
    """What a receipt holds.

    unchanged: how many CIs of each class were told of. seen: the CIs dated by the reading of a file. pieces: the
    digests of a stream, piece by piece.
    """

    unchanged: Mapping[str, int]
    seen: Sequence[str] = ()
    pieces: Sequence[str] = ()

    def counts(self) -> Counts:
        """What a run would count that finds everything as it is told."""
        return Counts({ActionKind.UNCHANGED: dict(self.unchanged)} if self.unchanged else {})

    def packed(self) -> bytes:
        """As bytes, for the store."""
        return zlib.compress(orjson.dumps(self), _QUICK)

    @classmethod
    def unpacked(cls, packed: bytes) -> Self:
        """Of what `packed` gave."""
        return cls(**orjson.loads(zlib.decompress(packed)))


def told_of(counts: Counts) -> dict[str, int]:
    """How many CIs of each class a run has decided on, whatever it decided."""
    decided: dict[str, int] = {}
    for kind, by_class in counts.by_action.items():
        if kind is not ActionKind.RELATE:
            for name, count in by_class.items():
                decided[name] = decided.get(name, 0) + count
    return dict(sorted(decided.items()))


class Recollection:
    """The receipts of one store, as one run finds and leaves them.

    Args:
        store: The graph and its ledger.
        receipts: Where receipts are kept.
        model: What sources are read by.
        source: The name under which the source's word is kept.
        scope: The network it looked at.
    """

    def __init__(self, store: GraphStore, receipts: Receipts, model: Model, source: str, scope: str) -> None:
        self.began = Head(0, "")
        self._store = store
        self._receipts = receipts
        self._model = model
        self._source = source
        self._scope = scope

    async def begin(self) -> None:
        """Note where the store stands, before anything is read or written.

        Raises:
            StoreUnavailableError: the store cannot be reached.
        """
        self.began = await self._store.head()

    def key(self, what: object, digest: str) -> str:
        """Names what a source said, by its digest, and everything else that decides what becomes of it."""
        where = [self._source, self._scope, model_fingerprint(self._model)]
        deciding = orjson.dumps((version("graph-cmdb"), what, where, digest))
        return f"import:{hashlib.sha256(deciding).hexdigest()}"

    async def receipt(self, key: str) -> Receipt | None:
        """The receipt under a key, if it holds.

        Raises:
            StoreUnavailableError: the store cannot be reached.
        """
        receipt = await self._receipts.receipt(key)
        return receipt if receipt is not None and await self._still_holds(receipt) else None

    async def renew(self, receipt: Receipt) -> None:
        """Keep a receipt that holds as one of today, so that less has to be looked through next time."""
        if receipt.head != self.began:
            await self._receipts.keep_receipt(Receipt(receipt.key, self.began, receipt.content))

    async def leave(self, key: str, content: Content, revisions: int) -> None:
        """Keep a receipt of a run that is over and has made so many revisions, if nobody else wrote meanwhile."""
        # The run is whole without its receipt: what hinders this one must not make a failure of it.
        with suppress(StoreUnavailableError, StoreFullError):
            head = await self._store.head()
            if head.revision == self.began.revision + revisions:
                await self._receipts.keep_receipt(Receipt(key, head, content.packed()))

    async def _still_holds(self, receipt: Receipt) -> bool:
        """Whether the store's history goes on from the receipt, and has left CIs and relationships alone since."""
        if receipt.head == self.began:
            return True
        if receipt.head.revision > self.began.revision:
            return False
        own = receipt.head.revision
        left = _REVISIONS_LOOKED_AT
        async for revision in self._store.revisions(after=max(own - 1, 0), limit=left):
            left -= 1
            if revision.number == own:
                if revision.hash != receipt.head.hash:
                    return False
            elif self._touches_inventory(revision):
                return False
        return left > 0

    def _touches_inventory(self, revision: Revision) -> bool:
        return any(change.label in self._model.classes for change in revision.nodes) or any(
            change.key.type in self._model.relationship_types for change in revision.links
        )
