"""A tile of units holds exactly those whose middle lies in it, wherever it is cut."""

from itertools import product
from typing import Any

import h3
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.maps.tiles import unit_tiles
from dashboard.maps.tiles.squares import FINEST, NoSuchTileError, Tile, unit_square
from dashboard.maps.tiles.unit_tiles import prepare

RNG = np.random.default_rng(4)
HOME = (117.36, 36.05)
TILES = st.integers(0, FINEST).flatmap(
    lambda z: st.builds(Tile, st.just(z), st.integers(0, 2**z - 1), st.integers(0, 2**z - 1))
)


def houses(count: int) -> pd.DataFrame:
    lon, lat = RNG.normal(HOME, (0.02, 0.01), (count, 2)).T
    shapes = shapely.box(lon, lat, lon + 2e-4, lat + 1e-4)
    shapes[::7] = shapely.points(lon, lat)[::7]
    return pd.DataFrame(
        {
            "unit": [f"B{n}" for n in range(count)],
            "name": [f"{n}号楼" for n in range(count)],
            "score": RNG.random(count),
            "rank": np.arange(1, count + 1),
            "tier": RNG.choice(["红", "橙", "黄", "蓝", ""], count),
            "geom": shapely.to_wkb(shapes),
        }
    )


HOUSES = houses(300)
CUT = prepare("building", HOUSES)
MIDDLES = {
    unit: unit_square(np.array([[(box[0] + box[2]) / 2, box[1]], [0, box[3]]]))
    for unit, box in zip(
        HOUSES["unit"], shapely.bounds(shapely.from_wkb(HOUSES["geom"].tolist())), strict=True
    )
}


def lies_in(unit: str, tile: Tile) -> bool:
    """Say, as plainly as can be, whether the middle of a unit's box lies in a tile."""
    (x, south), (_, north) = MIDDLES[unit]
    west, top, east, bottom = tile.corners
    return bool(west <= x < east and top <= (south + north) / 2 < bottom)


def corners_of(columns: dict[str, Any], tile: Tile) -> dict[str, np.ndarray]:
    """Undo what a tile does to outlines: unit → corners in the unit square."""
    xy = np.cumsum(np.array(columns["xy"]).reshape(-1, 2), axis=0) / columns["extent"]
    xy = (xy + np.array([tile.x, tile.y])) / 2**tile.z
    counts, taken, found = iter(columns["points"]), 0, {}
    for unit, rings in zip(columns["ids"], columns["rings"], strict=True):
        count = sum(next(counts) for _ in range(rings))
        found[unit] = xy[taken : taken + count]
        taken += count
    return found


@settings(max_examples=60, deadline=None)
@given(TILES)
def test_a_tile_anywhere_holds_the_units_whose_middle_lies_in_it(tile: Tile) -> None:
    expected = {unit for unit in HOUSES["unit"] if lies_in(unit, tile)}
    small = set(HOUSES["unit"][HOUSES["tier"].isin(["蓝", ""])])
    found = set(CUT.cut(tile)["ids"])
    assert found <= expected
    assert expected - found <= small


def test_a_finest_tile_holds_units_however_small_and_points_are_seen_from_afar() -> None:
    places = np.array([HOME, HOME])
    kiosk = shapely.to_wkb(shapely.Point(HOME).buffer(1e-6))
    dots = pd.DataFrame(
        {"unit": ["point", "kiosk"], "tier": "蓝", "score": 1.0, "rank": [1, 2],
         "lon": places[:, 0], "lat": places[:, 1], "geom": [None, kiosk]}
    )  # fmt: skip
    cut = prepare("building", dots)
    for zoom, seen in ((FINEST, {"point", "kiosk"}), (14, {"point"}), (8, set())):
        x, y = (unit_square(places)[0] * 2**zoom).astype(int)
        assert set(cut.cut(Tile(zoom, int(x), int(y)))["ids"]) == seen


@pytest.mark.parametrize("zoom", [13, 14, 15])
def test_the_tiles_of_a_zoom_hold_every_unit_once(zoom: int) -> None:
    places = (unit_square(np.array([HOME])) * 2**zoom).astype(int)[0]
    around = product(range(-8, 9), repeat=2)
    tiles = [Tile(zoom, int(places[0] + dx), int(places[1] + dy)) for dx, dy in around]
    found = sorted(unit for tile in tiles for unit in CUT.cut(tile)["ids"])
    inside = [unit for unit in HOUSES["unit"] if any(lies_in(unit, tile) for tile in tiles)]
    assert set(found) <= set(inside)
    assert len(found) == len(set(found))
    assert set(HOUSES["unit"][HOUSES["tier"].isin(["红", "橙", "黄"])]) & set(inside) <= set(found)


def test_an_outline_comes_back_to_a_third_of_a_metre() -> None:
    shapes = dict(zip(HOUSES["unit"], shapely.from_wkb(HOUSES["geom"].tolist()), strict=True))
    x, y = (unit_square(np.array([HOME])) * 2**FINEST).astype(int)[0]
    tile = Tile(FINEST, int(x), int(y))
    found = corners_of(CUT.cut(tile), tile)
    assert found
    for unit, corners in found.items():
        sent = unit_square(shapely.get_coordinates(shapes[unit]))
        metres = np.abs(np.sort(corners, axis=0) - np.sort(sent, axis=0)) * 40_075_017
        assert metres.max() < 0.4


def test_a_tile_is_of_bounded_size_and_keeps_the_highest_ranks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(unit_tiles, "MOST_UNITS", 20)
    units = HOUSES.assign(tier="红")
    assert sorted(prepare("building", units).cut(Tile(0, 0, 0))["ranks"]) == list(range(1, 21))


def test_cells_of_a_tile_are_those_whose_middle_lies_in_it() -> None:
    cells = sorted(h3.grid_disk(h3.latlng_to_cell(HOME[1], HOME[0], 9), 6))
    units = pd.DataFrame(
        {"unit": cells, "score": 1.0, "rank": range(len(cells)), "tier": "红", "buildings": 2}
    )
    x, y = (unit_square(np.array([HOME])) * 2**13).astype(int)[0]
    tiles = [Tile(13, int(x) + dx, int(y) + dy) for dx, dy in product(range(-2, 3), repeat=2)]
    found = [unit for tile in tiles for unit in prepare("cell:9", units).cut(tile)["ids"]]
    assert sorted(found) == cells


@pytest.mark.parametrize("place", [(FINEST + 1, 0, 0), (3, 8, 0), (3, 0, -1), (-1, 0, 0)])
def test_no_tile_lies_outside_the_map(place: tuple[int, int, int]) -> None:
    with pytest.raises(NoSuchTileError):
        Tile(*place)
