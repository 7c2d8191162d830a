"""A recursive common table expression on the embedded store's own file."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

from benchmarks.baselines.plain import PlainGraph

_REACHED = """
    WITH RECURSIVE reached (node) AS (
        SELECT key FROM nodes WHERE id = :start
        UNION
        SELECT links.source FROM reached JOIN links ON links.target = reached.node AND links.type IN ({types})
    )
    SELECT node FROM reached
"""


def searcher(file: Path, graph: PlainGraph) -> tuple[sqlite3.Connection, Callable[[str], list[tuple[int]]]]:
    """A read-only connection, and a function that gives the rows reached from a node's id, itself included."""
    connection = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)
    connection.execute("PRAGMA cache_size = -65536")
    connection.execute("PRAGMA mmap_size = 1073741824")
    keys = dict(connection.execute("SELECT name, key FROM link_types").fetchall())
    types = ", ".join(str(int(keys[name])) for name in graph.types if name in keys)
    statement = _REACHED.format(types=types)

    def search(start: str) -> list[tuple[int]]:
        return connection.execute(statement, {"start": start}).fetchall()

    return connection, search
