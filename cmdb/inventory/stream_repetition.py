"""The very observations again: compared with an earlier stream piece by piece.

A stream can be read only once. While it agrees with one that a receipt tells of, it is held back, so that all of it
can still be looked at, from its beginning, where it goes on in another way.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TypeAlias

import orjson

from cmdb.inventory.observation import Observation, Problem
from cmdb.inventory.plan import Counts
from cmdb.inventory.recollection import Content, Recollection, told_of

_PIECE = 500
_MOST_PIECES = 200
"""A longer stream is looked at each time: too much would have to be held back."""
_NOTHING = b":null"
"""How JSON writes what is not a number, too, which is a mistake in one stream and not in another."""

Element: TypeAlias = Observation | Problem


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
        self._digests: list[str] = []
        self._is_comparable = True
        self._is_over = False

    @property
    def told(self) -> Iterator[Element]:
        """The whole stream from its beginning, whatever was compared of it; to be taken once."""
        while self._held:
            yield self._held.popleft()
        if self._failure is not None:
            raise self._failure
        piece: list[Element] = []
        for element in self._rest:
            piece.append(element)
            if len(piece) == _PIECE:
                self._note(piece)
                piece.clear()
            yield element
        if not self._is_over:
            self._note(piece)

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
        if self._is_comparable and self._is_over:
            await self._recollection.leave(
                self._key(), Content(told_of(counts), pieces=self._digests), revisions
            )

    def _key(self) -> str:
        return self._recollection.key("stream", self._digests[0])

    def _is_same(self, pieces: Sequence[str]) -> bool:
        """Whether these are the stream's pieces, from the first one, which is held back by now, to the last."""
        for digest in pieces:
            if digest != self._digests[-1]:
                return False
            if self._is_over:
                break
            self._hold_piece()
            if not self._is_comparable:
                return False
        return len(pieces) == len(self._digests)

    def _hold_piece(self) -> None:
        """Read one more piece, note what it is and hold it back."""
        piece: list[Element] = []
        try:
            for element in islice(self._rest, _PIECE):
                piece.append(element)  # noqa: PERF402 - what came before a failure counts
        except Exception as error:  # noqa: BLE001 - raised where the stream has come to it
            self._failure = error
            self._is_comparable = False
        self._held.extend(piece)
        self._note(piece)

    def _note(self, piece: Sequence[Element]) -> None:
        """Keep the digest of a piece; one that is shorter than others is the last."""
        self._is_over = len(piece) < _PIECE
        self._is_comparable = self._is_comparable and len(self._digests) < _MOST_PIECES
        if not self._is_comparable:
            return
        try:
            text = orjson.dumps(piece, default=_plain)
        except orjson.JSONEncodeError:
            self._is_comparable = False
            return
        self._is_comparable = _NOTHING not in text
        self._digests.append(hashlib.sha256(text).hexdigest())


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError
