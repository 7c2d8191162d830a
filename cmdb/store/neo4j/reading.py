"""Reading by id: nodes, holders of identifiers, evidence, links."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from cmdb.graph.elements import Evidence, Link, LinkKey, Node, Properties
from cmdb.graph.errors import InvalidQueryError
from cmdb.graph.query import Direction, LinkQuery
from cmdb.graph.revision import Head
from cmdb.graph.schema import GraphSchema
from cmdb.store.neo4j.compile_links import links_statement
from cmdb.store.neo4j.connection import Transaction
from cmdb.store.neo4j.evidence import claims_of, seen_of, stamps_of
from cmdb.store.neo4j.ledger import head_of
from cmdb.store.neo4j.link_ends import standing_links
from cmdb.store.neo4j.statements import EVIDENCE, HEAD, HOLDERS, NODES_BY_ID

# A few of them may have very many links each.
_HUBS_AT_ONCE = 50


def sendable(texts: Iterable[str]) -> list[str]:
    """The different texts that Neo4j can be asked for; no node has one that is not valid Unicode."""
    different = list(dict.fromkeys(texts))
    return different if is_sendable(*different) else [text for text in different if is_sendable(text)]


def is_sendable(*texts: str) -> bool:
    """Whether all of the texts are valid Unicode."""
    # Most are ASCII, and of many texts one look at all of them is quickest.
    return "".join(texts).isascii() or all(text.encode(errors="replace").decode() == text for text in texts)


async def head(transaction: Transaction) -> Head:
    """The newest revision.

    Raises:
        StoreIncompleteError: loading into the store began and did not end.
    """
    row = await transaction.row(HEAD)
    return head_of(row) if row else Head(0, "")


async def get(transaction: Transaction, ids: Sequence[str]) -> Mapping[str, Node]:
    """The nodes with these ids, in the order asked for."""
    found = await transaction.in_groups(NODES_BY_ID, sendable(ids))
    return {node.id: node for node in transaction.wholeness.nodes(found)}


async def resolve(transaction: Transaction, identifiers: Sequence[str]) -> Mapping[str, str]:
    """The node id that holds each identifier."""
    rows = await transaction.in_groups(HOLDERS, sendable(identifiers))
    return {value: holder for value, holder in rows}  # noqa: C416 - rows are lists, which dict() takes too, but unchecked


async def evidence(transaction: Transaction, ids: Sequence[str]) -> Mapping[str, Evidence]:
    """Provenance of these nodes."""
    rows = await transaction.in_groups(EVIDENCE, sendable(ids))
    # Nodes that came together from one source have the same stamps and sightings.
    stamps = {text: stamps_of(text) for text in {row[1] for row in rows}}
    spans = {texts: seen_of(texts) for texts in {tuple(row[2] or ()) for row in rows}}
    return {
        node_id: Evidence(stamps[text], spans[tuple(seen or ())], tuple(sorted(claims_of(claims))))
        for node_id, text, seen, claims in rows
    }


async def links(
    transaction: Transaction, schema: GraphSchema, query: LinkQuery
) -> Mapping[str, Sequence[Link]]:
    """The links of each node asked for, ordered by type and the other end's id.

    Raises:
        InvalidQueryError: unknown link type or label, or a negative bound.
    """
    if query.first is not None and query.first < 0:
        raise InvalidQueryError(f"{query.first} links of each node were asked for")
    statement = links_statement(schema, query)
    rows = await transaction.in_groups(
        statement, sendable(query.ids), _HUBS_AT_ONCE, labels=list(query.labels or ()), first=query.first
    )
    outwards = query.direction is Direction.OUT
    found: dict[str, list[Link]] = {}
    for here, type_name, there, properties in rows:
        key = LinkKey(type_name, here, there) if outwards else LinkKey(type_name, there, here)
        found.setdefault(here, []).append(Link(key, properties))
    return found


async def links_at(
    transaction: Transaction, schema: GraphSchema, keys: Sequence[LinkKey]
) -> Mapping[LinkKey, Properties]:
    """The properties of those links that stand."""
    known = [key for key in dict.fromkeys(keys) if key.type in schema.link_types and is_sendable(*key)]
    return await standing_links(transaction, known)
