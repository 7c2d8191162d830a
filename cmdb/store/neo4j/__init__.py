"""The store on Neo4j: the graph as people expect to find it there, and the ledger beside it."""

from cmdb.store.neo4j.address import Neo4jAddress
from cmdb.store.neo4j.store import Neo4jStore, open_neo4j

__all__ = ["Neo4jAddress", "Neo4jStore", "open_neo4j"]
