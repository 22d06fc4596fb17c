"""Tiles of the basemap: what crosses a square, cut at its edge and as fine as can be seen."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from dashboard.maps.tiles.squares import EXTENT, Tile, unit_square

KINDS: Final = ("用地", "绿地", "水系", "建筑", "铁路", "道路", "边界", "地名")
"""In the order in which they are drawn."""
LEVELS: Final = ("高速", "主干道", "次干道", "支路", "小路")
MOST_FEATURES: Final = 6_000
"""In one tile; of more, the largest."""
_MARGIN: Final = 96
"""How far over its edge a tile is cut, in whole numbers, so that lines meet without a gap."""
_PX: Final = EXTENT / 512
_SMALLEST_PX: Final = 2.0
_ROADS_FROM: Final = {"高速": 0, "主干道": 0, "次干道": 11, "支路": 13, "小路": 15, "": 13}
_KINDS_FROM: Final = {"建筑": 14, "铁路": 10, "地名": 11}


@dataclass(frozen=True, slots=True)
class BasemapTiles:
    """A basemap ready to be cut."""

    shapes: NDArray[np.object_]
    """Shape (n,): geometries in the unit square of `unit_square`."""
    tree: shapely.STRtree
    columns: dict[str, NDArray[Any]]
    """``kinds``, ``levels`` (places in :data:`KINDS` and :data:`LEVELS`, -1 for none) and
    ``names``.
    """
    zooms: NDArray[np.int64]
    """Shape (n,): from which zoom each is drawn."""

    def cut(self, tile: Tile) -> dict[str, Any]:
        """Return what crosses a tile, in the order of drawing.

        Returns the columns, ``areas`` (1 for what is filled), ``rings`` per feature, ``points`` per
        ring and ``xy`` as in :class:`dashboard.maps.tiles.unit_tiles.UnitTiles`.
        """
        west, north, east, south = tile.corners
        scale = EXTENT * (1 << tile.z)
        margin = _MARGIN / scale
        box = (west - margin, north - margin, east + margin, south + margin)
        inside = np.sort(self.tree.query(shapely.box(*box)))
        inside = inside[self.zooms[inside] <= tile.z]
        shapes = shapely.simplify(self.shapes[inside], _PX / 2 / scale)
        shapes = shapely.clip_by_rect(shapes, *box)
        kept = ~(shapely.is_empty(shapes) | shapely.is_missing(shapes))
        inside, shapes = _largest(inside[kept], shapes[kept])
        return {
            "extent": EXTENT,
            **{name: values[inside].tolist() for name, values in self.columns.items()},
            "areas": (shapely.get_dimensions(shapes) == 2).astype(int).tolist(),  # noqa: PLR2004 -- an area
            **_packed(shapes, (west, north), scale),
        }


def names_in(features: pd.DataFrame, *, english: bool) -> pd.Series:
    """Return what features of a basemap are called in a language, or in the other one.

    ``features``: ``name, name_en``, empty where there is none.
    ``english``: whether English names are preferred.
    """
    first, second = ("name_en", "name") if english else ("name", "name_en")
    return features[first].where(features[first] != "", features[second])


def prepare_basemap(features: pd.DataFrame, *, english: bool) -> BasemapTiles:
    """Put a basemap in order for cutting.

    ``features``: ``kind, level, name, name_en, geom`` (WKB, WGS-84).
    ``english``: whether English names are preferred, where there are any.
    """
    kinds = features["kind"].map({kind: at for at, kind in enumerate(KINDS)})
    features = features[kinds.notna()].assign(at=kinds[kinds.notna()].astype(int))
    places = {level: at for at, level in enumerate(LEVELS)}
    levels = features["level"].map(places).fillna(-1).to_numpy(dtype=np.int64)
    order = np.lexsort([-levels, features["at"].to_numpy()])
    features, levels = features.iloc[order], levels[order]
    shapes = shapely.from_wkb([bytes(wkb) for wkb in features["geom"]])
    shapes = shapely.transform(shapes, unit_square) if len(shapes) else np.array([], dtype=object)
    return BasemapTiles(
        shapes=shapes,
        tree=shapely.STRtree(shapes),
        columns={
            "kinds": features["at"].to_numpy(dtype=np.int64),
            "levels": levels,
            "names": names_in(features, english=english).to_numpy(dtype=object),
        },
        zooms=_zooms(features, shapes),
    )


def _zooms(features: pd.DataFrame, shapes: NDArray[np.object_]) -> NDArray[np.int64]:
    """Return from which zoom each feature is drawn: by its kind, and areas by their size."""
    by_kind = features["kind"].map(_KINDS_FROM).fillna(0).to_numpy(dtype=np.int64)
    by_level = features["level"].map(_ROADS_FROM).fillna(13).to_numpy(dtype=np.int64)
    zooms = np.where(features["kind"] == "道路", by_level, by_kind)
    west, south, east, north = shapely.bounds(shapes).reshape(-1, 4).T
    side = np.maximum(east - west, north - south)
    with np.errstate(divide="ignore"):
        seen = np.ceil(np.log2(_SMALLEST_PX / 512 / np.maximum(side, 1e-12)))
    areas = shapely.get_dimensions(shapes) == 2  # noqa: PLR2004 -- an area
    return np.where(areas, np.maximum(zooms, seen), zooms).astype(np.int64)


def _largest(
    inside: NDArray[np.int64], shapes: NDArray[np.object_]
) -> tuple[NDArray[np.int64], NDArray[np.object_]]:
    if len(inside) <= MOST_FEATURES:
        return inside, shapes
    best = np.sort(np.argsort(-shapely.length(shapes), kind="stable")[:MOST_FEATURES])
    return inside[best], shapes[best]


def _packed(
    shapes: NDArray[np.object_], corner: tuple[float, float], scale: float
) -> dict[str, list[int]]:
    """Return rings per shape, points per ring and the differences between corners."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    areas = shapely.get_dimensions(parts) == 2  # noqa: PLR2004 -- an area
    rings, part = shapely.get_rings(
        np.where(areas, shapely.orient_polygons(parts), None), return_index=True
    )
    lines = np.concatenate([rings, parts[~areas]])
    owners = np.concatenate([owner[part], owner[~areas]])
    order = np.argsort(owners, kind="stable")
    xy = np.rint((shapely.get_coordinates(lines[order]) - corner) * scale).astype(np.int64)
    return {
        "rings": np.bincount(owners, minlength=len(shapes)).tolist(),
        "points": shapely.get_num_coordinates(lines[order]).tolist(),
        "xy": np.diff(xy, axis=0, prepend=np.zeros((1, 2), dtype=np.int64)).ravel().tolist(),
    }
