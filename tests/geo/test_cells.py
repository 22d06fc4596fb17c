"""Rules of cells: agreement with the reference implementation, covers, neighbours."""

import h3
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.cells import (
    InvalidCellsError,
    cell_centres,
    cell_ids,
    cell_polygons,
    cell_texts,
    cells_of_points,
    cover_polygon,
    disk,
    parents,
)

RESOLUTIONS = [8, 9, 10]
PENTAGON = h3.get_pentagons(10)[0]
points = st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), min_size=1, max_size=20)
any_resolution = st.integers(0, 15)


def some_cells(resolution: int = 10) -> np.ndarray:
    return cells_of_points([117.12, 121.47, -87.6], [36.19, 31.23, 41.9], resolution=resolution)


@given(points=points, resolution=any_resolution)
def test_cells_agree_with_the_reference_implementation(
    points: list[tuple[float, float]], resolution: int
) -> None:
    lon, lat = np.array(points).T
    expected = [h3.latlng_to_cell(y, x, resolution) for x, y in points]
    assert cells_of_points(lon, lat, resolution=resolution).tolist() == expected


def test_a_point_that_is_nowhere_has_no_cell_and_leaves_its_neighbours_alone() -> None:
    lon = [117.1, np.nan, 117.1, np.inf, 117.1, 200.0]
    lat = [36.2, 36.2, np.nan, 36.2, 200.0, 36.2]
    cells = cells_of_points(lon, lat, resolution=9)
    assert cells.tolist() == [h3.latlng_to_cell(36.2, 117.1, 9)] + [""] * 5


@given(points=points, resolution=any_resolution)
def test_text_and_number_are_two_ways_to_write_one_cell(
    points: list[tuple[float, float]], resolution: int
) -> None:
    lon, lat = np.array(points).T
    cells = cells_of_points(lon, lat, resolution=resolution)
    assert cell_ids(cells).tolist() == [h3.str_to_int(cell) for cell in cells]
    assert cell_texts(cell_ids(cells)).tolist() == cells.tolist()


@pytest.mark.parametrize(
    "wrong",
    ["x", "8a30a6c0a0effff0", "8a30a6c0a0efff", "None", "ffffffffffffffff", "8a30a6c0a0effgf"],
)
def test_a_text_that_is_no_cell_is_refused_and_shown(wrong: str) -> None:
    with pytest.raises(InvalidCellsError) as refused:
        cell_ids([*some_cells(), wrong, ""])
    assert refused.value.facts["seen"] == [wrong]
    assert refused.value.facts["count"] == 1


@pytest.mark.parametrize("resolution", RESOLUTIONS)
def test_centres_and_shapes_agree_with_the_reference(resolution: int) -> None:
    cells = some_cells(resolution)
    lon, lat = cell_centres(cells)
    for index, cell in enumerate(cells):
        assert (lat[index], lon[index]) == pytest.approx(h3.cell_to_latlng(cell), abs=1e-9)
        corners = shapely.Polygon([(x, y) for y, x in h3.cell_to_boundary(cell)])
        assert shapely.equals_exact(
            shapely.normalize(cell_polygons(cells)[index]), shapely.normalize(corners), 1e-9
        )


def test_an_unknown_cell_stays_unknown_through_every_function() -> None:
    cells = np.array(["", some_cells()[0]])
    assert np.isnan(cell_centres(cells)[0]).tolist() == [True, False]
    assert cell_polygons(cells)[0] is None
    assert parents(cells, 8)[0] == ""
    assert set(disk(cells, 1)[0]) == {1}


def test_no_cells_at_all_are_fine() -> None:
    nothing = cells_of_points([], [], resolution=10)
    answers = (nothing, cell_polygons(nothing), parents(nothing, 8), *disk(nothing, 1))
    assert [each.size for each in (*answers, *cell_centres(nothing))] == [0] * 8


@given(points=points, fine=st.integers(5, 15), coarse=st.integers(0, 5))
def test_parents_agree_with_the_reference(
    points: list[tuple[float, float]], fine: int, coarse: int
) -> None:
    cells = cells_of_points(*np.array(points).T, resolution=fine)
    assert parents(cells, coarse).tolist() == [h3.cell_to_parent(cell, coarse) for cell in cells]


def test_a_parent_finer_than_its_child_is_refused() -> None:
    with pytest.raises(InvalidCellsError, match="resolution 11"):
        parents(some_cells(10), 11)


@given(points=points, resolution=st.integers(1, 12), k=st.integers(0, 3))
@settings(max_examples=50)
def test_disks_agree_with_the_reference_step_by_step(
    points: list[tuple[float, float]], resolution: int, k: int
) -> None:
    cells = cells_of_points(*np.array(points).T, resolution=resolution)
    source, neighbour, steps = disk(cells, k)
    assert (np.diff(source) >= 0).all()
    for index, cell in enumerate(cells):
        mine = source == index
        assert neighbour[mine].tolist() == sorted(h3.grid_disk(cell, k))
        for step in range(k + 1):
            inner = set(h3.grid_disk(cell, step - 1)) if step else set()
            expected = sorted(set(h3.grid_disk(cell, step)) - inner)
            assert neighbour[mine & (steps == step)].tolist() == expected


def test_a_pentagon_has_five_neighbours() -> None:
    assert (disk([PENTAGON], 1)[2] == 1).sum() == 5


@st.composite
def areas(draw: st.DrawFn) -> shapely.Geometry:
    """Convex areas, narrow strips and multipolygons from two metres to three kilometres."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    size = 10 ** draw(st.floats(-4.7, -1.8))
    corners = [117.1, 36.2] + rng.normal(size=(6, 2)) * size
    kind = draw(st.sampled_from(["hull", "strip", "several"]))
    if kind == "hull":
        return shapely.convex_hull(shapely.multipoints(corners))
    if kind == "strip":
        return shapely.buffer(shapely.linestrings(corners[:3]), 1e-5)
    return shapely.union_all(shapely.buffer(shapely.points(corners), size / 3))


@given(area=areas(), resolution=st.sampled_from(RESOLUTIONS))
@settings(max_examples=60)
def test_a_touching_cover_is_every_cell_that_meets_the_area(
    area: shapely.Geometry, resolution: int
) -> None:
    cover = cover_polygon(area, resolution=resolution)
    around = np.unique(disk(cover, 1)[1])
    meets = shapely.intersects(cell_polygons(around), area)
    assert cover.tolist() == around[meets].tolist()
    assert shapely.covers(shapely.union_all(cell_polygons(cover)).buffer(1e-9), area)


@pytest.mark.parametrize("wkt", ["POLYGON EMPTY", "POINT (117 36)", "LINESTRING (0 0, 1 1)"])
def test_only_areas_can_be_covered(wkt: str) -> None:
    with pytest.raises(ValueError, match="area"):
        cover_polygon(shapely.from_wkt(wkt), resolution=9)


@pytest.mark.parametrize("resolution", [-1, 16])
def test_a_resolution_that_does_not_exist_is_refused(resolution: int) -> None:
    with pytest.raises(ValueError, match="0 to 15"):
        cells_of_points([1.0], [1.0], resolution=resolution)
    with pytest.raises(ValueError, match="0 to 15"):
        parents(some_cells(), resolution)
