"""The basemap of the fictional city: streets, a river, parks, names."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
import shapely

from geo.arrays import Floats
from simulation.city import names
from simulation.city.city import STEP_M, City, settle

_BEYOND_M = 420.0
"""How far streets lead on beyond the last block."""
_RIVER_OFF_M, _RIVER_HALF_WIDTH_M = 150.0, 38.0
_SETBACK_M = 14.0
_MAIN, _MIDDLE, _SMALL = "主干道", "次干道", "支路"


@dataclass(frozen=True, slots=True)
class _Frame:
    """The edges of the whole city on its straight plan, metres."""

    west: float
    south: float
    east: float
    north: float


def draw_basemap(city: City, *, rng: np.random.Generator) -> pd.DataFrame:
    """Draw what a map of the city shows beside its buildings.

    Returns `kind`, `level`, `name`, `name_en` (empty where there is none) and `shape` (WGS-84).
    Streets south of a block have the name that its addresses have; others have names that no
    address uses.
    """
    blocks = city.blocks
    frame = _Frame(*blocks[["west", "south"]].min(), *blocks[["east", "north"]].max())
    rows = [
        *_streets_across(city, frame),
        *_streets_along(city, frame, rng=rng),
        *_green(city),
        _river(frame),
        *_hills(frame),
    ]
    return pd.DataFrame(rows, columns=["kind", "level", "name", "name_en", "shape"])


def _streets_across(city: City, frame: _Frame) -> list[tuple[object, ...]]:
    """Return the streets along which addresses count, and the one north of everything."""
    roads = city.buildings.groupby("grid")["road"].first()
    blocks = city.blocks.assign(road=roads).dropna(subset=["road"])
    lines = []
    for south in np.unique(blocks["south"].to_numpy(dtype=np.float64)):
        row = blocks[blocks["south"] == south]
        name = row["road"].iloc[0]
        main = name.endswith(("大街", "东路"))
        edge = bool(np.isin(south, city.community_edges))
        reach = _BEYOND_M if main or edge else 0.0
        for west, east in _runs(row["west"], row["east"]):
            out_west = reach if west == frame.west else 0.0
            out_east = reach if east == frame.east else 0.0
            level = _MAIN if main else _MIDDLE if edge else _SMALL
            lines.append(_line(level, name, (west - out_west, south), (east + out_east, south)))
    north = frame.north
    lines.append(_line(_MIDDLE, "环北路", (frame.west - _BEYOND_M, north),
                       (frame.east + _BEYOND_M, north)))  # fmt: skip
    return lines


def _streets_along(
    city: City, frame: _Frame, *, rng: np.random.Generator
) -> list[tuple[object, ...]]:
    """Return the streets from south to north, which no address names."""
    blocks, lines = city.blocks, []
    edges = np.unique(np.concatenate([blocks["west"], blocks["east"]]))
    stems = [s for s in names.road_stems(len(edges) * 3, rng=rng) if s not in _stems(city)]
    whole = np.unique(
        np.concatenate([blocks["west"].min() + np.arange(0, 99) * 960.0, [frame.east]])
    )
    for at, x in enumerate(edges):
        adjacent = blocks[(blocks["west"] == x) | (blocks["east"] == x)]
        border = bool(np.isclose(whole, x).any())
        for south, north in _runs(adjacent["south"], adjacent["north"]):
            ends = border and south == frame.south, border and north == frame.north
            low, high = south - _BEYOND_M * ends[0], north + _BEYOND_M * ends[1]
            level = _MAIN if border and at % 2 == 0 else _MIDDLE if border else _SMALL
            name = f"{stems[at % len(stems)]}路" if border or north - south > 400 else ""  # noqa: PLR2004 -- short lanes have no name
            lines.append(_line(level, name, (x, low), (x, high)))
    return lines


def _stems(city: City) -> set[str]:
    return {road[:2] for road in city.buildings["road"]}


def _runs(begin: pd.Series, end: pd.Series) -> list[tuple[float, float]]:
    """Join intervals that touch."""
    runs: list[list[float]] = []
    for low, high in sorted(set(zip(begin, end, strict=True))):
        if runs and low <= runs[-1][1]:
            runs[-1][1] = max(runs[-1][1], high)
        else:
            runs.append([low, high])
    return [(low, high) for low, high in runs]


def _line(
    level: str, name: str, begin: tuple[float, float], end: tuple[float, float]
) -> tuple[object, ...]:
    steps = max(2, round(float(np.hypot(end[0] - begin[0], end[1] - begin[1])) / STEP_M) + 1)
    shape = shapely.LineString(settle(np.linspace(begin, end, steps)))
    return "道路", level, name, "", shape


def _green(city: City) -> list[tuple[object, ...]]:
    """Return blocks of homes and schools as land use."""
    uses = city.blocks["use"].to_numpy()
    kinds = {"campus": "绿地", "industry": "用地"}
    rows: list[tuple[object, ...]] = []
    for edge, use in zip(
        city.blocks[["west", "south", "east", "north"]].to_numpy(), uses, strict=True
    ):
        west, south, east, north = edge + np.array([1, 1, -1, -1]) * _SETBACK_M
        ring = _ring(west, south, east, north)
        rows.append((kinds.get(use, "用地"), "", "", "", shapely.Polygon(settle(ring))))
    return rows


def _ring(west: float, south: float, east: float, north: float) -> Floats:
    corners = np.array([[west, south], [east, south], [east, north], [west, north], [west, south]])
    sides = [np.linspace(a, b, 6)[:-1] for a, b in pairwise(corners)]
    return np.concatenate([*sides, corners[:1]])


def _river(frame: _Frame) -> tuple[object, ...]:
    """Return the river that runs past the west of the city."""
    y = np.arange(frame.south - 2 * _BEYOND_M, frame.north + 2 * _BEYOND_M, STEP_M)
    x = frame.west - _RIVER_OFF_M + 45 * np.sin(y / 260.0)
    width = _RIVER_HALF_WIDTH_M * (1 + 0.25 * np.sin(y / 170.0))
    banks = np.concatenate([np.column_stack([x - width, y]), np.column_stack([x + width, y])[::-1]])
    return "水系", "", "松溪", "Songxi River", shapely.Polygon(settle(banks))


def _hills(frame: _Frame) -> list[tuple[object, ...]]:
    """Return parks outside: a wooded hill in the north, a park with its lake in the south-east."""
    middle = (frame.west + frame.east) / 2
    wood = _blob(middle + 500, frame.north + 330, 620, 210)
    park = _blob(frame.east + 260, frame.south + 300, 170, 330)
    lake = _blob(frame.east + 270, frame.south + 260, 80, 160)
    return [
        ("绿地", "", "青麓山公园", "Qinglu Hill Park", shapely.Polygon(settle(wood))),
        ("绿地", "", "云湖公园", "Yunhu Park", shapely.Polygon(settle(park))),
        ("水系", "", "云湖", "Yun Lake", shapely.Polygon(settle(lake))),
    ]


def _blob(x: float, y: float, across: float, along: float) -> Floats:
    """Return a closed round shape with bays, its half widths in metres."""
    turn = np.linspace(0, 2 * np.pi, 73)
    reach = 1 + 0.10 * np.sin(3 * turn) + 0.06 * np.sin(5 * turn + 1)
    return np.column_stack([x + across * reach * np.cos(turn), y + along * reach * np.sin(turn)])
