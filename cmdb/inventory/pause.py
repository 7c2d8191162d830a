"""What the interpreter does differently while an import runs: when it collects cycles, and how threads take turns."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_TURN_SECONDS = 0.0005


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


@contextmanager
def quick_turns() -> Iterator[None]:
    """Inside, a thread that works hands the interpreter to one that waits for it after half a millisecond.

    While a chunk is planned in a thread, what the store's server says has to be read in another, some twenty times
    a chunk; each time Python lets it wait for five milliseconds by default, and the server waits as long.
    """
    usual = sys.getswitchinterval()
    if usual <= _TURN_SECONDS:
        yield
        return
    sys.setswitchinterval(_TURN_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)
