"""Types of the arrays that pass between the modules of ``risk``."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Codes = NDArray[np.int64]
"""Whole numbers that stand for texts; -1 is unknown."""
Texts = NDArray[np.str_]
