"""How fast GraphQL answers with plain lists are completed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any, cast

from benchmarks.bench import Bench
from benchmarks.prepared import Prepared
from benchmarks.suites.impacts import ASKER, NoAnswerError
from benchmarks.timing import measure_async
from cmdb.api.batching.executor import BatchingExecution
from cmdb.api.execution import GraphQLRunner, Operation
from cmdb.api.limits import Limits
from cmdb.api.schema import build_schema
from cmdb.graph.query import NodePage, NodeQuery
from cmdb.graph.store import GraphStore

SECTION = "graphql"
WHOLE = "whole answer, store included"
COMPLETION = "the store answers from memory"
ROWS = 1_000
TASKS = {
    "1,000 rows of 3 fields": ("id", "name", "status"),
    "1,000 rows of 7 fields": ("id", "name", "status", "version", "revision", "createdAt", "updatedAt"),
}


class RememberingStore:
    """Reads pages from a store once and gives them again; everything else goes through."""

    def __init__(self, store: GraphStore) -> None:
        self._store = store
        self._pages: dict[NodeQuery, NodePage] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def find(self, query: NodeQuery) -> NodePage:
        """One page, remembered."""
        if query not in self._pages:
            self._pages[query] = await self._store.find(query)
        return self._pages[query]


async def run(bench: Bench, prepared: Prepared) -> None:
    """Measure plain lists, with the store and without."""
    runner = prepared.application.runner
    services = prepared.application.services
    store: Any = RememberingStore(services.store)
    api = build_schema(services.model, Limits())
    # The same nodes come again and again; each time their fields are to be completed, not found with them.
    cast("type[BatchingExecution]", api.schema.execution_context_class).kept = None
    remembering = GraphQLRunner(api, replace(services, store=store))
    for task, fields in TASKS.items():
        leaves = ROWS * len(fields)
        for subject, chosen in ((WHOLE, runner), (COMPLETION, remembering)):
            timing = await measure_async(partial(_list, chosen, fields), bench.quick)
            bench.keep(SECTION, task, subject, cis=prepared.cis, amount=leaves, unit="leaves", timing=timing)


async def _list(runner: GraphQLRunner, fields: Sequence[str]) -> None:
    document = f'{{ configurationItems(filter: {{class: "VirtualMachine"}}, first: {ROWS}) {{ nodes {{ {" ".join(fields)} }} }} }}'
    found = await runner.run(Operation(document), ASKER, "benchmark")
    body: Any = found.body
    if "errors" in body or len(body["data"]["configurationItems"]["nodes"]) != ROWS:
        raise NoAnswerError(str(body.get("errors", "too few rows")))
