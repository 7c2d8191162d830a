"""SQLite's errors in the port's words."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cmdb.graph.errors import StoreDamagedError, StoreFullError, StoreUnavailableError
from cmdb.kernel.errors import CmdbError
from cmdb.store.embedded.layout import APPLICATION_ID

_PRIMARY_CODE = 0xFF
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_NOT_WRITABLE = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM}
_NOT_OPENED = {sqlite3.SQLITE_CANTOPEN}
_CUT_SHORT = {sqlite3.SQLITE_IOERR_SHORT_READ, sqlite3.SQLITE_IOERR_CORRUPTFS}
_WRITE_FAILED = {
    sqlite3.SQLITE_IOERR_WRITE,
    sqlite3.SQLITE_IOERR_FSYNC,
    sqlite3.SQLITE_IOERR_TRUNCATE,
    sqlite3.SQLITE_IOERR_SHMSIZE,
}


_BEGINNING = b"SQLite format 3\0"
_HEADER_BYTES = 100
_APPLICATION_ID_AT = slice(68, 72)
# One of the tables made first, as the file's own description of itself has it.
_FIRST_TABLES = b"CREATE TABLE search_pending"
_SEARCHED_BYTES = 1 << 20


class NotAStoreError(StoreUnavailableError):
    """The address names a file that no version of the product made."""

    code = "NOT_A_STORE"
    summary = "The file is no store of this product."
    default_remedy = "Name another file in CMDB_STORE; this one was left as it is."
    retryable = False


def damaged(place: str, what: str) -> StoreDamagedError:
    """The error for content that cannot be what was written."""
    return StoreDamagedError(f"{place}: {what}")


@contextmanager
def faults_of(place: str) -> Iterator[None]:
    """Turn SQLite's errors inside the block into the port's; `place` names the store for people."""
    try:
        yield
    except sqlite3.Error as error:
        raise translated(error, place) from error
    except UnicodeDecodeError as error:
        # A text of the file, or a message of SQLite that quotes one.
        raise damaged(place, f"it holds text that was never written ({error.reason})") from error


def translated(error: sqlite3.Error, place: str) -> CmdbError:
    """The port's error for one of SQLite's."""
    extended = getattr(error, "sqlite_errorcode", None) or 0
    primary = extended & _PRIMARY_CODE
    seen = f"{place}: {error}"
    if primary == sqlite3.SQLITE_NOTADB and not looks_like_a_store(Path(place)):
        return NotAStoreError(f"{place}: the file is neither a store nor a database at all")
    if primary in _DAMAGED or extended in _CUT_SHORT or "decode to UTF-8" in str(error):
        return StoreDamagedError(seen)
    if (
        primary in _NOT_WRITABLE
        or extended in _WRITE_FAILED
        or (primary in _NOT_OPENED and _is_read_only(place))
    ):
        return StoreFullError(seen)
    if "malformed JSON" in str(error) or "no such table" in str(error):
        return StoreDamagedError(seen)
    return StoreUnavailableError(seen)


def looks_like_a_store(path: Path) -> bool:
    """Whether a file is a store or what is left of one, as far as its beginning tells.

    The header of a file of SQLite is 100 bytes, the application's number among them
    (sqlite.org/fileformat2.html#the_database_header).
    """
    with path.open("rb") as file:
        content = file.read(_SEARCHED_BYTES)
    if content[_APPLICATION_ID_AT] == APPLICATION_ID.to_bytes(4) or _FIRST_TABLES in content:
        return True
    return len(content) < _HEADER_BYTES and content[: len(_BEGINNING)] == _BEGINNING[: len(content)]


def _is_read_only(place: str) -> bool:
    """Whether the file is there, and it or the folder that the log beside it needs cannot be written."""
    path = Path(place)
    return path.is_file() and not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK))
