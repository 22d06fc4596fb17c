"""Repair invalid polygons so that spatial predicates can be asked of them."""

import numpy as np
import shapely

from geo.arrays import Geometries


def repaired(shapes: Geometries) -> Geometries:
    """Return the shapes with self-crossing outlines untangled; sound ones are left as they are.

    Questions asked of a self-crossing outline may fail or be answered at random.
    """
    broken = ~(shapely.is_valid(shapes) | shapely.is_missing(shapes))
    if not broken.any():
        return shapes
    sound = shapes.copy()
    sound[broken] = shapely.make_valid(shapes[broken])
    return sound


def finite(shapes: Geometries) -> Geometries:
    """Return the shapes, None in place of those with a coordinate that is no finite number.

    So it is for shapes without any coordinate: most questions asked of either fail.
    """
    coordinates, owners = shapely.get_coordinates(shapes, return_index=True)
    broken = shapely.is_empty(shapes)
    broken[owners[~np.isfinite(coordinates).all(axis=1)]] = True
    if not broken.any():
        return shapes
    kept = shapes.copy()
    kept[broken] = None
    return kept
