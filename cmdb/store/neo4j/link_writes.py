"""Putting and deleting links; what counts is what the whole batch makes of each link."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from cmdb.graph.batch import WriteBatch
from cmdb.graph.elements import LinkKey, Properties
from cmdb.graph.errors import NodeNotFoundError
from cmdb.graph.revision import ChangeKind
from cmdb.store.batches import difference
from cmdb.store.neo4j.compile_links import delete_links_statement, update_links_statement
from cmdb.store.neo4j.connection import Transaction
from cmdb.store.neo4j.link_ends import create_links, standing_links
from cmdb.store.neo4j.reading import is_sendable
from cmdb.store.neo4j.statements import EXISTING, LINKS_OF_NODES

Row = dict[str, Any]

_AT_ONCE = 10_000


@dataclass(slots=True)
class LinksPlan:
    """Links to be made; those to be changed and removed, as rows by type; and the ledger's entries."""

    made: dict[LinkKey, Properties] = field(default_factory=dict)
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
    gone = [
        key
        for key, put in after.items()
        if put is not None and (key.source in doomed or key.target in doomed)
    ]
    await _check_ends(transaction, gone, created)
    for key, properties in after.items():
        is_doomed = key.source in doomed or key.target in doomed
        _note(plan, key, before.get(key), None if is_doomed else properties, is_doomed=is_doomed)
    return plan


def fresh_links_plan(batch: WriteBatch, created: Collection[str]) -> LinksPlan | None:
    """What becomes of links where none of them can stand yet; None where one may.

    Raises:
        NodeNotFoundError: a link has an end that no store can hold.
    """
    after = {put.key: put.properties for put in batch.link_puts}
    if batch.link_deletes or batch.deletes or _may_stand(after, created):
        return None
    _refuse_unsendable(after)
    plan = LinksPlan()
    for key, properties in after.items():
        _note(plan, key, None, properties, is_doomed=False)
    return plan


def _may_stand(keys: Iterable[LinkKey], created: Collection[str]) -> list[LinkKey]:
    """Those links that may stand already: a node made in this batch has none yet."""
    return [key for key in keys if key.source not in created and key.target not in created]


def _refuse_unsendable(after: Mapping[LinkKey, Properties | None]) -> None:
    if not is_sendable(*chain.from_iterable(after)):
        for key, put in after.items():
            if put is not None and not is_sendable(*key):
                _refuse_missing([key], [end for end in (key.source, key.target) if not is_sendable(end)])


async def _standing_links(
    transaction: Transaction, after: Mapping[LinkKey, Properties | None], created: Collection[str]
) -> dict[LinkKey, Properties]:
    """Those links that stand."""
    _refuse_unsendable(after)
    asked = _may_stand(after, created)
    if not is_sendable(*chain.from_iterable(asked)):
        asked = [key for key in asked if is_sendable(*key)]
    return await standing_links(transaction, asked)


async def _check_ends(transaction: Transaction, keys: Collection[LinkKey], created: Collection[str]) -> None:
    """Look whether there are nodes at the ends of links that are put, and gone again with a node deleted."""
    ends = {end for key in keys for end in (key.source, key.target)} - set(created)
    if ends:
        rows = await transaction.rows(EXISTING, ids=sorted(ends))
        _refuse_missing(keys, ends - {node_id for (node_id,) in rows})


def _refuse_missing(keys: Collection[LinkKey], missing: Collection[str]) -> None:
    for key in sorted(keys):
        for end in (key.source, key.target):
            if end in missing:
                raise NodeNotFoundError(f"link {key.type}: there is no node {end!r}", details={"id": end})


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
        plan.made[key] = after
    else:
        plan.entries.append([*key, ChangeKind.UPDATED.value, *difference(before, after)])
        plan.changed.setdefault(key.type, []).append(row)


async def write_links(transaction: Transaction, plan: LinksPlan) -> None:
    """Remove, make and change links.

    Raises:
        NodeNotFoundError: a link is made between nodes of which one is not there.
    """
    for link_type, rows in sorted(plan.removed.items()):
        for piece in _pieces(rows):
            await transaction.do(delete_links_statement(link_type), rows=piece)
    missing = await create_links(transaction, plan.made)
    if missing:
        _refuse_missing(plan.made, missing)
    for link_type, rows in sorted(plan.changed.items()):
        for piece in _pieces(rows):
            await transaction.do(update_links_statement(link_type), rows=piece)


def _pieces(rows: list[Row]) -> Iterator[list[Row]]:
    ordered = sorted(rows, key=lambda row: (row["source"], row["target"]))
    for start in range(0, len(ordered), _AT_ONCE):
        yield ordered[start : start + _AT_ONCE]
