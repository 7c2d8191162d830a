"""Whether a node came whole.

Neo4j is read-committed, and no more: what a transaction writes becomes visible record by record. A node that is read
at that moment may come with its new version and some of its old values, and who then changes it on that version
undoes a change without being told. So each node carries a checksum (CRC-32, IEEE 802.3) of what people see of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from zlib import crc32

import orjson

from cmdb.graph.elements import Node, Properties
from cmdb.store.neo4j.compile_names import CHECKSUM
from cmdb.store.neo4j.compile_rows import node_of

Mark = tuple[str, int]
"""The id of a node, and the checksum of what came of it."""

_MOST_ALTERED = 10_000


class TornReadError(Exception):
    """Some nodes are not what was written: they are being changed, or were altered past the product."""

    def __init__(self, marks: set[Mark]) -> None:
        super().__init__(f"{len(marks)} nodes, such as {min(marks)[0]!r}")
        self.marks = marks


def content_sum(label: str, version: int, properties: Properties) -> int:
    """The checksum of a node but for its revision, as far as it is known before the commit."""
    return crc32(orjson.dumps([label, version, properties], default=str, option=orjson.OPT_SORT_KEYS))


def node_sum(content: int, revision: int, updated_at: str) -> int:
    """The checksum of a node, given that of its content."""
    return crc32(f"{revision} {updated_at}".encode(), content)


class Wholeness:
    """Makes nodes of rows and looks whether they came whole; nodes without a checksum are taken as they are."""

    def __init__(self) -> None:
        self._altered: set[Mark] = set()

    def nodes(self, rows: Iterable[Mapping[str, Any]]) -> list[Node]:
        """The nodes of maps that hold all that people see of them, and the checksum.

        Raises:
            TornReadError: some did not come whole.
        """
        nodes: list[Node] = []
        torn: set[Mark] = set()
        for row in rows:
            node = node_of(row)
            nodes.append(node)
            kept = row.get(CHECKSUM)
            if kept is None:
                continue
            content = content_sum(node.label, node.version, node.properties)
            seen = node_sum(content, node.revision, node.updated_at)
            if seen != kept and (node.id, seen) not in self._altered:
                torn.add((node.id, seen))
        if torn:
            raise TornReadError(torn)
        return nodes

    def tolerate(self, marks: set[Mark]) -> None:
        """Take these nodes as they are from here on: they were altered past the product, and stay so."""
        if len(self._altered) > _MOST_ALTERED:
            self._altered.clear()
        self._altered |= marks
