"""A tile of the basemap holds what crosses it, cut at its edge, and names in one language."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely

from dashboard.maps.tiles import basemap_tiles
from dashboard.maps.tiles.basemap_tiles import KINDS, prepare_basemap
from dashboard.maps.tiles.squares import FINEST, Tile, unit_square

HOME = (117.36, 36.05)
RNG = np.random.default_rng(5)


def basemap(count: int = 60) -> pd.DataFrame:
    """Return streets in all directions and lakes of all sizes around home."""
    start = RNG.normal(HOME, 0.01, (count, 2))
    end = start + RNG.normal(0, 0.01, (count, 2))
    size = RNG.uniform(1e-5, 5e-3, count)
    lakes = shapely.buffer(shapely.points(start), size)
    streets = shapely.linestrings(np.stack([start, end], axis=1))
    return pd.DataFrame(
        {
            "kind": ["道路"] * count + ["水系"] * count,
            "level": ["主干道"] * count + [""] * count,
            "name": [f"第{n}路" for n in range(2 * count)],
            "name_en": [f"Road {n}" if n % 2 else "" for n in range(2 * count)],
            "geom": shapely.to_wkb(np.concatenate([streets, lakes])),
        }
    )


BASEMAP = basemap()
CUT = prepare_basemap(BASEMAP, english=False)


def tile_at(zoom: int, lonlat: tuple[float, float] = HOME) -> Tile:
    x, y = (unit_square(np.array([lonlat])) * 2**zoom).astype(int)[0]
    return Tile(zoom, int(x), int(y))


def names_crossing(tile: Tile, features: pd.DataFrame) -> set[str]:
    """Return, one by one and without an index, what is large enough to see and crosses a tile."""
    box = shapely.box(*tile.corners)
    names = set()
    for row in features.itertuples():
        shape = shapely.transform(shapely.from_wkb(row.geom), unit_square)
        if shape.intersects(box):
            names.add(row.name)
    return names


@pytest.mark.parametrize("zoom", [11, 13, 15])
def test_all_that_crosses_a_box_is_in_its_tile_but_for_what_is_too_small_to_see(zoom: int) -> None:
    tile = tile_at(zoom)
    found = set(CUT.cut(tile)["names"])
    crossing = names_crossing(tile, BASEMAP)
    shapes = dict(zip(BASEMAP["name"], shapely.from_wkb(BASEMAP["geom"].tolist()), strict=True))
    smallest = 360 / 2**zoom * 4 / 512
    missing = {name for name in crossing - found if np.ptp(shapes[name].bounds[::2]) > smallest}
    assert missing == set()
    near = shapely.box(*tile.corners).buffer(0.03 / 2**zoom)
    for name in found - crossing:
        assert shapely.transform(shapes[name], unit_square).intersects(near)


def test_nothing_reaches_farther_over_the_edge_than_a_line_is_wide() -> None:
    tile = tile_at(14)
    columns = CUT.cut(tile)
    xy = np.cumsum(np.array(columns["xy"]).reshape(-1, 2), axis=0)
    assert xy.min() >= -97
    assert xy.max() <= columns["extent"] + 97


def test_features_come_in_the_order_in_which_they_are_drawn() -> None:
    kinds = CUT.cut(tile_at(12))["kinds"]
    assert kinds == sorted(kinds)
    assert {KINDS[kind] for kind in kinds} == {"水系", "道路"}


def test_small_streets_are_left_out_from_afar() -> None:
    paths = prepare_basemap(BASEMAP.assign(level="小路"), english=False)
    assert "道路" not in {KINDS[kind] for kind in paths.cut(tile_at(12))["kinds"]}
    assert "道路" in {KINDS[kind] for kind in paths.cut(tile_at(15))["kinds"]}


def test_names_are_in_the_language_asked_for_or_else_in_the_other() -> None:
    english: list[Any] = prepare_basemap(BASEMAP, english=True).cut(tile_at(11))["names"]
    assert any(name.startswith("Road ") for name in english)
    assert any(name.startswith("第") for name in english)
    assert all(name.startswith("第") for name in CUT.cut(tile_at(11))["names"])


def test_a_tile_is_of_bounded_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(basemap_tiles, "MOST_FEATURES", 9)
    assert len(CUT.cut(tile_at(11))["names"]) == 9


def test_no_base_map_gives_empty_tiles() -> None:
    empty = prepare_basemap(BASEMAP.head(0), english=False)
    assert empty.cut(Tile(FINEST, 0, 0))["names"] == []
