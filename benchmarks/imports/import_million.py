"""Import a million complaints from CSV and compare with the script a user would write.

The file is made from a seed: half of the rows name their building by code, half have a point, and
all have the texts that a hotline export has. A hundred thousand buildings with footprints are
imported first. Run it as ``python -m benchmarks.imports.import_million [rows] [buildings]``.
"""

from __future__ import annotations

import csv
import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import shapely

SEED = 20261124
ROWS, BUILDINGS = 1_000_000, 100_000
CPU_LIMIT_S, MEMORY_LIMIT_GB = 20.0, 1.5
NOW = datetime(2026, 11, 24, 12, 0)  # noqa: DTZ001 -- local times throughout
STEP_DEG = 0.0006
WORDS = ("补课", "扰民", "周末", "学生", "集中出入", "晚上", "噪音", "电梯", "家教", "托管")


def make_buildings(path: Path, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Write square buildings on a lattice as GeoJSON; return their west and south edges."""
    side = int(np.ceil(np.sqrt(count)))
    west = 117.0 + STEP_DEG * (np.arange(count) % side)
    south = 36.0 + STEP_DEG * (np.arange(count) // side)
    shapes = shapely.to_geojson(shapely.box(west, south, west + STEP_DEG / 2, south + STEP_DEG / 2))
    with path.open("w", encoding="utf-8") as file:
        file.write('{"type":"FeatureCollection","features":[')
        for number, shape in enumerate(shapes):
            facts = json.dumps({"楼栋编码": f"B{number:06d}", "户数": 60}, ensure_ascii=False)
            comma = "," if number else ""
            file.write(f'{comma}{{"type":"Feature","properties":{facts},"geometry":{shape}}}')
        file.write("]}")
    return west, south


def make_complaints(path: Path, rows: int, west: np.ndarray, south: np.ndarray) -> None:
    """Write a hotline export of so many rows."""
    rng = np.random.default_rng(SEED)
    building = rng.integers(0, len(west), rows)
    by_code = rng.random(rows) < 0.5
    lon = west[building] + STEP_DEG * rng.random(rows)
    lat = south[building] + STEP_DEG * rng.random(rows)
    minutes = rng.integers(0, 730 * 24 * 60, rows)
    phones = rng.integers(13_000_000_000, 19_999_999_999, rows)
    words = rng.integers(0, len(WORDS), (rows, 3))
    header = ["工单编号", "受理渠道", "来电时间", "诉求人", "联系电话", "工单标题", "诉求内容",
              "诉求性质", "楼栋编码", "经度", "纬度", "工单状态"]  # fmt: skip
    start = datetime(2024, 11, 1)  # noqa: DTZ001 -- local times throughout
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        for n in range(rows):
            told = "".join(WORDS[w] for w in words[n])
            coded = by_code[n]
            writer.writerow(
                [f"25{n:016d}", "12345热线", start + timedelta(minutes=int(minutes[n])),
                 f"张{told[:2]}", phones[n], f"反映{told}", f"来电人反映小区内有{told}，请核实处理",
                 "投诉", f"B{building[n]:06d}" if coded else "",
                 "" if coded else f"{lon[n]:.7f}", "" if coded else f"{lat[n]:.7f}", "已结案"]
            )  # fmt: skip


def prepare_office(folder: Path) -> dict[str, object]:
    """Make a workspace and import the buildings."""
    from data.ingest.options import ImportOptions
    from data.ingest.run import import_file
    from data.workspace.folder import Workspace

    workspace = Workspace.create(folder / "office")
    began = time.process_time()
    options = ImportOptions(datum="wgs84")
    result = import_file(
        workspace, "buildings", folder / "buildings.geojson", now=NOW, options=options
    )
    return {"rows": result.accepted, "cpu_s": round(time.process_time() - began, 1)}


def import_all(folder: Path) -> dict[str, object]:
    """Import the complaints, with everything that an import does."""
    from data.engine import Engine
    from data.ingest.options import ImportOptions
    from data.ingest.run import import_file
    from data.workspace.folder import Workspace

    workspace = Workspace.open(folder / "office")
    began, wall = time.process_time(), time.perf_counter()
    options = ImportOptions(datum="wgs84")
    result = import_file(
        workspace, "complaints", folder / "complaints.csv", now=NOW, options=options
    )
    cpu_s, wall_s = time.process_time() - began, time.perf_counter() - wall
    peak_gb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    rows = Engine(workspace).table("complaints").count().to_pyarrow().as_py()
    assert result.rows_in == result.accepted + result.quarantined + result.duplicates
    assert rows == result.accepted
    return {
        "rows": rows,
        "located": result.located,
        "cpu_s": round(cpu_s, 1),
        "wall_s": round(wall_s, 1),
        "peak_gb": round(peak_gb, 2),
    }


def import_plainly(folder: Path) -> dict[str, object]:
    """Do with pandas what a user would: read, drop repeats, join by point, write; no more."""
    import geopandas as gpd
    import pandas as pd

    buildings = gpd.read_file(folder / "buildings.geojson")[["楼栋编码", "geometry"]]
    began = time.process_time()
    frame = pd.read_csv(folder / "complaints.csv", dtype=str)
    frame["来电时间"] = pd.to_datetime(frame["来电时间"])
    frame = frame.drop_duplicates("工单编号")
    points = gpd.GeoDataFrame(
        frame,
        geometry=gpd.points_from_xy(frame["经度"].astype(float), frame["纬度"].astype(float)),
        crs=4326,
    )
    joined = gpd.sjoin(points, buildings.rename(columns={"楼栋编码": "at"}), how="left")
    joined["building_id"] = joined["楼栋编码"].fillna(joined["at"])
    joined.drop(columns="geometry").to_parquet(folder / "plain.parquet")
    return {
        "rows": len(joined),
        "cpu_s": round(time.process_time() - began, 1),
        "peak_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2, 2),
    }


WAYS = {"plain": import_plainly, "buildings": prepare_office, "ours": import_all}


def main() -> None:
    """Make the files, then measure each way in a process of its own."""
    if len(sys.argv) > 2 and sys.argv[1] in WAYS:
        print(json.dumps(WAYS[sys.argv[1]](Path(sys.argv[2])), ensure_ascii=False))
        return
    rows, buildings = (int(a) for a in [*sys.argv[1:], str(ROWS), str(BUILDINGS)][:2])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        west, south = make_buildings(folder / "buildings.geojson", buildings)
        make_complaints(folder / "complaints.csv", rows, west, south)
        figures = {}
        for way in WAYS:
            command = [sys.executable, "-m", "benchmarks.imports.import_million", way, name]
            done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 -- this file
            figures[way] = json.loads(done.stdout)
            print(way, done.stdout.strip())
    ours = figures["ours"]
    within = ours["cpu_s"] <= CPU_LIMIT_S and ours["peak_gb"] <= MEMORY_LIMIT_GB
    print(f"limits: {CPU_LIMIT_S} s CPU, {MEMORY_LIMIT_GB} GB: {'kept' if within else 'MISSED'}")


if __name__ == "__main__":
    main()
