"""How many processors this process may use."""

from __future__ import annotations

import os


def processors() -> int:
    """As many as the machine has, or as this process was given of them; 1 where that cannot be told."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
