"""Rules of a sound layer of grids."""

import numpy as np
import pytest
import shapely

from geo.shapes.topology import find_grid_faults

LON, LAT, STEP = 117.1, 36.2, 1e-3
BLOCK_M2 = 111.2**2 * np.cos(np.radians(36.2))


def block(column: float, row: float, width: float = 1, height: float = 1) -> shapely.Polygon:
    return shapely.box(
        LON + column * STEP,
        LAT + row * STEP,
        LON + (column + width) * STEP,
        LAT + (row + height) * STEP,
    )


def test_a_sound_layer_has_no_faults() -> None:
    grids = [block(column, row) for column in range(3) for row in range(3)]
    codes = [f"G{index}" for index in range(9)]
    assert find_grid_faults(grids, codes=codes) == find_grid_faults([], codes=[]) == ()


def test_an_overlap_names_both_grids_and_its_size() -> None:
    (fault,) = find_grid_faults([block(0, 0, 2), block(1.5, 0)], codes=["B", "A"])
    assert (fault.kind, fault.codes) == ("overlap", ("A", "B"))
    assert fault.area_m2 == pytest.approx(BLOCK_M2 / 2, rel=0.005)


def test_an_enclosed_gap_names_its_neighbours() -> None:
    ring = [block(0, 0, 3), block(0, 1), block(2, 1), block(0, 2, 3)]
    (fault,) = find_grid_faults(ring, codes=["S", "W", "E", "N"])
    assert (fault.kind, fault.codes) == ("gap", ("E", "N", "S", "W"))
    assert fault.area_m2 == pytest.approx(BLOCK_M2, rel=0.005)


def test_a_grid_inside_a_gap_is_not_counted_as_gap() -> None:
    court = shapely.difference(block(0, 0, 3, 3), block(1, 1))
    (fault,) = find_grid_faults([court, block(1.25, 1.25, 0.5, 0.5)], codes=["A", "B"])
    assert (fault.kind, fault.codes) == ("gap", ("A", "B"))
    assert fault.area_m2 == pytest.approx(BLOCK_M2 * 0.75, rel=0.005)


def test_an_unclosed_line_a_closed_line_and_nothing_are_told_apart() -> None:
    corners = list(block(0, 0).exterior.coords)
    grids = [
        shapely.LineString(corners[:-1]),
        shapely.LineString(corners),
        None,
        shapely.Polygon(),
        shapely.Point(LON, LAT),
    ]
    faults = find_grid_faults(grids, codes=list("ABCDE"))
    assert [(fault.kind, fault.codes[0]) for fault in faults] == [
        ("missing", "C"),
        ("missing", "D"),
        ("unclosed", "A"),
        ("not_an_area", "B"),
        ("not_an_area", "E"),
    ]


def test_a_self_crossing_outline_is_named_and_the_rest_still_checked() -> None:
    bow = shapely.Polygon(
        [(LON, LAT), (LON + STEP, LAT + STEP), (LON + STEP, LAT), (LON, LAT + STEP)]
    )
    faults = find_grid_faults([bow, block(0, 0)], codes=["A", "B"])
    assert [fault.kind for fault in faults] == ["self_crossing", "overlap"]


def test_two_rows_with_one_code_are_a_fault_of_the_code_not_of_the_area() -> None:
    faults = find_grid_faults([block(0, 0, 2), block(1, 0)], codes=["A", "A"])
    assert [(fault.kind, fault.codes) for fault in faults] == [("same_code", ("A",))]


def test_drawing_noise_below_the_limit_is_left_out() -> None:
    grids = [block(0, 0, 1.000001), block(1, 0)]
    assert find_grid_faults(grids, codes=["A", "B"]) == ()
    assert len(find_grid_faults(grids, codes=["A", "B"], min_area_m2=0.001)) == 1
