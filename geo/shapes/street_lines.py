"""Streets where no map of them is known: lines through the addresses that lie on them."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.arrays import Floats
from geo.shapes.projection import EARTH_RADIUS_M

LEAST_ADDRESSES = 4
_LARGEST_GAP_M = 300.0
_SMOOTHED_OVER_M = 60.0
_STRAIGHT_TO_M = 8.0
_NEIGHBOURS_M, _ACROSS_M = 150.0, 20.0
_LEAST_DENSE = 0.5
_WIDEST = 0.5
"""Addresses of a street lie along a line: across it they spread over less than this share."""


def fit_streets(lon: Floats, lat: Floats, streets: Sequence[str]) -> dict[str, shapely.Geometry]:
    """Return a line for every street whose addresses lie along one.

    The addresses of a street are put in order along their main axis; those in yards behind the
    row are left out. They are smoothed over 60 m, cut where two neighbours are farther than 300 m
    apart and straightened to 8 m.

    ``lon``, ``lat``: shape (n,): where addresses are, degrees, WGS-84.
    ``streets``: of each its street; empty where it has none.

    Returns street → line or lines in WGS-84; without streets of fewer than four places, and those
    whose places do not lie along a line.
    """
    frame = pd.DataFrame({"lon": lon, "lat": lat, "street": streets})
    frame = frame[(frame["street"] != "") & np.isfinite(frame["lon"] + frame["lat"])]
    lines = {}
    for street, places in frame.groupby("street"):
        parts = _fit(places[["lon", "lat"]].to_numpy(float))
        if parts:
            lines[str(street)] = parts[0] if len(parts) == 1 else shapely.MultiLineString(parts)
    return lines


def _fit(places: Floats) -> list[shapely.LineString]:
    middle = places.mean(axis=0)
    scale = np.radians(1) * EARTH_RADIUS_M * np.array([np.cos(np.radians(middle[1])), 1.0])
    xy = np.unique((places - middle) * scale, axis=0)
    if len(xy) < LEAST_ADDRESSES:
        return []
    _, _, axes = np.linalg.svd(xy - xy.mean(axis=0), full_matrices=False)
    along, across = (xy - xy.mean(axis=0)) @ axes.T[:, :1], (xy - xy.mean(axis=0)) @ axes.T[:, 1:]
    in_row = _in_row(along.ravel(), across.ravel())
    if np.ptp(across[in_row]) > _WIDEST * np.ptp(along[in_row]):
        return []
    order = np.flatnonzero(in_row)[np.argsort(along.ravel()[in_row], kind="stable")]
    xy, at = xy[order], along.ravel()[order]
    cuts = np.flatnonzero(np.diff(at) > _LARGEST_GAP_M) + 1
    parts = []
    for first, last in pairwise([0, *cuts.tolist(), len(xy)]):
        if last - first >= LEAST_ADDRESSES:
            line = shapely.LineString(_smoothed(xy[first:last], at[first:last]))
            line = shapely.simplify(line, _STRAIGHT_TO_M)
            parts.append(shapely.transform(line, lambda c: c / scale + middle))
    return parts


def _in_row(along: Floats, across: Floats) -> NDArray[np.bool_]:
    """Say which places lie beside the street: where their neighbours are densest across it."""
    apart = np.abs(along[:, None] - along[None, :])
    near = np.exp(-0.5 * (apart / _NEIGHBOURS_M) ** 2)
    close = np.exp(-0.5 * ((across[:, None] - across[None, :]) / _ACROSS_M) ** 2)
    density = (near * close).sum(axis=1)
    densest = np.where(apart < 2 * _NEIGHBOURS_M, density[None, :], 0.0).max(axis=1)
    return np.asarray(density >= _LEAST_DENSE * densest)


def _smoothed(xy: Floats, at: NDArray[np.float64]) -> Floats:
    """Return the weighted mean of what lies near each place along the axis."""
    weights = np.exp(-0.5 * ((at[:, None] - at[None, :]) / _SMOOTHED_OVER_M) ** 2)
    return np.asarray(weights @ xy / weights.sum(axis=1, keepdims=True), dtype=np.float64)
