"""Impact against the brute-force fixpoint and networkx."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import networkx as nx
from hypothesis import given, settings
from hypothesis import strategies as st

from cmdb.analysis.impact import ImpactResult, impact
from cmdb.analysis.impact_types import ImpactRequest, Start
from cmdb.analysis.state import ImpactState
from cmdb.topology.build import build_topology
from tests.oracles.estates import NAMES, dependency_lists, retired_sets, small_model, starts, structure_of
from tests.oracles.fixpoint import Dependency, states_after

MODEL = small_model()


def ask(
    dependencies: list[Dependency], assumed: dict[str, int], retired: frozenset[str] = frozenset()
) -> ImpactResult:
    topology = build_topology(structure_of(dependencies, names=NAMES, retired=retired), MODEL)
    request = ImpactRequest(tuple(Start(name, ImpactState(state)) for name, state in assumed.items()))
    return impact(topology, request)


def states(result: ImpactResult) -> dict[str, int]:
    return {row.id: int(row.state) for row in (*result.starts, *result.rows(1000))}


@settings(max_examples=600, deadline=None)
@given(dependency_lists(), starts(), retired_sets())
def test_states_are_those_of_the_brute_force_fixpoint(
    dependencies: list[Dependency], assumed: dict[str, int], retired: frozenset[str]
) -> None:
    """Every CI ends in the state that applying the rules until nothing changes gives it."""
    result = ask(dependencies, assumed, retired)

    assert states_after(assumed, dependencies, retired) == states(result)


@settings(max_examples=200, deadline=None)
@given(dependency_lists(all_hard=True), st.sampled_from(NAMES))
def test_hard_dependencies_reach_what_networkx_reaches(dependencies: list[Dependency], start: str) -> None:
    """Without groups and soft links the affected CIs and distances are networkx's shortest path lengths."""
    graph = nx.DiGraph((d.provider, d.dependent) for d in dependencies)
    graph.add_nodes_from(NAMES)
    result = ask(dependencies, {start: 3})

    expected = dict(nx.single_source_shortest_path_length(graph, start))
    assert expected == {row.id: row.distance for row in (*result.starts, *result.rows(1000))}


@settings(max_examples=300, deadline=None)
@given(dependency_lists(), starts(), retired_sets())
def test_every_path_explains_link_by_link(
    dependencies: list[Dependency], assumed: dict[str, int], retired: frozenset[str]
) -> None:
    """A path leads from a start over links whose provider's state yields the next CI's state."""
    result = ask(dependencies, assumed, retired)
    found = states(result)
    for row in result.rows(1000):
        path = result.path(row.id)

        assert path[0].id in assumed
        assert row.id == path[-1].id
        assert row.distance == len(path) - 1
        for before, after in pairwise(path):
            link = next(d for d in dependencies if (d.provider, d.dependent) == (before.id, after.id))
            assert int(after.state) == found[after.id]
            if link.group is None:
                assert int(after.state) == (int(before.state) if link.hard else int(before.state) - 1)
            else:
                assert after.group is not None
                assert link.group == after.group.name
                assert before.state >= ImpactState.DEGRADED
                assert after.group.healthy < after.group.members


@settings(max_examples=300, deadline=None)
@given(dependency_lists(), starts(), st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(
    dependencies: list[Dependency], assumed: dict[str, int], random: Random
) -> None:
    """Links, CIs and starts in another order give the same answer, paths included."""
    shuffled = random.sample(dependencies, len(dependencies))
    names = random.sample(NAMES, len(NAMES))
    topology = build_topology(structure_of(shuffled, names=names), MODEL)
    request = ImpactRequest(
        tuple(Start(name, ImpactState(assumed[name])) for name in random.sample(list(assumed), len(assumed)))
    )
    one, other = ask(dependencies, assumed), impact(topology, request)

    assert one.rows(1000) == other.rows(1000)
    assert [one.path(row.id) for row in one.rows(1000)] == [other.path(row.id) for row in one.rows(1000)]


@settings(max_examples=200, deadline=None)
@given(dependency_lists(), starts(), retired_sets(), st.data())
def test_worse_starts_never_improve_anything(
    dependencies: list[Dependency], assumed: dict[str, int], retired: frozenset[str], data: st.DataObject
) -> None:
    """Raising the state of a start, or adding one, leaves every CI as badly hit or worse."""
    name = data.draw(st.sampled_from(NAMES))
    worse = {**assumed, name: max(assumed.get(name, 0), data.draw(st.sampled_from([1, 2, 3])))}
    before, after = states(ask(dependencies, assumed, retired)), states(ask(dependencies, worse, retired))

    assert all(after[name] >= state for name, state in before.items())


@settings(max_examples=200, deadline=None)
@given(dependency_lists(), starts(), retired_sets(), st.data())
def test_a_further_member_never_worsens_a_state(
    dependencies: list[Dependency], assumed: dict[str, int], retired: frozenset[str], data: st.DataObject
) -> None:
    """A group that gains a member that works protects its dependent as well as before, or better."""
    grouped = [d for d in dependencies if d.group is not None]
    if not grouped:
        return
    like = data.draw(st.sampled_from(grouped))
    added = Dependency("spare", like.dependent, hard=like.hard, group=like.group, needed=like.needed)
    before = states(ask(dependencies, assumed, retired))
    after = states(ask([*dependencies, added], assumed, retired))

    assert all(before[name] >= state for name, state in after.items())
