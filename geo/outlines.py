"""Outlines as they are drawn, made fit for questions."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import shapely

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Geometries: TypeAlias = "NDArray[np.object_]"


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
