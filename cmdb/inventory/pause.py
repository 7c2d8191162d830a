"""Keeps the cycle collector out of work that makes many small objects and no cycles."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """No cycle collection inside; reference counting goes on.

    Planning a chunk makes some hundred thousand objects that live for a moment. The collector would walk all
    of them, and everything else the process holds, several times, for nothing: that takes half of the time.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
