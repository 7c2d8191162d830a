"""Several changes at one time that bring about together what no two of them do."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings

from cmdb.analysis.combinations import combinations
from cmdb.analysis.impact_types import GroupFailure
from cmdb.analysis.state import ImpactState
from tests.oracles.estates import NAMES, dependency_lists, retired_sets, starts
from tests.oracles.fixpoint import Dependency, states_after
from tests.unit.analysis.proposals import topology_of
from tests.unit.analysis.test_collisions import planned


def joined(*assumed: dict[str, int]) -> dict[str, int]:
    """All of these starts, each CI in the worst of its states."""
    return {name: max(one.get(name, 0) for one in assumed) for name in {n for one in assumed for n in one}}


@settings(max_examples=300, deadline=None)
@given(dependency_lists(), retired_sets(), starts(), starts(), starts())
def test_only_what_no_two_bring_about_is_told(
    dependencies: list[Dependency],
    retired: frozenset[str],
    one: dict[str, int],
    two: dict[str, int],
    three: dict[str, int],
) -> None:
    """Found by the brute-force fixpoint: worse by all three than by any two of them."""
    everything = states_after(joined(one, two, three), dependencies, retired)
    pairs = [
        states_after(joined(*pair), dependencies, retired)
        for pair in ((one, two), (one, three), (two, three))
    ]
    expected = {
        name for name, state in everything.items() if all(state > pair.get(name, 0) for pair in pairs)
    }
    found, more = combinations(
        topology_of(dependencies, retired), planned("1", one), [planned("2", two), planned("3", three)]
    )

    assert expected == {ci.id for combination in found for ci in combination.cis}
    assert not more


def test_three_changes_take_all_of_three_servers() -> None:
    """Any two leave one server, of which one is enough; all three leave none."""
    group = [Dependency(name, "web", group="servers", needed="1") for name in ("w1", "w2", "w3")]
    changes = [planned(name, {name: 3}, begin) for name, begin in (("w1", 0), ("w2", 1), ("w3", 1))]
    (found,), more = combinations(topology_of(group), changes[0], changes[1:])

    assert (("w2", "w3"), changes[1].span.begin, changes[0].span.end) == (
        found.others,
        found.span.begin,
        found.span.end,
    )
    (web,) = found.cis
    assert (ImpactState.AT_RISK, ImpactState.AT_RISK, ImpactState.DOWN) == (
        web.by_first,
        web.by_second,
        web.together,
    )
    assert GroupFailure("servers", members=3, needed=1, up=0, healthy=0) == web.group
    assert not more


def test_changes_that_are_never_under_way_together_do_not_combine() -> None:
    """The second ends when the third begins."""
    group = [Dependency(name, "web", group="servers", needed="1") for name in ("w1", "w2", "w3")]
    long = planned("w1", {"w1": 3}, 0, 4)
    short = [planned("w2", {"w2": 3}, 0, 2), planned("w3", {"w3": 3}, 2, 2)]

    assert ((), False) == combinations(topology_of(group), long, short)


def test_more_sets_than_are_looked_at_are_told() -> None:
    """A long change met by a chain of others, each overlapping the next."""
    chain = [planned(f"{n:03}", {NAMES[n % 12]: 3}, n, 2) for n in range(60)]
    assert all(first.span.meets(second.span) for first, second in pairwise(chain))
    found, more = combinations(topology_of([]), planned("x", {"a": 3}, 0, 100), chain)

    assert ((), True) == (found, more)
