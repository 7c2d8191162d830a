"""The ledger's rows: revisions, first results of requests, and the sequences of numbers."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from cmdb.graph.batch import Commit
from cmdb.graph.elements import LinkKey
from cmdb.graph.ledger import RevisionHeader, revision_hash
from cmdb.graph.revision import ChangeKind, Head, LinkChange, NodeChange, Revision
from cmdb.kernel.actor import Actor, ActorKind
from cmdb.store.embedded.faults import damaged
from cmdb.store.embedded.rows import bindable, decoded, json_list


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
    note_touches(
        connection, header.number, (entry[0] for entry in nodes), (LinkKey(*entry[:3]) for entry in links)
    )


def next_revision(connection: sqlite3.Connection, after: int, touching: str | None) -> Revision | None:
    """The first revision later than `after`; of all nodes, or of one and its links."""
    if touching is None:
        row = connection.execute(
            "SELECT * FROM revisions WHERE number > ? ORDER BY number LIMIT 1", (after,)
        ).fetchone()
    else:
        row = connection.execute(
            "SELECT r.* FROM touches t JOIN revisions r ON r.number = t.revision "
            "WHERE t.node = ? AND t.revision > ? ORDER BY t.revision LIMIT 1",
            (bindable(touching), after),
        ).fetchone()
    return None if row is None else _revision(row)


def note_touches(
    connection: sqlite3.Connection, revision: int, nodes: Iterable[str], links: Iterable[LinkKey]
) -> None:
    """Note which nodes a revision touched: those it changed, and the ends of links it changed."""
    touched = {*nodes, *(end for key in links for end in (key.source, key.target))}
    # One statement for all of them: as many steps from Python would take several times as long.
    connection.execute(
        "INSERT INTO touches SELECT value, ? FROM json_each(?)", (revision, json_list(sorted(touched)))
    )


def _revision(row: tuple[Any, ...]) -> Revision:
    number, at, actor, actor_kind, reason, request_id, previous_hash, digest, nodes, links = row
    place = f"revision {number}"
    try:
        return Revision(
            number,
            at,
            Actor(actor, ActorKind(actor_kind)),
            reason,
            request_id,
            tuple([_node_change(*entry) for entry in decoded(place, nodes)]),
            tuple([_link_change(*entry) for entry in decoded(place, links)]),
            previous_hash,
            digest,
        )
    except (TypeError, ValueError) as error:
        raise damaged(place, f"its content cannot be read ({error})") from error


def _node_change(
    node_id: str, label: str, kind: str, version: int, before: Any, after: Any, old_label: str | None
) -> NodeChange:
    return NodeChange(node_id, label, ChangeKind(kind), version, before, after, old_label)


def _link_change(link_type: str, source: str, target: str, kind: str, before: Any, after: Any) -> LinkChange:
    return LinkChange(LinkKey(link_type, source, target), ChangeKind(kind), before, after)


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
