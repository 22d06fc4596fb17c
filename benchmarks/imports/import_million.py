"""Import complaints from CSV and from Parquet, beside the script that an analyst would write.

The files are made from a seed: half of the rows name their building by code, half have a point, and
all have the texts that a hotline export has. A hundred thousand buildings with footprints are
imported first. Every way runs in a process of its own, one after the other, and so many times as
asked; CPU seconds (all threads) and peak memory are printed with the machine and its load.

    python -m benchmarks.imports.import_million [ROWS] [BUILDINGS] [REPETITIONS] [WAYS,...]

Ways: buildings (always), csv, parquet, analyst. The analyst's script needs pandera, which is no
part of the project's environment: where it is missing the benchmark says so. Install it apart,

    python -m venv rivals && rivals/bin/pip install pandera geopandas pyarrow sedonadb duckdb

and name that interpreter in RIVALS_PYTHON.
"""

import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import shapely

from benchmarks.rivals import RIVALS_PYTHON, is_there

SEED = 20261124
ROWS, BUILDINGS, AT_ONCE = 1_000_000, 100_000, 500_000
CPU_LIMIT_US, MEMORY_LIMIT_GB, TIMES_FASTER = 12.0, 1.5, 3.0
THIS = (sys.executable, "-m", "benchmarks.imports.import_million")
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


def make_complaints(folder: Path, rows: int, west: np.ndarray, south: np.ndarray) -> None:
    """Write a hotline export of so many rows, as CSV and as Parquet with types."""
    rng = np.random.default_rng(SEED)
    with ExitStack() as stack:
        writers: list[pa_csv.CSVWriter | pq.ParquetWriter] = []
        for first in range(0, rows, AT_ONCE):
            part = complaints(rng, first, min(AT_ONCE, rows - first), west, south)
            if not writers:
                text = pa_csv.WriteOptions(quoting_style="none")
                csv = pa_csv.CSVWriter(folder / "complaints.csv", as_text(part).schema,
                                       write_options=text)  # fmt: skip
                parquet = pq.ParquetWriter(folder / "complaints.parquet", part.schema)
                writers = [stack.enter_context(each) for each in (csv, parquet)]
            writers[0].write_table(as_text(part))
            writers[1].write_table(part)


def complaints(
    rng: np.random.Generator, first: int, rows: int, west: np.ndarray, south: np.ndarray
) -> pa.Table:
    """Return rows of the export with their types, numbered from the first."""
    building = rng.integers(0, len(west), rows)
    by_code = rng.random(rows) < 0.5
    lon = np.round(west[building] + STEP_DEG * rng.random(rows), 7)
    lat = np.round(south[building] + STEP_DEG * rng.random(rows), 7)
    minutes = rng.integers(0, 730 * 24 * 60, rows)
    words = pa.array(WORDS)
    a, b, c = (words.take(pa.array(column)) for column in rng.integers(0, len(WORDS), (3, rows)))
    told = pc.binary_join_element_wise(a, b, c, "")
    numbers = pc.utf8_lpad(pa.array(np.arange(first, first + rows)).cast(pa.string()), 16, "0")
    codes = pc.utf8_lpad(pa.array(building).cast(pa.string()), 6, "0")
    named = pc.binary_join_element_wise("B", codes, "")
    start = np.datetime64("2024-11-01T00:00:00", "s")
    return pa.table({
        "工单编号": pc.binary_join_element_wise("25", numbers, ""),
        "受理渠道": pa.repeat("12345热线", rows),
        "来电时间": pa.array(start + minutes.astype("timedelta64[m]")),
        "诉求人": pc.binary_join_element_wise("张", a, ""),
        "联系电话": pa.array(rng.integers(13_000_000_000, 19_999_999_999, rows)).cast(pa.string()),
        "工单标题": pc.binary_join_element_wise("反映", told, ""),
        "诉求内容": pc.binary_join_element_wise("来电人反映小区内有", told, "，请核实处理", ""),
        "诉求性质": pa.repeat("投诉", rows),
        "楼栋编码": pc.if_else(pa.array(by_code), named, None),
        "经度": pa.array(lon, mask=by_code),
        "纬度": pa.array(lat, mask=by_code),
        "工单状态": pa.repeat("已结案", rows),
    })  # fmt: skip


def as_text(rows: pa.Table) -> pa.Table:
    """Return rows as a hotline's program writes them."""
    return pa.table({name: rows[name].cast(pa.string()) for name in rows.column_names})


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


def import_all(folder: Path, name: str) -> dict[str, object]:
    """Import the complaints, with everything that an import does."""
    from data.engine import Engine
    from data.ingest.options import ImportOptions
    from data.ingest.run import import_file
    from data.workspace.folder import Workspace

    workspace = Workspace.open(folder / "office")
    began, wall = time.process_time(), time.perf_counter()
    options = ImportOptions(datum="wgs84")
    result = import_file(workspace, "complaints", folder / name, now=NOW, options=options)
    figures = measured(result.rows_in, began, wall)
    rows = Engine(workspace).table("complaints").count().to_pyarrow().as_py()
    assert result.rows_in == result.accepted + result.quarantined + result.duplicates
    assert rows == result.accepted
    return figures | {"located": result.located}


def measured(rows: int, began: float, wall: float) -> dict[str, object]:
    """Return what a way took since moments of CPU and wall clock, in this process."""
    cpu_s, wall_s = time.process_time() - began, time.perf_counter() - wall
    return {
        "rows": rows,
        "cpu_s": round(cpu_s, 1),
        "cpu_us_a_row": round(cpu_s * 1e6 / max(rows, 1), 1),
        "wall_s": round(wall_s, 1),
        "peak_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2, 2),
    }


def import_csv(folder: Path) -> dict[str, object]:
    """Import the CSV file."""
    return import_all(folder, "complaints.csv")


def import_parquet(folder: Path) -> dict[str, object]:
    """Import the Parquet file."""
    return import_all(folder, "complaints.parquet")


OURS = {"buildings": prepare_office, "csv": import_csv, "parquet": import_parquet}


def run(way: str, folder: Path) -> dict[str, object]:
    """Run a way in a process of its own and return its figures."""
    command = [*THIS, "run", way, str(folder)]
    if way == "analyst":
        command = [RIVALS_PYTHON, str(Path(__file__).with_name("import_analyst.py")), str(folder)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 -- this file
    figures: dict[str, object] = json.loads(done.stdout)
    return figures


def machine() -> str:
    """Return on what, and beside how much else, this runs."""
    load = " ".join(f"{each:.1f}" for each in os.getloadavg())
    python = platform.python_version()
    return f"{platform.platform()}, {os.cpu_count()} cores, load {load}, Python {python}"


def main() -> None:
    """Make the files, then measure each way in a process of its own."""
    if sys.argv[1:2] == ["run"]:
        print(json.dumps(OURS[sys.argv[2]](Path(sys.argv[3])), ensure_ascii=False))
        return
    if sys.argv[1:2] == ["make"]:
        folder, rows, buildings = Path(sys.argv[2]), *map(int, sys.argv[3:])
        make_complaints(folder, rows, *make_buildings(folder / "buildings.geojson", buildings))
        return
    given = sys.argv[1:]
    usual = [ROWS, BUILDINGS, 1]
    rows, buildings, times = [*map(int, given[:3]), *usual[len(given[:3]) :]]
    ways = given[3].split(",") if len(given) > 3 else ["csv", "parquet", "analyst"]
    ways = [way for way in ways if way != "analyst" or is_there(way, "import pandera, geopandas")]
    print(f"{rows:,} rows, {buildings:,} buildings, seed {SEED}; {machine()}", flush=True)
    figures: dict[str, list[dict[str, object]]] = {way: [] for way in ways}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # apart: a process is charged with the memory of the one that starts it
        command = [*THIS, "make", name, str(rows), str(buildings)]
        subprocess.run(command, check=True)  # noqa: S603 -- this file
        for _ in range(times):
            for way in ways:
                if way != "analyst":
                    shutil.rmtree(folder / "office", ignore_errors=True)
                    print("buildings", run("buildings", folder), flush=True)
                figures[way].append(run(way, folder))
                print(way, figures[way][-1], flush=True)
    print(machine())
    judge(figures)


def judge(figures: dict[str, list[dict[str, object]]]) -> None:
    """Print the least of each way, and whether the limits are kept."""
    least = {way: min(float(str(f["cpu_us_a_row"])) for f in fs) for way, fs in figures.items()}
    peaks = {way: max(float(str(f["peak_gb"])) for f in fs) for way, fs in figures.items()}
    for way in [way for way in figures if way != "analyst"]:
        kept = least[way] <= CPU_LIMIT_US and peaks[way] <= MEMORY_LIMIT_GB
        print(
            f"{way}: {least[way]} µs CPU a row (limit {CPU_LIMIT_US}), {peaks[way]} GB"
            f" (limit {MEMORY_LIMIT_GB}): {'kept' if kept else 'MISSED'}"
        )
        if "analyst" in figures:
            times = least["analyst"] / least[way]
            print(f"{way}: {times:.2f} times as fast as the analyst (limit {TIMES_FASTER})")


if __name__ == "__main__":
    main()
