"""Redundancy that is not there: laws, and what it would save."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmdb.analysis.impact import ImpactResult, impact
from cmdb.analysis.impact_types import ImpactRequest, Start
from cmdb.analysis.state import ImpactState
from cmdb.analysis.what_if import (
    Alternatives,
    Redundancy,
    Spare,
    StateChange,
    WhatIfImpossibleError,
    state_changes,
    with_redundancy,
)
from cmdb.graph.errors import NodeNotFoundError
from cmdb.topology.topology import Topology
from tests.oracles.estates import NAMES, dependency_lists, retired_sets, starts
from tests.oracles.fixpoint import Dependency
from tests.unit.analysis.proposals import topology_of


def ask(topology: Topology, assumed: dict[str, int]) -> ImpactResult:
    return impact(topology, ImpactRequest(tuple(Start(n, ImpactState(s)) for n, s in assumed.items())))


@settings(max_examples=500, deadline=None)
@given(
    dependency_lists(),
    starts(),
    retired_sets(),
    st.lists(st.builds(Spare, st.sampled_from(NAMES), st.booleans()), max_size=3),
)
def test_a_spare_never_worsens_a_state(
    dependencies: list[Dependency], assumed: dict[str, int], retired: frozenset[str], ideas: list[Spare]
) -> None:
    """Whatever fails, with more spares every CI is in the same state or a better one."""
    topology = topology_of(dependencies, retired)
    changes = state_changes(ask(topology, assumed), ask(with_redundancy(topology, ideas), assumed))

    assert [] == [change for change in changes if change.after > change.before]


@settings(max_examples=500, deadline=None)
@given(dependency_lists(), starts(), retired_sets(), st.data())
def test_alternatives_never_bring_anything_down(
    dependencies: list[Dependency], assumed: dict[str, int], retired: frozenset[str], data: st.DataObject
) -> None:
    """A group with a further member leaves nothing DOWN or DEGRADED that was better before."""
    topology = topology_of(dependencies, retired)
    idea = Alternatives(
        data.draw(st.sampled_from(NAMES)),
        data.draw(st.sampled_from(["DEPENDS_ON", "USES", "SUPPLIES"])),
        (data.draw(st.sampled_from(NAMES)),),
        data.draw(st.sampled_from([None, 1, 2])),
    )
    try:
        after = with_redundancy(topology, [idea])
    except WhatIfImpossibleError:
        return
    changes = state_changes(ask(topology, assumed), ask(after, assumed))

    assert [] == [c for c in changes if c.after > max(c.before, ImpactState.AT_RISK)]


def test_a_spare_keeps_what_depends_on_the_original_working() -> None:
    """A second router leaves the printer at risk in place of down, and everything behind it untouched."""
    topology = topology_of([Dependency("router", "printer"), Dependency("printer", "service")])
    after = with_redundancy(topology, [Spare("router")])

    assert (
        StateChange("service", "Server", ImpactState.DOWN, ImpactState.UNAFFECTED),
        StateChange("printer", "Server", ImpactState.DOWN, ImpactState.AT_RISK),
    ) == state_changes(ask(topology, {"router": 3}), ask(after, {"router": 3}))


def test_a_spare_on_the_same_power_helps_only_against_its_twin() -> None:
    """A spare stands on what its twin stands on, unless it is independent."""
    topology = topology_of([Dependency("power", "router"), Dependency("router", "printer")])
    shared = with_redundancy(topology, [Spare("router")])
    apart = with_redundancy(topology, [Spare("router", independent=True)])
    down = {"power": 3}

    assert ImpactState.DOWN == ask(shared, down).state_of("printer")
    assert ImpactState.AT_RISK == ask(apart, down).state_of("printer")


def test_a_share_of_members_stays_the_number_it_is_today() -> None:
    """Half of two is one; with a spare still one is needed, not half of three rounded up."""
    group = [Dependency(name, "service", group="g", needed="50%") for name in ("one", "two")]
    after = with_redundancy(topology_of(group), [Spare("one")])

    assert ImpactState.AT_RISK == ask(after, {"one": 3, "two": 3}).state_of("service")


def test_alternatives_make_one_of_several_enough() -> None:
    """With a second uplink the service is down only when both are."""
    topology = topology_of([Dependency("one", "service")], names=("one", "two", "service"))
    after = with_redundancy(topology, [Alternatives("service", "DEPENDS_ON", ("two",))])

    assert ImpactState.AT_RISK == ask(after, {"one": 3}).state_of("service")
    assert ImpactState.DOWN == ask(after, {"one": 3, "two": 3}).state_of("service")


@pytest.mark.parametrize(
    "idea",
    [
        Alternatives("service", "USES", ("two",)),
        Alternatives("service", "DEPENDS_ON", ("one",)),
        Alternatives("service", "DEPENDS_ON", ("two",), needed=2),
    ],
    ids=["no such provider", "a provider already", "more needed than today"],
)
def test_what_cannot_be_is_refused(idea: Alternatives) -> None:
    """Alternatives extend the providers there are, and need no more of them than today."""
    topology = topology_of([Dependency("one", "service")], names=("one", "two", "service"))
    with pytest.raises(WhatIfImpossibleError):
        with_redundancy(topology, [idea])


@pytest.mark.parametrize("idea", [Spare("nobody"), Alternatives("service", "DEPENDS_ON", ("nobody",))])
def test_what_is_not_there_has_no_spare(idea: Redundancy) -> None:
    """A CI that does not exist is named."""
    topology = topology_of([Dependency("one", "service")], names=("one", "service"))
    with pytest.raises(NodeNotFoundError):
        with_redundancy(topology, [idea])
