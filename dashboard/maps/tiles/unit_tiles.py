"""Tiles of buildings and cells: each unit lies in the one tile that holds its middle."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from dashboard.maps.layers import CELL_LAYERS, shapes_of
from dashboard.maps.palette import tier_order
from dashboard.maps.tiles.squares import EXTENT, FINEST, Tile, codes, unit_square
from geo.cells import cell_polygons

MOST_UNITS = 5_000
"""In one tile; of more, those that rank highest."""
_SHOWN = 2.0
"""In pixels of the screen: a smaller unit of no raised tier is left out, but in finest tiles."""
_TILE_PX = 512
_POINT_SIDE = 20.0 / 40_075_017
"""A building without an outline counts as 20 m wide; in the unit square, at the equator."""
_NOT_RAISED = 3
"""Place of the lowest tier in :func:`dashboard.maps.palette.tier_order`."""


@dataclass(frozen=True, slots=True)
class UnitTiles:
    """Units of a layer in the order of their places, ready to be cut."""

    codes: NDArray[np.int64]
    """Shape (n,), rising: the Morton code of each unit's middle."""
    columns: dict[str, NDArray[Any]]
    """By name one array of n: ``ids, names, tiers, scores, ranks, buildings``."""
    size: NDArray[np.float64]
    """Shape (n,): the longer side of each unit in the unit square."""
    rings: NDArray[np.int64]
    """Shape (n + 1,): where each unit's rings begin in `points`."""
    points: NDArray[np.int64]
    """Shape (r + 1,): where each ring's corners begin in `xy`."""
    xy: NDArray[np.float64]
    """Shape (p, 2): corners in the unit square. Rings turn one way and holes the other, so that
    many units can be filled together by the non-zero rule.
    """

    def cut(self, tile: Tile) -> dict[str, Any]:
        """Return the units in a tile as columns, with outlines in whole numbers.

        Returns the columns, ``rings`` per unit, ``points`` per ring and ``xy``, each number the
        difference to the one before; 0 to ``extent`` lies inside the tile.
        """
        first, last = np.searchsorted(self.codes, tile.codes)
        inside = np.arange(first, last)
        inside = inside[self._drawn(inside, tile.z)]
        rings = _runs(self.rings, inside)
        corners = _runs(self.points, rings)
        west, north, _, _ = tile.corners
        scale = EXTENT * (1 << tile.z)
        xy = np.rint((self.xy[corners] - (west, north)) * scale).astype(np.int64)
        return {
            "extent": EXTENT,
            **{name: _plain(values[inside]) for name, values in self.columns.items()},
            "rings": np.diff(self.rings)[inside].tolist(),
            "points": np.diff(self.points)[rings].tolist(),
            "xy": np.diff(xy, axis=0, prepend=np.zeros((1, 2), dtype=np.int64)).ravel().tolist(),
        }

    def _drawn(self, inside: NDArray[np.int64], zoom: int) -> NDArray[np.int64]:
        """Return which of the units can be seen at a zoom, in their order."""
        tiers = self.columns["tiers"][inside]
        raised = (tiers >= 0) & (tiers < _NOT_RAISED)
        large = self.size[inside] * _TILE_PX * (1 << zoom) >= _SHOWN
        seen = np.flatnonzero(raised | large | (zoom == FINEST))
        if len(seen) <= MOST_UNITS:
            return seen
        ranks = self.columns["ranks"][inside[seen]]
        best = np.argsort(np.where(np.isnan(ranks), np.inf, ranks), kind="stable")[:MOST_UNITS]
        return np.sort(seen[best])


def prepare(layer: str, units: pd.DataFrame) -> UnitTiles:
    """Put a layer's units in order for cutting.

    ``layer``: a cell layer or ``building``.
    ``units``: ``unit, score, rank, tier`` and, by layer, ``name, buildings`` and either ``geom``
    (WKB, WGS-84) or, for buildings without an outline, ``lon, lat``. Cells need no geometry.
    """
    if layer in CELL_LAYERS:
        shapes = np.asarray(cell_polygons(units["unit"].to_numpy(dtype=str)))
    else:
        shapes = shapes_of(units)
        drawn = ~shapely.is_missing(shapes)
        shapes, units = shapes[drawn], units[drawn]
    west, south, east, north = shapely.bounds(shapes).reshape(-1, 4).T
    corners = (
        unit_square(np.column_stack([west, north])),
        unit_square(np.column_stack([east, south])),
    )
    places = codes((corners[0] + corners[1]) / 2)
    size = (corners[1] - corners[0]).max(axis=1, initial=0.0)
    size = np.where(size > 0, size, _POINT_SIDE)
    order = np.argsort(places, kind="stable")
    rings, points, xy = _outlines(shapes[order])
    return UnitTiles(
        codes=places[order],
        columns=_columns(units.iloc[order]),
        size=size[order],
        rings=rings,
        points=points,
        xy=unit_square(xy),
    )


def _columns(units: pd.DataFrame) -> dict[str, NDArray[Any]]:
    tiers = [tier_order(str(tier)) for tier in units["tier"]]
    columns = {
        "ids": units["unit"].astype(str).to_numpy(dtype=object),
        "names": _column(units, "name", "").astype(str).to_numpy(dtype=object),
        "tiers": np.array(tiers, dtype=np.int64),
    }
    for name, column, digits in (
        ("scores", "score", 1),
        ("ranks", "rank", 0),
        ("buildings", "buildings", 0),
    ):
        numbers = pd.to_numeric(_column(units, column, np.nan)).round(digits)
        columns[name] = numbers.to_numpy(dtype=np.float64)
    return columns


def _column(units: pd.DataFrame, name: str, missing: object) -> pd.Series:
    if name not in units:
        return pd.Series([missing] * len(units))
    return units[name].astype(object).where(units[name].notna(), missing)


def _plain(values: NDArray[Any]) -> list[Any]:
    """Return values as JSON has them: whole numbers without a point, None for none."""
    if values.dtype.kind != "f":
        return list(values.tolist())
    return [None if x != x else int(x) if x == int(x) else x for x in values.tolist()]  # noqa: PLR0124 -- NaN


def _outlines(
    shapes: NDArray[np.object_],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return where each shape's rings begin, where each ring's corners begin, and the corners."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    is_point = shapely.get_type_id(parts) == shapely.GeometryType.POINT
    areas = shapely.orient_polygons(np.where(is_point, None, parts))
    rings, part = shapely.get_rings(areas, return_index=True)
    lines = np.concatenate([rings, parts[is_point]])
    owners = np.concatenate([owner[part], owner[is_point]])
    order = np.argsort(owners, kind="stable")
    counts = np.bincount(owners, minlength=len(shapes))
    points = shapely.get_num_coordinates(lines[order])
    return _starts(counts), _starts(points), shapely.get_coordinates(lines[order])


def _starts(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def _runs(starts: NDArray[np.int64], chosen: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return every place in the runs of what was chosen, one run behind the other."""
    counts = starts[chosen + 1] - starts[chosen]
    begins = np.repeat(starts[chosen] - _starts(counts)[:-1], counts)
    return begins + np.arange(counts.sum())
