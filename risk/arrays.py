"""Types of the arrays that pass between the modules of ``risk``, and their code of the unknown."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Codes = NDArray[np.int64]
"""Whole numbers that stand for texts; `UNKNOWN` where there is none."""
Texts = NDArray[np.str_]
UNKNOWN: Final = -1
