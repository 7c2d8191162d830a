"""How often a process of ours looks for garbage."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from cmdb.cli.collecting import YOUNG_OBJECTS, collect_rarely


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    """The settings as they were."""
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


def test_garbage_is_looked_for_rarely_and_still_looked_for() -> None:
    """Only the young generation's threshold is raised; collection stays on."""
    _, middle, old = gc.get_threshold()

    collect_rarely()

    assert (YOUNG_OBJECTS, middle, old) == gc.get_threshold()
    assert gc.isenabled()
