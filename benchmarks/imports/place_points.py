"""Find the footprint of each of ten million points among a million, beside three other programs.

    python -m benchmarks.imports.place_points [POINTS] [FOOTPRINTS] [REPETITIONS] [WAYS,...]

Footprints, from a seed: half are boxes along the axes, half turned L shapes, none meet. Of the
points one in ten lies outside of the area, one in fifty on a corner of a box; the others are
anywhere. Every way runs in a process of its own from files to a file, one after the other; their
answers must be the same. Printed are CPU seconds (all threads) and peak memory, with the machine.

Ways: ours, geopandas, sedonadb, duckdb. What is not installed is said and left out. Install the
rivals apart and name that interpreter in RIVALS_PYTHON:

    python -m venv rivals
    rivals/bin/pip install pandera geopandas pyarrow sedonadb duckdb==1.5.5 duckdb-extension-spatial
"""

import importlib
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SEED = 20261129
POINTS, FOOTPRINTS, AT_ONCE = 10_000_000, 1_000_000, 200_000
WEST, SOUTH, STEP_DEG = 117.0, 36.0, 0.0006
MEMORY_LIMIT_GB = 2.0
RIVALS_PYTHON = os.environ.get("RIVALS_PYTHON", sys.executable)


def make_files(folder: Path, points: int, footprints: int) -> None:
    """Write points.parquet (point, lon, lat) and footprints.parquet (building, geometry)."""
    import geopandas as gpd
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    rng = np.random.default_rng(SEED)
    side = int(np.ceil(np.sqrt(footprints)))
    number = np.arange(footprints)
    east, north = number % side, number // side
    middle = np.column_stack([WEST + STEP_DEG * east, SOUTH + STEP_DEG * north])
    corners, shapes = outlines(rng, middle)
    frame = gpd.GeoDataFrame(
        {"building": [f"B{each:07d}" for each in number]}, geometry=shapes, crs=4326
    )
    frame.to_parquet(folder / "footprints.parquet")
    kinds = rng.random(points)
    outside, edge = kinds < 0.1, kinds > 0.98
    wide = 1.0 + 0.1 * outside
    x = WEST + STEP_DEG * side * (rng.random(points) * wide - 0.1 * outside)
    y = SOUTH + STEP_DEG * side * (rng.random(points) * wide - 0.1 * outside)
    x[outside] -= STEP_DEG * side
    at = rng.choice(np.flatnonzero(number % 2 == 0), int(edge.sum()))
    first, second = (corners[at, corner] for corner in rng.integers(0, 4, (2, len(at))))
    x[edge], y[edge] = first[:, 0], second[:, 1]  # a corner, or another of the same box
    columns = {"point": np.arange(points), "lon": x, "lat": y}
    pq.write_table(pa.table(columns), folder / "points.parquet", row_group_size=AT_ONCE)


def outlines(rng, middle):  # noqa: ANN001, ANN201 -- arrays of a library that the rivals may lack
    """Return the corners of boxes around points, and shapes: boxes and turned L shapes in turn."""
    import numpy as np
    import shapely

    half = STEP_DEG * rng.uniform(0.1, 0.3, (len(middle), 2))
    box = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    bent = np.array([[-1, -1], [1, -1], [1, 0], [0, 0], [0, 1], [-1, 1]])
    turn = rng.uniform(0, np.pi, len(middle))
    cos, sin = np.cos(turn)[:, None], np.sin(turn)[:, None]
    x, y = bent[:, 0] * half[:, :1], bent[:, 1] * half[:, 1:]
    turned = np.stack([x * cos - y * sin, x * sin + y * cos], axis=-1) + middle[:, None]
    corners = box[None] * half[:, None] + middle[:, None]
    shapes = shapely.polygons(corners)
    shapes[1::2] = shapely.polygons(turned[1::2])
    return corners, shapes


def place_ours(folder: Path) -> None:
    """Read, place and write batch by batch."""
    import pyarrow as pa
    import pyarrow.parquet as pq
    import shapely

    from geo.shapes.footprints import BuildingIndex

    table = pq.read_table(folder / "footprints.parquet")
    shapes = shapely.from_wkb(table["geometry"].to_numpy())
    index = BuildingIndex(shapes, table["building"].to_numpy())
    ids = table["building"].combine_chunks()
    del table, shapes
    schema = pa.schema([("point", pa.int64()), ("building", ids.type)])
    with pq.ParquetWriter(folder / "ours.parquet", schema) as writer:
        for batch in pq.ParquetFile(folder / "points.parquet").iter_batches(AT_ONCE):
            found = pa.array(index.match(batch["lon"], batch["lat"]).index)
            inside = pa.compute.greater_equal(found, 0)
            columns = [batch["point"].filter(inside), ids.take(found.filter(inside))]
            writer.write_table(pa.table(columns, schema=schema))


def place_geopandas(folder: Path) -> None:
    """Join all points at once."""
    import geopandas as gpd
    import pandas as pd

    buildings = gpd.read_parquet(folder / "footprints.parquet")
    rows = pd.read_parquet(folder / "points.parquet")
    where = gpd.points_from_xy(rows["lon"], rows["lat"], crs=4326)
    points = gpd.GeoDataFrame(rows[["point"]], geometry=where)
    joined = gpd.sjoin(points, buildings, predicate="intersects")
    joined[["point", "building"]].to_parquet(folder / "geopandas.parquet", index=False)


JOIN = """
SELECT points.point, footprints.building FROM points JOIN footprints
ON ST_Intersects(footprints.geometry, {point})
"""


def place_sedonadb(folder: Path) -> None:
    """Join in SQL."""
    import sedonadb

    session = sedonadb.connect()
    for name in ("points", "footprints"):
        session.read_parquet(str(folder / f"{name}.parquet")).to_view(name)
    # coordinates without a system of reference, as points that are made have none
    join = JOIN.format(point="ST_SetSRID(ST_Point(points.lon, points.lat), 4326)")
    session.sql(join).to_parquet(str(folder / "sedonadb.parquet"))


def place_duckdb(folder: Path) -> None:
    """Join in SQL, with the extension that is installed or came as a package."""
    session = with_spatial()
    for name in ("points", "footprints"):
        file = folder / f"{name}.parquet"
        session.execute(f"CREATE VIEW {name} AS FROM read_parquet('{file}')")
    join = JOIN.format(point="ST_Point(points.lon, points.lat)")
    file = folder / "duckdb.parquet"
    session.execute(f"COPY ({join}) TO '{file}' (FORMAT parquet)")


def with_spatial():  # noqa: ANN201 -- a session of a library that may be absent
    """Return a session of DuckDB that knows geometry."""
    import duckdb

    session = duckdb.connect()
    try:
        session.execute("LOAD spatial")
    except duckdb.IOException:
        import duckdb_extension_spatial

        found = Path(duckdb_extension_spatial.__file__).parent
        file = next(found.glob(f"extensions/v{duckdb.__version__}/*.duckdb_extension"))
        session.execute(f"LOAD '{file}'")
    return session


WAYS = {
    "ours": place_ours,
    "geopandas": place_geopandas,
    "sedonadb": place_sedonadb,
    "duckdb": place_duckdb,
}
MODULES = {
    "ours": "geo.shapes.footprints",
    "geopandas": "geopandas",
    "sedonadb": "sedonadb",
    "duckdb": "duckdb",
}
"""Loading them is not counted."""


def measure(way: str, folder: Path) -> dict[str, float]:
    """Run a way in this process."""
    importlib.import_module(MODULES[way])
    began, wall = time.process_time(), time.perf_counter()
    WAYS[way](folder)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    cpu_s, wall_s = time.process_time() - began, time.perf_counter() - wall
    return {"cpu_s": round(cpu_s, 1), "wall_s": round(wall_s, 1), "peak_gb": round(peak, 2)}


def python_of(way: str) -> str:
    """Return the interpreter that runs a way."""
    return sys.executable if way == "ours" else RIVALS_PYTHON


def is_there(way: str) -> bool:
    """Say whether a way can run; print why not."""
    loaded = f"import {MODULES[way]}"
    if way == "duckdb":
        loaded = "from place_points import with_spatial; with_spatial()"
    where = str(Path(__file__).parent) if way == "duckdb" else None
    command = [python_of(way), "-c", loaded]
    done = subprocess.run(command, check=False, capture_output=True, cwd=where)  # noqa: S603 -- fixed
    if done.returncode:
        print(f"{way}: NOT RUN, it is not installed; see the top of this file")
    return not done.returncode


def main() -> None:
    """Make the files, then measure each way in a process of its own and compare the answers."""
    if sys.argv[1:2] == ["run"]:
        print(json.dumps(measure(sys.argv[2], Path(sys.argv[3]))))
        return
    if sys.argv[1:2] == ["make"]:
        make_files(Path(sys.argv[2]), *map(int, sys.argv[3:]))
        return
    given = sys.argv[1:]
    usual = [POINTS, FOOTPRINTS, 1]
    points, footprints, times = [*map(int, given[:3]), *usual[len(given[:3]) :]]
    ways = [w for w in (given[3].split(",") if len(given) > 3 else WAYS) if is_there(w)]
    print(f"{points:,} points, {footprints:,} footprints, seed {SEED}; {machine()}", flush=True)
    with tempfile.TemporaryDirectory() as name:
        # apart: a process is charged with the memory of the one that starts it
        command = [sys.executable, __file__, "make", name, str(points), str(footprints)]
        subprocess.run(command, check=True)  # noqa: S603 -- this file
        figures = {way: [run(way, name) for _ in range(times)] for way in ways}
        print(machine())
        compare(ways, Path(name))
    judge(figures)


def run(way: str, folder: str) -> dict[str, float]:
    """Run a way in a process of its own and return its figures."""
    command = [python_of(way), __file__, "run", way, folder]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)  # noqa: S603 -- this file
    figures: dict[str, float] = json.loads(done.stdout)
    print(way, figures, flush=True)
    return figures


def compare(ways: list[str], folder: Path) -> None:
    """Print how many points each way placed, and how many answers differ from the first one's."""
    import pyarrow.parquet as pq

    first = None
    for way in ways:
        found = pq.read_table(folder / f"{way}.parquet").to_pandas().sort_values("point")
        found = found.reset_index(drop=True).astype({"building": str})
        if first is None:
            first = found
        both = first.merge(found, how="outer", on=["point", "building"], indicator=True)
        differ = int((both["_merge"] != "both").sum())
        print(f"{way}: {len(found):,} placed, {differ:,} answers differ from {ways[0]}'s")


def judge(figures: dict[str, list[dict[str, float]]]) -> None:
    """Print whether ours is no slower than the fastest, and within its memory."""
    least = {way: min(each["cpu_s"] for each in fs) for way, fs in figures.items()}
    peak = max(each["peak_gb"] for each in figures["ours"]) if "ours" in figures else 0.0
    fastest = min(least, key=lambda way: least[way])
    kept = fastest == "ours" and peak <= MEMORY_LIMIT_GB
    print(f"fastest: {fastest} ({least[fastest]} s CPU); ours {least.get('ours')} s CPU, {peak} GB"
          f" (limit {MEMORY_LIMIT_GB}): {'kept' if kept else 'MISSED'}")  # fmt: skip


def machine() -> str:
    """Return on what, and beside how much else, this runs."""
    load = " ".join(f"{each:.1f}" for each in os.getloadavg())
    return f"{platform.platform()}, {os.cpu_count()} cores, load {load}"


if __name__ == "__main__":
    main()
