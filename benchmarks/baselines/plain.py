"""The estate as bare dependencies: every one of them hard, none standing in for another, all of one direction.

What is reached over them is a question that every graph tool can be asked, so the tools are compared on it. Types
by which the target suffers are left out: Cypher's pruning search follows its types in one direction only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from cmdb.graph.structure import Structure
from cmdb.model.types import End, ImpactMeaning, Model, RelationshipType, Strength
from cmdb.topology.adjacency import Rows, group_by, reach
from cmdb.topology.arrays import BoolArray, IntArray
from cmdb.topology.build import build_topology
from cmdb.topology.topology import Topology


@dataclass(frozen=True, slots=True)
class PlainGraph:
    """Bare dependencies, three ways: as a topology, as an edge list, and as compact rows by provider.

    Positions are the topology's. `types`: the relationship types, whose source suffers when their target fails.
    """

    topology: Topology
    providers: IntArray
    dependents: IntArray
    rows: Rows
    types: tuple[str, ...]


def plain_graph(structure: Structure, model: Model) -> PlainGraph:
    """Bare dependencies of a store's structure."""
    plain = _plain_model(model)
    topology = build_topology(replace(structure, link_properties={}), plain)
    links = topology.links
    by_provider = group_by(links.providers, len(topology.ids))
    return PlainGraph(
        topology=topology,
        providers=links.providers,
        dependents=links.dependents,
        rows=Rows(by_provider.offsets, np.ascontiguousarray(links.dependents[by_provider.entries])),
        types=tuple(sorted(name for name, kind in plain.relationship_types.items() if kind.impact)),
    )


def is_followed(kind: RelationshipType) -> bool:
    """Whether the source of such a relationship suffers when its target fails."""
    return kind.impact is not None and kind.impact.suffers is End.SOURCE


def _plain_model(model: Model) -> Model:
    """The model, where each relationship type by which its source suffers does so hard and alone, and no other."""
    types = {
        name: replace(kind, impact=ImpactMeaning(End.SOURCE, Strength.HARD) if is_followed(kind) else None)
        for name, kind in model.relationship_types.items()
    }
    return replace(model, relationship_types=types)


@dataclass(frozen=True, slots=True)
class CrossingSearch:
    """A search that follows dependencies of one direction, crosses over those of the other once, and searches on.

    It finds what `cypher.search_with_rows` finds. `types` are followed against their direction, `crossed` along it.
    """

    graph: PlainGraph
    crossed: tuple[str, ...]
    sources: IntArray
    targets: IntArray

    @property
    def types(self) -> tuple[str, ...]:
        """The relationship types whose source suffers."""
        return self.graph.types

    def hit(self, starts: Sequence[int]) -> set[int]:
        """The positions found from these, without them."""
        near = self._reach(starts)
        over = self.targets[near[self.sources]]
        found = near | self._reach(np.unique(over).tolist())
        return set(np.flatnonzero(found).tolist()) - set(starts)

    def _reach(self, starts: Sequence[int]) -> BoolArray:
        found = np.zeros(len(self.graph.topology.ids), dtype=np.bool_)
        if starts:
            found[reach(self.graph.rows, np.array(starts, dtype=np.int32)).nodes] = True
        return found


def crossing_search(structure: Structure, model: Model) -> CrossingSearch:
    """The search over a store's structure."""
    graph = plain_graph(structure, model)
    crossed = {
        name
        for name, kind in model.relationship_types.items()
        if kind.impact is not None and not is_followed(kind)
    }
    links = [link for link, name in enumerate(structure.link_types) if name in crossed]
    places = graph.topology.positions(structure.ids)
    ends = [np.asarray(column)[links] for column in (structure.link_sources, structure.link_targets)]
    return CrossingSearch(graph, tuple(sorted(crossed)), *(places[end] for end in ends))
