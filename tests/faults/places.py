"""Where the stores under test are, as a value that can be handed to another process."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from cmdb.app import open_store
from cmdb.graph.from_model import graph_schema
from cmdb.graph.schema import GraphSchema
from cmdb.graph.store import GraphStore
from cmdb.inventory.engine import InventoryEngine
from cmdb.kernel.clock import SystemClock
from cmdb.kernel.ids import UlidSource
from cmdb.model.load import load_model
from cmdb.model.types import Model
from cmdb.store.neo4j.store import open_neo4j
from tests.contract.schema import SCHEMA as CONTRACT

EMBEDDED = "embedded"
NEO4J = "neo4j"


@dataclass(frozen=True, slots=True)
class Place:
    """A store's kind and its address, as CMDB_STORE takes it."""

    kind: str
    address: str

    @property
    def file(self) -> Path:
        """The file of an embedded store."""
        assert self.kind == EMBEDDED
        return Path(self.address)

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[GraphStore]:
        """The store, as the product opens it."""
        opening = open_neo4j if self.kind == NEO4J else open_store
        store = await opening(self.address, fault_schema(), SystemClock())
        try:
            yield store
        finally:
            await store.close()


@cache
def built_in_model() -> Model:
    """The model that is shipped."""
    return load_model([])


@cache
def fault_schema() -> GraphSchema:
    """The shipped model and the contract tests' hosts and tickets in one.

    A server fits its indexes to a schema, which takes seconds; with one schema for all it does so once.
    """
    ours = graph_schema(built_in_model())
    host = ours.labels["Host"]
    host = replace(host, properties={**CONTRACT.labels["Host"].properties, **host.properties})
    return GraphSchema(
        {**ours.labels, "Host": host, "Ticket": CONTRACT.labels["Ticket"]},
        {
            **ours.link_types,
            "CONNECTS": CONTRACT.link_types["CONNECTS"],
            "RUNS_ON": CONTRACT.link_types["RUNS_ON"],
        },
        "faults-1",
    )


def engine_on(store: GraphStore) -> InventoryEngine:
    """The inventory engine over a store."""
    clock = SystemClock()
    return InventoryEngine(store, built_in_model(), clock, UlidSource(clock))
