"""The store on Neo4j: the graph as people expect to find it there, and the ledger beside it."""
