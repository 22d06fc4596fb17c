"""Rules of point in building, against a plain oracle that looks at every pair."""

import json
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.shapes.box_grid import BoxGrid
from geo.shapes.footprints import BuildingIndex, BuildingMatch
from geo.shapes.projection import areas_m2, metres_per_unit, plane_of, plane_points

SHANGHAI = Path(__file__).parents[4] / "shared/data/shanghai/buildings.geojson"
LON, LAT, STEP = 117.1, 36.2, 1e-4  # one step is about 10 m


def buildings_of_points(
    lon: object, lat: object, *, footprints: object, ids: object, **options: float
) -> BuildingMatch:
    return BuildingIndex(footprints, ids).match(lon, lat, **options)  # type: ignore[arg-type]


def square(column: float, row: float, width: float = 2, height: float = 2) -> shapely.Polygon:
    west, south = LON + column * STEP, LAT + row * STEP
    return shapely.box(west, south, west + width * STEP, south + height * STEP)


def at(column: float, row: float) -> tuple[list[float], list[float]]:
    return [LON + column * STEP], [LAT + row * STEP]


def plain(point: shapely.Point, shapes: list[shapely.Geometry], ids: list[str]) -> str:
    holding = [
        (areas_m2([shape])[0], name)
        for shape, name in zip(shapes, ids, strict=True)
        if shape.intersects(point)
    ]
    return min(holding)[1] if holding else ""


@st.composite
def footprint(draw: st.DrawFn) -> shapely.Geometry:
    column, row = draw(st.integers(0, 12)), draw(st.integers(0, 12))
    kind = draw(st.sampled_from(["box", "court", "two", "triangle", "point"]))
    outer = square(column, row, draw(st.integers(1, 5)), draw(st.integers(1, 5)))
    if kind == "court":
        return shapely.difference(outer, square(column + 0.5, row + 0.5, 0.5, 0.5))
    if kind == "two":
        return shapely.MultiPolygon([outer, square(column + 6, row, 1, 1)])
    if kind == "triangle":
        return shapely.Polygon(list(outer.exterior.coords)[:3])
    return shapely.Point(outer.exterior.coords[0]) if kind == "point" else outer


footprints = st.lists(footprint(), min_size=1, max_size=10)
# Whole and half steps land on outlines and corners as often as inside.
steps = st.lists(
    st.tuples(st.integers(-2, 38).map(lambda n: n / 2), st.integers(-2, 38).map(lambda n: n / 2)),
    min_size=1,
    max_size=30,
)


@given(shapes=footprints, places=steps)
def test_each_point_gets_the_building_that_a_look_at_every_pair_finds(
    shapes: list[shapely.Geometry], places: list[tuple[float, float]]
) -> None:
    ids = [f"B{index}" for index in range(len(shapes))]
    lon, lat = np.array([LON, LAT])[:, None] + STEP * np.array(places).T
    match = buildings_of_points(lon, lat, footprints=shapes, ids=ids)
    expected = [plain(shapely.Point(x, y), shapes, ids) for x, y in zip(lon, lat, strict=True)]
    assert match.building_id.tolist() == expected
    assert [ids[index] if index >= 0 else "" for index in match.index] == expected
    assert np.isnan(match.gap_m).tolist() == [name == "" for name in expected]


@given(shapes=footprints, places=steps, max_gap_m=st.sampled_from([1.0, 12.0, 40.0, 100.0, 400.0]))
@settings(max_examples=60)
def test_a_point_outside_gets_the_nearest_building_within_reach(
    shapes: list[shapely.Geometry], places: list[tuple[float, float]], max_gap_m: float
) -> None:
    ids = [f"B{index}" for index in range(len(shapes))]
    lon, lat = np.array([LON, LAT])[:, None] + STEP * np.array(places).T
    match = buildings_of_points(lon, lat, footprints=shapes, ids=ids, max_gap_m=max_gap_m)
    points = plane_points(lon, lat)
    gaps = shapely.distance(points[:, None], plane_of(np.array(shapes, dtype=object))[None, :])
    gaps *= metres_per_unit(lat)[:, None]
    # A slanted wall is straight in degrees, and bends by micrometres on the plane.
    for row, nearest in enumerate(gaps.min(axis=1)):
        if nearest > max_gap_m:
            assert match.index[row] == -1
        else:
            assert match.gap_m[row] == pytest.approx(nearest, abs=1e-4)
            assert gaps[row, match.index[row]] == pytest.approx(nearest, abs=2e-4)


@given(shapes=footprints, places=steps, data=st.data())
@settings(max_examples=30)
def test_neither_the_order_of_points_nor_of_footprints_matters(
    shapes: list[shapely.Geometry], places: list[tuple[float, float]], data: st.DataObject
) -> None:
    ids = np.array([f"B{index}" for index in range(len(shapes))])
    lon, lat = np.array([LON, LAT])[:, None] + STEP * np.array(places).T
    before = buildings_of_points(lon, lat, footprints=shapes, ids=ids, max_gap_m=30)
    points = data.draw(st.permutations(range(lon.size)))
    order = data.draw(st.permutations(range(ids.size)))
    moved = [shapes[i] for i in order]
    after = buildings_of_points(
        lon[points], lat[points], footprints=moved, ids=ids[order], max_gap_m=30
    )
    assert before.building_id[points].tolist() == after.building_id.tolist()


def test_where_footprints_overlap_the_smallest_wins_and_equals_go_by_id() -> None:
    podium, tower = square(0, 0, 6, 6), square(1, 1)
    match = buildings_of_points(*at(2, 2), footprints=[podium, tower], ids=["A", "Z"])
    assert match.building_id.tolist() == ["Z"]
    match = buildings_of_points(*at(2, 2), footprints=[tower, tower], ids=["B2", "B1"])
    assert match.building_id.tolist() == ["B1"]


def test_a_courtyard_is_not_the_building() -> None:
    court = shapely.difference(square(0, 0, 6, 6), square(2, 2))
    assert buildings_of_points(*at(3, 3), footprints=[court], ids=["B"]).index.tolist() == [-1]
    assert buildings_of_points(*at(1, 1), footprints=[court], ids=["B"]).index.tolist() == [0]


def test_a_point_building_is_found_by_the_gap_only() -> None:
    known = [shapely.Point(LON, LAT)]
    lon, lat = [LON, LON + STEP], [LAT, LAT]
    assert buildings_of_points(lon, lat, footprints=known, ids=["P"]).index.tolist() == [0, -1]
    near = buildings_of_points(lon, lat, footprints=known, ids=["P"], max_gap_m=10)
    assert near.index.tolist() == [0, 0]
    assert near.gap_m[1] == pytest.approx(8.97, abs=0.05)


def test_unknown_points_and_missing_footprints_are_left_alone() -> None:
    match = buildings_of_points(
        [np.nan, LON + STEP],
        [LAT, LAT + STEP],
        footprints=[None, shapely.Polygon(), square(0, 0)],
        ids=["A", "B", "C"],
        max_gap_m=50,
    )
    assert match.building_id.tolist() == ["", "C"]


def test_a_self_crossing_outline_still_holds_its_points() -> None:
    bow = shapely.Polygon(
        [(LON, LAT), (LON + STEP, LAT + STEP), (LON + STEP, LAT), (LON, LAT + STEP)]
    )
    assert not bow.is_valid
    assert buildings_of_points(*at(0.9, 0.5), footprints=[bow], ids=["B"]).index.tolist() == [0]


def test_no_points_and_no_buildings_are_fine() -> None:
    assert buildings_of_points([], [], footprints=[square(0, 0)], ids=["A"]).index.size == 0
    nothing = buildings_of_points(*at(0, 0), footprints=[], ids=[], max_gap_m=10)
    assert nothing.building_id.tolist() == [""]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"ids": ["A", "A"]}, "twice"),
        ({"ids": ["A"]}, "ids"),
        ({"ids": ["A", "B"], "max_gap_m": -1.0}, "max_gap_m"),
        ({"ids": ["A", "B"], "max_gap_m": float("nan")}, "max_gap_m"),
    ],
)
def test_input_that_makes_no_sense_is_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        buildings_of_points(*at(0, 0), footprints=[square(0, 0), square(3, 3)], **options)  # type: ignore[arg-type]


def test_every_shanghai_building_holds_a_point_inside_itself() -> None:
    if not SHANGHAI.exists():
        pytest.skip("../shared/data/shanghai/buildings.geojson is not here")
    features = json.loads(SHANGHAI.read_text(encoding="utf-8"))["features"]
    shapes = shapely.from_geojson([json.dumps(feature["geometry"]) for feature in features])
    ids = np.array([f"B{index:04}" for index in range(shapes.size)])
    inside = shapely.point_on_surface(shapes)
    lon, lat = shapely.get_x(inside), shapely.get_y(inside)
    match = buildings_of_points(lon, lat, footprints=shapes, ids=ids)
    assert (match.index >= 0).all()
    holds = shapely.intersects(shapely.make_valid(shapes[match.index]), inside)
    assert holds.all()
    assert (areas_m2(shapes[match.index]) <= areas_m2(shapes) + 1e-6).all()


@pytest.mark.parametrize("gap_m", [0.0, 5.0, 40.0])
@pytest.mark.parametrize("seed", range(4))
def test_a_grid_finds_what_a_tree_finds_whatever_overlaps(
    gap_m: float, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(seed)
    low = np.array([117.0, 36.0]) + rng.integers(0, 30, (80, 2)) / 5_000
    size = rng.integers(1, 6, (80, 2)) / 10_000  # many of one area, many that overlap or touch
    outlines = shapely.box(*low.T, *(low + size).T)
    outlines[::7] = shapely.points(low[::7])
    outlines[::11] = shapely.buffer(outlines[::11], 1e-4)
    ids = rng.permutation([f"B{number}" for number in range(80)])
    corners = shapely.get_coordinates(outlines)
    anywhere = np.array([116.999, 35.999]) + rng.random((2_000, 2)) * 0.01
    lon, lat = np.vstack([corners, anywhere, [[np.nan, 36.0]]]).T
    by_grid = BuildingIndex(outlines, ids).match(lon, lat, max_gap_m=gap_m)
    uneven = property(lambda _: False, lambda *_: None)
    monkeypatch.setattr(BoxGrid, "is_even", uneven, raising=False)
    by_tree = BuildingIndex(outlines, ids).match(lon, lat, max_gap_m=gap_m)
    np.testing.assert_array_equal(by_grid.index, by_tree.index)
    np.testing.assert_array_equal(by_grid.gap_m, by_tree.gap_m)
    assert (by_grid.index >= 0).any()
    assert by_grid.building_id[-1] == ""
