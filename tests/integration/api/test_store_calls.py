"""The number of questions to the store depends on the shape of a document, never on the number of its rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any, cast

import pytest

from cmdb.api.execution import GraphQLRunner, Operation
from cmdb.app import wire
from cmdb.graph.store import GraphStore
from tests.integration.api.changes import ROUTER
from tests.office import TESTER, Office

pytestmark = pytest.mark.asyncio(loop_scope="module")


class CountingStore:
    """Passes everything on to a store and counts the calls."""

    def __init__(self, store: GraphStore) -> None:
        self._store = store
        self.calls: Counter[str] = Counter()

    def __getattr__(self, name: str) -> Callable[..., Awaitable[object]]:
        method = getattr(self._store, name)

        def counted(*args: object, **kwargs: object) -> Any:
            self.calls[name] += 1
            return method(*args, **kwargs)

        return counted


async def calls(office: Office, query: str) -> Counter[str]:
    """How often each method of the store is called for a query, the topology being there already."""
    services = office.application.services
    store = CountingStore(services.store)
    counted = wire(services.model, cast("GraphStore", store), services.clock)
    # The same schema as the office's: building one takes a hundred times as long as a query.
    runner = GraphQLRunner(office.application.runner.api, counted)
    first = f'{{ impact(of: [{{id: "{await office.id_of(ROUTER)}"}}]) {{ truncated }} }}'
    for text in (first, query):
        store.calls.clear()
        answer = (await runner.run(Operation(text, {}), TESTER, "request-1")).body
        assert "errors" not in answer, answer["errors"]
    return store.calls


NESTED = """{ configurationItems(filter: {class: "%s"}, first: %d) { totalCount nodes {
    id name
    relationships(first: 10) { nodes { verb other { ... on ConfigurationItem { name records { number } } } } }
    provenance { attribute source } sightings { source }
} } }"""


@pytest.mark.parametrize("label", ["Host", "Endpoint"])
async def test_more_rows_make_no_more_calls(office: Office, label: str) -> None:
    few, many = await calls(office, NESTED % (label, 2)), await calls(office, NESTED % (label, 20))

    assert few == many


async def test_a_nested_list_asks_a_few_questions(office: Office) -> None:
    found = await calls(office, NESTED % ("Host", 20))

    assert found == {"find": 1, "count": 1, "links": 3, "get": 2, "evidence": 1}


async def test_a_whole_impact_answer_asks_a_few_questions(office: Office) -> None:
    router = await office.id_of("rtr-core.office.example")
    query = """{ impact(of: [{id: "%s"}]) {
        affected(first: 100) { nodes { ci { id name class } state distance path { nodes { id name } } } }
    } }"""

    found = await calls(office, query % router)

    assert found == {"head": 1, "get": 2}
