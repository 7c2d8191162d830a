"""Names for the arrays a topology is made of."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

IntArray: TypeAlias = NDArray[np.int32]
SmallIntArray: TypeAlias = NDArray[np.int16]
ByteArray: TypeAlias = NDArray[np.int8]
BoolArray: TypeAlias = NDArray[np.bool_]
Places: TypeAlias = NDArray[np.intp]
Float64s: TypeAlias = NDArray[np.float64]
Bytes: TypeAlias = NDArray[np.bytes_]
