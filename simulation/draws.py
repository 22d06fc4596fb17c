"""Vectorised random draws."""

import numpy as np
from numpy.typing import NDArray


def happens(
    count: int, *, share: float | NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.bool_]:
    """Return for each of `count` cases whether it happens, which it does with chance `share`."""
    return np.asarray(rng.random(count) < share, dtype=np.bool_)
