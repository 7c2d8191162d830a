"""Commits of one process wait in line, so that few of them meet in the server.

All of them pass the lock on the head one after the other. Neo4j's locks know no order: of fifty that wait for one,
some are passed over until their time is up. Here the first to come is the first to go.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from cmdb.store.neo4j.errors import StoreBusyError


class Line:
    """So many have their turn at once; `seconds` is how long one waits for it."""

    def __init__(self, turns: int, seconds: float) -> None:
        self._turns = asyncio.Semaphore(turns)
        self._seconds = seconds

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Have one's turn inside the block.

        Raises:
            StoreBusyError: it did not come in time.
        """
        try:
            async with asyncio.timeout(self._seconds):
                await self._turns.acquire()
        except TimeoutError as error:
            raise StoreBusyError(
                f"other changes of this process were still being written after {self._seconds:g} s"
            ) from error
        try:
            yield
        finally:
            self._turns.release()
