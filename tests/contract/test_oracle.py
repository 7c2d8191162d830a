"""Any sequence of commits leaves the store as a simple model of it says."""

import asyncio
import tempfile
from collections.abc import Awaitable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from cmdb.graph.batch import LinkPut, NodeCreate, WriteBatch
from cmdb.graph.elements import Link, LinkKey
from cmdb.graph.ledger import verify_ledger
from cmdb.graph.query import Direction, LinkQuery, NodeQuery, Order, Predicate, RegionQuery
from cmdb.graph.revision import ChangeKind, Revision
from cmdb.graph.store import GraphStore
from cmdb.kernel.actor import Actor
from tests import strategies
from tests.contract.conftest import FACTORIES, STORES
from tests.contract.oracle import Oracle
from tests.contract.schema import ALL, ITEMS, SCHEMA

T = TypeVar("T")

IDS = tuple(f"n{number}" for number in range(6))
CLAIMS = tuple(f"serial:{number}" for number in range(8))
RULES = SCHEMA.labels["Item"].properties


BATCHES = strategies.batches(SCHEMA, IDS, CLAIMS)


def batch_of(creates: list[NodeCreate]) -> WriteBatch:
    """A batch that makes these nodes."""
    return WriteBatch(Actor("ada"), "begin", tuple(creates))


class StoreMachine(RuleBasedStateMachine):
    """Commits and asks at random, on the store and on the oracle."""

    def __init__(self, factory_name: str) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self._runner = asyncio.Runner()
        self._oracle = Oracle()
        self._store: GraphStore = self._run(FACTORIES[factory_name](Path(self._folder.name))())

    def _run(self, work: Awaitable[T]) -> T:
        async def waited() -> T:
            return await work

        return self._runner.run(waited())

    @initialize(first=st.lists(BATCHES, min_size=3, max_size=3))
    def begin(self, first: list[WriteBatch]) -> None:
        """Some nodes, all of them linked, so that what follows has something to meet."""
        for batch in first:
            self._commit(self._oracle.tidied(replace(batch, request_id=None)))
        labels = ("Host", "Server", "Host")
        made = [
            NodeCreate(node_id, label, {"name": node_id}) for node_id, label in zip(IDS, labels, strict=False)
        ]
        puts = [LinkPut(LinkKey("CONNECTS", one, other)) for one, other in pairwise(IDS[:3])]
        self._commit(self._oracle.tidied(batch_of(made)))
        self._commit(WriteBatch(Actor("ada"), "begin", link_puts=tuple(puts)))

    @rule(batch=BATCHES)
    def commit_as_it_comes(self, batch: WriteBatch) -> None:
        """Most of these are refused."""
        self._commit(batch)

    @rule(batch=BATCHES)
    def commit_what_fits(self, batch: WriteBatch) -> None:
        """Most of these are written."""
        self._commit(self._oracle.tidied(batch))

    @rule(batch=BATCHES, again=st.integers(0, 1))
    def commit_without_request(self, batch: WriteBatch, again: int) -> None:
        """Some of these twice, which mostly alters nothing the second time."""
        for _ in range(again + 1):
            self._commit(self._oracle.tidied(replace(batch, request_id=None)))

    def _commit(self, batch: WriteBatch) -> None:
        """The same revision and numbers, or one of the errors that fit."""
        expected = self._oracle.commit(batch)
        work = self._store.commit(batch)
        if expected.errors:
            with pytest.raises(tuple(expected.errors)):
                self._run(work)
            return
        commit = self._run(work)
        assert (commit.revision, dict(commit.numbers), commit.replayed) == (
            expected.revision,
            expected.numbers,
            expected.replayed,
        )

    @precondition(lambda self: self._oracle.nodes)
    @rule(
        where=strategies.predicates(RULES, sorted(SCHEMA.link_types), IDS),
        order=strategies.orders(RULES),
        labels=st.sampled_from([ITEMS, ("Host",), ("Server", "Service")]),
        size=st.integers(1, 4),
    )
    def find(self, where: Predicate, order: tuple[Order, ...], labels: tuple[str, ...], size: int) -> None:
        """The same nodes in the same order, page by page, and as many."""
        expected = self._oracle.find(labels, where, order)
        assert self._run(self._paged(NodeQuery(labels, where, order, size))) == expected
        assert self._run(self._store.count(NodeQuery(labels, where))) == {None: len(expected)}

    async def _paged(self, query: NodeQuery) -> list[str]:
        ids: list[str] = []
        after = None
        while True:
            page = await self._store.find(
                NodeQuery(query.labels, query.where, query.order, query.first, after)
            )
            ids += [node.id for node in page.nodes]
            if not page.has_next:
                return ids
            after = page.cursors[-1]

    @precondition(lambda self: self._oracle.links)
    @rule(start=st.sampled_from(IDS), link_type=st.sampled_from(sorted(SCHEMA.link_types)))
    def region(self, start: str, link_type: str) -> None:
        """The same nodes are reached."""
        reached = {start} & self._oracle.nodes.keys()
        while (
            more := {
                key.target for key in self._oracle.links if key.type == link_type and key.source in reached
            }
            - reached
        ):
            reached |= more
        shape = self._run(self._store.region(RegionQuery((start,), ((link_type, Direction.OUT),))))
        assert set(shape.ids) == reached

    @invariant()
    def everything_is_alike(self) -> None:
        """Nodes, links, claims and evidence."""
        self._run(self._compare())

    async def _compare(self) -> None:
        oracle, store = self._oracle, self._store
        nodes = {node.id: node async for node in store.nodes()}
        assert {
            node_id: (node.label, node.properties, node.version, node.revision)
            for node_id, node in nodes.items()
        } == {
            node_id: (node.label, node.properties, node.version, node.revision)
            for node_id, node in oracle.nodes.items()
        }
        assert await store.get(IDS) == nodes
        links = {link.key: link.properties async for link in store.all_links()}
        assert links == oracle.links
        found = await store.links(LinkQuery(IDS, Direction.IN))
        assert {link.key: link.properties for some in found.values() for link in some} == links
        assert await store.resolve(CLAIMS) == oracle.claims
        assert await store.evidence(IDS) == {node_id: oracle.evidence(node_id) for node_id in oracle.nodes}
        assert (await store.head()).revision == oracle.revision
        by_label = await store.count(NodeQuery(ALL), "label")
        assert sum(by_label.values()) == len(oracle.nodes)

    def teardown(self) -> None:
        """The ledger is whole, and what it tells from the beginning is what stands in the end."""
        self._run(self._check_ledger())
        self._run(self._store.close())
        self._runner.close()
        self._folder.cleanup()

    async def _check_ledger(self) -> None:
        assert (await verify_ledger(self._store)).broken is None
        nodes: dict[str, tuple[str, dict[str, Any], int]] = {}
        links: dict[LinkKey, Link] = {}
        async for revision in self._store.revisions():
            _replay(revision, nodes, links)
        assert nodes == {
            node_id: (node.label, node.properties, node.version)
            for node_id, node in self._oracle.nodes.items()
        }
        assert {key: link.properties for key, link in links.items()} == self._oracle.links


def _replay(
    revision: Revision, nodes: dict[str, tuple[str, dict[str, Any], int]], links: dict[LinkKey, Link]
) -> None:
    """Apply a revision's changes, checking that each finds what it says was there before."""
    for change in revision.nodes:
        label, before, version = nodes.pop(change.id, (change.label, {}, 0))
        assert label == (change.old_label or change.label)
        assert {name: before[name] for name in change.before} == change.before
        if change.kind is ChangeKind.DELETED:
            assert (version, before) == (change.version, change.before)
            continue
        assert change.version == version + 1
        kept = {name: value for name, value in before.items() if name not in change.before}
        nodes[change.id] = (change.label, {**kept, **change.after}, change.version)
    for linked in revision.links:
        old = links.pop(linked.key, Link(linked.key)).properties
        assert {name: old[name] for name in linked.before} == linked.before
        if linked.kind is not ChangeKind.DELETED:
            kept = {name: value for name, value in old.items() if name not in linked.before}
            links[linked.key] = Link(linked.key, {**kept, **linked.after})


@pytest.mark.timeout(300)
@pytest.mark.parametrize("factory_name", STORES)
def test_the_store_behaves_as_a_simple_model_of_it(factory_name: str) -> None:
    """Whatever is committed and asked, in any order."""

    class Machine(StoreMachine):
        def __init__(self) -> None:
            super().__init__(factory_name)

    run_state_machine_as_test(
        Machine,
        settings=settings(
            # A server's answers take ten times as long as a file's.
            max_examples=25 if factory_name == "embedded" else 8,
            stateful_step_count=20,
            # Making a failing run shorter would take longer than a test may.
            phases=[Phase.reuse, Phase.generate],
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
