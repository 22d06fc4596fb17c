"""The box around an office's area, for maps that reach far beyond it."""

from typing import Final

import numpy as np

from data.ingest.coordinates.known_shapes import box_of, shapes_of_area
from data.ingest.reading.layers.maps import Box
from data.workspace.folder import Workspace
from geo.shapes.projection import EARTH_RADIUS_M

AROUND_M: Final = 10_000.0
"""So far around the office's area a map is of use."""


def area_box(workspace: Workspace) -> Box | None:
    """Return the box of an office's border, grids and buildings and 10 km around, None of none."""
    box = box_of(shapes_of_area(workspace))
    if box is None:
        return None
    west, south, east, north = box
    high = float(np.degrees(AROUND_M / EARTH_RADIUS_M))
    wide = high / float(np.cos(np.radians(max(abs(south), abs(north)))))
    return west - wide, south - high, east + wide, north + high
