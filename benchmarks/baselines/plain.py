"""The estate as bare dependencies: every one of them hard, none standing in for another.

What is reached over them is a question that every graph tool can be asked, so the tools are compared on it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from cmdb.graph.structure import Structure
from cmdb.model.types import ImpactMeaning, Model, Strength
from cmdb.topology.adjacency import Rows, group_by
from cmdb.topology.arrays import IntArray
from cmdb.topology.build import build_topology
from cmdb.topology.topology import Topology


@dataclass(frozen=True, slots=True)
class PlainGraph:
    """Bare dependencies, three ways: as a topology, as an edge list, and as compact rows by provider.

    Positions are the topology's. `along`, `against`: the relationship types whose target, or source, suffers.
    """

    topology: Topology
    providers: IntArray
    dependents: IntArray
    rows: Rows
    along: tuple[str, ...]
    against: tuple[str, ...]


def plain_graph(structure: Structure, model: Model) -> PlainGraph:
    """Bare dependencies of a store's structure."""
    plain = _plain_model(model)
    topology = build_topology(replace(structure, link_properties={}), plain)
    links = topology.links
    by_provider = group_by(links.providers, len(topology.ids))
    meanings = topology.meanings.values()
    return PlainGraph(
        topology=topology,
        providers=links.providers,
        dependents=links.dependents,
        rows=Rows(by_provider.offsets, np.ascontiguousarray(links.dependents[by_provider.entries])),
        along=tuple(meaning.name for meaning in meanings if meaning.along),
        against=tuple(meaning.name for meaning in meanings if not meaning.along),
    )


def _plain_model(model: Model) -> Model:
    """The model, where each relationship type that passes impact on does so hard and alone."""
    types = {
        name: kind
        if kind.impact is None
        else replace(kind, impact=ImpactMeaning(kind.impact.suffers, Strength.HARD))
        for name, kind in model.relationship_types.items()
    }
    return replace(model, relationship_types=types)
