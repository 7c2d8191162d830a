"""What SQLite cannot do by itself: comparing text beyond ASCII without regard to case."""

from __future__ import annotations

import sqlite3


def add_functions(connection: sqlite3.Connection) -> None:
    """Give a connection the function `lower_text(text)`, which knows every script."""
    connection.create_function("lower_text", 1, _lower, deterministic=True)


def _lower(text: str | bytes | float | None) -> str | bytes | float | None:
    return text.lower() if isinstance(text, str) else text
