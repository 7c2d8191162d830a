"""The office behind the API, on each store."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.office import Office, open_office
from tests.stores import STORES, empty_store


@pytest_asyncio.fixture(loop_scope="module", scope="module", params=STORES)
async def office(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Office]:
    """One office for all tests of a module: they add to it and do not count on its being untouched."""
    store = empty_store(request.param, tmp_path_factory.mktemp("office"))
    async with open_office(store) as office:
        yield office
