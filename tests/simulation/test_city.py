"""The fictional city is laid out as a street office is."""

import numpy as np
import pytest
import shapely

from simulation.city.addresses import chinese_number
from simulation.city.city import City, CityPlan, bend, build_city, to_globe


def test_the_usual_city_has_twelve_communities_ninety_grids_and_three_thousand_buildings(
    city: City,
) -> None:
    assert len(city.communities) == 12
    assert 80 <= len(city.grids) <= 105
    assert len(city.buildings) == len(city.footprints) == 3_000


@pytest.mark.parametrize("buildings", [20, 61, 200, 1_000, 4_321])
def test_every_size_has_exactly_the_buildings_asked_for_and_one_address_each(
    buildings: int,
) -> None:
    city = build_city(CityPlan(buildings=buildings), rng=np.random.default_rng(buildings))
    assert len(city.buildings) == buildings
    assert city.buildings["building_id"].is_unique
    assert city.buildings["std_address"].is_unique


@pytest.mark.parametrize("buildings", [19, 2_000_001])
def test_a_size_that_makes_no_sense_is_refused(buildings: int) -> None:
    with pytest.raises(ValueError, match="buildings must be between"):
        CityPlan(buildings=buildings)


def test_each_footprint_lies_inside_exactly_one_grid_the_one_its_code_names(city: City) -> None:
    footprint, grid = shapely.STRtree(city.borders).query(city.footprints, predicate="intersects")
    assert np.array_equal(footprint, np.arange(len(city.footprints)))
    assert np.array_equal(grid, city.buildings["grid"])
    assert shapely.contains(city.borders[grid], city.footprints).all()


def test_footprints_are_valid_and_never_touch(city: City) -> None:
    assert shapely.is_valid(city.footprints).all()
    left, right = shapely.STRtree(city.footprints).query(city.footprints, predicate="intersects")
    assert np.array_equal(left, right)


def test_grids_cover_the_street_without_gap_or_overlap(city: City) -> None:
    street = shapely.union_all(city.borders)
    assert isinstance(street, shapely.Polygon)
    assert not street.interiors
    assert shapely.area(city.borders).sum() == pytest.approx(street.area, rel=1e-9)


def test_codes_are_twelve_digits_for_a_community_fifteen_for_a_grid_and_a_building_below(
    city: City,
) -> None:
    grid = city.grids["grid_code"]
    assert grid.str.fullmatch(r"370998\d{9}").all()
    assert (grid.str[:12] == city.grids["community_code"]).all()
    assert (city.buildings["building_id"].str[:15] == grid.to_numpy()[city.buildings["grid"]]).all()


def test_the_city_stands_in_shandong_and_is_a_few_kilometres_wide(city: City) -> None:
    west, south, east, north = shapely.total_bounds(city.borders)
    assert 114 < west < east < 123
    assert 34 < south < north < 38.5
    assert 0.02 < east - west < 0.1


def test_households_of_a_grid_are_the_sum_of_its_buildings(city: City) -> None:
    summed = city.buildings.groupby("grid")["households"].sum()
    assert (city.grids["households"].loc[summed.index] == summed).all()
    assert (city.buildings["rentals"] <= city.buildings["households"]).all()


def test_every_kind_of_building_a_street_has_is_there(city: City) -> None:
    assert set(city.buildings["kind"]) >= {
        *("住宅", "商住", "商务楼宇", "商铺", "酒店", "厂房", "公建")
    }


def test_some_estates_share_their_name_in_two_communities(city: City) -> None:
    homes = city.buildings[city.buildings["estate"] != ""]
    assert (homes.groupby("estate")["community"].nunique() > 1).any()


def test_bending_keeps_distances_to_a_tenth() -> None:
    rng = np.random.default_rng(1)
    points = rng.uniform(-2_000, 2_000, (500, 2))
    near = points + rng.uniform(-20, 20, (500, 2))
    before = np.hypot(*(near - points).T)
    after = np.hypot(*(bend(near) - bend(points)).T)
    assert np.all(np.abs(after / before - 1) < 0.1)


def test_a_metre_east_is_a_metre_on_the_globe() -> None:
    lon, lat = to_globe(np.array([[0.0, 0.0], [1_000.0, 0.0]])).T
    metres = np.deg2rad(lon[1] - lon[0]) * 6_371_008.8 * np.cos(np.deg2rad(lat[0]))
    assert metres == pytest.approx(1_000.0)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "零"), (4, "四"), (10, "十"), (12, "十二"), (20, "二十"), (99, "九十九")],
)
def test_numerals_are_written_as_people_write_them(value: int, text: str) -> None:
    assert chinese_number(value) == text
