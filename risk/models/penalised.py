"""Minimise a smooth convex loss with bounds, by scipy's L-BFGS-B.

Byrd, Lu, Nocedal and Zhu (1995), SIAM J. Sci. Comput. 16, 1190-1208.
"""

from collections.abc import Callable
from typing import Final

import numpy as np
from scipy.optimize import Bounds, minimize

from risk.arrays import Floats

Loss = Callable[[Floats], tuple[float, Floats]]

LARGEST_LOG_MEAN: Final = 30.0


def minimise(
    loss: Loss,
    start: Floats,
    *,
    lower: Floats,
    curvature: Floats,
    upper: Floats | float = np.inf,
) -> Floats:
    """Return the terms within bounds of the least loss; the same for the same input.

    ``loss``: value and gradient at given terms; convex.
    ``start``: where to begin, shape (k,).
    ``lower``, ``upper``: bounds, shape (k,); infinite where there is none.
    ``curvature``: second derivative of the loss by each term at the start, > 0, shape (k,): it
    scales the terms, since L-BFGS-B converges slowly on terms of unlike scales.

    The result: shape (k,).
    """
    scale = np.sqrt(curvature)

    def scaled(b: Floats) -> tuple[float, Floats]:
        value, gradient = loss(b / scale)
        return value, gradient / scale

    best = minimize(
        scaled,
        np.clip(start, lower, upper) * scale,
        jac=True,
        method="L-BFGS-B",
        bounds=Bounds(lower * scale, upper * scale),
        options={"ftol": 1e-14, "gtol": 1e-7, "maxcor": 30, "maxiter": 2_000, "maxfun": 4_000},
    )
    # Not bound / scale · scale, which may miss the bound by a bit.
    return np.clip(np.asarray(best.x, np.float64) / scale, lower, upper)
