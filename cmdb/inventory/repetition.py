"""The very file again: when all of it stands in the graph as it did, it need not be read again."""

from __future__ import annotations

import asyncio
import hashlib
import io
from collections.abc import Iterable, Sequence

from cmdb.graph.batch import Sighting, WriteBatch
from cmdb.graph.errors import NodeNotFoundError
from cmdb.graph.store import GraphStore
from cmdb.inventory.chunk import ChunkContext
from cmdb.inventory.plan import Counts
from cmdb.inventory.reading import Reading
from cmdb.inventory.recollection import Content, Recollection, told_of
from cmdb.inventory.registry import importers

_SIGHTINGS_AT_ONCE = 10_000
_PIECE = 1 << 20


class FileRepetition:
    """Looks whether a file was brought in before, and leaves a receipt for the next time.

    Args:
        store: Where CIs are seen again.
        recollection: The receipts.
        context: The run that is to bring it in.
        reading: The file; its stream can be read from the beginning again.
    """

    def __init__(
        self, store: GraphStore, recollection: Recollection, context: ChunkContext, reading: Reading
    ) -> None:
        self._store = store
        self._recollection = recollection
        self._context = context
        self._reading = reading
        self._file = ""
        self._key = ""

    @property
    def told(self) -> Reading:
        """What is to be read where nothing is known of it."""
        return self._reading

    async def begin(self) -> None:
        """Note what the file is, and where the store stands, before anything is read or written.

        Raises:
            OSError: the file cannot be read.
            StoreUnavailableError: the store cannot be reached.
        """
        self._file = await asyncio.to_thread(self._digest)
        self._key = self._recollection.key(self._read_by(), self._file)
        await self._recollection.begin()

    async def recall(self) -> Counts | None:
        """What a run would count, when it would find everything as the file says; None when it has to look.

        CIs that the file gives no time for are seen at the time of this reading.

        Raises:
            StoreUnavailableError: the store cannot be reached.
            StoreFullError: there is no room for a sighting, or the store is read-only.
        """
        receipt = await self._recollection.receipt(self._key)
        if receipt is None:
            return None
        content = Content.unpacked(receipt.content)
        try:
            await self._see(content.seen)
        except NodeNotFoundError:
            return None
        await self._recollection.renew(receipt)
        return content.counts()

    async def leave(self, counts: Counts, dated: Iterable[str], revisions: int) -> None:
        """Keep a receipt of a run that is over, if nobody else wrote meanwhile and the file is still the same.

        Args:
            counts: What the run has counted.
            dated: The CIs seen at the time of reading, because the file gives none.
            revisions: How many the run has made.
        """
        if await asyncio.to_thread(self._digest) == self._file:
            content = Content(told_of(counts), tuple(dict.fromkeys(dated)))
            await self._recollection.leave(self._key, content, revisions)

    async def _see(self, ids: Sequence[str]) -> None:
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

    def _read_by(self) -> list[object]:
        """Who reads the file, under which name and how."""
        source = self._reading.source
        point = importers().get(self._reading.importer)
        brought_by = [point.value, point.dist.version if point.dist else None] if point else None
        return [self._reading.importer, brought_by, source.name, sorted(source.options.items())]


def can_be_repeated(reading: Reading) -> bool:
    """Whether a file can be read more than once: what comes through a pipe cannot."""
    try:
        return reading.source.stream.seekable() and reading.source.stream.tell() == 0
    except (OSError, io.UnsupportedOperation):
        return False
