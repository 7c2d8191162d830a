"""Receipts: a row each, with a checksum, because no hash of the ledger covers them."""

from __future__ import annotations

import sqlite3
from zlib import crc32

from cmdb.graph.receipt import RECEIPTS_KEPT, Receipt
from cmdb.graph.revision import Head
from cmdb.store.embedded.faults import damaged
from cmdb.store.embedded.functions import checksum
from cmdb.store.embedded.rows import bindable

_ROWS = "SELECT key, revision, hash, content, checksum FROM receipts"


def read(connection: sqlite3.Connection, key: str) -> Receipt | None:
    """The receipt kept under a key.

    Raises:
        StoreDamagedError: it is not what was written.
    """
    row = connection.execute(f"{_ROWS} WHERE key = ?", (bindable(key),)).fetchone()
    if row is None:
        return None
    found, revision, digest, content, kept = row
    if _checksum(found, revision, digest, content) != kept:
        raise damaged(f"receipt {key!r}", "it is not what was written")
    return Receipt(found, Head(revision, digest), content)


def keep(connection: sqlite3.Connection, receipt: Receipt) -> None:
    """Keep a receipt, and no more of them than there is room for."""
    row = (bindable(receipt.key), receipt.head.revision, receipt.head.hash, receipt.content)
    connection.execute("INSERT OR REPLACE INTO receipts VALUES (?, ?, ?, ?, ?)", (*row, _checksum(*row)))
    connection.execute(
        "DELETE FROM receipts WHERE key IN "
        "(SELECT key FROM receipts ORDER BY revision DESC, rowid DESC LIMIT -1 OFFSET ?)",
        (RECEIPTS_KEPT,),
    )


def damaged_keys(connection: sqlite3.Connection) -> list[str]:
    """The keys of receipts that are not what was written."""
    return [str(key) for key, *row, kept in connection.execute(_ROWS) if _checksum(key, *row) != kept]


def _checksum(key: object, revision: object, digest: object, content: object) -> int:
    return crc32(content if isinstance(content, bytes) else b"", checksum(key, revision, digest))
