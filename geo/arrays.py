"""Types of the arrays that are handed in and out."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Bools: TypeAlias = NDArray[np.bool_]
Ints: TypeAlias = NDArray[np.int64]
Positions: TypeAlias = NDArray[np.intp]
Floats: TypeAlias = NDArray[np.float64]
Texts: TypeAlias = NDArray[np.str_]
Objects: TypeAlias = NDArray[np.object_]
"""Texts, numbers, moments and None side by side, as in a spreadsheet's cells."""
Geometries: TypeAlias = NDArray[np.object_]
"""Of shapely; None where there is none."""
Pair: TypeAlias = tuple[Floats, Floats]
"""Coordinates eastward and northward, of equal shape."""
