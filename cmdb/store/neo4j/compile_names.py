"""Names in Cypher: the one place where a name becomes part of a statement.

Names come from the schema only, never from a question, and are checked and quoted here; values are always
parameters. Every node of the graph carries the label `CmdbNode` besides those of its class and the class's
ancestors; what begins with `Cmdb` otherwise is the product's own bookkeeping.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from cmdb.graph.errors import InvalidQueryError
from cmdb.graph.schema import GraphSchema
from cmdb.store.neo4j.errors import UnsafeNameError

NODE_LABEL = "CmdbNode"
OWN_PROPERTIES = frozenset({"id", "label", "version", "revision", "created_at", "updated_at"})
"""What every node has besides its own properties; the model reserves these names."""

CHECKSUM = "_checksum"
"""The property that tells whether a node came whole."""

HIDDEN_PROPERTIES = ("_stamps", "_seen", "_claims", "_title", "_text")
"""Evidence and search texts, which no question about a node asks for."""

_SAFE = re.compile("[A-Za-z][A-Za-z0-9_]{0,63}")


def quoted(name: str) -> str:
    """A name as Cypher takes it.

    Raises:
        UnsafeNameError: it holds anything but letters, digits and `_`, or is too long.
    """
    if not _SAFE.fullmatch(name):
        raise UnsafeNameError(f"{name!a} cannot be a name in Neo4j")
    return f"`{name}`"


def check_schema(schema: GraphSchema) -> None:
    """Look whether every name of the schema can be one in Neo4j.

    Raises:
        UnsafeNameError: one cannot, or is one of the product's own.
    """
    for label in schema.labels.values():
        for name in (label.name, *label.ancestors):
            quoted(name)
            if name.startswith("Cmdb"):
                raise UnsafeNameError(f"the label {name!r} is reserved")
        _check_properties(label.properties)
    for link_type in schema.link_types.values():
        quoted(link_type.name)
        _check_properties(link_type.properties)


def _check_properties(names: Iterable[str]) -> None:
    for name in names:
        quoted(name)
        if name in OWN_PROPERTIES:
            raise UnsafeNameError(f"the property {name!r} is reserved")


def labels_of(schema: GraphSchema, label: str) -> list[str]:
    """All labels of a node of this class: `CmdbNode`, `Server`, `Host`, as a statement takes them as a value.

    Raises:
        UnsafeNameError: one of them cannot be a name in Neo4j.
    """
    names = [NODE_LABEL, *label_names(schema, label)]
    for name in names:
        quoted(name)
    return names


def label_names(schema: GraphSchema, label: str) -> tuple[str, ...]:
    """The label and its ancestors; only itself where the schema does not know it."""
    known = schema.labels.get(label)
    return (label, *known.ancestors) if known else (label,)


def link_types_of(schema: GraphSchema, wanted: Iterable[str]) -> str:
    """Link types as they stand in a pattern: `:RUNS_ON|CONNECTS`; nothing for none, which means every type.

    Raises:
        InvalidQueryError: the schema does not know one of them.
    """
    names = list(dict.fromkeys(wanted))
    for name in names:
        if name not in schema.link_types:
            raise InvalidQueryError(f"unknown link type {name!a}")
    return ":" + "|".join(map(quoted, names)) if names else ""
