"""The bare shape of the graph, as columns: what a topology is built from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cmdb.graph.elements import Properties


@dataclass(frozen=True, slots=True)
class Structure:
    """Nodes and links as parallel columns, all of one revision.

    ids, labels, statuses: one entry a node. link_types, link_sources, link_targets: one entry a link, where
    source and target are positions in `ids`. link_properties: only for links that have some, by position.
    `truncated` is True when a limit cut the answer.
    """

    revision: int
    ids: Sequence[str]
    labels: Sequence[str]
    statuses: Sequence[str]
    link_types: Sequence[str]
    link_sources: Sequence[int]
    link_targets: Sequence[int]
    link_properties: Mapping[int, Properties] = field(default_factory=dict)
    truncated: bool = False
