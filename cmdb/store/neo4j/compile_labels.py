"""Which label pattern finds exactly the nodes of some classes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from cmdb.graph.schema import GraphSchema
from cmdb.store.neo4j.compile_names import NODE_LABEL, quoted


@dataclass(frozen=True, slots=True)
class Cover:
    """Labels whose nodes together include those wanted.

    `is_exact` says that they include no others; else the property `label` has to decide.
    """

    labels: tuple[str, ...]
    is_exact: bool

    @property
    def pattern(self) -> str:
        """The labels as they stand in a pattern, after the colon; the common one leads to the indexes."""
        return f"{quoted(NODE_LABEL)}&({'|'.join(map(quoted, self.labels))})"


def cover_of(schema: GraphSchema, wanted: Collection[str]) -> Cover:
    """The fewest labels for these classes: a class stands for its subclasses when all of them are wanted."""
    chosen = set(wanted)
    # Only classes that those wanted come from, or are, can stand for them.
    related = {name for label in chosen for name in (label, *schema.labels[label].ancestors)}
    below = {name: _concrete_below(schema, name) for name in related}
    closed = {name for name, own in below.items() if own and own <= chosen}
    roots = {name for name in closed if not closed & set(schema.labels[name].ancestors)}
    covered = {leaf for name in roots for leaf in below[name]}
    rest = chosen - covered
    return Cover(tuple(sorted(roots | rest)), is_exact=not rest)


def _concrete_below(schema: GraphSchema, name: str) -> set[str]:
    """The class itself and its descendants, as far as nodes can be of them."""
    return {
        label.name
        for label in schema.labels.values()
        if not label.abstract and (label.name == name or name in label.ancestors)
    }
