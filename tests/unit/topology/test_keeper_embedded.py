"""A topology in step with a real store, under the product's own model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cmdb.analysis.impact import impact
from cmdb.analysis.impact_types import ImpactRequest, Start
from cmdb.analysis.state import ImpactState
from cmdb.graph.batch import LinkDelete, LinkPut, NodeCreate, NodeDelete, NodeUpdate, WriteBatch
from cmdb.graph.elements import LinkKey
from cmdb.graph.from_model import graph_schema
from cmdb.graph.store import GraphStore
from cmdb.kernel.actor import Actor
from cmdb.kernel.clock import SystemClock
from cmdb.model.load import load_model
from cmdb.store.embedded.connection import StoreSettings
from cmdb.store.embedded.store import open_embedded
from cmdb.topology.build import build_topology
from cmdb.topology.keeper import TopologyKeeper

MEMBER = "MEMBER_OF"


async def commit(
    store: GraphStore,
    creates: Sequence[NodeCreate] = (),
    updates: Sequence[NodeUpdate] = (),
    link_puts: Sequence[LinkPut] = (),
    link_deletes: Sequence[LinkDelete] = (),
    deletes: Sequence[NodeDelete] = (),
) -> None:
    batch = WriteBatch(
        Actor("test"),
        "test",
        creates=tuple(creates),
        updates=tuple(updates),
        deletes=tuple(deletes),
        link_puts=tuple(link_puts),
        link_deletes=tuple(link_deletes),
    )
    await store.commit(batch)


def server(name: str, label: str = "Server") -> NodeCreate:
    return NodeCreate(name, label, {"name": name, "status": "operational"})


def member(name: str, **properties: str) -> LinkPut:
    return LinkPut(LinkKey(MEMBER, name, "cluster"), properties)


async def test_it_follows_what_is_committed_to_an_embedded_store(tmp_path: Path) -> None:
    """After each commit the state of a cluster that loses a server is what its links say at that moment."""
    model = load_model()
    settings = StoreSettings(readers=2, durable=False)
    store = await open_embedded(tmp_path / "cmdb.db", graph_schema(model), SystemClock(), settings)
    await store.migrate()
    keeper = TopologyKeeper(store, model)

    async def cluster_without(*names: str) -> ImpactState:
        followed = await keeper.current()
        rebuilt = build_topology(await store.structure(), model)
        request = ImpactRequest(tuple(Start(name) for name in names))
        assert impact(rebuilt, request).rows(10) == impact(followed, request).rows(10)
        return impact(followed, request).state_of("cluster")

    try:
        await commit(
            store,
            creates=[server("one"), server("two"), server("cluster", "Cluster")],
            link_puts=[member("one"), member("two")],
        )
        assert ImpactState.AT_RISK is await cluster_without("one")

        await commit(store, link_puts=[member("one", redundancy_needed="2")])
        assert ImpactState.DOWN is await cluster_without("one")

        await commit(store, creates=[server("three")], link_puts=[member("three", redundancy_needed="2")])
        assert ImpactState.AT_RISK is await cluster_without("one")
        assert ImpactState.DOWN is await cluster_without("one", "two")

        await commit(store, updates=[NodeUpdate("two", {"status": "retired"})])
        assert ImpactState.DOWN is await cluster_without("one")

        await commit(store, link_puts=[member("one"), member("three", strength="soft")])
        assert ImpactState.AT_RISK is await cluster_without("one")

        await commit(store, link_deletes=[LinkDelete(LinkKey(MEMBER, "one", "cluster"))])
        assert ImpactState.UNAFFECTED is await cluster_without("one")
        assert ImpactState.DEGRADED is await cluster_without("three")

        await commit(store, deletes=[NodeDelete("three")])
        assert (await keeper.current()).find(["three"]).tolist() == [-1]
    finally:
        await store.close()
