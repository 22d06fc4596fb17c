"""Streets are fitted to the addresses that lie on them."""

import numpy as np
import pytest
import shapely

from geo.shapes.street_lines import fit_streets

LON, LAT = 117.36, 36.05
METRE = 1 / 111_320


def along(metres: np.ndarray, *, off: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Return places along a street to the east, on both sides of it."""
    side = np.where(np.arange(len(metres)) % 2, off, -off)
    return LON + metres * METRE / np.cos(np.radians(LAT)), LAT + side * METRE


def test_houses_on_both_sides_make_a_line_between_them() -> None:
    lon, lat = along(np.arange(0, 400, 20.0), off=12)
    (line,) = fit_streets(lon, lat, ["春岭街"] * len(lon)).values()
    assert line.geom_type == "LineString"
    assert np.abs(shapely.get_coordinates(line)[:, 1] - LAT).max() < 6 * METRE
    assert shapely.length(line) > 250 * METRE


def test_a_street_with_a_wide_gap_is_two_lines() -> None:
    lon, lat = along(np.concatenate([np.arange(0, 200, 20.0), np.arange(900, 1100, 20.0)]))
    line = fit_streets(lon, lat, ["春岭街"] * len(lon))["春岭街"]
    assert len(shapely.get_parts(line)) == 2


def test_streets_do_not_mix_and_addresses_without_a_street_belong_to_none() -> None:
    lon, lat = along(np.arange(0, 240, 20.0))
    names = ["春岭街"] * 5 + ["迎春路"] * 5 + [""] * 2
    assert set(fit_streets(lon, lat, names)) == {"春岭街", "迎春路"}


@pytest.mark.parametrize("count", [0, 1, 3])
def test_few_addresses_make_no_street(count: int) -> None:
    lon, lat = along(np.arange(count) * 20.0)
    assert fit_streets(lon, lat, ["春岭街"] * count) == {}


def test_addresses_all_about_make_no_street() -> None:
    x, y = np.meshgrid(np.arange(6.0), np.arange(6.0))
    assert fit_streets(LON + x.ravel() / 1e3, LAT + y.ravel() / 1e3, ["春岭街"] * 36) == {}


def test_houses_in_yards_behind_the_row_do_not_draw_the_street_to_them() -> None:
    lon, lat = along(np.arange(0, 600, 20.0))
    deep = np.random.default_rng(1).uniform(40, 300, 25)
    behind = np.linspace(200, 400, len(deep)), LAT + deep * METRE
    far = LON + behind[0] * METRE / np.cos(np.radians(LAT))
    names = ["春岭街"] * (len(lon) + len(far))
    line = fit_streets(np.r_[lon, far], np.r_[lat, behind[1]], names)["春岭街"]
    assert np.abs(shapely.get_coordinates(line)[:, 1] - LAT).max() < 8 * METRE


def test_unknown_places_are_passed_over() -> None:
    lon, lat = along(np.arange(0, 200, 20.0))
    lon[3] = np.nan
    assert set(fit_streets(lon, lat, ["春岭街"] * len(lon))) == {"春岭街"}
