"""Single points of failure against trying every CI in turn."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from cmdb.analysis.points_of_failure import points_of_failure_of_many, single_points_of_failure
from cmdb.topology.build import build_topology
from tests.oracles.estates import NAMES, dependency_lists, retired_sets, small_model, structure_of
from tests.oracles.fixpoint import DOWN, Dependency, states_after

MODEL = small_model()


@settings(max_examples=300, deadline=None)
@given(dependency_lists(), retired_sets(), st.sampled_from(NAMES))
def test_they_are_the_cis_whose_failure_alone_takes_it_down(
    dependencies: list[Dependency], retired: frozenset[str], ci_id: str
) -> None:
    """A CI is a single point of failure exactly when the fixpoint from it alone takes the other one DOWN."""
    topology = build_topology(structure_of(dependencies, names=NAMES, retired=retired), MODEL)
    expected = {
        name
        for name in NAMES
        if name != ci_id and states_after({name: DOWN}, dependencies, retired).get(ci_id) == DOWN
    }

    assert expected == {point.id for point in single_points_of_failure(topology, ci_id).points}


def test_what_both_members_of_a_group_stand_on_is_one() -> None:
    """Two redundant nodes on one power supply: the supply is a single point of failure, the nodes are not."""
    dependencies = [
        Dependency("node-1", "service", group="nodes"),
        Dependency("node-2", "service", group="nodes"),
        Dependency("power", "node-1"),
        Dependency("power", "node-2"),
    ]
    topology = build_topology(structure_of(dependencies), MODEL)

    found = single_points_of_failure(topology, "service")

    assert [("power", 2)] == [(point.id, point.distance) for point in found.points]
    assert not found.truncated


def test_a_limit_is_told_and_keeps_what_is_right() -> None:
    """Only the nearest CIs are looked at when a limit says so, and the answer says that it was cut."""
    names = [f"{number:02}" for number in range(10)]
    chain = [Dependency(far, near) for near, far in pairwise(names)]
    topology = build_topology(structure_of(chain), MODEL)

    found = single_points_of_failure(topology, "00", limit=4)

    assert ["01", "02", "03"] == [point.id for point in found.points]
    assert found.truncated
    assert 4 == found.looked_at


@settings(max_examples=200, deadline=None)
@given(dependency_lists(), retired_sets())
def test_those_of_many_are_those_of_each(dependencies: list[Dependency], retired: frozenset[str]) -> None:
    """Asked about all CIs together, each has the points of failure it has when asked about alone."""
    topology = build_topology(structure_of(dependencies, names=NAMES, retired=retired), MODEL)
    found, cut = points_of_failure_of_many(topology, NAMES)

    assert not cut
    assert {
        name: {point.id for point in single_points_of_failure(topology, name).points} for name in NAMES
    } == found
