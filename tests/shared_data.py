"""Sample data that lies beside the checkout, where it is there at all."""

from pathlib import Path

import pytest

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


def shared_data(*parts: str) -> Path:
    """The file or folder of this name; skips the calling test, with the reason, where it is absent."""
    path = SHARED_DATA.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"sample data not found beside the checkout: {'/'.join(('shared', 'data', *parts))}")
    return path
