"""The driver in use. One whose connections have fallen silent is replaced as a whole."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from neo4j import AsyncDriver

_CLOSE_SECONDS = 5.0


class Drivers:
    """Lends the driver; a silent one goes as soon as nobody uses it any more.

    A network may forget a connection without telling either end. Whoever notices cannot see which of the pool's
    other connections are as dead, and each of them would take as long to give up.
    """

    def __init__(self, make: Callable[[], AsyncDriver]) -> None:
        self._make = make
        self._driver = make()
        self._users: dict[AsyncDriver, int] = {}

    @asynccontextmanager
    async def borrowed(self) -> AsyncIterator[AsyncDriver]:
        """The driver, which stays open until the end of the block."""
        driver = self._driver
        self._users[driver] = self._users.get(driver, 0) + 1
        try:
            yield driver
        finally:
            self._users[driver] -= 1
            if not self._users[driver]:
                del self._users[driver]
                if driver is not self._driver:
                    await _closed(driver)

    def replace(self, silent: AsyncDriver) -> None:
        """Use another driver from here on, where the silent one still is the one in use."""
        if silent is self._driver:
            self._driver = self._make()

    async def close(self) -> None:
        """Give every connection back."""
        for driver in {self._driver, *self._users}:
            await _closed(driver)


async def _closed(driver: AsyncDriver) -> None:
    try:
        async with asyncio.timeout(_CLOSE_SECONDS):
            await driver.close()
    except TimeoutError:
        # A connection that is silent does not answer a farewell either; its end of it is closed by then.
        return
