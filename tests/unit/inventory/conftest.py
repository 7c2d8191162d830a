"""An engine on an empty store, and an importer that a stranger installed."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.unit.inventory.estate import Estate, open_estate
from tests.unit.inventory.lines import IMPORTER


@pytest.fixture
async def estate(tmp_path: Path) -> AsyncIterator[Estate]:
    async with open_estate(tmp_path) as opened:
        yield opened


@pytest.fixture
def lines_importer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The importer `lines`, for this process and for its children."""
    package = tmp_path / "packages"
    described = package / "lines_importer-1.0.dist-info"
    described.mkdir(parents=True)
    (package / "lines_importer.py").write_text(IMPORTER)
    (described / "METADATA").write_text("Metadata-Version: 2.1\nName: lines-importer\nVersion: 1.0\n")
    (described / "entry_points.txt").write_text("[cmdb.importers]\nlines = lines_importer:Lines\n")
    monkeypatch.syspath_prepend(str(package))
    monkeypatch.setenv("PYTHONPATH", str(package))
