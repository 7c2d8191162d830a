"""Claims, stamps and sightings: what is known about where knowledge came from.

None of it is a revision, so no hash of the ledger covers it: each row has a checksum of its own.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import orjson

from cmdb.graph.batch import NodeCreate, NodeUpdate, WriteBatch
from cmdb.graph.elements import Evidence, Seen, Stamp
from cmdb.graph.errors import IdentifierTakenError, NodeNotFoundError
from cmdb.store.embedded.faults import damaged
from cmdb.store.embedded.functions import checksum
from cmdb.store.embedded.rows import decoded, json_list, keys_of

if TYPE_CHECKING:
    from cmdb.store.embedded.names import NameTable
    from cmdb.store.embedded.writing import Writing

_SIGHT = """
INSERT INTO sightings (node, source, first, last, checksum) VALUES (?1, ?2, ?4, ?4, ?5)
ON CONFLICT DO UPDATE SET
    first = min(first, excluded.first),
    last = max(last, excluded.last),
    checksum = CASE checksum WHEN checksum_of(node, ?3, first, last)
        THEN checksum_of(node, ?3, min(first, excluded.first), max(last, excluded.last)) ELSE checksum END
WHERE excluded.first < first OR excluded.last > last
"""
# A damaged row keeps the checksum that does not fit it, so that widening it does not make it look whole.


def write(writing: Writing, batch: WriteBatch, keys: Mapping[str, int]) -> None:
    """Move claims and write stamps of the batch's creates and updates.

    All releases come before all claims, so a claim can move between two nodes.

    Raises:
        IdentifierTakenError: a claim belongs to another node.
    """
    updates = [
        update
        for update in batch.updates
        if update.claims or update.releases or update.stamps or None in update.changes.values()
    ]
    released = [(value, keys[update.id]) for update in updates for value in update.releases]
    if released:
        writing.connection.executemany("DELETE FROM identifiers WHERE value = ? AND node = ?", released)
    _claim(writing.connection, [*batch.creates, *updates], keys)
    _insert_evidence(writing.connection, batch.creates, keys)
    _update_evidence(writing.connection, updates, keys)


def _claim(
    connection: sqlite3.Connection, writes: Sequence[NodeCreate | NodeUpdate], keys: Mapping[str, int]
) -> None:
    claims: dict[str, str] = {}
    for write_ in writes:
        node_id = write_.id
        for value in write_.identifiers if isinstance(write_, NodeCreate) else write_.claims:
            if claims.setdefault(value, node_id) != node_id:
                raise _taken(value, claims[value], node_id)
    if not claims:
        return
    # In order, the inserts go through the index from left to right instead of all over it.
    rows = [(value, keys[claims[value]]) for value in sorted(claims)]
    inserted = connection.executemany("INSERT INTO identifiers VALUES (?, ?) ON CONFLICT DO NOTHING", rows)
    if inserted.rowcount != len(rows):
        _refuse_taken(connection, claims, keys)


def _refuse_taken(connection: sqlite3.Connection, claims: Mapping[str, str], keys: Mapping[str, int]) -> None:
    held = connection.execute(
        "SELECT i.value, i.node, n.id FROM identifiers i JOIN nodes n ON n.key = i.node "
        "WHERE i.value IN (SELECT value FROM json_each(?)) ORDER BY i.value",
        (json_list(claims),),
    ).fetchall()  # a statement that is left in its midst, with an error, keeps its snapshot of the file open
    for value, node, holder in held:
        if keys[claims[value]] != node:
            raise _taken(value, holder, claims[value])


def _taken(value: str, holder: str, claimant: str) -> IdentifierTakenError:
    return IdentifierTakenError(
        f"identifier {value!r} belongs to node {holder!r}; node {claimant!r} cannot claim it",
        details={"identifier": value, "holder": holder, "claimant": claimant},
    )


def _insert_evidence(
    connection: sqlite3.Connection, creates: Sequence[NodeCreate], keys: Mapping[str, int]
) -> None:
    rows = []
    heads: dict[Stamp, str] = {}
    lists: dict[tuple[str, ...], str] = {}
    for node in creates:
        if not (node.stamps or node.identifiers):
            continue
        stamps = list(node.stamps.values())
        if stamps and stamps.count(stamps[0]) == len(stamps):
            # Most nodes have all from one source at one moment, and properties that others have too.
            stamp, names = stamps[0], tuple(node.stamps)
            head = heads.get(stamp) or heads.setdefault(stamp, orjson.dumps([*stamp]).decode()[:-1])
            listed = lists.get(names) or lists.setdefault(names, json_list(names))
            text = f"[{head},{listed}]]"
        else:
            text = stamps_text(node.stamps)
        rows.append(evidence_row(keys[node.id], text, json_list(dict.fromkeys(node.identifiers))))
    if rows:
        connection.executemany("INSERT INTO evidence VALUES (?, ?, ?, ?)", rows)


def evidence_row(key: int, stamps: str, claims: str) -> tuple[int, str, str, int]:
    """A row of the table `evidence`, of a node's row key, its stamps and its identifiers, both as JSON."""
    return key, stamps, claims, checksum(key, stamps, claims)


def sighting_row(
    connection: sqlite3.Connection, sources: NameTable, key: int, source: str, span: Seen
) -> tuple[int, int | None, str, str, int]:
    """A row of the table `sightings`: it tells of one node, by its row key, and one source."""
    return key, sources.key(connection, source), *span, checksum(key, source, *span)


def _update_evidence(
    connection: sqlite3.Connection, updates: Sequence[NodeUpdate], keys: Mapping[str, int]
) -> None:
    if not updates:
        return
    wanted = {update.id: keys[update.id] for update in updates}
    rows = _evidence_rows(connection, wanted.values())
    state = {
        key: (_stamps_of(stamps), dict.fromkeys(_claims_of(claims))) for key, (stamps, claims) in rows.items()
    }
    for update in updates:
        _, claims = state.setdefault(keys[update.id], ({}, {}))
        for value in update.releases:
            claims.pop(value, None)
    for update in updates:
        stamps, claims = state[keys[update.id]]
        claims.update(dict.fromkeys(update.claims))
        for name, value_ in update.changes.items():
            if value_ is None:
                stamps.pop(name, None)
        stamps.update(update.stamps)
    connection.executemany(
        "INSERT INTO evidence VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE "
        "SET stamps = excluded.stamps, identifiers = excluded.identifiers, checksum = excluded.checksum",
        [
            evidence_row(key, stamps_text(stamps), json_list(claims))
            for key, (stamps, claims) in state.items()
        ],
    )


def sight(writing: Writing, batch: WriteBatch, keys: Mapping[str, int]) -> None:
    """Widen the span in which each source saw a node.

    Raises:
        NodeNotFoundError: a sighting names a node that is not there.
    """
    if not batch.sightings:
        return
    connection, sources = writing.connection, writing.names.sources
    sources.add(connection, {sighting.source for sighting in batch.sightings})
    unknown = {sighting.node_id for sighting in batch.sightings}.difference(keys)
    known = {**keys, **keys_of(connection, unknown)} if unknown else keys
    doomed = {node.id for node in batch.deletes}
    rows = []
    for node_id, source, at in ((s.node_id, s.source, s.at) for s in batch.sightings):
        if node_id in doomed:
            continue
        if node_id not in known:
            raise NodeNotFoundError(f"sighting: there is no node {node_id!r}", details={"id": node_id})
        key = known[node_id]
        rows.append((key, sources.key(connection, source), source, at, checksum(key, source, at, at)))
    connection.executemany(_SIGHT, rows)


def read(connection: sqlite3.Connection, ids: Sequence[str]) -> dict[str, Evidence]:
    """Provenance of nodes; ids that are not there are left out.

    Raises:
        StoreDamagedError: a row's checksum does not fit it.
    """
    keys = keys_of(connection, ids)
    chosen = json_list(keys.values())
    rows = _evidence_rows(connection, keys.values())
    seen: dict[int, dict[str, Seen]] = {}
    sightings = connection.execute(
        "SELECT g.node, s.name, g.first, g.last, g.checksum FROM sightings g LEFT JOIN sources s ON s.key = g.source "
        "WHERE g.node IN (SELECT value FROM json_each(?)) ORDER BY s.name",
        (chosen,),
    ).fetchall()
    for node, source, first, last, digest in sightings:
        if checksum(node, source, first, last) != digest:
            raise damaged(f"row {node} of sightings", "it is not what was written")
        seen.setdefault(node, {})[source] = Seen(first, last)
    # Nodes that one source brought together have the same stamps: they share one mapping.
    decoded_stamps: dict[str, Mapping[str, Stamp]] = {}
    found = {}
    for node_id, key in keys.items():
        stamps, claims = rows.get(key, ("[]", "[]"))
        shared = decoded_stamps.get(stamps)
        if shared is None:
            shared = decoded_stamps[stamps] = _stamps_of(stamps)
        found[node_id] = Evidence(shared, seen.get(key, {}), tuple(sorted(_claims_of(claims))))
    return found


def _evidence_rows(connection: sqlite3.Connection, keys: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Stamps and claims of nodes by row key, as they are stored."""
    rows = connection.execute(
        "SELECT node, stamps, identifiers, checksum FROM evidence WHERE node IN (SELECT value FROM json_each(?))",
        (json_list(keys),),
    ).fetchall()
    for node, stamps, claims, digest in rows:
        if checksum(node, stamps, claims) != digest:
            raise damaged(f"row {node} of evidence", "it is not what was written")
    return {node: (stamps, claims) for node, stamps, claims, _ in rows}


def _claims_of(text: str) -> list[str]:
    claims: list[str] = decoded("a node's identifiers", text)
    return claims


def stamps_text(stamps: Mapping[str, Stamp]) -> str:
    """Stamps as JSON, the properties of one source and moment together: [[source, at, [names]]]."""
    groups: dict[Stamp, list[str]] = {}
    for name, stamp in stamps.items():
        groups.setdefault(stamp, []).append(name)
    return orjson.dumps([[*stamp, names] for stamp, names in groups.items()]).decode()


def _stamps_of(text: str) -> dict[str, Stamp]:
    groups = decoded("a node's stamps", text)
    return {name: stamp for source, at, names in groups for stamp in (Stamp(source, at),) for name in names}
