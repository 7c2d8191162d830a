"""Proposals in the oracle's terms, and the topology they lead to when it is built from nothing."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from cmdb.analysis.proposal import Proposal, ProposedCi
from cmdb.graph.elements import LinkKey, Properties
from cmdb.topology.build import build_topology
from cmdb.topology.topology import Topology
from tests.oracles.estates import (
    NAMES,
    dependency_lists,
    link_properties,
    link_type_of,
    small_model,
    structure_of,
)
from tests.oracles.fixpoint import Dependency

MODEL = small_model()
SERVICES = frozenset({"Service"})
ADDED = ("x", "y")


def topology_of(
    dependencies: Sequence[Dependency],
    retired: frozenset[str] = frozenset(),
    names: Sequence[str] = NAMES,
    classes: dict[str, str] | None = None,
) -> Topology:
    """A topology built from nothing."""
    return build_topology(structure_of(dependencies, names=names, retired=retired, classes=classes), MODEL)


def key_of(dependency: Dependency) -> LinkKey:
    """The link that says the same."""
    kind, source, target = link_type_of(dependency)
    return LinkKey(kind, source, target)


def properties_of(dependency: Dependency) -> Properties:
    """What that link says of itself."""
    return link_properties(dependency)


@st.composite
def proposals(
    draw: st.DrawFn, present: Sequence[Dependency]
) -> tuple[Proposal, list[Dependency], tuple[str, ...]]:
    """A proposal on these dependencies, and the dependencies and CIs there are when it is carried out."""
    added = draw(st.lists(st.sampled_from(ADDED), unique=True))
    gone = draw(st.frozensets(st.sampled_from(NAMES), max_size=2))
    names = tuple(name for name in (*NAMES, *added) if name not in gone)
    taken = draw(st.lists(st.sampled_from(present), max_size=3, unique=True)) if present else []
    wanted = [
        d
        for d in draw(dependency_lists(max_size=4))
        if (d.provider, d.dependent) not in {(p.provider, p.dependent) for p in present}
    ]
    for name in added:
        other = draw(st.sampled_from(NAMES))
        wanted.append(draw(st.sampled_from([Dependency(name, other), Dependency(other, name)])))
    wanted = [d for d in dict.fromkeys(wanted) if gone.isdisjoint((d.provider, d.dependent))]
    proposal = Proposal(
        cis=tuple(ProposedCi(name, "Server") for name in added),
        removed_cis=gone,
        links={key_of(d): properties_of(d) for d in wanted},
        removed_links=frozenset(map(key_of, taken)),
    )
    kept = [d for d in present if d not in taken and gone.isdisjoint((d.provider, d.dependent))]
    put = set(map(key_of, wanted))
    return proposal, [*(d for d in kept if key_of(d) not in put), *wanted], names
