"""Outlines of units, and the official grids as the browser fetches them: flat arrays, gzipped.

Grids are one JSON object of columns. Outlines are whole millionths of a degree, each number the
difference to the one before.
"""

import gzip
import hashlib
import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely

from dashboard.maps.palette import tier_order

SCALE = 1_000_000
CELL_LAYERS = ("cell:8", "cell:9", "cell:10")
_FORMAT = "1"
_COMPRESSION = 6


@dataclass(frozen=True, slots=True)
class Payload:
    """One answer, ready to send."""

    body: bytes
    """Gzipped JSON."""
    etag: str
    """Changes exactly when the content does."""


def encode_grids(grids: pd.DataFrame) -> Payload:
    """Pack the official grids that have an outline for the browser.

    ``grids``: columns ``unit, tier, geom`` (WKB, WGS-84).
    """
    shapes = shapes_of(grids)
    drawn = ~shapely.is_missing(shapes)
    shapes, units = shapes[drawn], grids[drawn]
    columns: dict[str, Any] = {
        "scale": SCALE,
        "ids": units["unit"].astype(str).tolist(),
        "tiers": [tier_order(tier) for tier in units["tier"].fillna("").astype(str)],
        **outlines(shapes),
    }
    raw = json.dumps(columns, ensure_ascii=False, separators=(",", ":")).encode()
    digest = hashlib.sha256(_FORMAT.encode() + raw).hexdigest()[:20]
    return Payload(gzip.compress(raw, _COMPRESSION, mtime=0), f'"{digest}"')


def shapes_of(units: pd.DataFrame) -> np.ndarray:
    """Return the outline of each unit, or its point where it has none; None where neither is known.

    ``units``: either ``geom`` (WKB, WGS-84, or missing) or ``lon, lat`` (degrees, WGS-84), or both.

    Returns Shapely geometries, shape (n,), WGS-84.
    """
    shapes = np.full(len(units), None, dtype=object)
    if "geom" in units:
        known = units["geom"].notna().to_numpy()
        shapes[known] = shapely.from_wkb([bytes(geom) for geom in units["geom"][known]])
    if "lon" in units and "lat" in units:
        lon, lat = units["lon"].to_numpy(float), units["lat"].to_numpy(float)
        known = np.isfinite(lon) & np.isfinite(lat) & shapely.is_missing(shapes)
        shapes[known] = shapely.points(lon[known], lat[known])
    shapes[shapely.is_empty(shapes)] = None
    return shapes


def outlines(shapes: np.ndarray) -> dict[str, list[int]]:
    """Return rings per unit, points per ring and the delta-coded coordinates.

    A point counts as one ring of one point; holes and further parts are rings like any other,
    since the browser fills by the even-odd rule.
    """
    parts, owner = shapely.get_parts(shapes, return_index=True)
    is_point = shapely.get_type_id(parts) == shapely.GeometryType.POINT
    rings, ring_part = shapely.get_rings(np.where(is_point, None, parts), return_index=True)
    lines = np.concatenate([rings, parts[is_point]])
    owners = np.concatenate([owner[ring_part], owner[is_point]])
    order = np.argsort(owners, kind="stable")
    lines, owners = lines[order], owners[order]
    xy = np.rint(shapely.get_coordinates(lines) * SCALE).astype(np.int64)
    return {
        "rings": np.bincount(owners, minlength=len(shapes)).tolist(),
        "points": shapely.get_num_coordinates(lines).tolist(),
        "xy": np.diff(xy, axis=0, prepend=np.zeros((1, 2), dtype=np.int64)).ravel().tolist(),
    }
