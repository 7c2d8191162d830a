"""What a proposal alters, against both topologies compared CI by CI."""

from __future__ import annotations

import networkx as nx
from hypothesis import given, settings
from hypothesis import strategies as st

from cmdb.analysis.impact_diff import ImpactDiff, ReachChange, groups_of, impact_diff
from cmdb.analysis.points_of_failure import single_points_of_failure
from cmdb.analysis.proposal import Proposal, ProposedCi, proposed
from cmdb.graph.elements import LinkKey
from cmdb.topology.topology import Topology
from tests.oracles.estates import NAMES, dependency_lists, retired_sets
from tests.oracles.fixpoint import Dependency
from tests.unit.analysis.proposals import key_of, properties_of, proposals, topology_of

EVERY = (*NAMES, "x", "y")


def upstream(
    dependencies: list[Dependency], names: tuple[str, ...], retired: frozenset[str]
) -> dict[str, set[str]]:
    """By CI, all it depends on, found by networkx."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(EVERY)
    graph.add_edges_from(
        (d.dependent, d.provider)
        for d in dependencies
        if retired.isdisjoint((d.dependent, d.provider)) and {d.dependent, d.provider} <= set(names)
    )
    return {name: set(nx.descendants(graph, name)) - {name} for name in EVERY}


def changed(before: dict[str, set[str]], after: dict[str, set[str]]) -> dict[str, tuple[set[str], set[str]]]:
    return {
        name: (after[name] - before[name], before[name] - after[name])
        for name in EVERY
        if after[name] != before[name]
    }


def told(changes: tuple[ReachChange, ...]) -> dict[str, tuple[set[str], set[str]]]:
    return {change.ci: (set(change.gained), set(change.lost)) for change in changes}


def points(topology: Topology) -> dict[str, set[str]]:
    return {
        name: {point.id for point in single_points_of_failure(topology, name).points}
        if topology.find((name,))[0] >= 0
        else set()
        for name in EVERY
    }


@settings(max_examples=300, deadline=None)
@given(st.data(), dependency_lists(), retired_sets())
def test_it_is_the_difference_of_both_topologies_built_from_nothing(
    data: st.DataObject, dependencies: list[Dependency], retired: frozenset[str]
) -> None:
    """Reachability, groups and points of failure differ exactly where comparing every CI says so."""
    proposal, then, names = data.draw(proposals(dependencies))
    before = topology_of(dependencies, retired)
    diff = impact_diff(before, proposed(before, proposal), proposal)
    scratch = topology_of(then, retired & set(names), names)

    assert not diff.truncated
    reach = changed(upstream(dependencies, NAMES, retired), upstream(then, names, retired))
    assert reach == told(diff.dependencies)
    assert changed(points(before), points(scratch)) == told(diff.points_of_failure)
    groups = {
        (name, group): (was.get(group), will.get(group))
        for name in EVERY
        for was in [groups_of(before, before.position(name)) if name in NAMES else {}]
        for will in [groups_of(scratch, scratch.position(name)) if name in names else {}]
        for group in {*was, *will}
        if was.get(group) != will.get(group)
        and any(shape is not None and len(shape.members) > 1 for shape in (was.get(group), will.get(group)))
    }
    assert groups == {
        (change.dependent, change.name): (change.before, change.after) for change in diff.groups
    }


@settings(max_examples=50, deadline=None)
@given(dependency_lists(), retired_sets())
def test_nothing_proposed_alters_nothing(dependencies: list[Dependency], retired: frozenset[str]) -> None:
    """The diff of an empty proposal is empty."""
    topology = topology_of(dependencies, retired)

    assert ImpactDiff() == impact_diff(topology, proposed(topology, Proposal()), Proposal())


@settings(max_examples=100, deadline=None)
@given(dependency_lists(), retired_sets())
def test_proposing_what_is_there_alters_nothing(
    dependencies: list[Dependency], retired: frozenset[str]
) -> None:
    """CIs and links proposed as they stand make no difference."""
    topology = topology_of(dependencies, retired)
    proposal = Proposal(
        cis=tuple(ProposedCi(name, "Server", name in retired) for name in NAMES),
        links={key_of(d): properties_of(d) for d in dependencies},
    )
    diff = impact_diff(topology, proposed(topology, proposal), proposal)

    assert ((), (), (), ()) == (diff.dependencies, diff.dependents, diff.groups, diff.points_of_failure)


def test_a_second_uplink_takes_the_first_one_off_the_points_of_failure() -> None:
    """With a group of two uplinks, of which one is needed, neither router takes the service down alone."""
    uplink = Dependency("router", "service")
    before = topology_of([uplink], names=("router", "service"), classes={"service": "Service"})
    group = {"strength": "hard", "redundancy_group": "uplinks", "redundancy_needed": "1"}
    kind, source, target = key_of(uplink)
    proposal = Proposal(
        cis=(ProposedCi("router-2", "Server"),),
        links={
            key_of(uplink): group,
            LinkKey("DEPENDS_ON", "service", "router-2"): group,
        },
    )
    diff = impact_diff(before, proposed(before, proposal), proposal, frozenset({"Service"}))

    assert (ReachChange("service", ("router-2",), ()),) == diff.dependencies
    assert (ReachChange("service", (), ("router",)),) == diff.points_of_failure
    (change,) = diff.groups
    assert ("service", "uplinks", None) == (change.dependent, change.name, change.before)
    assert change.after is not None
    assert (("router", "router-2"), 1) == (change.after.members, change.after.needed)
    assert kind in {"DEPENDS_ON", "SUPPLIES"}
    assert {source, target} == {"router", "service"}


def test_a_limit_is_told() -> None:
    """Where there are more CIs to compare than the limit, the answer says so."""
    chain = [Dependency("a", "b"), Dependency("b", "c"), Dependency("c", "d")]
    topology = topology_of(chain)
    proposal = Proposal(removed_links=frozenset({key_of(chain[0])}))

    diff = impact_diff(topology, proposed(topology, proposal), proposal, limit=2)

    assert diff.truncated
    assert ("a", "b") == diff.compared
