"""The composition root: settings in, wired objects out."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import StrEnum
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Protocol, cast

from platformdirs import user_data_path
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from cmdb.api.execution import GraphQLRunner
from cmdb.api.http import HttpOptions, HttpServer
from cmdb.api.limits import Limits
from cmdb.api.past import PastServices
from cmdb.api.schema import build_schema
from cmdb.api.services import Services
from cmdb.graph.archive import ArchiveStore
from cmdb.graph.from_model import graph_schema
from cmdb.graph.node_cache import NodeCache
from cmdb.graph.receipt import Receipts
from cmdb.graph.schema import GraphSchema
from cmdb.graph.store import GraphStore
from cmdb.inventory.engine import InventoryEngine
from cmdb.kernel.clock import Clock, SystemClock
from cmdb.kernel.errors import CmdbError, ErrorKind
from cmdb.kernel.ids import UlidSource
from cmdb.kernel.processors import processors
from cmdb.model.load import load_model
from cmdb.model.types import Model
from cmdb.processes import process_behaviour
from cmdb.processes.change.before_and_after import BeforeAndAfter
from cmdb.processes.change.risk import RiskAnalysis
from cmdb.processes.change.schedule import Schedule
from cmdb.processes.configuration.differences import Differences
from cmdb.processes.configuration.impact import ImpactAnalysis
from cmdb.processes.configuration.imports import InventoryImports
from cmdb.processes.configuration.items import ConfigurationItems
from cmdb.processes.configuration.region_records import RegionRecords
from cmdb.processes.configuration.what_if import RedundancyAnalysis
from cmdb.processes.problem.root_cause import RootCauseAnalysis
from cmdb.records.engine import RecordEngine
from cmdb.store.embedded.connection import StoreSettings
from cmdb.store.embedded.store import open_embedded
from cmdb.store.neo4j.address import SCHEMES, without_password
from cmdb.topology.extent import TopologySource
from cmdb.topology.keeper import TopologyKeeper
from cmdb.topology.regions import MOST_CIS, StoreRegions


class StoreAddressError(CmdbError):
    """The address of the store is of no kind the product knows."""

    code = "STORE_ADDRESS_INVALID"
    kind = ErrorKind.INVALID
    summary = "The address of the store is of no kind the product knows."
    default_remedy = (
        "Give the path of a file, e.g. CMDB_STORE=/var/lib/cmdb/estate.db, or a Neo4j server, "
        "e.g. CMDB_STORE=neo4j://db.example:7687 with CMDB_NEO4J_USER and CMDB_NEO4J_PASSWORD."
    )


class StoreMissingError(CmdbError):
    """There is no store at the address."""

    code = "STORE_NOT_FOUND"
    kind = ErrorKind.NOT_FOUND
    summary = "There is no store at the address, and it is not the moment to make one."
    default_remedy = "Check CMDB_STORE or the address given; `cmdb init` makes a store."


class SettingInvalidError(CmdbError):
    """A setting has a value that it cannot have."""

    code = "SETTING_INVALID"
    kind = ErrorKind.INVALID
    summary = "A setting, given by an environment variable, has a value that it cannot have."
    default_remedy = "Correct the variable, or unset it for the default."


class Traversal(StrEnum):
    """Where questions about impact and causes are worked out.

    MEMORY: on a copy of the whole graph's structure, which follows the store. STORE: on the region that each
    question needs, which is read from the store for it.
    """

    MEMORY = "memory"
    STORE = "store"


class Settings(BaseSettings):
    """Where things are; each may be set by an environment variable `CMDB_…`.

    `store`: path of the embedded store's file, or address of a Neo4j server. `schema_folders` (CMDB_SCHEMA): the user's own model folders,
    separated as in PATH. `graphql_batching`: off lets graphql-core complete every field by itself; answers are the same, only slower.
    `traversal`: where impact and causes are worked out. `region_limit`: most CIs that are read from the store for one question.
    `node_cache`: most nodes that a process holds in memory, about 2 KB each; 0 reads each of them from the store every time.
    """

    model_config = SettingsConfigDict(env_prefix="CMDB_", extra="ignore", populate_by_name=True)

    store: str = Field(default_factory=lambda: str(user_data_path("cmdb", appauthor=False) / "cmdb.db"))
    schema_folders: str = Field(default="", validation_alias="CMDB_SCHEMA")
    graphql_batching: bool = True
    traversal: Traversal = Traversal.MEMORY
    region_limit: int = Field(default=MOST_CIS, ge=1)
    node_cache: int = Field(default=50_000, ge=0)

    def __init__(self, **values: Any) -> None:
        """Settings from the environment; values given here come first.

        Raises:
            SettingInvalidError: a value cannot be; all such are named.
        """
        try:
            super().__init__(**values)
        except ValidationError as error:
            raise SettingInvalidError("; ".join(_mistake(one) for one in error.errors())) from error

    @property
    def topologies(self) -> TopologySource:
        """What gives the topologies that questions are worked out on."""
        return (
            TopologyKeeper
            if self.traversal is Traversal.MEMORY
            else partial(StoreRegions, limit=self.region_limit)
        )

    @property
    def shown_store(self) -> str:
        """The store's address as it may be shown: without a password."""
        return without_password(self.store)

    def folders(self) -> list[Path]:
        """The user's own model folders."""
        return [Path(part) for part in self.schema_folders.split(os.pathsep) if part]


def _mistake(error: Any) -> str:
    """What is wrong with one setting, by the name of its variable."""
    name = str(error["loc"][0]) if error["loc"] else "settings"
    variable = name if name.startswith("CMDB_") else f"CMDB_{name.upper()}"
    return f"{variable} is {error['input']!r}: {error['msg'][:1].lower()}{error['msg'][1:]}"


class Application:
    """Everything wired. The GraphQL schema is built when it is first asked for: not all work needs one."""

    def __init__(self, services: Services, store_address: str, *, batching: bool = True) -> None:
        self.services = services
        self.store_address = store_address
        self._batching = batching

    @cached_property
    def runner(self) -> GraphQLRunner:
        """What executes GraphQL operations."""
        return GraphQLRunner(
            build_schema(self.services.model, Limits(), batching=self._batching), self.services
        )

    def server(self, options: HttpOptions) -> HttpServer:
        """The HTTP server over this application."""
        return HttpServer(self.runner, self.services, options)


@asynccontextmanager
async def open_application(settings: Settings, clock: Clock | None = None) -> AsyncIterator[Application]:
    """The application on its store, which is closed at the end.

    Raises:
        InvalidModelError: the model has mistakes.
        StoreAddressError: the store's address is of no known kind.
        StoreUnavailableError: the store cannot be opened.
        StoreIncompleteError: loading into it began and did not end.
    """
    clock = clock or SystemClock()
    model = load_model(settings.folders())
    store = await open_store(settings.store, graph_schema(model), clock)
    try:
        # A store into which a restore was interrupted says so here, not in the middle of somebody's work.
        await store.head()
        services = wire(model, store, clock, settings.topologies, settings.node_cache, receipts=store)
        yield Application(services, settings.shown_store, batching=settings.graphql_batching)
    finally:
        await store.close()


class WholeStore(ArchiveStore, Receipts, Protocol):
    """All that every adapter can do."""


async def open_store(address: str, schema: GraphSchema, clock: Clock) -> WholeStore:
    """The store at an address, brought to this version's layout.

    Raises:
        StoreAddressError: it is of no known kind.
        StoreUnavailableError: it cannot be opened.
    """
    scheme, separator, rest = address.partition("://")
    if separator and scheme in SCHEMES:
        # The driver takes a while to import, which nobody on the embedded store should wait for.
        from cmdb.store.neo4j.store import open_neo4j

        return await open_neo4j(address, schema, clock)
    if separator and scheme != "sqlite":
        # Not quoted whole: what stands behind the scheme may hold a password.
        raise StoreAddressError(f"{scheme}:// is no kind of store that is known")
    # Another process cannot follow a clock that is set by hand, and needs a processor.
    options = StoreSettings(writing_process=isinstance(clock, SystemClock) and processors() > 1)
    return await open_embedded(_path(rest if separator else address), schema, clock, options)


@asynccontextmanager
async def open_archive(
    settings: Settings, *, must_exist: bool = False
) -> AsyncIterator[tuple[WholeStore, GraphSchema]]:
    """The store by itself, for carrying its whole content, and the schema; the store is closed at the end.

    Raises:
        StoreMissingError: it must exist, and does not.
        InvalidModelError, StoreAddressError, StoreUnavailableError: as for the application.
    """
    scheme, separator, rest = settings.store.partition("://")
    file = _path(rest if separator else settings.store)
    if must_exist and (not separator or scheme == "sqlite") and not file.exists():
        raise StoreMissingError(f"there is no store at {file}")
    schema = graph_schema(load_model(settings.folders()))
    store = await open_store(settings.store, schema, SystemClock())
    try:
        yield store, schema
    finally:
        await store.close()


def _path(text: str) -> Path:
    return Path(text).expanduser()


def wire(
    model: Model,
    store: GraphStore,
    clock: Clock,
    source: TopologySource = TopologyKeeper,
    node_cache: int = 0,
    receipts: Receipts | None = None,
) -> Services:
    """The parts over one store; those over its past get their topologies from the same source.

    What only answers questions reads nodes through a cache of so many; what writes reads the store. With `receipts`
    a file that was brought in before and still stands is not read again.
    """
    ids = UlidSource(clock)
    topologies = source(store, model)
    reading = cast("GraphStore", NodeCache(store, node_cache)) if node_cache else store
    impact = ImpactAnalysis(reading, model, topologies)
    inventory = InventoryEngine(store, model, clock, ids, receipts=receipts)
    past = PastServices(store, graph_schema(model), clock, partial(wire, model, source=source))
    return Services(
        model=model,
        store=reading,
        items=ConfigurationItems(store, model, clock, ids),
        records=RecordEngine(store, model, clock, ids, process_behaviour()),
        inventory=inventory,
        imports=InventoryImports(inventory, clock),
        topologies=topologies,
        impact=impact,
        root_cause=RootCauseAnalysis(reading, model, topologies, clock),
        redundancy=RedundancyAnalysis(topologies),
        region_records=RegionRecords(reading, model),
        before_and_after=BeforeAndAfter(reading, model, topologies),
        schedule=Schedule(reading, model, topologies, clock),
        change_risk=RiskAnalysis(reading, model, topologies, impact.blast_radius),
        past=past,
        differences=Differences(store, model, past.store_at, source),
        clock=clock,
        ids=ids,
    )
