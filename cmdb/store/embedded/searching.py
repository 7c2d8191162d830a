"""Full-text search over FTS5.

A commit only notes which nodes have to be indexed; that is done when nobody is writing, and at the latest
before the next search, so bulk imports do not wait for it and searches miss nothing.
"""

from __future__ import annotations

import sqlite3
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cmdb.graph.elements import Node, Properties
from cmdb.graph.errors import InvalidQueryError
from cmdb.graph.query import SearchHit, SearchQuery
from cmdb.graph.schema import GraphSchema
from cmdb.store.embedded.finding import check_page
from cmdb.store.embedded.names import Names
from cmdb.store.embedded.rows import NODE_COLUMNS, decoded, json_list, node_of

TITLES = ("name", "number")
"""Properties that people call a node by: a word found there counts more."""

_TITLE_WEIGHT = 8.0
# A letter of its own between two properties, so that no phrase is found across them.
_BETWEEN = " \ue000 "


def index_pending(connection: sqlite3.Connection, most: int) -> int:
    """Bring the index in step for some nodes that changed; how many were done."""
    keys = [row[0] for row in connection.execute("SELECT node FROM search_pending LIMIT ?", (most,))]
    if not keys:
        return 0
    rules = _rules(connection)
    chosen = json_list(keys)
    connection.execute("DELETE FROM search WHERE rowid IN (SELECT value FROM json_each(?))", (chosen,))
    rows = connection.execute(
        "SELECT key, label, CAST(properties AS BLOB) FROM nodes WHERE key IN (SELECT value FROM json_each(?))",
        (chosen,),
    ).fetchall()
    texts = ((key, *_texts(decoded("a node", text), rules.get(label, []))) for key, label, text in rows)
    connection.executemany("INSERT INTO search (rowid, title, body) VALUES (?, ?, ?)", texts)
    connection.execute("DELETE FROM search_pending WHERE node IN (SELECT value FROM json_each(?))", (chosen,))
    return len(keys)


def count_values(connection: sqlite3.Connection) -> None:
    """Let SQLite look again at how often values occur, where much changed, to choose among indexes."""
    connection.execute("PRAGMA analysis_limit = 1000")
    connection.execute("PRAGMA optimize")


def is_pending(connection: sqlite3.Connection) -> bool:
    """Whether nodes wait to be indexed."""
    return connection.execute("SELECT 1 FROM search_pending LIMIT 1").fetchone() is not None


def adopt_rules(connection: sqlite3.Connection, names: Names, schema: GraphSchema) -> None:
    """Keep which properties of each label are searched; nodes of a label where that changed are indexed again."""
    known = dict(connection.execute("SELECT label, properties FROM search_rules").fetchall())
    for label in schema.labels.values():
        wanted = properties_json_list([name for name, rule in label.properties.items() if rule.searchable])
        key = names.labels.key(connection, label.name)
        if known.get(key) == wanted:
            continue
        connection.execute(
            "INSERT INTO search_rules VALUES (?, ?) ON CONFLICT DO UPDATE SET properties = excluded.properties",
            (key, wanted),
        )
        connection.execute(
            "INSERT OR IGNORE INTO search_pending SELECT key FROM nodes WHERE label = ?", (key,)
        )


def properties_json_list(names: Sequence[str]) -> str:
    """Property names as a JSON list in one order, to be compared as text."""
    return json_list(sorted(names))


def _rules(connection: sqlite3.Connection) -> Mapping[int, list[str]]:
    return {
        label: decoded("the search rules", text)
        for label, text in connection.execute("SELECT label, properties FROM search_rules")
    }


def _texts(properties: Properties, searchable: Sequence[str]) -> tuple[str, str]:
    title = _BETWEEN.join(_values(properties, [name for name in searchable if name in TITLES]))
    body = _BETWEEN.join(_values(properties, [name for name in searchable if name not in TITLES]))
    return title, body


def _values(properties: Properties, wanted: Sequence[str]) -> Iterator[str]:
    for name in wanted:
        value: Any = properties.get(name)
        if isinstance(value, list):
            yield from value
        elif value is not None:
            yield str(value)


def search(
    connection: sqlite3.Connection, names: Names, schema: GraphSchema, query: SearchQuery
) -> list[SearchHit]:
    """Nodes that hold every word, best first.

    Raises:
        InvalidQueryError: unknown label, or `first` out of bounds.
    """
    check_page(query.first)
    for label in query.labels:
        if label not in schema.labels:
            raise InvalidQueryError(f"unknown label {label!r}")
    match = match_expression(query.text)
    if not match:
        return []
    rows = connection.execute(
        f"SELECT -bm25(search, {_TITLE_WEIGHT}, 1.0) AS score, {NODE_COLUMNS} "
        "FROM search JOIN nodes ON nodes.key = search.rowid WHERE search MATCH ? "
        "AND nodes.label IN (SELECT value FROM json_each(?)) ORDER BY score DESC, nodes.id LIMIT ?",
        (match, json_list(names.labels.keys(connection, query.labels)), query.first),
    ).fetchall()
    return [SearchHit(_node(connection, names, row), row[0]) for row in rows]


def _node(connection: sqlite3.Connection, names: Names, row: tuple[Any, ...]) -> Node:
    return node_of(connection, names, row[1:])


def match_expression(text: str) -> str:
    """FTS5's form of a text: each word a phrase whose end may go on, all of them required.

    What people write as one word (`192.168.1.7`, `rtr-print.office.example`) is one phrase.
    """
    words = [
        word.replace('"', " ").replace("\0", " ") for word in text.encode(errors="replace").decode().split()
    ]
    return " AND ".join(f'"{word}" *' for word in words if any(_is_word_character(letter) for letter in word))


def _is_word_character(letter: str) -> bool:
    """Whether the tokenizer `unicode61` keeps it: letters, digits and private use."""
    return unicodedata.category(letter)[0] in "LN" or unicodedata.category(letter) == "Co"
