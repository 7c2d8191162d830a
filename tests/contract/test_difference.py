"""The difference of two moments leads from the one to the other."""

import asyncio
import tempfile
from dataclasses import replace
from itertools import combinations_with_replacement
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cmdb.graph.batch import NodeDelete, NodeUpdate, WriteBatch
from cmdb.graph.difference import Difference, MomentsReversedError, difference
from cmdb.graph.elements import LinkKey
from cmdb.graph.former import MomentTooFarError
from cmdb.graph.moment import moment_of
from cmdb.graph.revision import ChangeKind, NodeChange
from cmdb.graph.store import GraphStore
from cmdb.kernel.actor import Actor
from tests import strategies
from tests.contract.build import FixedClock, host, link, put, unlink
from tests.contract.conftest import FACTORIES, STORES
from tests.contract.oracle import Oracle
from tests.contract.schema import SCHEMA

State = tuple[dict[str, tuple[str, dict[str, Any]]], dict[LinkKey, dict[str, Any]]]

IDS = tuple(f"n{number}" for number in range(5))
BATCHES = strategies.batches(SCHEMA, IDS, ("serial:0", "serial:1"))


async def between(store: GraphStore, start: int, end: int) -> Difference:
    """The difference of two revisions."""
    clock = FixedClock()
    return await difference(
        store, await moment_of(store, clock, revision=start), await moment_of(store, clock, revision=end)
    )


async def state_of(store: GraphStore) -> State:
    """Labels and properties of everything that stands."""
    return (
        {node.id: (node.label, dict(node.properties)) async for node in store.nodes()},
        {one.key: dict(one.properties) async for one in store.all_links()},
    )


def applied(found: Difference, state: State) -> State:
    """A state with a difference applied, after a check that each alteration finds what it says was there."""
    nodes, links = dict(state[0]), dict(state[1])
    for alteration in found.alterations:
        change = alteration.change
        if isinstance(change, NodeChange):
            label, old = nodes.pop(change.id, (change.label, {}))
            assert label == (change.old_label or change.label)
        else:
            old = links.pop(change.key, {})
        assert {name: old.get(name) for name in change.before} == change.before
        assert change.kind is not ChangeKind.DELETED or old == change.before
        if change.kind is ChangeKind.DELETED:
            continue
        kept = {name: value for name, value in old.items() if name not in change.before}
        assert not kept.keys() & change.after.keys()
        if isinstance(change, NodeChange):
            nodes[change.id] = (change.label, {**kept, **change.after})
        else:
            links[change.key] = {**kept, **change.after}
    return nodes, links


async def check_differences(store: GraphStore, batches: list[WriteBatch]) -> None:
    """Between any two revisions, and from the empty graph."""
    oracle = Oracle()
    states: dict[int, State] = {0: await state_of(store)}
    for one in batches:
        fitting = oracle.tidied(replace(one, request_id=None))
        if not oracle.commit(fitting).errors:
            await store.commit(fitting)
            states[(await store.head()).revision] = await state_of(store)
    for start, end in combinations_with_replacement(sorted(states), 2):
        found = await between(store, start, end)
        assert applied(found, states[start]) == states[end]
        assert bool(found.alterations) is (states[start] != states[end])
        numbers = [alteration.revision for alteration in found.alterations]
        assert numbers == sorted(numbers)


@pytest.mark.parametrize("factory_name", STORES)
def test_a_difference_applied_to_the_first_state_gives_the_second(factory_name: str) -> None:
    """Whatever was committed; and it is empty exactly where the two are alike."""

    @settings(
        max_examples=60 if factory_name == "embedded" else 3,
        deadline=None,
        phases=[Phase.reuse, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(batches=st.lists(BATCHES, min_size=3, max_size=8))
    def check(batches: list[WriteBatch]) -> None:
        async def run() -> None:
            with tempfile.TemporaryDirectory() as folder:
                store = await FACTORIES[factory_name](Path(folder))()
                try:
                    await check_differences(store, batches)
                finally:
                    await store.close()

        asyncio.run(run())

    check()


async def test_an_alteration_tells_who_made_the_last_one_and_why(store: GraphStore) -> None:
    """Of the revisions that altered it, the last."""
    await put(store, host("a", rank=1))
    other = WriteBatch(Actor("lena"), "by hand", updates=(NodeUpdate("a", {"rank": 2}),))
    await store.commit(other)
    (found,) = (await between(store, 0, 2)).alterations

    assert (2, "lena", "by hand") == (found.revision, found.actor.name, found.reason)


async def test_what_comes_and_goes_in_between_is_not_told(store: GraphStore) -> None:
    """Neither a node made and deleted, nor a value changed and changed back."""
    await put(store, host("a", rank=1))
    await put(store, host("b"), NodeUpdate("a", {"rank": 2}), link("CONNECTS", "a", "b"))
    await put(store, NodeDelete("b"), NodeUpdate("a", {"rank": 1}))

    assert () == (await between(store, 1, 3)).alterations
    assert 3 == len((await between(store, 1, 2)).alterations)


async def test_a_deletion_tells_all_that_was_there(store: GraphStore) -> None:
    """As it was at the first moment, not as it was when it was deleted."""
    await put(store, host("a", rank=1), host("b"), link("RUNS_ON", "a", "b", weight=1))
    await put(store, NodeUpdate("a", {"rank": 2, "note": "moved"}))
    await put(store, NodeDelete("a"))
    node, gone = (alteration.change for alteration in (await between(store, 1, 3)).alterations)

    assert (ChangeKind.DELETED, {"name": "a", "rank": 1}, {}) == (node.kind, node.before, node.after)
    assert (ChangeKind.DELETED, {"weight": 1}) == (gone.kind, gone.before)


async def test_a_difference_does_not_go_backwards(store: GraphStore) -> None:
    """The error names both revisions."""
    await put(store, host("a"), host("b"), link("CONNECTS", "a", "b"))
    await put(store, unlink("CONNECTS", "a", "b"))

    with pytest.raises(MomentsReversedError, match="from revision 2 to revision 1"):
        await between(store, 2, 1)


async def test_a_difference_of_too_much_is_refused(store: GraphStore) -> None:
    """The error names the limit."""
    await put(store, host("a"), host("b"), host("c"))
    clock = FixedClock()
    start, end = await moment_of(store, clock, revision=0), await moment_of(store, clock, revision=1)

    with pytest.raises(MomentTooFarError, match="more than 2 nodes"):
        await difference(store, start, end, most=2)
