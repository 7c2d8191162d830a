"""Statements that change the labels of nodes: each pair of classes has a text of its own."""

from __future__ import annotations

from cmdb.graph.schema import GraphSchema
from cmdb.store.neo4j.compile_names import label_names, quoted


def relabel_statement(schema: GraphSchema, old: str, new: str) -> str:
    """Give the nodes `$ids` the labels of another class, and take away those of their former one."""
    wanted = label_names(schema, new)
    unwanted = [name for name in label_names(schema, old) if name not in wanted]
    removed = "".join(f":{quoted(name)}" for name in unwanted)
    remove = f" REMOVE n{removed}" if removed else ""
    added = "".join(f":{quoted(name)}" for name in wanted)
    return f"UNWIND $ids AS id MATCH (n:CmdbNode {{id: id}}) SET n{added}{remove}"
