"""Outlines are made fit for questions before any is asked."""

import numpy as np
import shapely

from geo.shapes.repair import finite


def test_a_shape_with_a_coordinate_that_is_no_number_is_no_shape() -> None:
    square = shapely.box(117, 36, 118, 37)
    holed = shapely.Polygon(square.exterior.coords, [[(117, 36), (np.inf, 36), (117, 37)]])
    point, none = shapely.Point(np.nan, 36), None
    assert finite(np.array([square, holed, point, none], object)).tolist() == [
        square,
        None,
        None,
        None,
    ]


def test_a_shape_without_a_coordinate_is_no_shape() -> None:
    empty = [shapely.Point(), shapely.Polygon(), shapely.GeometryCollection()]
    assert finite(np.array([*empty, shapely.Point(117, 36)], object)).tolist() == [
        None,
        None,
        None,
        shapely.Point(117, 36),
    ]


def test_sound_shapes_are_handed_back_unchanged() -> None:
    shapes = np.array([shapely.Point(117, 36), None], object)
    assert finite(shapes) is shapes
