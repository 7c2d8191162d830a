"""A Neo4j server on this machine, made of packages alone: for tests, and for people who try the product."""
