"""Who depends on whom, at any distance and however hard."""

from __future__ import annotations

import numpy as np

from cmdb.topology.adjacency import Rows, group_by, reach
from cmdb.topology.arrays import BoolArray, IntArray
from cmdb.topology.conduction import Conduction


def dependents(conduction: Conduction) -> Rows:
    """By CI, those that depend on it directly; linear in all links."""
    suppliers = conduction.suppliers
    size = len(suppliers.offsets) - 1
    owners = np.repeat(np.arange(size, dtype=np.int32), np.diff(suppliers.offsets))
    by_provider = group_by(suppliers.entries, size)
    return Rows(by_provider.offsets, owners[by_provider.entries])


def closure(rows: Rows, starts: IntArray, size: int) -> BoolArray:
    """Which CIs are reached from these over the rows, the starts included; `size` may be more than the rows."""
    reached = np.zeros(size, dtype=np.bool_)
    starts = np.unique(starts[starts < len(rows.offsets) - 1]).astype(np.int32)
    if starts.size:
        reached[reach(rows, starts).nodes] = True
    return reached
