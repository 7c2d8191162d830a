"""Putting and deleting links; what counts is what the whole batch makes of each link."""

from __future__ import annotations

from collections.abc import Collection, Iterable
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
from cmdb.store.neo4j.statements import LINKS_OF_NODES

Row = dict[str, Any]

_AT_ONCE = 10_000


@dataclass(slots=True)
class LinksPlan:
    """Links to be made, changed and removed, as rows by type, and the ledger's entries."""

    made: dict[str, list[Row]] = field(default_factory=dict)
    changed: dict[str, list[Row]] = field(default_factory=dict)
    removed: dict[str, list[Row]] = field(default_factory=dict)
    entries: list[list[Any]] = field(default_factory=list)


async def links_plan(
    transaction: Transaction, batch: WriteBatch, created: Collection[str], standing: Collection[str]
) -> LinksPlan:
    """What becomes of links; both ends of each are locked by now, so nobody else changes them.

    Raises:
        NodeNotFoundError: a link is put from or to a node that is not there.
    """
    plan = LinksPlan()
    if not (batch.link_puts or batch.link_deletes or batch.deletes):
        return plan
    after: dict[LinkKey, Properties | None] = {}
    for removal in batch.link_deletes:
        after[removal.key] = None
    for put in batch.link_puts:
        for end in (put.key.source, put.key.target):
            if end not in created and end not in standing:
                raise NodeNotFoundError(f"link {put.key.type}: there is no node {end!r}", details={"id": end})
        after[put.key] = put.properties
    before = await _standing_links(transaction, after, created, standing)
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
    transaction: Transaction, keys: Iterable[LinkKey], created: Collection[str], standing: Collection[str]
) -> dict[LinkKey, Properties]:
    by_type: dict[str, list[Row]] = {}
    for key in keys:
        # A node made in this batch has no link yet.
        if key.source in standing and key.target in standing and not {key.source, key.target} & set(created):
            by_type.setdefault(key.type, []).append({"source": key.source, "target": key.target})
    found: dict[LinkKey, Properties] = {}
    for link_type, rows in sorted(by_type.items()):
        statement = standing_links_statement(link_type)
        for source, target, properties in await transaction.rows(statement, rows=rows):
            found[LinkKey(link_type, source, target)] = properties
    return found


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


async def write_links(transaction: Transaction, plan: LinksPlan) -> None:
    """Remove, make and change links, type by type."""
    for part, statement_of in (
        (plan.removed, delete_links_statement),
        (plan.made, create_links_statement),
        (plan.changed, update_links_statement),
    ):
        for link_type, rows in sorted(part.items()):
            ordered = sorted(rows, key=lambda row: (row["source"], row["target"]))
            for start in range(0, len(ordered), _AT_ONCE):
                await transaction.do(statement_of(link_type), rows=ordered[start : start + _AT_ONCE])
