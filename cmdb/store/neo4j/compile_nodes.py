"""Statements that make nodes and change their labels: each class has a text of its own."""

from __future__ import annotations

from cmdb.graph.schema import GraphSchema
from cmdb.store.neo4j.compile_names import label_names, labels_of, quoted


def create_nodes_statement(schema: GraphSchema, label: str) -> str:
    """Make nodes of one class of `$rows`, which hold all their properties."""
    return f"UNWIND $rows AS row CREATE (n{labels_of(schema, label)}) SET n = row"


def relabel_statement(schema: GraphSchema, old: str, new: str) -> str:
    """Give the nodes `$ids` the labels of another class, and take away those of their former one."""
    wanted = label_names(schema, new)
    unwanted = [name for name in label_names(schema, old) if name not in wanted]
    removed = "".join(f":{quoted(name)}" for name in unwanted)
    remove = f" REMOVE n{removed}" if removed else ""
    added = "".join(f":{quoted(name)}" for name in wanted)
    return f"UNWIND $ids AS id MATCH (n:CmdbNode {{id: id}}) SET n{added}{remove}"
