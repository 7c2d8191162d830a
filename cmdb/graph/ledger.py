"""The ledger's hash chain: each revision's hash covers its content and the hash before it.

A change to anything past therefore shows from there on (the construction of Haber and Stornetta, "How to
time-stamp a digital document", 1991). The content is JSON with sorted names, so every adapter and every
version computes the same hash.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import orjson

from cmdb.graph.revision import Head, LinkChange, NodeChange, Revision
from cmdb.graph.store import GraphStore
from cmdb.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class LedgerReport:
    """What checking the ledger found.

    `checked` revisions were read. `broken` is the number of the first one that is not as it was written, or
    None; `reason` says what is wrong with it.
    """

    checked: int
    broken: int | None = None
    reason: str = ""


def node_changes_json(changes: Iterable[NodeChange]) -> bytes:
    """Changes of nodes as canonical JSON: [id, label, kind, version, before, after, old_label] each."""
    return orjson.dumps(
        [
            [
                change.id,
                change.label,
                change.kind,
                change.version,
                change.before,
                change.after,
                change.old_label,
            ]
            for change in changes
        ],
        option=orjson.OPT_SORT_KEYS,
    )


def link_changes_json(changes: Iterable[LinkChange]) -> bytes:
    """Changes of links as canonical JSON: [type, source, target, kind, before, after] each."""
    return orjson.dumps(
        [[*change.key, change.kind, change.before, change.after] for change in changes],
        option=orjson.OPT_SORT_KEYS,
    )


@dataclass(frozen=True, slots=True)
class RevisionHeader:
    """A revision without what it changed."""

    number: int
    at: str
    actor: Actor
    reason: str
    request_id: str | None


def revision_hash(previous_hash: str, header: RevisionHeader, nodes: bytes, links: bytes) -> str:
    """SHA-256, in hexadecimal, of the hash before, the header and both lists of changes as canonical JSON."""
    head = [previous_hash, header.number, header.at, header.actor.name, header.actor.kind]
    digest = hashlib.sha256(orjson.dumps([*head, header.reason, header.request_id]))
    for part in (nodes, links):
        digest.update(b"\n")
        digest.update(part)
    return digest.hexdigest()


def hash_of(revision: Revision) -> str:
    """The hash a revision must have, computed from its content."""
    header = RevisionHeader(
        revision.number, revision.at, revision.actor, revision.reason, revision.request_id
    )
    nodes = node_changes_json(revision.nodes)
    return revision_hash(revision.previous_hash, header, nodes, link_changes_json(revision.links))


async def verify_ledger(store: GraphStore) -> LedgerReport:
    """Read the whole ledger and check that it has no gap, no break in its chain, and ends at the head."""
    head = await store.head()
    last = Head(0, "")
    async for revision in store.revisions():
        reason = fault_between(last, revision)
        if reason:
            return LedgerReport(last.revision, revision.number, reason)
        last = Head(revision.number, revision.hash)
    if last.revision < head.revision:
        return LedgerReport(last.revision, last.revision + 1, "the ledger ends before its head")
    return LedgerReport(last.revision)


def fault_between(last: Head, revision: Revision) -> str:
    """What is wrong with a revision that follows another, as the end of a sentence, or nothing."""
    if revision.number != last.revision + 1:
        return f"revision {last.revision + 1} is missing"
    if revision.previous_hash != last.hash:
        return "it does not follow from the revision before"
    if revision.hash != hash_of(revision):
        return "its content is not what its hash covers"
    return ""
