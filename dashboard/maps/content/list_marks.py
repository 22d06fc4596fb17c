"""What the map shows of the list beside it: pins, counts, and where to look."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely

from dashboard.maps.content.place_names import places
from dashboard.maps.layer_cache import LayerChoice, map_layer, of_sight
from dashboard.maps.layers import CELL_LAYERS, shapes_of
from dashboard.maps.palette import tier_order
from geo.cells import cell_polygons

PINS: Final = 10
PIN: Final = ("number", "unit", "layer", "name", "lon", "lat", "tier")
_ROUND_M, _METRES_PER_DEGREE = 90.0, 111_320.0
_MARGIN: Final = 0.02

Box = list[float]
"""West, south, east and north, degrees."""


def pins(level: str, units: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the first ten of a ranked list with where they are; without those nobody can place.

    ``level``: what is listed, as in :class:`dashboard.maps.layer_cache.LayerChoice`.
    ``units``: the list, best rank first.

    Returns ``number`` (the rank), ``unit``, ``layer``, ``name``, ``lon``, ``lat`` and ``tier``
    (place of the tier, -1 for none).
    """
    first = units.head(PINS)
    points = shapely.get_coordinates(_middles(level, first))
    named = first.assign(
        layer=level,
        number=first["rank"].astype(int),
        tier=[tier_order(str(tier)) for tier in first["tier"]],
        name=first["name"].where(first["name"].fillna("") != "", first["unit"]),
        lon=points[:, 0].round(6),
        lat=points[:, 1].round(6),
    )
    placed = named[np.isfinite(points).all(axis=1)]
    return [dict(zip(PIN, row, strict=True)) for row in placed[list(PIN)].to_numpy(object).tolist()]


def counts(units: pd.DataFrame, tiers: Sequence[str]) -> list[int]:
    """Return how many units are of each tier."""
    held = units["tier"].value_counts()
    return [int(held.get(tier, 0)) for tier in tiers]


def bounds(choice: LayerChoice) -> Box | None:
    """Return the box of the buildings that are left by the filters, None where there is none."""
    return of_sight(("bounds", choice), lambda: _bounds(map_layer(choice)))


def _bounds(buildings: pd.DataFrame) -> Box | None:
    points = buildings[["lon", "lat"]].to_numpy(float) if len(buildings) else np.empty((0, 2))
    points = points[np.isfinite(points).all(axis=1)]
    if not len(points):
        return None
    low, high = points.min(axis=0), points.max(axis=0)
    margin = (high - low) * _MARGIN + 2e-4
    return [*(low - margin).round(5).tolist(), *(high + margin).round(5).tolist()]


def box_of(unit: str, snapshot_id: str) -> Box | None:
    """Return where a building, cell, grid or community is, None where nobody knows."""
    for level in ("building", "community", "grid", *CELL_LAYERS):
        units = map_layer(LayerChoice(level, snapshot_id))
        found = units[units["unit"] == unit] if len(units) else units
        if len(found):
            box = shapely.total_bounds(_shapes(level, found))
            return None if np.isnan(box).any() else _widened(box)
    return None


def _widened(box: np.ndarray) -> Box:
    """Return a box with something around it, so that a building is seen among its neighbours."""
    up = _ROUND_M / _METRES_PER_DEGREE
    aside = up / np.cos(np.radians(box[1]))
    return [round(float(x), 6) for x in (box + np.array([-aside, -up, aside, up]))]


def _middles(level: str, units: pd.DataFrame) -> np.ndarray:
    shapes = _shapes(level, units)
    missing = shapely.is_missing(shapes)
    nowhere = np.full(len(shapes), shapely.Point(np.nan, np.nan), dtype=object)
    nowhere[~missing] = shapely.centroid(shapes[~missing])
    return nowhere


def _shapes(level: str, units: pd.DataFrame) -> np.ndarray:
    if level in CELL_LAYERS:
        return np.asarray(cell_polygons(units["unit"].to_numpy(dtype=str)), dtype=object)
    if level == "community":
        known = places().communities.set_index("unit")["geom"]
        return shapes_of(units[["unit"]].assign(geom=units["unit"].map(known)))
    return shapes_of(units)
