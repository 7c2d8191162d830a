"""Moments, what is undone, and questions asked of the graph as it was."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmdb.analysis.impact import impact
from cmdb.analysis.impact_types import AffectedCi, ImpactRequest, Start
from cmdb.graph.elements import LinkKey, Node
from cmdb.graph.evaluate import beyond, holds, in_order, value_of
from cmdb.graph.history import PastStore
from cmdb.graph.moment import BEFORE_ALL, Moment, MomentUnclearError, UnknownMomentError, moment_of
from cmdb.graph.query import Order
from cmdb.graph.revision import Revision
from cmdb.graph.schema import GraphSchema
from cmdb.graph.store import GraphStore
from cmdb.graph.structure import Structure
from cmdb.kernel.actor import Actor
from cmdb.kernel.clock import InvalidInstantError
from cmdb.kernel.values import Value
from cmdb.topology.build import build_topology
from tests.oracles.estates import GROUP_TYPE, HARD_TYPE, SOFT_TYPE, SUPPLY_TYPE, small_model
from tests.oracles.graph_in_memory import GraphInMemory

MODEL = small_model()
NO_SCHEMA = GraphSchema({}, {}, "")
IDS = ("a", "b", "c", "d", "e")

Step = Callable[[GraphInMemory], None]


def _put_node(node_id: str, label: str, status: str) -> Step:
    return lambda graph: graph.put_node(node_id, label, status)


def _put_link(key: LinkKey, strength: str) -> Step:
    return lambda graph: graph.put_link(key, {"strength": strength})


def _delete_link(key: LinkKey) -> Step:
    return lambda graph: graph.delete_link(key)


def _delete_node(node_id: str) -> Step:
    return lambda graph: graph.delete_node(node_id)


keys = st.builds(
    LinkKey,
    st.sampled_from([HARD_TYPE, SOFT_TYPE, SUPPLY_TYPE, GROUP_TYPE]),
    st.sampled_from(IDS),
    st.sampled_from(IDS),
).filter(lambda key: key.source != key.target)
steps = st.one_of(
    st.builds(
        _put_node,
        st.sampled_from(IDS),
        st.sampled_from(["Server", "Service"]),
        st.sampled_from(["operational", "retired"]),
    ),
    st.builds(_put_link, keys, st.sampled_from(["hard", "soft"])),
    st.builds(_put_link, keys, st.sampled_from(["hard", "soft"])),
    st.builds(_delete_link, keys),
    st.builds(_delete_node, st.sampled_from(IDS)),
)


def impacts(structure: Structure) -> dict[str, tuple[AffectedCi, ...]]:
    """What each CI hits, on a topology built from a structure."""
    topology = build_topology(structure, MODEL)
    return {
        ci: impact(topology, ImpactRequest((Start(ci),))).rows(100)
        for ci in topology.ids_at(topology.find(sorted(structure.ids)))
    }


async def _compare(history: list[list[Step]]) -> None:
    graph = GraphInMemory()
    for node_id in IDS:
        graph.put_node(node_id, "Server")
    graph.commit()
    recorded = {1: impacts(await graph.structure())}
    for batch in history:
        for step in batch:
            step(graph)
        graph.commit()
        recorded[len(graph.ledger)] = impacts(await graph.structure())
    for revision, expected in recorded.items():
        past = PastStore(cast("GraphStore", graph), NO_SCHEMA, Moment(revision, "", BEFORE_ALL))

        assert expected == impacts(await past.structure())


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(steps, min_size=1, max_size=5), min_size=1, max_size=8))
def test_impact_as_of_a_revision_is_what_it_was(history: list[list[Step]]) -> None:
    """States, distances and paths are those computed on the graph right after the revision."""
    asyncio.run(_compare(history))


@settings(max_examples=300, deadline=None)
@given(
    values=st.lists(
        st.tuples(
            st.none() | st.booleans(),
            st.none() | st.integers(-1, 2) | st.sampled_from(["", "a", "B"]),
        ),
        min_size=1,
        max_size=8,
    ),
    order=st.sampled_from(
        [
            (),
            (Order("flag"),),
            (Order("flag", descending=True), Order("rank")),
            (Order("rank", descending=True),),
            (Order("rank"), Order("id", descending=True)),
        ]
    ),
)
def test_what_comes_after_a_node_is_what_the_predicate_finds(
    values: list[tuple[bool | None, int | str | None]], order: tuple[Order, ...]
) -> None:
    """Whatever the order, with missing values, booleans, and numbers beside texts."""
    nodes = in_order(
        [
            node_of(f"n{place}", {k: v for k, v in (("flag", flag), ("rank", rank)) if v is not None})
            for place, (flag, rank) in enumerate(values)
        ],
        order,
    )

    for place, node in enumerate(nodes):
        after = beyond(order, [value_of(node, key.property) for key in order], node.id)
        assert nodes[place + 1 :] == [other for other in nodes if holds(other, after)]


class LateClock:
    """Stands at the end of the year."""

    def now(self) -> datetime:
        """The last day."""
        return datetime(2026, 12, 31, tzinfo=UTC)


def ledger_of(*times: str) -> GraphStore:
    """A store of which only the ledger is asked: one revision at each of these times."""
    graph = GraphInMemory()
    for number, at in enumerate(times, start=1):
        graph.ledger.append(Revision(number, at, Actor("ada"), "", None, (), (), "", f"hash {number}"))
    return cast("GraphStore", graph)


def node_of(node_id: str, properties: dict[str, Value]) -> Node:
    """A node with these properties."""
    return Node(node_id, "Server", properties, 1, 1, BEFORE_ALL, BEFORE_ALL)


TIMES = ("2026-03-01T10:00:00.000Z", "2026-03-01T11:00:00.000Z", "2026-03-01T11:00:00.000Z")


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-03-01T10:00:00Z", 1),
        ("2026-03-01T10:59:59.999Z", 1),
        ("2026-03-01T11:00:00.000Z", 3),
        ("2026-03-01T12:30:00+01:00", 3),
    ],
)
async def test_a_time_means_the_last_revision_not_later(at: str, expected: int) -> None:
    """Of several at one time the last; offsets are understood."""
    moment = await moment_of(ledger_of(*TIMES), LateClock(), at=at)

    assert expected == moment.revision


async def test_revision_0_is_the_empty_graph() -> None:
    """It has no hash, and a time before all others."""
    assert Moment(0, "", BEFORE_ALL) == await moment_of(ledger_of(*TIMES), LateClock(), revision=0)


@pytest.mark.parametrize("at", ["2026-03-01T09:59:59Z", "2027-01-01T00:00:00Z"])
async def test_a_time_before_the_ledger_or_to_come_is_unknown(at: str) -> None:
    """Both are told apart in the message."""
    with pytest.raises(UnknownMomentError, match=r"nothing|still to come"):
        await moment_of(ledger_of(*TIMES), LateClock(), at=at)


@pytest.mark.parametrize("revision", [-1, 4])
async def test_a_revision_that_is_none_is_unknown(revision: int) -> None:
    """The message names the newest."""
    with pytest.raises(UnknownMomentError, match="the newest is 3"):
        await moment_of(ledger_of(*TIMES), LateClock(), revision=revision)


async def test_a_moment_takes_a_time_or_a_revision() -> None:
    """Not both, and not neither."""
    for given_moment in ({}, {"at": TIMES[0], "revision": 1}):
        with pytest.raises(MomentUnclearError):
            await moment_of(ledger_of(*TIMES), LateClock(), **given_moment)  # type: ignore[arg-type]


async def test_a_text_that_is_no_time_is_refused() -> None:
    """With the error of every other time that is none."""
    with pytest.raises(InvalidInstantError):
        await moment_of(ledger_of(*TIMES), LateClock(), at="yesterday")
