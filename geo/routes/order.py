"""Order stops of a walk: nearest neighbour, then 2-opt, on straight-line distances."""

from typing import Final

import numpy as np

from geo.arrays import Floats, Positions
from geo.shapes.projection import distances_between_m

_LEAST_GAIN_M: Final = 1e-6


def walking_order(lon: Floats, lat: Floats, *, first: int = 0) -> Positions:
    """Return the order in which to visit places, as positions in the input.

    Starts at ``first``, goes to the nearest place not yet visited, then turns stretches round
    (2-opt) while that makes the way shorter; it does not come back. The way is at most as long as
    nearest-neighbour's and no two of its legs can be swapped for shorter ones.

    ``lon``, ``lat``: WGS-84 degrees, shape (n,). Places without coordinates (NaN) come last, in
    their order.
    ``first``: where to start; when it has no coordinates, the first place that has.

    Returns ``order``: shape (n,), each position once.
    """
    known = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
    unknown = np.setdiff1d(np.arange(len(lon)), known)
    if not len(known):
        return unknown
    start = int(np.argmax(known == first)) if first in known else 0
    gaps = distances_between_m(lon[known], lat[known])
    order = _uncross(_nearest_first(gaps, start), gaps)
    return np.concatenate([known[order], unknown])


def _nearest_first(gaps: Floats, start: int) -> Positions:
    order = [start]
    left = np.ones(len(gaps), dtype=bool)
    left[start] = False
    while left.any():
        nearest = int(np.argmin(np.where(left, gaps[order[-1]], np.inf)))
        order.append(nearest)
        left[nearest] = False
    return np.array(order, dtype=np.intp)


def _uncross(order: Positions, gaps: Floats) -> Positions:
    """Turn round the stretch that saves most, until none saves anything; the start stays."""
    count = len(order)
    while count > 2:  # noqa: PLR2004 -- the way through two places has one order
        way = gaps[np.ix_(order, order)]
        last = np.pad(np.diagonal(way, 1), (0, 1))  # the leg after i; none after the end
        before = np.diagonal(way, 1)  # the leg to i, for i from 1
        joined = way[:-1, 1:] + np.vstack([way[1:, 2:].T, np.zeros(count - 1)]).T
        gain = before[:, None] + last[None, 1:] - joined
        gain = np.triu(gain, 1)
        i, j = np.unravel_index(int(np.argmax(gain)), gain.shape)
        if gain[i, j] <= _LEAST_GAIN_M:
            break
        order = np.concatenate([order[: i + 1], order[i + 1 : j + 2][::-1], order[j + 2 :]])
    return order
