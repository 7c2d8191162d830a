"""Connections to one SQLite file: one thread writes, several read, and the event loop's only takes a glance."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from cmdb.graph.errors import StoreUnavailableError
from cmdb.store.embedded.checking import check_length
from cmdb.store.embedded.connection import StoreSettings, open_connection, transaction
from cmdb.store.embedded.faults import faults_of

T = TypeVar("T")


class Connections:
    """Runs work on SQLite connections, off the event loop."""

    def __init__(self, path: Path, settings: StoreSettings) -> None:
        self._path = path
        self._settings = settings
        self._writing = ThreadPoolExecutor(1, thread_name_prefix="cmdb-store-writer")
        self._reading = ThreadPoolExecutor(settings.readers, thread_name_prefix="cmdb-store-reader")
        self._writer: sqlite3.Connection | None = None
        self._idle: queue.SimpleQueue[sqlite3.Connection] = queue.SimpleQueue()
        self._glancing: sqlite3.Connection | None = None
        self._opening = threading.Lock()
        self._closed = False

    @property
    def place(self) -> str:
        """The file's path, for messages."""
        return str(self._path)

    async def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """The result of the work, done in the writing thread and in one transaction."""
        return await self._run(self._writing, lambda: self._written(work))

    async def in_turn(self, work: Callable[[], T]) -> T:
        """The result of work that is done in the writing thread, when it is its turn, and on no connection."""
        return await self._run(self._writing, work)

    async def prepare(self, check: Callable[[sqlite3.Connection], None]) -> None:
        """Check the file, then let readers and the writer work at the same time (write-ahead log)."""
        await self._run(self._writing, lambda: self._prepared(check))

    async def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """The result of the work, done on one snapshot of the file."""
        return await self._run(self._reading, lambda: self._read(work))

    async def glance(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """The result of one statement that reads a row or two, which takes less time than asking another thread.

        It never waits: where another process is in the way, a reading thread does the work, and where anything
        is wrong, that thread finds it.
        """
        connection = self._glancing
        if connection is None:
            connection = await self._run(self._reading, self._open_for_glances)
        if not self._closed:
            with contextlib.suppress(sqlite3.Error):
                return work(connection)
        return await self.read(work)

    async def read_once(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """As `read`, of much that is not read again: no page of the file stays in this process's memory."""

        def alone() -> T:
            connection = self.open()
            try:
                with faults_of(self.place):
                    connection.execute("PRAGMA mmap_size = 0")
                    connection.execute("PRAGMA cache_size = -4096")
                    with transaction(connection, "DEFERRED"):
                        return work(connection)
            finally:
                connection.close()

        return await self._run(self._reading, alone)

    async def on_reader_thread(self, work: Callable[[], T]) -> T:
        """The result of the work, done in a reading thread on a connection of its own keeping."""
        return await self._run(self._reading, work)

    def open(self) -> sqlite3.Connection:
        """A fresh connection, usable from any thread, by one at a time.

        Raises:
            StoreUnavailableError: the file cannot be opened.
            StoreDamagedError: the file is not a database.
        """
        return open_connection(self._path, self._settings)

    async def close(self) -> None:
        """Close every connection, after the work under way."""
        if self._closed:
            return
        self._closed = True
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(None, self._shut)

    def _shut(self) -> None:
        self._reading.shutdown(wait=True)
        self._writing.shutdown(wait=True)
        with faults_of(self.place):
            while not self._idle.empty():
                self._idle.get().close()
            if self._glancing is not None:
                self._glancing.close()
            if self._writer is not None:
                self._writer.close()
                self._writer = None

    async def _run(self, pool: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        if self._closed:
            raise StoreUnavailableError(f"{self.place}: the store is closed")
        return await asyncio.get_running_loop().run_in_executor(pool, work)

    def _open_for_glances(self) -> sqlite3.Connection:
        with self._opening:
            if self._glancing is None:
                connection = self.open()
                connection.execute("PRAGMA busy_timeout = 0")
                self._glancing = connection
            return self._glancing

    def _written(self, work: Callable[[sqlite3.Connection], T]) -> T:
        if self._writer is None:
            self._writer = self.open()
        with faults_of(self.place), transaction(self._writer, "IMMEDIATE"):
            return work(self._writer)

    def _prepared(self, check: Callable[[sqlite3.Connection], None]) -> None:
        if self._writer is None:
            self._writer = self.open()
        with faults_of(self.place):
            check(self._writer)
            check_length(self._writer, self._path)
            self._writer.execute("PRAGMA journal_mode = WAL")

    def _read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        try:
            connection = self._idle.get_nowait()
        except queue.Empty:
            connection = self.open()
        try:
            with faults_of(self.place), transaction(connection, "DEFERRED"):
                return work(connection)
        finally:
            self._idle.put(connection)
