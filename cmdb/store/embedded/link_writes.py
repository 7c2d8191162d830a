"""Putting and deleting links; what counts is what the whole batch makes of each link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cmdb.graph.batch import WriteBatch
from cmdb.graph.elements import LinkKey, Properties
from cmdb.graph.errors import NodeNotFoundError
from cmdb.graph.revision import ChangeKind
from cmdb.store.embedded.node_writes import difference
from cmdb.store.embedded.rows import json_list, keys_of, link_properties, properties_json

if TYPE_CHECKING:
    from cmdb.store.embedded.writing import Writing

Entry = list[Any]
"""One change in the ledger's form: [type, source, target, kind, before, after]."""

RowKey = tuple[int, int, int]
"""Source, type and target of a link as they stand in its row."""

_LINKS_AT_AN_END = (
    (
        "SELECT l.source, l.type, l.target, s.id, t.id, l.properties FROM links l "
        "JOIN nodes s ON s.key = l.source JOIN nodes t ON t.key = l.target "
        "WHERE l.source IN (SELECT value FROM json_each(?))"
    ),
    (
        "SELECT l.source, l.type, l.target, s.id, t.id, l.properties FROM links l "
        "JOIN nodes s ON s.key = l.source JOIN nodes t ON t.key = l.target "
        "WHERE l.target IN (SELECT value FROM json_each(?))"
    ),
)


@dataclass(slots=True)
class _Draft:
    """A link before and after the batch; None stands for no link."""

    row: RowKey
    before: Properties | None
    after: Properties | None


def write(
    writing: Writing, batch: WriteBatch, keys: Mapping[str, int], created: Mapping[str, int]
) -> list[Entry]:
    """Delete and put links, and remove those of nodes that go; the ledger's entries of real changes.

    Raises:
        NodeNotFoundError: a link is put from or to a node that is not there.
    """
    if not (batch.link_puts or batch.link_deletes or batch.deletes):
        return []
    ends = _end_keys(writing, batch, keys)
    types = _type_keys(writing, batch)
    drafts: dict[LinkKey, _Draft] = {}
    for removal in batch.link_deletes:
        key = removal.key
        if key.source in ends and key.target in ends:
            _draft(
                writing, drafts, created, key, (ends[key.source], types[key.type], ends[key.target])
            ).after = None
    for put in batch.link_puts:
        key = put.key
        try:
            row = (ends[key.source], types[key.type], ends[key.target])
        except KeyError as error:
            raise NodeNotFoundError(
                f"link {key.type}: there is no node {error.args[0]!r}", details={"id": str(error.args[0])}
            ) from error
        _draft(writing, drafts, created, key, row).after = put.properties
    _drop_links_of(writing, drafts, {node.id: keys[node.id] for node in batch.deletes})
    return _flush(writing, drafts)


def _draft(
    writing: Writing, drafts: dict[LinkKey, _Draft], created: Mapping[str, int], key: LinkKey, row: RowKey
) -> _Draft:
    draft = drafts.get(key)
    if draft is None:
        before = None
        if key.source not in created and key.target not in created:
            found = writing.connection.execute(
                "SELECT properties FROM links WHERE source = ? AND type = ? AND target = ?", row
            ).fetchone()
            before = None if found is None else link_properties(found[0])
        draft = drafts[key] = _Draft(row, before, before)
    return draft


def _drop_links_of(writing: Writing, drafts: dict[LinkKey, _Draft], doomed: Mapping[str, int]) -> None:
    if not doomed:
        return
    for key, draft in drafts.items():
        if key.source in doomed or key.target in doomed:
            draft.after = None
    for statement in _LINKS_AT_AN_END:
        rows = writing.connection.execute(statement, (json_list(doomed.values()),)).fetchall()
        for source, type_key, target, source_id, target_id, text in rows:
            type_name = writing.names.link_types.name(writing.connection, type_key)
            key = LinkKey(type_name, source_id, target_id)
            drafts.setdefault(key, _Draft((source, type_key, target), link_properties(text), None))


def _flush(writing: Writing, drafts: Mapping[LinkKey, _Draft]) -> list[Entry]:
    entries: list[Entry] = []
    puts = []
    removals = []
    for key, draft in drafts.items():
        before, after = draft.before, draft.after
        if before == after:
            continue
        if after is None:
            removals.append(draft.row)
            entries.append([*key, ChangeKind.DELETED.value, before, {}])
        else:
            text = properties_json(after).decode() if after else None
            puts.append((*draft.row, text))
            if before is None:
                entries.append([*key, ChangeKind.CREATED.value, {}, after])
            else:
                entries.append([*key, ChangeKind.UPDATED.value, *difference(before, after)])
    if removals:
        writing.connection.executemany(
            "DELETE FROM links WHERE source = ? AND type = ? AND target = ?", removals
        )
    if puts:
        puts.sort()
        writing.connection.executemany(
            "INSERT INTO links VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET properties = excluded.properties",
            puts,
        )
    return entries


def _end_keys(writing: Writing, batch: WriteBatch, keys: Mapping[str, int]) -> Mapping[str, int]:
    links = [*(put.key for put in batch.link_puts), *(removal.key for removal in batch.link_deletes)]
    ends = {link.source for link in links} | {link.target for link in links}
    missing = ends.difference(keys)
    return {**keys, **keys_of(writing.connection, missing)} if missing else keys


def _type_keys(writing: Writing, batch: WriteBatch) -> dict[str, int]:
    wanted = {put.key.type for put in batch.link_puts} | {gone.key.type for gone in batch.link_deletes}
    table = writing.names.link_types
    missing = [name for name in wanted if table.key(writing.connection, name) is None]
    if missing:
        table.add(writing.connection, missing)
    return {name: key for name in wanted if (key := table.key(writing.connection, name)) is not None}
