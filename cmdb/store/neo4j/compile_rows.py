"""How nodes come out of Neo4j: what statements return, and the nodes made of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cmdb.graph.elements import Node
from cmdb.store.neo4j.compile_names import CHECKSUM, HIDDEN_PROPERTIES

NODE = "n{.*, " + ", ".join(f"{name}: null" for name in HIDDEN_PROPERTIES) + "}"
"""A node `n` as a map, with its checksum and without what else only the store itself reads."""


def node_of(row: Mapping[str, Any]) -> Node:
    """The node of a map that holds all of its properties."""
    properties = dict(row)
    for name in (CHECKSUM, *HIDDEN_PROPERTIES):
        properties.pop(name, None)
    take = properties.pop
    return Node(
        id=take("id"),
        label=take("label"),
        version=take("version"),
        revision=take("revision"),
        created_at=take("created_at"),
        updated_at=take("updated_at"),
        properties=properties,
    )
