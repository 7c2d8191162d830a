"""Changes that meet, in time and in the graph."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from cmdb.analysis.collisions import Collision, CollisionKind, MeetingCi, PlannedChange, collisions, meetings
from cmdb.analysis.impact_types import GroupFailure, Start
from cmdb.analysis.state import ImpactState
from cmdb.analysis.windows import Span
from tests.oracles.estates import dependency_lists, retired_sets, starts
from tests.oracles.fixpoint import Dependency, states_after
from tests.unit.analysis.proposals import topology_of

NIGHT = datetime(2026, 11, 23, 22, tzinfo=UTC)


def planned(change: str, assumed: dict[str, int], begin: int = 0, hours: int = 2) -> PlannedChange:
    first = NIGHT + timedelta(hours=begin)
    return PlannedChange(
        change,
        tuple(Start(name, ImpactState(state)) for name, state in assumed.items()),
        Span(first, first + timedelta(hours=hours)),
    )


def mirrored(collision: Collision) -> Collision:
    cis = tuple(
        MeetingCi(ci.id, ci.class_name, ci.kind, ci.by_second, ci.by_first, ci.together, ci.group)
        for ci in collision.cis
    )
    return Collision(collision.second, collision.first, collision.span, collision.kinds, cis, collision.total)


@settings(max_examples=300, deadline=None)
@given(dependency_lists(), retired_sets(), starts(), starts(), st.integers(-3, 3))
def test_meeting_is_mutual(
    dependencies: list[Dependency],
    retired: frozenset[str],
    one: dict[str, int],
    other: dict[str, int],
    later: int,
) -> None:
    """Whichever of two changes is asked about, the same CIs and kinds are found, the other way round."""
    topology = topology_of(dependencies, retired)
    first, second = planned("first", one), planned("second", other, later)
    there = collisions(topology, first, [second])
    back = collisions(topology, second, [first])

    assert tuple(map(mirrored, back)) == there


@settings(max_examples=300, deadline=None)
@given(dependency_lists(), retired_sets(), starts(), starts())
def test_the_states_are_those_of_the_brute_force_fixpoint(
    dependencies: list[Dependency], retired: frozenset[str], one: dict[str, int], other: dict[str, int]
) -> None:
    """CIs meet where both changes hit them, or where both together hit them harder than either."""
    both = {name: max(one.get(name, 0), other.get(name, 0)) for name in {*one, *other}}
    by_one, by_other, by_both = (states_after(s, dependencies, retired) for s in (one, other, both))
    expected = {
        name: (by_one.get(name, 0), by_other.get(name, 0), state)
        for name, state in by_both.items()
        if (by_one.get(name) and by_other.get(name))
        or state > max(by_one.get(name, 0), by_other.get(name, 0))
    }
    found = meetings(topology_of(dependencies, retired), planned("1", one), [planned("2", other)])

    assert expected == {
        ci.id: (int(ci.by_first), int(ci.by_second), int(ci.together)) for c in found for ci in c.cis
    }


def test_two_changes_each_safe_alone_take_a_group_below_what_is_needed() -> None:
    """Each takes one of two name servers away: alone that leaves a risk, together nothing works."""
    group = [Dependency(name, "names", group="servers", needed="1") for name in ("ns1", "ns2")]
    topology = topology_of([*group, Dependency("names", "mail")])
    (found,) = collisions(topology, planned("patch ns1", {"ns1": 3}), [planned("patch ns2", {"ns2": 3})])

    assert CollisionKind.LOST_REDUNDANCY == found.kinds[0]
    names = next(ci for ci in found.cis if ci.id == "names")
    assert (ImpactState.AT_RISK, ImpactState.AT_RISK) == (names.by_first, names.by_second)
    assert ImpactState.DOWN == names.together
    assert GroupFailure("servers", members=2, needed=1, up=0, healthy=0) == names.group
    mail = next(ci for ci in found.cis if ci.id == "mail")
    assert (ImpactState.UNAFFECTED, ImpactState.DOWN) == (mail.by_first, mail.together)


def test_changes_at_other_times_do_not_collide() -> None:
    """One ends at the moment the other begins."""
    topology = topology_of([Dependency("a", "b")])

    assert () == collisions(topology, planned("1", {"a": 3}), [planned("2", {"a": 3}, begin=2)])


def test_regions_meet_at_any_distance() -> None:
    """Two changes far apart hit the same service at the end of both chains."""
    chains = [Dependency("a", "b"), Dependency("b", "e"), Dependency("c", "d"), Dependency("d", "e")]
    (found,) = collisions(topology_of(chains), planned("1", {"a": 3}), [planned("2", {"c": 3})])

    assert (CollisionKind.SHARED_IMPACT,) == found.kinds
    assert ["e"] == [ci.id for ci in found.cis]


def test_a_change_on_what_the_other_takes_down_is_named_so() -> None:
    """The second works on a CI that the first one's work stops."""
    topology = topology_of([Dependency("a", "b"), Dependency("b", "c")])
    (found,) = collisions(topology, planned("1", {"a": 3}), [planned("2", {"b": 3})])

    assert (CollisionKind.TOUCHES_AFFECTED, CollisionKind.SHARED_IMPACT) == found.kinds


def test_what_is_not_listed_is_counted() -> None:
    """The limit cuts the list, not the number."""
    topology = topology_of([Dependency("a", name) for name in "bcdef"])
    (found,) = collisions(topology, planned("1", {"a": 3}), [planned("2", {"a": 2})], limit=2)

    assert (2, 6) == (len(found.cis), found.total)


def test_cis_that_are_gone_meet_nowhere() -> None:
    """A change may still touch a CI that was deleted."""
    topology = topology_of([Dependency("a", "b")])

    assert () == collisions(topology, planned("1", {"gone": 3}), [planned("2", {"gone": 3})])
