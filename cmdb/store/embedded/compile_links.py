"""The links of nodes as SQL."""

from __future__ import annotations

from cmdb.graph.query import Direction
from cmdb.store.embedded.compile_predicates import Sql
from cmdb.store.embedded.rows import json_list


def links_statement(
    ids: tuple[str, ...],
    direction: Direction,
    types: list[int] | None,
    labels: list[int] | None,
    first: int | None,
) -> Sql:
    """The links of each node asked for, ordered by it, then by type and the other end's id.

    Types and labels are row keys; None means any. Columns: the node's id, the type's name, the other end's
    id, the properties, and the link's place among those of its node.
    """
    near, far = ("source", "target") if direction is Direction.OUT else ("target", "source")
    chosen = ["here.id IN (SELECT value FROM json_each(?))"]
    values: list[str | int] = [json_list(ids)]
    if types is not None:
        chosen.append("l.type IN (SELECT value FROM json_each(?))")
        values.append(json_list(types))
    if labels is not None:
        chosen.append("there.label IN (SELECT value FROM json_each(?))")
        values.append(json_list(labels))
    text = (
        "SELECT here.id AS here_id, types.name AS type_name, there.id AS there_id, l.properties, "
        "row_number() OVER (PARTITION BY here.key ORDER BY types.name, there.id) AS place "
        f"FROM nodes here JOIN links l ON l.{near} = here.key JOIN nodes there ON there.key = l.{far} "
        f"JOIN link_types types ON types.key = l.type WHERE {' AND '.join(chosen)}"
    )
    if first is not None:
        text = f"SELECT * FROM ({text}) WHERE place <= ?"
        values.append(first)
    return Sql(f"SELECT * FROM ({text}) ORDER BY here_id, place", tuple(values))
