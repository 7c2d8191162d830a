"""Completing plain fields in columns changes no answer: the same data, the same errors in the same order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any, TypeVar, TypeVarTuple, Unpack, cast

import pytest

from cmdb.api.context import RequestContext
from cmdb.api.limits import Limits
from cmdb.api.loaders import Loaders
from cmdb.api.schema import ApiSchema, build_schema
from cmdb.api.services import Services
from cmdb.api.sharing import shared
from cmdb.app import Settings, open_application, wire
from cmdb.graph.elements import Node
from cmdb.graph.query import NodePage, NodeQuery
from cmdb.graph.store import GraphStore
from cmdb.kernel.clock import Clock
from tests.integration.api.changes import make_change, window
from tests.office import TESTER, Office, open_office
from tests.random_documents import VARIABLES, RandomDocuments

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

WIDE = Limits(10**6, 10**6, 100, 10**6, 10**6, 10**6, 10**12)
KNOWN = {"change": ("CHG0000001", "CHG0000002")}
WORDS = ("office", "web", "printer", "INC0000001", "operational", "Server", "nothing")
ODD_VALUES: tuple[Any, ...] = (
    None,
    "",
    7,
    -(2**40),
    2.5,
    float("nan"),
    True,
    ["a"],
    ["a", None],
    {"a": 1},
    {1, 2},
)
"""What a damaged or foreign store might hold in place of a value."""


class OddStore:
    """A store whose nodes have values missing or of another kind, always the same ones of the same node.

    What stands in it comes as the same object again, as from a cache.
    """

    def __init__(self, store: GraphStore, share: float) -> None:
        self._store = store
        self._share = share
        self._made: dict[str, tuple[Node, Node]] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def get(self, ids: Sequence[str]) -> Mapping[str, Node]:
        """Nodes, some of them odd."""
        return {key: self._odd(node) for key, node in (await self._store.get(ids)).items()}

    async def find(self, query: NodeQuery) -> NodePage:
        """A page, some of whose nodes are odd."""
        page = await self._store.find(query)
        return replace(page, nodes=tuple(self._odd(node) for node in page.nodes))

    def _odd(self, node: Node) -> Node:
        made = self._made.get(node.id)
        if made is None or made[0] != node:
            made = self._made[node.id] = (node, self._changed(node))
        return made[1]

    def _changed(self, node: Node) -> Node:
        random = Random(node.id)
        if random.random() >= self._share:
            return node
        changed: dict[str, Any] = {}
        properties: dict[str, Any] = dict(node.properties)
        for name in [*properties, "ipAddress", "name", "priority"]:
            if random.random() < 0.6:
                properties[name] = random.choice(ODD_VALUES)
        for name in ("version", "revision", "created_at", "updated_at"):
            if random.random() < 0.4:
                changed[name] = random.choice(ODD_VALUES)
        return replace(node, properties=properties, **changed)


@dataclass(frozen=True, slots=True)
class Told:
    """What an operation gave: its data, and of each error all that stands in an answer and in a log."""

    data: Any
    errors: Sequence[tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class Pair:
    """The same questions put to both ways of execution."""

    stock: ApiSchema
    batched: ApiSchema
    services: Services
    ids: Sequence[str]

    async def answers(self, query: str) -> tuple[Told, Told]:
        """Both answers; asked one after the other."""
        return await self._answer(self.stock, query), await self._answer(self.batched, query)

    async def _answer(self, api: ApiSchema, query: str) -> Told:
        loaders = Loaders(self.services.store, self.services.records, TESTER)
        context = RequestContext(
            shared(self.services, loaders), api.types, TESTER, "request-1", None, loaders
        )
        result = await api.schema.execute(query, variable_values=dict(VARIABLES), context_value=context)
        errors = [
            (error.message, error.path, error.locations, type(error.original_error), error.extensions)
            for error in result.errors or ()
        ]
        return Told(result.data, errors)


class StoppedClock:
    """Always the same moment."""

    def __init__(self, clock: Clock) -> None:
        self._now = clock.now()

    def now(self) -> Any:
        """That moment."""
        return self._now


class ThreadlessLoop(asyncio.SelectorEventLoop):
    """Does at once what is meant for another thread, so that what runs side by side always ends in the same order."""

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[Unpack[Ts]], T], *args: *Ts
    ) -> asyncio.Future[T]:
        """The result of the call, as a future."""
        future: asyncio.Future[T] = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:  # noqa: BLE001 - whoever waits for it gets it
            future.set_exception(error)
        return future


@dataclass(slots=True)
class Seen:
    """What was compared: documents, those refused unexecuted, and those with errors.

    infos: how often graphql-core took up a field by itself, without columns and with them.
    """

    documents: int = 0
    refused: int = 0
    with_errors: int = 0
    infos: list[int] = field(default_factory=lambda: [0, 0])


def count_infos(api: ApiSchema, infos: list[int], place: int) -> None:
    """Count the fields that graphql-core takes up by itself."""
    kind: Any = api.schema.execution_context_class

    class Counting(kind):  # type: ignore[misc]  # whichever it is
        def build_resolve_info(self, *args: Any) -> Any:
            infos[place] += 1
            return super().build_resolve_info(*args)

    api.schema.execution_context_class = Counting


@asynccontextmanager
async def open_pair(folder: Path, share: float) -> AsyncIterator[Pair]:
    """Both ways over the office, with so large a share of its nodes odd."""
    async with open_office(str(folder / "office.db")) as office:
        await office.report_incident("No delivery notes", "Print spooler")
        await office.report_incident("No invoices", "Invoice program", "Print spooler")
        await make_change(office, "Print spooler", **window(1, 2))
        await make_change(office, "Print spooler", "Invoice program", **window(1, 2))
        services = office.application.services
        model = services.model
        page = await services.store.find(NodeQuery((*model.classes, *model.record_types), first=1000))
        store = cast("GraphStore", OddStore(services.store, share))
        odd = wire(model, store, StoppedClock(services.clock))
        yield Pair(
            build_schema(model, WIDE, batching=False),
            build_schema(model, WIDE, batching=True),
            odd,
            [node.id for node in page.nodes],
        )


def compared(folder: Path, share: float, seed: int, count: int) -> Seen:
    """Compares answers over an office."""

    async def run() -> Seen:
        async with open_pair(folder, share) as pair:
            return await compare(pair, seed, count)

    with asyncio.Runner(loop_factory=ThreadlessLoop) as runner:
        return runner.run(run())


async def compare(pair: Pair, seed: int, count: int) -> Seen:
    """So many random documents, both ways."""
    schema = pair.batched.schema._schema
    documents = RandomDocuments(schema, Random(seed), pair.ids, WORDS, KNOWN)
    seen = Seen()
    count_infos(pair.stock, seen.infos, 0)
    count_infos(pair.batched, seen.infos, 1)
    for _ in range(count):
        query = documents.document()
        expected, actual = await pair.answers(query)
        assert repr(actual) == repr(expected), query
        seen.documents += 1
        seen.refused += expected.data is None and all(path is None for _, path, *_ in expected.errors)
        seen.with_errors += bool(expected.errors)
    return seen


@pytest.mark.timeout(600)
def test_random_documents_have_the_same_answers_over_sound_nodes(tmp_path: Path) -> None:
    """100 documents over an office as it should be: none is refused, and columns take fields over."""
    seen = compared(tmp_path, 0.0, 1, 100)

    assert (100, 0) == (seen.documents, seen.refused)
    assert seen.infos[1] < seen.infos[0]


@pytest.mark.timeout(600)
def test_random_documents_have_the_same_answers_over_odd_nodes(tmp_path: Path) -> None:
    """150 documents over an office whose nodes all have values missing or of another kind."""
    seen = compared(tmp_path, 1.0, 2, 150)

    assert (150, 0) == (seen.documents, seen.refused)
    assert seen.with_errors > 0
    assert seen.infos[1] < seen.infos[0]


@pytest.mark.exhaustive
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 1.0])
def test_ten_thousand_random_documents_have_the_same_answers(tmp_path: Path, share: float) -> None:
    """2,500 documents at each share of odd nodes."""
    seen = compared(tmp_path, share, 1_000 + int(share * 10), 2_500)

    assert (2_500, 0) == (seen.documents, seen.refused)
    assert seen.with_errors > 0
    assert seen.infos[1] < seen.infos[0]


@pytest.mark.parametrize(("word", "batching"), [("on", True), ("off", False), (None, True)])
def test_the_environment_switches_batching(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, word: str | None, batching: bool
) -> None:
    """CMDB_GRAPHQL_BATCHING=off hands every field to graphql-core; it is on unless said otherwise."""
    if word is None:
        monkeypatch.delenv("CMDB_GRAPHQL_BATCHING", raising=False)
    else:
        monkeypatch.setenv("CMDB_GRAPHQL_BATCHING", word)
    monkeypatch.setenv("CMDB_STORE", str(tmp_path / "office.db"))

    async def infos() -> int:
        counted = [0]
        async with open_application(Settings()) as application:
            count_infos(application.runner.api, counted, 0)
            await Office(application).data("{ classes { name description } }")
        return counted[0]

    # With columns graphql-core takes up the field of the root by itself, and nothing below.
    assert (asyncio.run(infos()) == 1) == batching
