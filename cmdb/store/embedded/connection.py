"""One connection to the store's file, as the product opens it, and a transaction on it."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cmdb.store.embedded.compile_names import cache_statement, most_pages_statement, synchronous_statement
from cmdb.store.embedded.faults import faults_of
from cmdb.store.embedded.functions import add_functions


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """How the file is used.

    readers: reading threads. busy_seconds: how long a write waits for another process's write.
    cache_mebibytes: page cache of each connection. max_pages: an upper bound on the file's size, in pages
    of 4 KiB. durable: whether an acknowledged commit outlives a power cut, not only the process.
    quiet_seconds: when nobody has written for so long, what can wait until then is done.
    writing_process: whether long imports are written by a process of their own, with a copy of the store's clock.
    """

    readers: int = 4
    busy_seconds: float = 30.0
    cache_mebibytes: int = 32
    max_pages: int | None = None
    durable: bool = True
    quiet_seconds: float = 2.0
    writing_process: bool = False


def open_connection(path: Path, settings: StoreSettings) -> sqlite3.Connection:
    """A fresh connection, usable from any thread, by one at a time.

    Raises:
        StoreUnavailableError: the file cannot be opened.
        StoreDamagedError: the file is not a database.
    """
    with faults_of(str(path)):
        connection = sqlite3.connect(
            path,
            timeout=settings.busy_seconds,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=256,
        )
        try:
            _tune(connection, settings)
            add_functions(connection)
        except BaseException:
            connection.close()
            raise
    return connection


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection, kind: str) -> Iterator[None]:
    """All of the block is kept, or nothing."""
    connection.execute(f"BEGIN {kind}")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # SQLite has already rolled back by itself after some errors, a full disk among them.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _tune(connection: sqlite3.Connection, settings: StoreSettings) -> None:
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(synchronous_statement(durable=settings.durable))
    connection.execute(cache_statement(settings.cache_mebibytes))
    connection.execute("PRAGMA mmap_size = 1073741824")
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute("PRAGMA wal_autocheckpoint = 4000")
    connection.execute("PRAGMA cell_size_check = ON")
    if settings.max_pages is not None:
        connection.execute(most_pages_statement(settings.max_pages))
