"""The ledger's nodes: revisions, first results of requests, and the sequences of numbers."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson

from cmdb.graph.archive import StoreIncompleteError
from cmdb.graph.batch import Commit
from cmdb.graph.elements import LinkKey
from cmdb.graph.errors import StoreDamagedError
from cmdb.graph.ledger import RevisionHeader, revision_hash
from cmdb.graph.revision import ChangeKind, Head, LinkChange, NodeChange, Revision
from cmdb.kernel.actor import Actor, ActorKind
from cmdb.store.neo4j.connection import Transaction
from cmdb.store.neo4j.statements import (
    APPEND_REVISION,
    LOCK_HEAD,
    REMEMBER_REQUEST,
    REQUEST,
    REVISIONS,
    TAKE_NUMBERS,
)

Entries = Sequence[Sequence[Any]]
"""Changes in the ledger's form."""

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


def content(entries: Entries) -> bytes:
    """Changes as canonical JSON."""
    return orjson.dumps(entries, option=orjson.OPT_SORT_KEYS)


async def append(
    transaction: Transaction, last: Head, header: RevisionHeader, commit_id: str, nodes: bytes, links: bytes
) -> None:
    """Write one revision, with changes as canonical JSON."""
    digest = revision_hash(last.hash, header, nodes, links)
    row = revision_row(header, last.hash, digest, nodes, links)
    await transaction.do(APPEND_REVISION, revision={**row, "commit_id": commit_id})


def revision_row(
    header: RevisionHeader | Revision, previous_hash: str, digest: str, nodes: bytes, links: bytes
) -> dict[str, Any]:
    """What the node of a revision holds; changes are given as canonical JSON."""
    return {
        "number": header.number,
        "at": header.at,
        "actor": header.actor.name,
        "actor_kind": header.actor.kind.value,
        "reason": header.reason,
        "request_id": header.request_id,
        "previous_hash": previous_hash,
        "hash": digest,
        "nodes": _packed(nodes),
        "links": _packed(links),
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
    return [_revision(row) for row in rows]


def _revision(row: Sequence[Any]) -> Revision:
    number, at, actor, actor_kind, reason, request_id, nodes, links, previous_hash, digest = row
    place = f"revision {number}"
    try:
        return Revision(
            number,
            at,
            Actor(actor, ActorKind(actor_kind)),
            reason,
            request_id,
            tuple([_node_change(*entry) for entry in _unpacked(place, nodes)]),
            tuple([_link_change(*entry) for entry in _unpacked(place, links)]),
            previous_hash,
            digest,
        )
    except (TypeError, ValueError) as error:
        raise StoreDamagedError(f"{place}: its content cannot be read ({error})") from error


def _node_change(
    node_id: str, label: str, kind: str, version: int, before: Any, after: Any, old_label: str | None
) -> NodeChange:
    return NodeChange(node_id, label, ChangeKind(kind), version, before, after, old_label)


def _link_change(link_type: str, source: str, target: str, kind: str, before: Any, after: Any) -> LinkChange:
    return LinkChange(LinkKey(link_type, source, target), ChangeKind(kind), before, after)


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
