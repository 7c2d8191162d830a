"""A topology that follows the ledger is the one that building it anew would give."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import cast

from hypothesis import given, settings
from hypothesis import strategies as st

from cmdb.analysis.impact import impact
from cmdb.analysis.impact_types import ImpactRequest, Start
from cmdb.graph.elements import LinkKey
from cmdb.graph.store import GraphStore
from cmdb.kernel.values import Value
from cmdb.topology.build import build_topology
from cmdb.topology.keeper import TopologyKeeper
from cmdb.topology.splice import MOST_LINKS
from cmdb.topology.topology import Topology
from tests.oracles.estates import GROUP_TYPE, HARD_TYPE, NO_IMPACT_TYPE, SOFT_TYPE, SUPPLY_TYPE, small_model
from tests.oracles.graph_in_memory import GraphInMemory

MODEL = small_model()
RECORD = "record"
IDS = ("b", "d", "f", "h", "j", "a", "g", "zz-long-id")
TYPES = (HARD_TYPE, SOFT_TYPE, SUPPLY_TYPE, GROUP_TYPE, NO_IMPACT_TYPE)

Step = Callable[[GraphInMemory], None]

keys = st.builds(
    LinkKey, st.sampled_from(TYPES), st.sampled_from((*IDS, RECORD)), st.sampled_from(IDS)
).filter(lambda key: key.source != key.target)
properties = st.fixed_dictionaries(
    {},
    optional={
        "strength": st.sampled_from(["hard", "soft", "none"]),
        "redundancy_group": st.sampled_from(["g", "h"]),
        "redundancy_needed": st.sampled_from(["1", "2", "50%"]),
        "note": st.just("x"),
    },
)


def _put_node(node_id: str, label: str, status: str) -> Step:
    return lambda graph: graph.put_node(node_id, label, status)


def _put_link(key: LinkKey, said: dict[str, Value]) -> Step:
    return lambda graph: graph.put_link(key, said)


def _delete_link(key: LinkKey) -> Step:
    return lambda graph: graph.delete_link(key)


def _delete_node(node_id: str) -> Step:
    return lambda graph: graph.delete_node(node_id)


put_nodes = st.builds(
    _put_node,
    st.sampled_from(IDS),
    st.sampled_from(["Server", "Service"]),
    st.sampled_from(["operational", "retired"]),
)
put_links = st.builds(_put_link, keys, properties)
steps = st.one_of(
    put_nodes,
    put_links,
    put_links,
    put_links,
    st.builds(_delete_link, keys),
    st.builds(_delete_node, st.sampled_from((*IDS, RECORD))),
)
histories = st.lists(st.lists(steps, min_size=1, max_size=6), min_size=1, max_size=8)


def keeper_of(graph: GraphInMemory) -> TopologyKeeper:
    return TopologyKeeper(cast("GraphStore", graph), MODEL)


def start_graph() -> GraphInMemory:
    """Five servers in a ring, so that histories have something to change."""
    graph = GraphInMemory()
    for node_id in IDS[:5]:
        graph.put_node(node_id, "Server")
    graph.put_node(RECORD, "Incident")
    for one, other in zip(IDS[:5], (*IDS[1:5], IDS[0]), strict=True):
        graph.put_link(LinkKey(GROUP_TYPE, one, other), {})
    graph.commit()
    return graph


def described(topology: Topology) -> dict[str, object]:
    """Everything a topology says, in names instead of positions."""
    links, conduction, groups = topology.links, topology.conduction, topology.conduction.groups
    present = [place for place in range(len(topology.ids)) if topology.present[place]]
    name = {place: topology.id_at(place) for place in range(len(topology.ids))}

    def group(number: int) -> tuple[object, ...]:
        return (
            name[int(groups.dependents[number])],
            links.group_specs[groups.specs[number]].name,
            int(groups.members[number]),
            int(groups.needed[number]),
            bool(groups.hard[number]),
            sorted(name[int(links.providers[link])] for link in groups.links.of(number)),
        )

    return {
        name[place]: (
            topology.class_at(place),
            bool(topology.retired[place]),
            sorted(name[d] for d in conduction.hard.of(place).tolist()),
            sorted(name[d] for d in conduction.soft.of(place).tolist()),
            sorted(group(g) for g in conduction.grouped.of(place).tolist()),
            sorted(
                (
                    name[supplier],
                    topology.meaning_of(link).name,
                    int(conduction.strengths[link]),
                    group(int(groups.of_link[link])) if groups.of_link[link] >= 0 else (),
                )
                for supplier, link in zip(
                    conduction.suppliers.of(place).tolist(),
                    conduction.supply_links.of(place).tolist(),
                    strict=True,
                )
            ),
        )
        for place in present
    }


async def _follow(graph: GraphInMemory, history: list[list[Step]]) -> None:
    keeper = keeper_of(graph)
    await keeper.current()
    for batch in history:
        for step in batch:
            step(graph)
        graph.commit()
        followed, rebuilt = await keeper.current(), build_topology(await graph.structure(), MODEL)

        assert len(graph.ledger) == followed.revision
        assert described(rebuilt) == described(followed)
        for ci_id in described(rebuilt):
            request = ImpactRequest((Start(ci_id),))
            assert impact(rebuilt, request).rows(100) == impact(followed, request).rows(100)


@settings(max_examples=300, deadline=None)
@given(histories)
def test_following_any_history_gives_what_building_anew_gives(history: list[list[Step]]) -> None:
    """After each revision the followed topology says the same, and answers the same, as a rebuilt one."""
    asyncio.run(_follow(start_graph(), history))


@settings(max_examples=100, deadline=None)
@given(histories)
def test_many_revisions_at_once_give_what_building_anew_gives(history: list[list[Step]]) -> None:
    """A keeper that was away for many revisions catches up to the same topology."""

    async def away() -> None:
        graph = start_graph()
        keeper = keeper_of(graph)
        await keeper.current()
        for batch in history:
            for step in batch:
                step(graph)
            graph.commit()
        followed = described(await keeper.current())
        rebuilt = described(build_topology(await graph.structure(), MODEL))

        assert rebuilt == followed

    asyncio.run(away())


async def test_a_question_without_a_change_only_looks_at_the_head() -> None:
    """When nothing was committed, the same topology is handed out after one look at the head."""
    graph = start_graph()
    keeper = keeper_of(graph)
    first = await keeper.current()
    graph.asked.clear()

    assert first is await keeper.current()
    assert {"head": 1} == graph.asked


async def test_callers_at_the_same_time_share_one_refresh() -> None:
    """However many ask at once, the structure is read once."""
    graph = start_graph()
    keeper = keeper_of(graph)

    found = await asyncio.gather(*(keeper.current() for _ in range(20)))

    assert 1 == len({id(topology) for topology in found})
    assert 1 == graph.asked["structure"]


async def test_a_topology_handed_out_never_changes() -> None:
    """A question that runs while something is committed sees the graph as it was."""
    graph = start_graph()
    keeper = keeper_of(graph)
    before = await keeper.current()
    said = described(before)
    graph.delete_node("f")
    graph.put_link(LinkKey(HARD_TYPE, "b", "j"), {})
    graph.commit()
    after = await keeper.current()

    assert said == described(before)
    assert said != described(after)
    assert before.conduction is not after.conduction


async def test_a_change_without_meaning_for_impact_keeps_the_arrays() -> None:
    """A record, or a link without impact, moves the revision on and copies nothing."""
    graph = start_graph()
    keeper = keeper_of(graph)
    before = await keeper.current()
    graph.put_node("INC", "Incident")
    graph.put_link(LinkKey(NO_IMPACT_TYPE, "b", "j"), {})
    graph.commit()
    after = await keeper.current()

    assert before.revision + 1 == after.revision
    assert before.conduction is after.conduction


async def test_a_worn_topology_is_built_again() -> None:
    """When much was deleted, the arrays are made afresh and hold no gaps."""
    graph = start_graph()
    keeper = keeper_of(graph)
    await keeper.current()
    for node_id in IDS[:3]:
        graph.delete_node(node_id)
    graph.commit()
    after = await keeper.current()

    assert 2 == len(after.ids)
    assert 2 == graph.asked["structure"]


async def test_a_large_change_is_arranged_like_a_small_one() -> None:
    """Whether spliced in or arranged anew, each CI's dependents come in the order of ids, so paths are the same."""
    one, other = start_graph(), start_graph()
    small, large = keeper_of(one), keeper_of(other)
    await small.current()
    await large.current()
    for number in reversed(range(MOST_LINKS + 10)):
        name = f"n{number:05}"
        for graph in (one, other):
            graph.put_node(name, "Server")
            graph.put_link(LinkKey(HARD_TYPE, name, "b"), {})
        if number % 500 == 0:
            one.commit()
            await small.current()
    one.commit()
    other.commit()

    for keeper in (small, large):
        topology = await keeper.current()
        dependents = topology.conduction.hard.of(topology.position("b"))
        assert sorted(dependents.tolist()) == dependents.tolist()
    assert described(await small.current()) == described(await large.current())
