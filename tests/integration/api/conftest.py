"""The office behind the API."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.office import Office, open_office


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    """One office for all tests of a module: they add to it and do not count on its being untouched."""
    async with open_office(str(tmp_path_factory.mktemp("office") / "office.db")) as office:
        yield office
