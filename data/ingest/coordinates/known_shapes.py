"""What is known to be here: to recognise the datum of a file, and to cut a map to the area."""

import numpy as np
import pyarrow.parquet as pq
import shapely

from data.derived.build import Derivation
from data.derived.placing.building_register import footprints_of
from data.ingest.reading.layers.maps import Box
from data.workspace.folder import Workspace

_COARSE = 0.0005  # degrees, some 50 m
Shapes = list[list[shapely.Geometry]]
"""Shapes in WGS-84 by kind."""


def known_shapes(workspace: Workspace) -> Shapes:
    """Return the area's shapes and those of other layers (roads, borders), else points of rows."""
    with Derivation(workspace) as derivation:
        kinds = [*_of_area(workspace, derivation), *derivation.versions.shapes_of_layers()]
        return list(filter(None, kinds)) or list(derivation.versions.points_of_rows())


def shapes_of_area(workspace: Workspace) -> Shapes:
    """Return the street's border, the grids and the buildings."""
    with Derivation(workspace) as derivation:
        return _of_area(workspace, derivation)


def box_of(kinds: Shapes) -> Box | None:
    """Return west, south, east and north of shapes, in degrees; None where there are none."""
    shapes = [shape for kind in kinds for shape in kind]
    if not shapes:
        return None
    west, south, east, north = shapely.total_bounds(np.array(shapes, object)).tolist()
    return west, south, east, north


def border_rings(workspace: Workspace) -> tuple[tuple[tuple[float, float], ...], ...]:
    """Return the street's border, coarse enough to be told to others; empty where none is set.

    Rings of longitude and latitude, WGS-84, each side within 50 m of the border's own.
    """
    border = workspace.border_path
    if border is None or not border.is_file():
        return ()
    coarse = shapely.simplify(shapely.from_geojson(border.read_text(encoding="utf-8")), _COARSE)
    polygons = [
        each for each in shapely.get_parts(shapely.get_parts(coarse)) if each.geom_type == "Polygon"
    ]
    return tuple(
        tuple((round(x, 4), round(y, 4)) for x, y in each.exterior.coords) for each in polygons
    )


def _of_area(workspace: Workspace, derivation: Derivation) -> Shapes:
    border = workspace.border_path
    kinds = [list(derivation.grids.borders)]
    if border is not None and border.is_file():
        kinds.insert(0, [shapely.from_geojson(border.read_text(encoding="utf-8"))])
    register = pq.read_table(derivation.register_path(), columns=["lon", "lat", "geom"])
    known = footprints_of(register)
    return [*kinds, list(known[~shapely.is_missing(known)])]
