"""The ledger's rows: revisions, first results of requests, and the sequences of numbers."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from cmdb.graph.batch import Commit
from cmdb.graph.ledger import RevisionHeader, revision_hash
from cmdb.graph.revision import Head, Revision
from cmdb.store.embedded.functions import Sum, sum_of
from cmdb.store.embedded.rows import bindable, decoded, json_list
from cmdb.store.revision_rows import REVISION_FIELDS, revision_of, touched_ids

_COLUMNS = ", ".join(f"r.{name}" for name in REVISION_FIELDS)


def head(connection: sqlite3.Connection) -> Head:
    """The newest revision."""
    row = connection.execute("SELECT number, hash FROM revisions ORDER BY number DESC LIMIT 1").fetchone()
    return Head(*row) if row else Head(0, "")


def append(
    connection: sqlite3.Connection,
    last: Head,
    header: RevisionHeader,
    nodes: Sequence[list[Any]],
    links: Sequence[list[Any]],
) -> None:
    """Write one revision, with changes in the ledger's form."""
    node_json = orjson.dumps(nodes, option=orjson.OPT_SORT_KEYS)
    link_json = orjson.dumps(links, option=orjson.OPT_SORT_KEYS)
    digest = revision_hash(last.hash, header, node_json, link_json)
    actor = header.actor
    connection.execute(
        "INSERT INTO revisions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            header.number, header.at, actor.name, actor.kind.value, header.reason, header.request_id,
            last.hash, digest, node_json, link_json,
        ),
    )  # fmt: skip
    note_touches(connection, header.number, touched_ids(nodes, links))


def next_revision(connection: sqlite3.Connection, after: int, touching: str | None) -> Revision | None:
    """The first revision later than `after`; of all nodes, or of one and its links."""
    if touching is None:
        row = connection.execute(
            f"SELECT {_COLUMNS} FROM revisions r WHERE number > ? ORDER BY number LIMIT 1", (after,)
        ).fetchone()
    else:
        row = connection.execute(
            f"SELECT {_COLUMNS} FROM touches t JOIN revisions r ON r.number = t.revision "
            "WHERE t.node = ? AND t.revision > ? ORDER BY t.revision LIMIT 1",
            (bindable(touching), after),
        ).fetchone()
    return None if row is None else revision_of(row, decoded)


def note_touches(connection: sqlite3.Connection, revision: int, touched: Iterable[str]) -> None:
    """Note which nodes a revision touched."""
    # One statement for all of them: as many steps from Python would take several times as long.
    connection.execute(
        "INSERT INTO touches SELECT value, ? FROM json_each(?)", (revision, json_list(sorted(touched)))
    )


def touches_of_revisions(connection: sqlite3.Connection) -> Sum:
    """What should be noted of which revisions touched a node, given the revisions."""
    rows = connection.execute("SELECT number, nodes, links FROM revisions")
    return sum_of(
        (node_id, number)
        for number, nodes, links in rows
        for node_id in touched_ids(decoded(f"revision {number}", nodes), decoded(f"revision {number}", links))
    )


def touches_as_kept(connection: sqlite3.Connection) -> Sum:
    """What is noted of which revisions touched a node."""
    return sum_of(connection.execute("SELECT node, revision FROM touches"))


def first_result(connection: sqlite3.Connection, request_id: str | None) -> Commit | None:
    """The result of a request seen before."""
    if request_id is None:
        return None
    row = connection.execute(
        "SELECT revision, at, created, numbers FROM requests WHERE id = ?", (request_id,)
    ).fetchone()
    if row is None:
        return None
    revision, at, created, numbers = row
    place = f"request {request_id!r}"
    return Commit(revision, at, tuple(decoded(place, created)), decoded(place, numbers), replayed=True)


def remember(connection: sqlite3.Connection, request_id: str | None, commit: Commit) -> None:
    """Keep the result of a request for when it comes again."""
    if request_id is None:
        return
    created = orjson.dumps(commit.created).decode()
    numbers = orjson.dumps(commit.numbers).decode()
    connection.execute(
        "INSERT INTO requests VALUES (?, ?, ?, ?, ?)",
        (request_id, commit.revision, commit.at, created, numbers),
    )


def take_numbers(connection: sqlite3.Connection, prefix: str, how_many: int) -> int:
    """The first of so many numbers taken from a sequence; they are given back when nothing is committed."""
    (last,) = connection.execute(
        "INSERT INTO sequences VALUES (?, ?) ON CONFLICT DO UPDATE SET last = last + excluded.last RETURNING last",
        (prefix, how_many),
    ).fetchone()
    return int(last) - how_many + 1
