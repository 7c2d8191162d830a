"""The very observations again: compared with an earlier stream piece by piece.

A stream can be read only once. While it agrees with one that a receipt tells of, it is held back, so that all of it
can still be looked at, from its beginning, where it goes on in another way.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from cmdb.inventory.digests import PIECE, Element, Pieces
from cmdb.inventory.plan import Counts
from cmdb.inventory.recollection import Content, Recollection, told_of


class StreamRepetition:
    """Looks whether a stream was brought in before, and leaves a receipt for the next time.

    Args:
        recollection: The receipts.
        stream: What is observed; nobody else reads it.
    """

    def __init__(self, recollection: Recollection, stream: Iterable[Element]) -> None:
        self._recollection = recollection
        self._rest = iter(stream)
        self._held: deque[Element] = deque()
        self._failure: Exception | None = None
        self._pieces = Pieces()

    @property
    def told(self) -> Iterator[Element]:
        """The whole stream from its beginning, whatever was compared of it; to be taken once."""
        while self._held:
            yield self._held.popleft()
        if self._failure is not None:
            raise self._failure
        if self._pieces.is_over:
            return
        for element in self._rest:
            self._pieces.add(element)
            yield element
        self._pieces.end()

    async def begin(self) -> None:
        """Note where the store stands, before anything is read or written.

        Raises:
            StoreUnavailableError: the store cannot be reached.
        """
        await self._recollection.begin()

    async def recall(self) -> Counts | None:
        """What a run would count, when it would find everything as the stream says; None when it has to look.

        Raises:
            StoreUnavailableError: the store cannot be reached.
            StoreFullError: the store is read-only.
        """
        await asyncio.to_thread(self._hold_piece)
        receipt = await self._recollection.receipt(self._key()) if self._is_comparable else None
        if receipt is None:
            return None
        content = Content.unpacked(receipt.content)
        if not await asyncio.to_thread(self._is_same, content.pieces):
            return None
        await self._recollection.renew(receipt)
        return content.counts()

    async def leave(self, counts: Counts, dated: Iterable[str], revisions: int) -> None:  # noqa: ARG002 - the shape of repetitions
        """Keep a receipt of a run that is over, if nobody else wrote meanwhile.

        Args:
            counts: What the run has counted.
            dated: Not needed, because each observation of a stream tells its time.
            revisions: How many the run has made.
        """
        if self._is_comparable and self._pieces.is_over:
            content = Content(told_of(counts), pieces=self._pieces.digests)
            await self._recollection.leave(self._key(), content, revisions)

    @property
    def _is_comparable(self) -> bool:
        return self._pieces.is_comparable and self._failure is None

    def _key(self) -> str:
        return self._recollection.key("stream", self._pieces.digests[0])

    def _is_same(self, digests: Sequence[str]) -> bool:
        """Whether these are the stream's, from the first piece, which is held back by now, to the last."""
        seen = self._pieces.digests
        for digest in digests:
            if digest != seen[-1]:
                return False
            if self._pieces.is_over:
                break
            self._hold_piece()
            if not self._is_comparable:
                return False
        return len(digests) == len(seen)

    def _hold_piece(self) -> None:
        """Read one more piece, note what it is and hold it back."""
        count = 0
        try:
            for element in islice(self._rest, PIECE):
                count += 1
                self._pieces.add(element)
                self._held.append(element)
        except Exception as error:  # noqa: BLE001 - raised where the stream has come to it
            self._failure = error
        if count < PIECE:
            self._pieces.end()
