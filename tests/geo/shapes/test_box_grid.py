"""A grid finds the boxes that a look at every one of them finds."""

import numpy as np
import pytest

from geo.shapes.box_grid import BoxGrid


def boxes_and_points(seed: int, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    low = rng.integers(0, 40, (count, 2)) / 4
    boxes = np.column_stack([low, low + rng.integers(0, 5, (count, 2)) / 4])
    x, y = rng.integers(-8, 60, (2, 500)) / 4  # many lie on edges and corners, some outside of all
    return boxes, x, y


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("count", [1, 3, 60])
def test_each_point_is_paired_with_every_box_it_lies_in(seed: int, count: int) -> None:
    boxes, x, y = boxes_and_points(seed, count)
    west, south, east, north = boxes.T[:, None, :]
    inside = (west <= x[:, None]) & (x[:, None] <= east) & (south <= y[:, None])
    expected = np.argwhere(inside & (y[:, None] <= north))
    grid = BoxGrid(boxes)
    assert grid.is_even
    np.testing.assert_array_equal(np.column_stack(grid.pairs(x, y)), expected)


def test_without_boxes_no_point_has_one() -> None:
    point, box = BoxGrid(np.empty((0, 4))).pairs(np.array([1.0]), np.array([2.0]))
    assert not point.size
    assert not box.size


def test_boxes_of_one_point_are_found_there_only() -> None:
    point, box = BoxGrid(np.array([[1.0, 2.0, 1.0, 2.0]])).pairs(
        np.array([1.0, 1.1]), np.array([2.0, 2.0])
    )
    assert (point.tolist(), box.tolist()) == ([0], [0])


def test_boxes_heaped_in_one_corner_of_a_wide_area_are_not_even() -> None:
    rng = np.random.default_rng(1)
    low = np.vstack([rng.random((2_000, 2)) / 1_000, [[90.0, 80.0]]])
    assert not BoxGrid(np.column_stack([low, low + 1e-4])).is_even


def test_boxes_that_each_cover_most_of_the_area_are_not_even() -> None:
    low = np.random.default_rng(1).random((1_000, 2))
    assert not BoxGrid(np.column_stack([low, low + 9])).is_even
