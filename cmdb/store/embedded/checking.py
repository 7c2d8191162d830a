"""Whether the file is whole: what reading alone would not notice."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType

from cmdb.store.embedded import ledger, receipts, value_index
from cmdb.store.embedded.faults import damaged

_MOST_TOLD = 5

_CONTRADICTIONS = MappingProxyType(
    {
        "identifiers do not lead to the node that has them": (
            "SELECT count(*) FROM evidence e, json_each(e.identifiers) c "
            "LEFT JOIN identifiers i ON i.value = c.value WHERE i.node IS NOT e.node"
        ),
        "identifiers more or less than the nodes have": (
            "SELECT abs((SELECT count(*) FROM identifiers) - "
            "(SELECT coalesce(sum(json_array_length(identifiers)), 0) FROM evidence))"
        ),
        "records of where knowledge comes from that are not what was written": (
            "SELECT count(*) FROM evidence WHERE checksum IS NOT checksum_of(node, stamps, identifiers)"
        ),
        "sightings that are not what was written": (
            "SELECT count(*) FROM sightings g LEFT JOIN sources s ON s.key = g.source "
            "WHERE g.checksum IS NOT checksum_of(g.node, s.name, g.first, g.last)"
        ),
        "results of requests of which the ledger does not know": (
            "SELECT count(*) FROM requests q WHERE q.revision IS NOT NULL "
            "AND NOT EXISTS (SELECT 1 FROM revisions r WHERE r.number = q.revision AND r.request_id = q.id)"
        ),
        "nodes changed at another time than their revision": (
            "SELECT count(*) FROM nodes n LEFT JOIN revisions r ON r.number = n.revision "
            "WHERE r.at IS NOT n.updated_at"
        ),
        "nodes made at the time of no revision": (
            "SELECT count(*) FROM nodes WHERE created_at NOT IN (SELECT at FROM revisions)"
        ),
    }
)
"""Counts that are 0 in a store as it was written, by what they count."""


def check_length(connection: sqlite3.Connection, path: Path) -> None:
    """Look whether the file ends where a page does: SQLite reads what is missing of the last one as zeros.

    With a write-ahead log that holds something, the log has the missing part.

    Raises:
        StoreDamagedError: the file is cut short.
    """
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size:
        return
    size = path.stat().st_size if path.exists() else 0
    (page,) = connection.execute("PRAGMA page_size").fetchone()
    if size % page:
        raise damaged(
            str(path), f"the file is cut short: it ends after {size % page} of {page} bytes of a page"
        )


def check_file(connection: sqlite3.Connection, path: Path) -> None:
    """Look through the whole file, in an open writing transaction that changes nothing.

    Pages, rows and every index against its table; links and evidence against the nodes they belong to, and
    evidence against its checksums; the index of values against the nodes; what says which revisions touched a
    node against the ledger; the search index against its texts. An index that lacks an entry hides a node from
    some questions only, so no reading of everything shows it.

    Raises:
        StoreDamagedError: something does not fit; the first few findings are named.
    """
    found = [row[0] for row in connection.execute(f"PRAGMA integrity_check({_MOST_TOLD})") if row[0] != "ok"]
    found += [
        f"row {row} of {table} belongs to nothing in {parent}"
        for table, row, parent, _ in connection.execute("PRAGMA foreign_key_check").fetchmany(_MOST_TOLD)
    ]
    if not found:
        found = [
            *_contradictions(connection),
            *_index_faults(connection),
            *_search_faults(connection),
        ]
    if found:
        raise damaged(str(path), "; ".join(found[:_MOST_TOLD]))


def _contradictions(connection: sqlite3.Connection) -> list[str]:
    counted = {what: connection.execute(question).fetchone()[0] for what, question in _CONTRADICTIONS.items()}
    return [f"{count} {what}" for what, count in counted.items() if count]


def _index_faults(connection: sqlite3.Connection) -> Iterator[str]:
    if value_index.of_nodes(connection) != value_index.as_kept(connection):
        yield "the index of values does not fit the nodes"
    if ledger.touches_of_revisions(connection) != ledger.touches_as_kept(connection):
        yield "what says which revisions touched a node does not fit the ledger"
    lost = receipts.damaged_keys(connection)
    if lost:
        yield f"{len(lost)} receipts are not what was written"


def _search_faults(connection: sqlite3.Connection) -> list[str]:
    try:
        connection.execute("INSERT INTO search (search) VALUES ('integrity-check')")
    except sqlite3.DatabaseError as error:
        return [f"the search index does not fit its texts ({error})"]
    (lost,) = connection.execute(
        "SELECT count(*) FROM search WHERE rowid NOT IN (SELECT key FROM nodes) "
        "AND rowid NOT IN (SELECT node FROM search_pending)"
    ).fetchone()
    return [f"the search index has {lost} texts of nodes that are not there"] if lost else []
