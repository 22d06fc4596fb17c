"""Crossings counted over arrays say of points and polygons what GEOS says."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.shapes.outlines import Outlines

SHAPES = np.array([
    shapely.box(117.0, 36.0, 117.2, 36.1),
    shapely.Polygon([(117.0, 36.0), (117.3, 36.1), (117.1, 36.3)]),
    shapely.box(117.0, 36.0, 117.4, 36.4).difference(shapely.box(117.1, 36.1, 117.3, 36.3)),
    shapely.box(117.0, 36.0, 117.1, 36.1).union(shapely.box(117.2, 36.2, 117.3, 36.3)),
    shapely.Point(117.1, 36.1),
    shapely.LineString([(117.0, 36.0), (117.2, 36.2)]),
    shapely.Polygon(),
], dtype=object)  # fmt: skip


def assert_as_geos(shapes: np.ndarray, x: np.ndarray, y: np.ndarray) -> None:
    shape, point = (axis.ravel() for axis in np.meshgrid(np.arange(len(shapes)), np.arange(len(x))))
    expected = shapely.intersects_xy(shapes[shape], x[point], y[point])
    np.testing.assert_array_equal(Outlines(shapes).hold(shape, x[point], y[point]), expected)


@pytest.mark.parametrize("step", [0.05, 0.1])
def test_points_on_corners_edges_and_in_line_with_them_are_held_as_geos_says(step: float) -> None:
    axis = np.round(np.arange(-0.1, 0.5, step), 3)
    x, y = (each.ravel() for each in np.meshgrid(117 + axis, 36 + axis))
    assert_as_geos(SHAPES, x, y)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_points_on_and_beside_edges_of_any_polygon_are_held_as_geos_says(seed: int) -> None:
    rng = np.random.default_rng(seed)
    turn = np.sort(rng.uniform(0, 2 * np.pi, 7))
    reach = rng.uniform(1e-5, 1e-3, 7)
    shape = shapely.Polygon(
        np.column_stack([117 + reach * np.cos(turn), 36 + reach * np.sin(turn)])
    )
    corners = shapely.get_coordinates(shape)
    at = rng.integers(0, 7, 200)
    along = rng.choice([0.0, 0.5, 1.0, rng.random()], 200)[:, None]
    points = corners[at] + along * (corners[at + 1] - corners[at])
    points += rng.choice([0.0, 1e-14, -1e-14, 1e-9, 1e-5], (200, 2))
    assert_as_geos(np.array([shapely.make_valid(shape)]), points[:, 0], points[:, 1])


def test_no_pairs_and_no_shapes_are_fine() -> None:
    none = np.empty(0)
    assert not Outlines(SHAPES).hold(none.astype(int), none, none).size
    assert not Outlines(SHAPES[:0]).hold(none.astype(int), none, none).size


def test_many_corners_are_looked_at_in_several_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geo.shapes.outlines._BATCH", 7)
    rng = np.random.default_rng(1)
    assert_as_geos(SHAPES, 117 + rng.uniform(-0.1, 0.5, 50), 36 + rng.uniform(-0.1, 0.5, 50))
