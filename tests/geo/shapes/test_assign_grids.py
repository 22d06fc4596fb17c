"""Rules of giving each building to exactly one grid."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.shapes.assign_grids import assign_to_grids

LON, LAT, STEP = 117.1, 36.2, 1e-3


def block(column: float, row: float, width: float = 1, height: float = 1) -> shapely.Polygon:
    west, south = LON + column * STEP, LAT + row * STEP
    return shapely.box(west, south, LON + (column + width) * STEP, LAT + (row + height) * STEP)


def at(*places: tuple[float, float]) -> tuple[list[float], list[float]]:
    return [LON + x * STEP for x, _ in places], [LAT + y * STEP for _, y in places]


halves = st.integers(-1, 7).map(lambda n: n / 2)
layers = st.lists(
    st.builds(block, st.integers(0, 2), st.integers(0, 2), st.integers(1, 2), st.integers(1, 2)),
    min_size=1,
    max_size=6,
)
# Whole steps lie on borders and corners, halves inside.
buildings = st.lists(st.tuples(halves, halves), min_size=1, max_size=20)


def plain(point: shapely.Point, grids: list[shapely.Geometry], codes: list[str]) -> str:
    """Look at every grid: inside before border, then the smallest code."""
    found = [
        (not grid.contains_properly(point), code)
        for grid, code in zip(grids, codes, strict=True)
        if grid.intersects(point)
    ]
    return min(found)[1] if found else ""


@given(grids=layers, places=buildings)
def test_each_building_gets_the_grid_that_a_look_at_every_grid_finds(
    grids: list[shapely.Geometry], places: list[tuple[float, float]]
) -> None:
    codes = [f"G{9 - index}" for index in range(len(grids))]
    lon, lat = at(*places)
    got = assign_to_grids(lon, lat, grids=grids, codes=codes)
    points = [shapely.Point(x, y) for x, y in zip(lon, lat, strict=True)]
    assert got.grid_code.tolist() == [plain(point, grids, codes) for point in points]
    assert [codes[index] if index >= 0 else "" for index in got.index] == got.grid_code.tolist()
    assert got.orphans.row.tolist() == np.flatnonzero(got.grid_code == "").tolist()
    for row, held in zip(got.overlaps.row, got.overlaps.codes, strict=True):
        inside = [c for g, c in zip(grids, codes, strict=True) if g.contains_properly(points[row])]
        assert list(held) == sorted(inside)
        assert got.grid_code[row] == held[0]
    several = [sum(g.contains_properly(point) for g in grids) > 1 for point in points]
    assert got.overlaps.row.tolist() == np.flatnonzero(several).tolist()


@given(grids=layers, places=buildings, data=st.data())
@settings(max_examples=40)
def test_the_order_of_grids_and_buildings_does_not_matter(
    grids: list[shapely.Geometry], places: list[tuple[float, float]], data: st.DataObject
) -> None:
    codes = np.array([f"G{index}" for index in range(len(grids))])
    lon, lat = np.array(at(*places))
    before = assign_to_grids(lon, lat, grids=grids, codes=codes)
    order = data.draw(st.permutations(range(codes.size)))
    rows = data.draw(st.permutations(range(lon.size)))
    after = assign_to_grids(
        lon[rows], lat[rows], grids=[grids[index] for index in order], codes=codes[order]
    )
    assert before.grid_code[rows].tolist() == after.grid_code.tolist()


def test_a_building_on_a_shared_border_goes_to_the_smallest_code_and_is_no_overlap() -> None:
    got = assign_to_grids(*at((1, 0.5)), grids=[block(1, 0), block(0, 0)], codes=["A", "B"])
    assert got.grid_code.tolist() == ["A"]
    assert got.overlaps.row.size == 0


def test_inside_one_grid_counts_before_the_border_of_another() -> None:
    got = assign_to_grids(*at((1, 0.5)), grids=[block(0, 0), block(0.5, 0)], codes=["A", "B"])
    assert got.grid_code.tolist() == ["B"]


def test_an_orphan_is_offered_the_nearest_grid_within_reach() -> None:
    lon, lat = at((1.5, 0.5), (9, 9), (0.5, 0.5))
    got = assign_to_grids(
        lon, lat, grids=[block(0, 0), block(3, 0)], codes=["A", "B"], max_distance_m=100
    )
    assert got.grid_code.tolist() == ["", "", "A"]
    assert got.orphans.row.tolist() == [0, 1]
    assert got.orphans.nearest_code.tolist() == ["A", ""]
    assert got.orphans.distance_m[0] == pytest.approx(44.9, abs=0.3)
    assert np.isnan(got.orphans.distance_m[1])


def test_a_building_without_a_place_is_neither_placed_nor_an_orphan() -> None:
    got = assign_to_grids(
        [np.nan, *at((0.5, 0.5))[0]], [36.2] * 2, grids=[block(0, -1, 1, 2)], codes=["A"]
    )
    assert got.grid_code.tolist() == ["", "A"]
    assert got.orphans.row.size == 0


def test_a_grid_in_several_rows_does_not_overlap_itself() -> None:
    got = assign_to_grids(*at((0.5, 0.5)), grids=[block(0, 0), block(0, 0, 2)], codes=["A", "A"])
    assert got.grid_code.tolist() == ["A"]
    assert got.overlaps.row.size == 0


def test_missing_grids_are_skipped_and_an_empty_layer_orphans_everyone() -> None:
    grids = [None, shapely.Polygon(), block(0, 0)]
    assert assign_to_grids(*at((0.5, 0.5)), grids=grids, codes=["A", "B", "C"]).index.tolist() == [
        2
    ]
    got = assign_to_grids(*at((0.5, 0.5)), grids=[], codes=[])
    assert got.orphans.row.tolist() == [0]
    assert got.orphans.nearest_code.tolist() == [""]
    assert assign_to_grids([], [], grids=grids, codes=["A", "B", "C"]).index.size == 0


def test_layers_of_unequal_length_are_refused() -> None:
    with pytest.raises(ValueError, match="codes"):
        assign_to_grids([117.0], [36.0], grids=[block(0, 0)], codes=[])
