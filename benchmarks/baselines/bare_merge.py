"""The nodes and links of a store put into Neo4j by `UNWIND … MERGE`, as people do it by hand.

No identification, no provenance, no ledger, no search: the official driver, a uniqueness constraint on the id, rows
by class and by relationship type. Nodes get the labels and properties that people see on the product's own; what it
keeps for itself (stamps, sightings, identifiers, searched words) is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import neo4j

from cmdb.graph.elements import Node
from cmdb.graph.schema import GraphSchema
from cmdb.graph.store import GraphStore

PLAIN_LABEL = "BareNode"
"""Shared by all nodes in place of the product's label, so that the constraint on the id is their only index."""
PRODUCT_LABEL = "CmdbNode"
"""The product's own shared label: its property indexes and its full-text index are then kept for these nodes too."""

_CONSTRAINT = "bare_node_id"
_KEPT = "n:CmdbHead OR n:CmdbMigration OR n:CmdbLock OR n:CmdbModel"

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of nodes by their labels below the shared one, and rows of links by type."""

    nodes: Mapping[tuple[str, ...], Sequence[Row]]
    links: Mapping[str, Sequence[Row]]


async def rows_of(store: GraphStore, schema: GraphSchema) -> Rows:
    """All nodes and links of a store, ready to be sent."""
    nodes: dict[tuple[str, ...], list[Row]] = {}
    async for node in store.nodes():
        labels = (node.label, *schema.labels[node.label].ancestors)
        nodes.setdefault(labels, []).append({"id": node.id, "properties": _seen(node)})
    links: dict[str, list[Row]] = {}
    async for link in store.all_links():
        row = {"source": link.source, "target": link.target, "properties": dict(link.properties)}
        links.setdefault(link.type, []).append(row)
    return Rows(nodes, links)


def _seen(node: Node) -> dict[str, Any]:
    return {
        **node.properties,
        "label": node.label,
        "version": node.version,
        "revision": node.revision,
        "created_at": node.created_at,
        "updated_at": node.updated_at,
    }


async def constrain(driver: neo4j.AsyncDriver, database: str) -> None:
    """Make the constraint on the id of plain nodes."""
    await _run(
        driver,
        database,
        f"CREATE CONSTRAINT {_CONSTRAINT} IF NOT EXISTS FOR (n:{PLAIN_LABEL}) REQUIRE n.id IS UNIQUE",
    )


async def unconstrain(driver: neo4j.AsyncDriver, database: str) -> None:
    """Take the constraint away."""
    await _run(driver, database, f"DROP CONSTRAINT {_CONSTRAINT} IF EXISTS")


async def empty(driver: neo4j.AsyncDriver, database: str) -> None:
    """Remove everything but what says that the database was migrated, and for which model."""
    await _run(
        driver,
        database,
        f"MATCH (n) WHERE NOT ({_KEPT}) CALL (n) {{ DETACH DELETE n }} IN TRANSACTIONS OF 5000 ROWS",
    )
    await _run(driver, database, "MATCH (h:CmdbHead) SET h.revision = 0, h.hash = ''")
    await _run(driver, database, "CALL db.index.fulltext.awaitEventuallyConsistentIndexRefresh()")


async def put(driver: neo4j.AsyncDriver, database: str, rows: Rows, shared: str, at_once: int) -> None:
    """Write the rows under a shared label, so many in each transaction; there is a constraint on its id."""
    async with driver.session(database=database) as session:
        for labels, nodes in rows.nodes.items():
            for part in _parts(nodes, at_once):
                await session.execute_write(_send, _nodes_statement((shared, *labels)), part)
        for link_type, links in rows.links.items():
            statement = _links_statement(link_type, shared, told=any(row["properties"] for row in links))
            for part in _parts(links, at_once):
                await session.execute_write(_send, statement, part)


def _nodes_statement(labels: Sequence[str]) -> str:
    return f"UNWIND $rows AS row MERGE (n:{':'.join(labels)} {{id: row.id}}) SET n += row.properties"


def _links_statement(link_type: str, shared: str, *, told: bool) -> str:
    ends = f"MATCH (a:{shared} {{id: row.source}}) MATCH (b:{shared} {{id: row.target}})"
    put_properties = " SET r += row.properties" if told else ""
    return f"UNWIND $rows AS row {ends} MERGE (a)-[r:{link_type}]->(b){put_properties}"


def _parts(rows: Sequence[Row], at_once: int) -> Iterator[Sequence[Row]]:
    for start in range(0, len(rows), at_once):
        yield rows[start : start + at_once]


async def _send(transaction: neo4j.AsyncManagedTransaction, statement: str, rows: Sequence[Row]) -> None:
    result = await transaction.run(statement, rows=list(rows))
    await result.consume()


async def _run(driver: neo4j.AsyncDriver, database: str, statement: str) -> None:
    async with driver.session(database=database) as session:
        result = await session.run(statement)
        await result.consume()
