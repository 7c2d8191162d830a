"""What an impact answer says, by hand-made examples."""

from __future__ import annotations

from itertools import pairwise

import pytest

from cmdb.analysis.impact import ImpactResult, impact
from cmdb.analysis.impact_types import (
    GroupFailure,
    ImpactRequest,
    PathStep,
    Start,
    Truncation,
    TruncationReason,
)
from cmdb.analysis.state import ImpactState
from cmdb.graph.errors import NodeNotFoundError
from cmdb.graph.structure import Structure
from cmdb.topology.build import build_topology
from cmdb.topology.topology import Topology
from tests.oracles.estates import (
    GROUP_TYPE,
    HARD_TYPE,
    NO_IMPACT_TYPE,
    SOFT_TYPE,
    SUPPLY_TYPE,
    small_model,
    structure_of,
)
from tests.oracles.fixpoint import Dependency

DOWN, DEGRADED, AT_RISK = ImpactState.DOWN, ImpactState.DEGRADED, ImpactState.AT_RISK

SHOP = (
    Dependency("web-1", "shop", group="web", needed="1"),
    Dependency("web-2", "shop", group="web", needed="1"),
    Dependency("database", "shop"),
    Dependency("shop", "report", hard=False),
    Dependency("report", "mail", hard=False),
    Dependency("rack", "web-1"),
    Dependency("rack", "web-2"),
)
CLASSES = {"shop": "Service", "report": "Service", "mail": "Service"}


def shop(retired: frozenset[str] = frozenset()) -> Topology:
    return build_topology(structure_of(SHOP, classes=CLASSES, retired=retired), small_model())


def ask(topology: Topology, *down: str) -> ImpactResult:
    return impact(topology, ImpactRequest(tuple(Start(name) for name in down)))


def states(result: ImpactResult) -> dict[str, ImpactState]:
    return {row.id: row.state for row in result.rows(100)}


def test_a_state_grows_weaker_over_soft_links_and_ends_at_risk() -> None:
    """DOWN passes soft links as DEGRADED, that as AT_RISK, and AT_RISK goes no further."""
    assert {"shop": DOWN, "report": DEGRADED, "mail": AT_RISK} == states(ask(shop(), "database"))


def test_losing_one_of_two_puts_at_risk_and_losing_both_takes_down() -> None:
    """A group with enough members left is at risk; with too few it is down."""
    assert {"shop": AT_RISK} == states(ask(shop(), "web-1"))
    assert DOWN is states(ask(shop(), "web-1", "web-2"))["shop"]
    assert DOWN is states(ask(shop(), "rack"))["shop"]


def test_the_worst_and_nearest_come_first_then_by_id() -> None:
    """Rows are ordered by state, distance and id, and pages continue one another."""
    result = ask(shop(), "rack")

    ids = ["web-1", "web-2", "shop", "report", "mail"]
    assert ids == [row.id for row in result.rows(10)]
    assert ids[1:3] == [row.id for row in result.rows(2, after=1)]
    assert [1, 1, 2, 3, 4] == [row.distance for row in result.rows(10)]


def test_counts_by_state_and_by_class() -> None:
    """The summary counts what is listed, without the starts."""
    result = ask(shop(), "rack")

    assert {DOWN: 3, DEGRADED: 1, AT_RISK: 1} == result.by_state()
    assert {"Server": {DOWN: 2}, "Service": {DOWN: 1, DEGRADED: 1, AT_RISK: 1}} == result.by_class()
    assert ["rack"] == [row.id for row in result.starts]


def test_a_path_tells_verb_direction_and_failed_group() -> None:
    """Each step names the relationship type, which way it reads, and the group that failed."""
    path = ask(shop(), "rack").path("shop")

    failed = GroupFailure("web", members=2, needed=1, up=0, healthy=0)
    assert PathStep("rack", "Server", DOWN) == path[0]
    assert ("shop", DOWN, failed) == (path[2].id, path[2].state, path[2].group)
    assert {HARD_TYPE: False, SUPPLY_TYPE: True}[path[1].relationship_type or ""] is path[1].along


def test_a_retired_ci_passes_nothing_on_and_is_no_member() -> None:
    """With one member retired the other one is all that is left of the group."""
    assert {} == states(ask(shop(retired=frozenset({"database"})), "database"))
    assert DOWN is states(ask(shop(retired=frozenset({"web-1"})), "web-2"))["shop"]


def test_classes_choose_what_is_listed_but_not_what_passes_on() -> None:
    """CIs of other classes are left out of the list and still lead to those in it."""
    request = ImpactRequest((Start("rack"),), classes=frozenset({"Service"}))

    assert ["shop", "report", "mail"] == [row.id for row in impact(shop(), request).rows(10)]


def test_relationship_types_choose_what_passes_on() -> None:
    """Without the soft type the report is not reached; an unknown type adds nothing."""
    hard = frozenset({HARD_TYPE, SUPPLY_TYPE, "UNKNOWN"})
    request = ImpactRequest((Start("database"),), relationship_types=hard)

    assert ["shop"] == [row.id for row in impact(shop(), request).rows(10)]


def test_members_whose_links_do_not_count_are_taken_to_work() -> None:
    """A choice of relationship types never makes an answer worse than the full one."""
    structure = Structure(
        revision=1,
        ids=["a", "b", "service"],
        labels=["Server"] * 3,
        statuses=["operational"] * 3,
        link_types=[HARD_TYPE, SOFT_TYPE],
        link_sources=[2, 2],
        link_targets=[0, 1],
        link_properties={n: {"strength": "hard", "redundancy_group": "g"} for n in range(2)},
    )
    topology = build_topology(structure, small_model())
    starts = (Start("a"), Start("b"))
    only = ImpactRequest(starts, relationship_types=frozenset({HARD_TYPE}))
    result = impact(topology, only)

    assert {"service": DOWN} == states(impact(topology, ImpactRequest(starts)))
    assert {"service": AT_RISK} == states(result)
    group = result.path("service")[-1].group
    assert group is not None
    assert (2, 1) == (group.members, group.up)


def test_limits_say_what_they_left_out() -> None:
    """Distance and limit each tell how many CIs they left out; nothing is cut in silence."""
    result = impact(shop(), ImpactRequest((Start("rack"),), max_distance=3, limit=2))

    assert ["web-1", "web-2"] == [row.id for row in result.rows(10)]
    assert (
        Truncation(TruncationReason.DISTANCE, limit=3, left_out=1),
        Truncation(TruncationReason.LIMIT, limit=2, left_out=2),
    ) == result.truncated
    assert () == ask(shop(), "rack").truncated


def test_a_start_keeps_the_worse_of_what_is_assumed_and_what_follows() -> None:
    """A start assumed degraded that another start takes down is down, at distance 0."""
    request = ImpactRequest((Start("shop", DEGRADED), Start("database"), Start("shop", AT_RISK)))
    result = impact(shop(), request)

    assert [("database", DOWN, 0), ("shop", DOWN, 0)] == [(r.id, r.state, r.distance) for r in result.starts]
    assert {"report": DEGRADED, "mail": AT_RISK} == states(result)


def test_an_unknown_start_is_refused_by_name() -> None:
    """The error names the id that is no CI."""
    with pytest.raises(NodeNotFoundError, match="nowhere"):
        ask(shop(), "rack", "nowhere")


def test_a_path_to_an_unaffected_ci_is_refused() -> None:
    """There is no explaining path to what is not hit."""
    with pytest.raises(NodeNotFoundError, match="rack"):
        ask(shop(), "database").path("rack")


def test_no_starts_hit_nothing() -> None:
    """A question without starts has an empty answer."""
    assert 0 == impact(shop(), ImpactRequest(())).total
    empty = build_topology(Structure(0, [], [], [], [], [], []), small_model())
    assert 0 == impact(empty, ImpactRequest(())).total


def test_a_type_with_needed_makes_groups_of_its_own() -> None:
    """All links of such a type of one dependent form a group named after the type."""
    structure = Structure(
        revision=1,
        ids=["a", "b", "service", "record"],
        labels=["Server", "Server", "Service", "Incident"],
        statuses=["operational"] * 4,
        link_types=[GROUP_TYPE, GROUP_TYPE, NO_IMPACT_TYPE, HARD_TYPE],
        link_sources=[2, 2, 1, 3],
        link_targets=[0, 1, 0, 0],
    )
    topology = build_topology(structure, small_model())

    assert {"service": AT_RISK} == states(ask(topology, "a"))
    group = ask(topology, "a").path("service")[-1].group
    assert GroupFailure(GROUP_TYPE, members=2, needed=1, up=1, healthy=1) == group


def test_long_chains_and_wide_fans_after_a_group_are_followed_to_the_end() -> None:
    """What lies behind a failed group is found however deep and however wide it is."""
    names = [f"n{number:04}" for number in range(600)]
    chain = [Dependency(one, other) for one, other in pairwise(names)]
    fan = [Dependency(names[-1], f"leaf-{number:04}") for number in range(300)]
    tips = [Dependency(f"leaf-{number:04}", f"tip-{number:04}") for number in range(300)]
    group = [
        Dependency("web-1", names[0], group="g", needed="1"),
        Dependency("web-2", names[0], group="g", needed="1"),
    ]
    topology = build_topology(structure_of([*group, *chain, *fan, *tips]), small_model())

    result = ask(topology, "web-1", "web-2")

    assert {DOWN: 1200} == result.by_state()
    assert 602 == result.rows(1, after=1199)[0].distance
    assert {names[0]: AT_RISK} == states(ask(topology, "web-1"))
