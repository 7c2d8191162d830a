"""One hash for a whole graph, the same in whatever order its parts are read.

Each part is hashed by itself, and the hashes are summed (Clarke et al., "Incremental multiset hash functions
and their application to memory integrity checking", ASIACRYPT 2003, MSet-Add-Hash). Covered are id, label,
version and properties of nodes, links with their properties, and identifiers with their holders. Moments,
revisions and provenance are not: two stores in which the same was written at different times are equal.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import orjson

from cmdb.graph.archive import Piece

_MODULUS = 1 << 256


class GraphHash:
    """Sums up the parts of a graph."""

    def __init__(self) -> None:
        self._sums = [0, 0, 0]

    def add(self, piece: Piece) -> None:
        """Take the nodes, links and holdings of a piece in."""
        nodes = (archived.node for archived in piece.nodes)
        self._add(0, ([node.id, node.label, node.version, node.properties] for node in nodes))
        self._add(1, ([*link.key, link.properties] for link in piece.links))
        self._add(2, (list(holding) for holding in piece.holdings))

    def hexdigest(self) -> str:
        """The hash of all that was taken in: SHA-256 over the three sums, in hexadecimal."""
        return hashlib.sha256(b"".join(one.to_bytes(32, "big") for one in self._sums)).hexdigest()

    def _add(self, place: int, parts: Iterable[list[object]]) -> None:
        total = self._sums[place]
        for part in parts:
            text = orjson.dumps(part, option=orjson.OPT_SORT_KEYS)
            total += int.from_bytes(hashlib.sha256(text).digest(), "big")
        self._sums[place] = total % _MODULUS
