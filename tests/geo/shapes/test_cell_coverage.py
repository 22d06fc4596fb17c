"""Rules of cells and grids together: every cell once, every grid some, areas complete."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import maximum_bipartite_matching

from geo.cells import cell_polygons, cover_polygon
from geo.shapes.cell_coverage import cell_shares, partition_cells
from geo.shapes.projection import areas_m2

LON, LAT = 117.1, 36.2
RESOLUTIONS = [8, 9, 10]


def street(columns: int, rows: int, size: float, jitter: float = 0.0) -> np.ndarray:
    """Tile a street with grids that share their bent borders."""
    rng = np.random.default_rng(columns * 100 + rows)
    corner = np.stack(np.meshgrid(np.arange(columns + 1), np.arange(rows + 1)), axis=-1)
    bent = np.array([LON, LAT]) + size * (corner + jitter * rng.uniform(-1, 1, corner.shape))
    return np.array(
        [
            shapely.Polygon([bent[r, c], bent[r, c + 1], bent[r + 1, c + 1], bent[r + 1, c]])
            for r in range(rows)
            for c in range(columns)
        ],
        dtype=object,
    )


layers = st.builds(
    street, st.integers(1, 4), st.integers(1, 4), st.floats(3e-4, 0.02), st.floats(0, 0.4)
)


@given(grids=layers, resolution=st.sampled_from(RESOLUTIONS))
@settings(max_examples=40)
def test_the_shares_of_a_cell_never_exceed_the_cell_and_those_of_a_grid_make_up_its_area(
    grids: np.ndarray, resolution: int
) -> None:
    shares = cell_shares(grids, resolution=resolution)
    _, position = np.unique(shares.cell, return_inverse=True)
    assert (np.bincount(position, weights=shares.share) <= 1 + 1e-9).all()
    area_m2 = shares.share * areas_m2(cell_polygons(shares.cell))
    by_grid = np.bincount(shares.grid, weights=area_m2, minlength=grids.size)
    assert by_grid == pytest.approx(areas_m2(grids), rel=0.002)


@given(grids=layers, resolution=st.sampled_from(RESOLUTIONS))
@settings(max_examples=60)
def test_each_cell_goes_to_the_grid_with_most_of_it_unless_another_would_get_none(
    grids: np.ndarray, resolution: int
) -> None:
    got = partition_cells(grids, resolution=resolution)
    shares = cell_shares(grids, resolution=resolution)
    share = dict(zip(zip(shares.grid, shares.cell, strict=True), shares.share, strict=True))
    largest = {cell: shares.share[shares.cell == cell].max() for cell in set(shares.cell)}
    assert sorted(got.cell) == sorted(largest)  # none left out, none twice
    for grid, cell in zip(got.grid, got.cell, strict=True):
        assert share[grid, cell] >= largest[cell] - 1e-9 or (got.grid == grid).sum() == 1
    # As many grids as possible have a cell.
    _, column = np.unique(shares.cell, return_inverse=True)
    graph = coo_array((np.ones(column.size), (shares.grid, column))).tocsr()
    matched = (maximum_bipartite_matching(graph, perm_type="column") >= 0).sum()
    assert grids.size - got.empty.size == np.unique(got.grid).size == matched


@pytest.mark.parametrize("resolution", RESOLUTIONS)
def test_every_grid_of_an_ordinary_street_has_at_least_one_cell(resolution: int) -> None:
    grids = street(6, 5, {8: 0.01, 9: 0.004, 10: 0.003}[resolution], jitter=0.3)
    assert partition_cells(grids, resolution=resolution).empty.size == 0


def test_a_lane_between_large_grids_gets_a_cell_of_its_own() -> None:
    west, lane, east = (
        shapely.box(LON, LAT, LON + 0.01, LAT + 0.01),
        shapely.box(LON + 0.01, LAT, LON + 0.01003, LAT + 0.01),
        shapely.box(LON + 0.01003, LAT, LON + 0.02, LAT + 0.01),
    )
    got = partition_cells([west, lane, east], resolution=9)
    assert (got.grid == 1).sum() == 1
    assert got.empty.size == 0


def test_more_grids_than_cells_leave_some_empty_and_named() -> None:
    hexagon = cell_polygons(cover_polygon(shapely.Point(LON, LAT).buffer(1e-6), resolution=8))[0]
    tiny = [
        shapely.Point(hexagon.centroid.x + d, hexagon.centroid.y).buffer(1e-4) for d in (0, 1e-3)
    ]
    got = partition_cells(tiny, resolution=8)
    assert got.grid.tolist() == [0]
    assert got.empty.tolist() == [1]


def test_missing_grids_have_no_cells_and_no_grids_are_fine() -> None:
    grids = [None, shapely.Polygon(), *street(1, 1, 0.01)]
    assert set(cell_shares(grids, resolution=9).grid) == {2}
    assert partition_cells(grids, resolution=9).empty.tolist() == [0, 1]
    nothing = partition_cells([], resolution=9)
    assert nothing.cell.size == nothing.empty.size == cell_shares([], resolution=9).cell.size == 0


def test_a_cell_that_only_touches_a_border_from_outside_has_no_share() -> None:
    hexagon = cell_polygons(cover_polygon(shapely.Point(LON, LAT).buffer(1e-6), resolution=9))
    shares = cell_shares(hexagon, resolution=9)
    assert shares.cell.size == 1
    assert shares.share[0] == pytest.approx(1)


def test_the_street_is_tiled_by_its_cells_without_counting_a_border_twice() -> None:
    grids = street(5, 4, 0.004, jitter=0.3)
    got = partition_cells(grids, resolution=10)
    tiles = cell_polygons(got.cell)
    tiled, whole = shapely.union_all(tiles), shapely.union_all(grids)
    assert shapely.area(tiles).sum() == pytest.approx(tiled.area, rel=1e-6)
    assert shapely.covers(tiled.buffer(1e-9), whole)
    assert set(got.cell) <= set(cover_polygon(whole, resolution=10))
