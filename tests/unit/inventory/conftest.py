"""An engine on an empty store."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.unit.inventory.estate import Estate, open_estate


@pytest.fixture
async def estate(tmp_path: Path) -> AsyncIterator[Estate]:
    async with open_estate(tmp_path) as opened:
        yield opened
