"""The very file again: when all of it stands in the graph as it did, it need not be read again.

A receipt says at which revision everything a file says stood. It holds as long as no later revision has touched a
CI or relationship: a run of the same file would then decide the same, and write sightings at most.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import zlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from typing import Self

import orjson

from cmdb.graph.batch import Sighting, WriteBatch
from cmdb.graph.errors import NodeNotFoundError, StoreFullError, StoreUnavailableError
from cmdb.graph.receipt import Receipt, Receipts
from cmdb.graph.revision import Head, Revision
from cmdb.graph.store import GraphStore
from cmdb.inventory.chunk import ChunkContext
from cmdb.inventory.plan import ActionKind, Counts
from cmdb.inventory.reading import Reading
from cmdb.inventory.registry import importers
from cmdb.model.fingerprint import model_fingerprint
from cmdb.model.types import Model

_REVISIONS_LOOKED_AT = 1_000
_SIGHTINGS_AT_ONCE = 10_000
_PIECE = 1 << 20
_QUICK = 1


@dataclass(frozen=True, slots=True)
class _Content:
    """What a receipt holds: how many CIs of each class the file tells of, and which it dates by its reading."""

    unchanged: Mapping[str, int]
    seen: tuple[str, ...]

    def packed(self) -> bytes:
        return zlib.compress(orjson.dumps(self), _QUICK)

    @classmethod
    def unpacked(cls, packed: bytes) -> Self:
        found = orjson.loads(zlib.decompress(packed))
        return cls(found["unchanged"], tuple(found["seen"]))


class Repetition:
    """Looks whether a file was brought in before, and leaves a receipt for the next time.

    Args:
        store: The graph and its ledger.
        receipts: Where receipts are kept.
        model: What files are read by.
        context: The run that is to bring it in.
        reading: The file; its stream can be read from the beginning again.
        scope: The network it looked at.
    """

    def __init__(
        self,
        store: GraphStore,
        receipts: Receipts,
        model: Model,
        context: ChunkContext,
        reading: Reading,
        scope: str,
    ) -> None:
        self._store = store
        self._receipts = receipts
        self._model = model
        self._context = context
        self._reading = reading
        self._scope = scope
        self._file = ""
        self._key = ""
        self._began = Head(0, "")

    async def begin(self) -> None:
        """Note what the file is, and where the store stands, before anything is read or written.

        Raises:
            OSError: the file cannot be read.
            StoreUnavailableError: the store cannot be reached.
        """
        self._file = await asyncio.to_thread(self._digest)
        self._key = self._key_of(self._file)
        self._began = await self._store.head()

    async def recall(self) -> Counts | None:
        """What a run would count, when it would find everything as the file says; None when it has to look.

        CIs that the file gives no time for are seen at the time of this reading.

        Raises:
            StoreUnavailableError: the store cannot be reached.
            StoreFullError: there is no room for a sighting, or the store is read-only.
        """
        receipt = await self._receipts.receipt(self._key)
        if receipt is None or not await self._still_holds(receipt):
            return None
        content = _Content.unpacked(receipt.content)
        try:
            await self._see(content.seen)
        except NodeNotFoundError:
            return None
        if receipt.head != self._began:
            await self._keep(receipt.content)
        return Counts({ActionKind.UNCHANGED: dict(content.unchanged)} if content.unchanged else {})

    async def leave(self, counts: Counts, dated: Iterable[str], revisions: int) -> None:
        """Keep a receipt of a run that is over, if nobody else wrote meanwhile and the file is still the same.

        Args:
            counts: What the run has counted.
            dated: The CIs seen at the time of reading, because the file gives none.
            revisions: How many the run has made.
        """
        if await asyncio.to_thread(self._digest) != self._file:
            return
        decided: dict[str, int] = {}
        for kind, by_class in counts.by_action.items():
            if kind is not ActionKind.RELATE:
                for name, count in by_class.items():
                    decided[name] = decided.get(name, 0) + count
        # The run is whole without its receipt: what hinders this one must not make a failure of it.
        with suppress(StoreUnavailableError, StoreFullError):
            head = await self._store.head()
            if head.revision == self._began.revision + revisions:
                self._began = head
                await self._keep(
                    _Content(dict(sorted(decided.items())), tuple(dict.fromkeys(dated))).packed()
                )

    async def _keep(self, content: bytes) -> None:
        await self._receipts.keep_receipt(Receipt(self._key, self._began, content))

    async def _still_holds(self, receipt: Receipt) -> bool:
        """Whether the store's history goes on from the receipt, and has left CIs and relationships alone since."""
        if receipt.head == self._began:
            return True
        if receipt.head.revision > self._began.revision:
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

    async def _see(self, ids: tuple[str, ...]) -> None:
        source, at = self._context.source, self._reading.source.read_at
        for start in range(0, len(ids), _SIGHTINGS_AT_ONCE):
            part = ids[start : start + _SIGHTINGS_AT_ONCE]
            sightings = tuple([Sighting(node_id, source, at) for node_id in part])
            await self._store.commit(
                WriteBatch(self._context.actor, self._context.reason, sightings=sightings)
            )

    def _digest(self) -> str:
        """The SHA-256 of the file, whose stream stands at its beginning again."""
        stream = self._reading.source.stream
        digest = hashlib.sha256()
        stream.seek(0)
        while piece := stream.read(_PIECE):
            digest.update(piece)
        stream.seek(0)
        return digest.hexdigest()

    def _key_of(self, file: str) -> str:
        """Names a file, by its digest, and everything else that decides what becomes of it."""
        reading = self._reading
        source = reading.source
        point = importers().get(reading.importer)
        brought_by = [point.value, point.dist.version if point.dist else None] if point else None
        deciding = (
            version("graph-cmdb"),
            [reading.importer, brought_by, source.name, sorted(source.options.items())],
            [self._context.source, self._scope, model_fingerprint(self._model)],
            file,
        )
        return f"import:{hashlib.sha256(orjson.dumps(deciding)).hexdigest()}"


def can_be_repeated(reading: Reading) -> bool:
    """Whether a file can be read more than once: what comes through a pipe cannot."""
    try:
        return reading.source.stream.seekable() and reading.source.stream.tell() == 0
    except (OSError, io.UnsupportedOperation):
        return False
