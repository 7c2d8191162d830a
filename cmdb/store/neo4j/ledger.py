"""The ledger's nodes: revisions, first results of requests, and the sequences of numbers."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from zlib import crc32

import orjson

from cmdb.graph.archive import StoreIncompleteError
from cmdb.graph.batch import Commit
from cmdb.graph.errors import StoreDamagedError
from cmdb.graph.ledger import RevisionHeader, revision_hash
from cmdb.graph.revision import Head, Revision
from cmdb.store.neo4j.connection import Transaction
from cmdb.store.neo4j.statements import (
    APPEND_REVISION,
    LOCK_HEAD,
    REMEMBER_REQUEST,
    REQUEST,
    REVISIONS,
    TAKE_NUMBERS,
)
from cmdb.store.revision_rows import revision_of, touched_ids

Entries = Sequence[Sequence[Any]]
"""Changes in the ledger's form."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What a revision changed: as canonical JSON, and the nodes it touches as words for the index."""

    nodes: bytes
    links: bytes
    touches: str


# Longer than this, changes are kept compressed: nobody reads them by eye, and they are ten times smaller.
_READABLE_BYTES = 4000
_QUICK = 1


async def locked_head(transaction: Transaction) -> Head:
    """The newest revision, which stays the newest until the transaction ends.

    Raises:
        StoreDamagedError: the store has no head.
    """
    row = await transaction.row(LOCK_HEAD)
    if row is None:
        raise StoreDamagedError(
            "the node CmdbHead is missing", remedy="Run `cmdb migrate`, or restore a backup."
        )
    return head_of(row)


def head_of(row: Sequence[Any]) -> Head:
    """The newest revision, of a row of it and the mark of a load that has begun.

    Raises:
        StoreIncompleteError: the load has not ended.
    """
    revision, digest, loading = row
    if loading is not None:
        raise StoreIncompleteError("a restore or copy into this store is under way, or was interrupted")
    return Head(revision, digest)


def changes_of(nodes: Entries, links: Entries) -> Changes:
    """Changes in the ledger's form as they are kept."""
    return Changes(
        orjson.dumps(nodes, option=orjson.OPT_SORT_KEYS),
        orjson.dumps(links, option=orjson.OPT_SORT_KEYS),
        touches_text(touched_ids(nodes, links)),
    )


def touches_text(ids: Iterable[str]) -> str:
    """Nodes as words for the index, one each: eight digits instead of an id of any length and any characters.

    Two ids can have the same word (CRC-32), so what is found by it has to be looked at.
    """
    return " ".join([f"{crc32(node_id.encode(errors='replace')):08x}" for node_id in ids])


async def append(
    transaction: Transaction,
    last: Head,
    header: RevisionHeader,
    changes: Changes,
    commit_id: str,
) -> None:
    """Write one revision."""
    digest = revision_hash(last.hash, header, changes.nodes, changes.links)
    row = revision_row(header, last.hash, digest, changes)
    await transaction.do(APPEND_REVISION, revision={**row, "commit_id": commit_id})


def revision_row(
    header: RevisionHeader | Revision, previous_hash: str, digest: str, changes: Changes
) -> dict[str, Any]:
    """What the node of a revision holds."""
    return {
        "number": header.number,
        "at": header.at,
        "actor": header.actor.name,
        "actor_kind": header.actor.kind.value,
        "reason": header.reason,
        "request_id": header.request_id,
        "previous_hash": previous_hash,
        "hash": digest,
        "nodes": _packed(changes.nodes),
        "links": _packed(changes.links),
        "touches": changes.touches,
    }


def _packed(text: bytes) -> str | bytes:
    return text.decode() if len(text) <= _READABLE_BYTES else zlib.compress(text, _QUICK)


def _unpacked(place: str, stored: str | bytes) -> Any:
    try:
        return orjson.loads(stored if isinstance(stored, str) else zlib.decompress(stored))
    except (zlib.error, orjson.JSONDecodeError, TypeError) as error:
        raise StoreDamagedError(f"{place}: its content cannot be read ({error})") from error


async def revisions(transaction: Transaction, after: int, last: int, first: int) -> list[Revision]:
    """Some revisions later than `after`, up to `last`, oldest first."""
    rows = await transaction.rows(REVISIONS, after=after, last=last, first=first)
    return [revision_of_row(row) for row in rows]


def revision_of_row(row: Sequence[Any]) -> Revision:
    """The revision of a row of REVISION_FIELDS.

    Raises:
        StoreDamagedError: it is not what was written.
    """
    return revision_of(row, _unpacked)


def touched_by(number: int, nodes: str | bytes, links: str | bytes) -> set[str]:
    """The nodes that a revision touched, of its changes as they are kept.

    Raises:
        StoreDamagedError: they are not what was written.
    """
    place = f"revision {number}"
    return touched_ids(_unpacked(place, nodes), _unpacked(place, links))


async def first_result(transaction: Transaction, request_id: str | None) -> Commit | None:
    """The result of a request seen before."""
    if request_id is None:
        return None
    row = await transaction.row(REQUEST, id=request_id)
    if row is None:
        return None
    return replace(commit_of(request_id, row), replayed=True)


def commit_of(request_id: str, row: Sequence[Any]) -> Commit:
    """The first result of a request: revision, moment, ids made and numbers given."""
    revision, at, created, numbers = row
    place = f"request {request_id!r}"
    return Commit(revision, at, tuple(_unpacked(place, created)), _unpacked(place, numbers))


def commit_row(commit: Commit) -> dict[str, Any]:
    """What the node of a request holds of its first result."""
    return {
        "revision": commit.revision,
        "at": commit.at,
        "created": _packed(orjson.dumps(commit.created)),
        "numbers": _packed(orjson.dumps(commit.numbers)),
    }


async def remember(transaction: Transaction, request_id: str | None, commit: Commit) -> None:
    """Keep the result of a request for when it comes again."""
    if request_id is not None:
        await transaction.do(REMEMBER_REQUEST, id=request_id, **commit_row(commit))


async def take_numbers(transaction: Transaction, wanted: Mapping[str, int]) -> dict[str, int]:
    """The first of so many numbers taken from each sequence; given back when nothing is committed."""
    first = {}
    for prefix, how_many in sorted(wanted.items()):
        row = await transaction.row(TAKE_NUMBERS, prefix=prefix, many=how_many)
        assert row is not None
        first[prefix] = int(row[0]) - how_many + 1
    return first
