"""Putting and deleting links; what counts is what the whole batch makes of each link."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cmdb.graph.batch import WriteBatch
from cmdb.graph.elements import LinkKey, Properties
from cmdb.graph.errors import NodeNotFoundError
from cmdb.graph.revision import ChangeKind
from cmdb.store.batches import difference
from cmdb.store.neo4j.compile_links import (
    create_links_statement,
    delete_links_statement,
    standing_links_statement,
    update_links_statement,
)
from cmdb.store.neo4j.connection import Transaction
from cmdb.store.neo4j.reading import is_sendable, sendable
from cmdb.store.neo4j.statements import EXISTING, LINKS_OF_NODES

Row = dict[str, Any]

_AT_ONCE = 10_000


@dataclass(slots=True)
class LinksPlan:
    """Links to be made, changed and removed, as rows by type, and the ledger's entries."""

    made: dict[str, list[Row]] = field(default_factory=dict)
    changed: dict[str, list[Row]] = field(default_factory=dict)
    removed: dict[str, list[Row]] = field(default_factory=dict)
    entries: list[list[Any]] = field(default_factory=list)


async def links_plan(transaction: Transaction, batch: WriteBatch, created: Collection[str]) -> LinksPlan:
    """What becomes of links; the head is locked by now, so nobody else changes them.

    Raises:
        NodeNotFoundError: a link is put between nodes of which one is not there.
    """
    plan = LinksPlan()
    after: dict[LinkKey, Properties | None] = {removal.key: None for removal in batch.link_deletes}
    after.update({put.key: put.properties for put in batch.link_puts})
    before = await _standing_links(transaction, after, created)
    doomed = {delete.id for delete in batch.deletes}
    if doomed:
        rows = await transaction.rows(LINKS_OF_NODES, ids=sorted(doomed))
        for link_type, source, target, properties in rows:
            before[LinkKey(link_type, source, target)] = properties
            after.setdefault(LinkKey(link_type, source, target), None)
    for key, properties in after.items():
        is_doomed = key.source in doomed or key.target in doomed
        _note(plan, key, before.get(key), None if is_doomed else properties, is_doomed=is_doomed)
    return plan


async def _standing_links(
    transaction: Transaction, after: Mapping[LinkKey, Properties | None], created: Collection[str]
) -> dict[LinkKey, Properties]:
    """Those links that stand; where one is put and has no node made in this batch, its ends must stand."""
    by_type: dict[str, list[Row]] = {}
    for key in after:
        # A node made in this batch has no link yet.
        if key.source not in created and key.target not in created and is_sendable(*key):
            by_type.setdefault(key.type, []).append({"source": key.source, "target": key.target})
    found: dict[LinkKey, Properties] = {}
    unseen = {
        key
        for key, put in after.items()
        if put is not None and key.source not in created and key.target not in created
    }
    for link_type, rows in sorted(by_type.items()):
        statement = standing_links_statement(link_type)
        for source, target, properties in await transaction.rows(statement, rows=rows):
            key = LinkKey(link_type, source, target)
            unseen.discard(key)
            if properties is not None:
                found[key] = properties
    if unseen:
        await _refuse_missing(transaction, unseen, created)
    return found


async def _refuse_missing(
    transaction: Transaction, keys: Collection[LinkKey], created: Collection[str]
) -> None:
    ends = {end: key.type for key in sorted(keys) for end in (key.source, key.target) if end not in created}
    rows = await transaction.rows(EXISTING, ids=sendable(ends))
    standing = {row[0] for row in rows}
    for end, link_type in ends.items():
        if end not in standing:
            raise NodeNotFoundError(f"link {link_type}: there is no node {end!r}", details={"id": end})


def _note(
    plan: LinksPlan, key: LinkKey, before: Properties | None, after: Properties | None, *, is_doomed: bool
) -> None:
    if before == after:
        return
    row = {"source": key.source, "target": key.target, "own": after}
    if after is None:
        plan.entries.append([*key, ChangeKind.DELETED.value, before, {}])
        # Those of nodes that go are removed with them.
        if not is_doomed:
            plan.removed.setdefault(key.type, []).append(row)
    elif before is None:
        plan.entries.append([*key, ChangeKind.CREATED.value, {}, after])
        plan.made.setdefault(key.type, []).append(row)
    else:
        plan.entries.append([*key, ChangeKind.UPDATED.value, *difference(before, after)])
        plan.changed.setdefault(key.type, []).append(row)


async def write_links(transaction: Transaction, plan: LinksPlan, created: Collection[str]) -> None:
    """Remove, make and change links, type by type.

    Raises:
        NodeNotFoundError: a link is made between nodes of which one is not there.
    """
    for link_type, rows in sorted(plan.removed.items()):
        for piece in _pieces(rows):
            await transaction.do(delete_links_statement(link_type), rows=piece)
    for link_type, rows in sorted(plan.made.items()):
        for piece in _pieces(rows):
            made = await transaction.row(create_links_statement(link_type), rows=piece)
            if made is None or made[0] != len(piece):
                keys = [LinkKey(link_type, row["source"], row["target"]) for row in piece]
                await _refuse_missing(transaction, keys, created)
    for link_type, rows in sorted(plan.changed.items()):
        for piece in _pieces(rows):
            await transaction.do(update_links_statement(link_type), rows=piece)


def _pieces(rows: list[Row]) -> Iterator[list[Row]]:
    ordered = sorted(rows, key=lambda row: (row["source"], row["target"]))
    for start in range(0, len(ordered), _AT_ONCE):
        yield ordered[start : start + _AT_ONCE]
