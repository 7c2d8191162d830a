"""The server goes away while the API is being used: one clear error, and answers again when it is back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from cmdb.api.http import HttpOptions
from cmdb.app import Application, wire
from cmdb.graph.from_model import graph_schema
from cmdb.kernel.clock import SystemClock
from cmdb.model.load import load_model
from cmdb.store.neo4j.connection import Neo4jSettings
from cmdb.store.neo4j.store import open_neo4j
from tests.faults.proxy import Mode, Proxy, proxy_to

# The server fits itself to the model first, in which a busy machine takes its time.
pytestmark = pytest.mark.timeout(300)

# What may pass is not waited for here.
SETTINGS = Neo4jSettings(retry_seconds=0.2, connect_seconds=1.0)
CREATE = 'mutation { createConfigurationItem(input: {class: "Server", attributes: {name: "web-1"}}) { id } }'
COUNT = "{ configurationItems { totalCount } }"


@asynccontextmanager
async def behind(address: str) -> AsyncIterator[tuple[Proxy, httpx.AsyncClient]]:
    """The API on a server that is reached through a proxy, and the proxy."""
    host, _, port = address.rpartition("/")[2].partition(":")
    model, clock = load_model([]), SystemClock()
    async with proxy_to(host, int(port), 0) as proxy:
        store = await open_neo4j(f"bolt://127.0.0.1:{proxy.port}", graph_schema(model), clock, SETTINGS)
        try:
            app = Application(wire(model, store, clock), "proxied").server(HttpOptions()).application()
            transport = httpx.ASGITransport(app=app)
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
                yield proxy, client
        finally:
            await store.close()


async def asked(client: httpx.AsyncClient, query: str) -> Any:
    """The whole answer to an operation."""
    return (await client.post("/graphql", json={"query": query})).json()


async def test_questions_and_changes_say_that_the_store_is_away(address: str) -> None:
    """Each has one error with its code and remedy; so has the readiness; nothing was half-written."""
    async with behind(address) as (proxy, client):
        assert "errors" not in await asked(client, CREATE)
        proxy.switch(Mode.REFUSE)
        lost = [await asked(client, text) for text in (COUNT, CREATE)]
        ready = await client.get("/readyz")
        proxy.switch(Mode.FORWARD)
        again = await asked(client, COUNT)

    for answer in lost:
        (error,) = answer["errors"]
        assert error["extensions"]["code"] in {"STORE_CONNECTION_LOST", "STORE_UNAVAILABLE"}
        assert error["extensions"]["remedy"]
        assert "Traceback" not in str(answer)
    assert 503 == ready.status_code
    assert {"data": {"configurationItems": {"totalCount": 1}}} == again
