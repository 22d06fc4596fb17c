"""Measure a million points through datums, cells, buildings and grids.

Run ``python -m benchmarks.imports.geo_points [POINTS]``. Prints CPU seconds (all threads) and
resident memory after each step; exits with 1 if a step needs more than its limit. Limits are about
three times what two shared cores took in November 2026.
"""

import sys
import time
from collections.abc import Callable

import numpy as np
import psutil
import shapely

from geo.cells import cells_of_points, parents
from geo.coordinates.datums import from_wgs84, to_wgs84
from geo.coordinates.detect import recognise_datum
from geo.coordinates.parse import read_coordinates
from geo.shapes.assign_grids import assign_to_grids
from geo.shapes.footprints import BuildingIndex

WEST, SOUTH, EAST, NORTH = 117.0, 36.0, 117.3, 36.3
BUILDINGS = 100_000
GRID_STEPS = 10
TEXTS = 100_000
LIMIT_S = {
    "WGS-84 to GCJ-02": 1.0,
    "GCJ-02 to WGS-84": 3.0,
    "BD-09 to WGS-84": 5.0,
    "EPSG:4548 to WGS-84": 10.0,
    "recognise datum": 5.0,
    "text to degrees (100k distinct)": 8.0,
    "cells at 10": 2.5,
    "parents at 8": 1.5,
    "points in 100k buildings": 5.0,
    "… nearest within 30 m": 10.0,
    "points in 100 grids": 5.0,
}


def main(points: int) -> int:
    """Print one line a step and say whether all kept their limits."""
    steps = make_steps(points)
    slow = []
    print(f"{points:,} points; limits are for a million")
    for name, step in steps.items():
        before = time.process_time()
        step()
        took_s = time.process_time() - before
        memory_mb = psutil.Process().memory_info().rss / 1e6
        limit_s = LIMIT_S[name]
        print(f"{name:<34}{took_s:>7.2f} s CPU  (limit {limit_s:>4.1f})  {memory_mb:>7.0f} MB")
        if took_s > limit_s:
            slow.append(name)
    print(f"Too slow: {', '.join(slow)}" if slow else "All within their limits.")
    return 1 if slow else 0


def make_steps(points: int) -> dict[str, Callable[[], object]]:
    """Prepare the inputs and the steps to be measured."""
    rng = np.random.default_rng(20261124)
    lon, lat = rng.uniform(WEST, EAST, points), rng.uniform(SOUTH, NORTH, points)
    gcj, bd = from_wgs84(lon, lat, datum="gcj02"), from_wgs84(lon, lat, datum="bd09")
    metres = from_wgs84(lon, lat, datum="EPSG:4548")
    west, south = rng.uniform(WEST, EAST, BUILDINGS), rng.uniform(SOUTH, NORTH, BUILDINGS)
    outlines = shapely.box(west, south, west + 4e-4, south + 2e-4)
    ids = np.array([f"B{number:06}" for number in range(BUILDINGS)])
    side = np.linspace(0, EAST - WEST, GRID_STEPS + 1)
    x, y = (axis.ravel() for axis in np.meshgrid(WEST + side[:-1], SOUTH + side[:-1]))
    grids = shapely.box(x, y, x + side[1], y + side[1])
    codes = np.array([f"G{number:03}" for number in range(grids.size)])
    texts = [f"{a:.6f}°N, {b:.6f}°E" for a, b in zip(lat[:TEXTS], lon[:TEXTS], strict=True)]
    cells = cells_of_points(lon, lat, resolution=10)
    box = shapely.box(WEST, SOUTH, EAST, NORTH)
    return {
        "WGS-84 to GCJ-02": lambda: from_wgs84(lon, lat, datum="gcj02"),
        "GCJ-02 to WGS-84": lambda: to_wgs84(*gcj, datum="gcj02"),
        "BD-09 to WGS-84": lambda: to_wgs84(*bd, datum="bd09"),
        "EPSG:4548 to WGS-84": lambda: to_wgs84(*metres, datum="EPSG:4548"),
        "recognise datum": lambda: recognise_datum(*gcj, reference=box),
        "text to degrees (100k distinct)": lambda: read_coordinates(texts),
        "cells at 10": lambda: cells_of_points(lon, lat, resolution=10),
        "parents at 8": lambda: parents(cells, 8),
        "points in 100k buildings": lambda: BuildingIndex(outlines, ids).match(lon, lat),
        "… nearest within 30 m": lambda: BuildingIndex(outlines, ids).match(lon, lat, max_gap_m=30),
        "points in 100 grids": lambda: assign_to_grids(lon, lat, grids=grids, codes=codes),
    }


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000))
