"""Keeps the cycle collector out of work that makes many small objects and no cycles."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """No cycle collection inside, of whatever the process does meanwhile; reference counting goes on.

    Planning a chunk makes some hundred thousand objects that live for a moment. The collector would walk all
    of them, and everything else the process holds, several times, for nothing: that takes half of the time.
    Who stays inside for long calls `collect_young` now and then.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def collect_young() -> None:
    """Give back the cycles that others have made since; what is older is not looked at."""
    gc.collect(0)
