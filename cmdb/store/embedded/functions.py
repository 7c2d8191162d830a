"""What SQLite cannot do by itself: comparing text beyond ASCII without regard to case, and checksums."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zlib import crc32


def add_functions(connection: sqlite3.Connection) -> None:
    """Give a connection the functions that the store's statements call.

    `lower_text(text)` knows every script; `checksum_of(value, …)` is `checksum` of whole numbers and texts.
    """
    connection.create_function("lower_text", 1, _lower, deterministic=True)
    connection.create_function("checksum_of", -1, checksum, deterministic=True)


def checksum(*values: object) -> int:
    """A number that differs when one of the values does (CRC-32, IEEE 802.3)."""
    return crc32("\0".join(map(str, values)).encode())


@dataclass(frozen=True, slots=True)
class Sum:
    """How many rows there are, and the sum of their checksums: equal for equal rows in any order."""

    rows: int
    total: int


def sum_of(rows: Iterable[Sequence[object]]) -> Sum:
    """The sum of rows, which are looked at one by one."""
    count = total = 0
    for row in rows:
        count += 1
        total += checksum(*row)
    return Sum(count, total)


def _lower(text: str | bytes | float | None) -> str | bytes | float | None:
    return text.lower() if isinstance(text, str) else text
