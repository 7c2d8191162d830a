"""What Neo4j cannot keep although the schema allows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from cmdb.graph.batch import NodeCreate, WriteBatch
from cmdb.graph.elements import Properties
from cmdb.kernel.values import Value
from cmdb.store.batches import claims_in, writes_of
from cmdb.store.neo4j.layout import Layout

KEY_BYTES = 8000
"""Most bytes of a text in an index; Neo4j's own limit is a little above."""

_ALWAYS_SHORT = KEY_BYTES // 4


def size_mistakes(batch: WriteBatch, layout: Layout) -> list[str]:
    """Texts that are too long for the index they would go into."""
    mistakes: list[str] = []
    for write in writes_of(batch):
        values = write.properties if isinstance(write, NodeCreate) else write.changes
        if _is_small(write.id, claims_in(write), values):
            continue
        indexed: Properties = {name: value for name, value in values.items() if value is not None}
        mistakes += _mistakes(write.id, (write.id, *claims_in(write)), indexed, layout)
    if batch.request_id is not None and _is_long(batch.request_id):
        mistakes.append(f"the request id is longer than {KEY_BYTES} bytes")
    return mistakes


def _is_small(node_id: str, claims: Iterable[str], values: Mapping[str, Value | None]) -> bool:
    """Whether even all of it together is short, as it nearly always is."""
    texts = [value for value in values.values() if type(value) is str]
    return len(node_id) + sum(map(len, claims)) + sum(map(len, texts)) <= _ALWAYS_SHORT


def _mistakes(node_id: str, keys: Iterable[str], properties: Properties, layout: Layout) -> Iterator[str]:
    place = f"node {node_id[:80]!r}"
    if any(map(_is_long, keys)):
        yield f"{place}: an id or identifier is longer than {KEY_BYTES} bytes"
    for name, value in properties.items():
        if type(value) is str and name in layout.indexed and _is_long(value):
            yield f"{place}: property {name} is indexed, and Neo4j indexes texts of {KEY_BYTES} bytes at most"


def _is_long(text: str) -> bool:
    return len(text) > _ALWAYS_SHORT and len(text.encode(errors="replace")) > KEY_BYTES
