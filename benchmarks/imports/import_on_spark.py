"""Import complaints with addresses by one process and on Spark, and compare the files they keep.

Run ``python -m benchmarks.imports.import_on_spark [--lake URL] [ROWS] [MASTER ...]``; it needs the
extra ``spark`` and Java. Two hundred estates of ten buildings are imported first; every complaint
has an address and a text of its own. The masters are ``local[2]``, ``local-cluster[2,1,2048]`` and
the latter while one of its workers is killed without warning (``… and a worker killed``);
with them the lake lies at an address: in a folder, or below ``URL``. Printed are the wall clock and
the CPU seconds of the importing process, without the workers; exits with 1 if a file of rows,
refused or derived, differs.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from datetime import datetime
from pathlib import Path

from benchmarks.scores.spark_conformance import KILLED, MASTERS, kill_a_worker
from data.derived.build import Derivation
from data.ingest.options import ImportOptions
from data.ingest.run import import_file
from data.lake.checksums import hash_file
from data.workspace.folder import Workspace

ROWS = 200_000
NOW = datetime(2026, 11, 24, 12, 0)  # noqa: DTZ001 -- local times throughout
ESTATES, BLOCKS = 200, 10
KEPT = ("quarantine", "derived")
OPTIONS = '"spark.executor.memory" = "1g"\n'


def main() -> None:
    """Print what each way took and whether it kept the same."""
    parser = argparse.ArgumentParser()
    parser.add_argument("rows", nargs="?", type=int, default=ROWS)
    parser.add_argument("masters", nargs="*", default=MASTERS)
    parser.add_argument("--lake", default="")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder, differing = Path(made), 0
        write_files(folder, asked.rows)
        workspace = Workspace.create(folder / "city")
        given = ImportOptions(datum="wgs84")
        import_file(workspace, "buildings", folder / "buildings.csv", now=NOW, options=given)
        workspace.close()
        expected = run(folder, "duckdb", "")
        for number, master in enumerate(asked.masters):
            below = asked.lake or f"file://{folder}"
            found = run(folder, f"spark {number}", master, f"{below}/lake-{number}")
            different = [name for name, seen in expected.items() if found.get(name) != seen]
            differing += len(different)
            print(f"{master}: {len(different)} of {len(expected)} files differ", *different[:5])
    sys.exit(int(differing > 0))


def write_files(folder: Path, rows: int) -> None:
    """Write a register of estates and complaints about rooms in them."""
    count = ESTATES * BLOCKS
    with (folder / "buildings.csv").open("w", encoding="utf-8") as file:
        file.write("楼栋编码,小区名称,楼栋号,户数,经度,纬度\n")
        for n in range(count):
            lon, lat = 117 + n % 100 / 1000, 36 + n // 100 / 1000
            file.write(f"B{n:05d},示例{n // BLOCKS}花园,{n % BLOCKS + 1}号楼,60,{lon},{lat}\n")
    with (folder / "complaints.csv").open("w", encoding="utf-8") as file:
        file.write("工单编号,来电时间,事发地址,来电人,联系电话,诉求内容\n")
        for n in range(rows):
            estate, block, room = n % ESTATES, n % BLOCKS + 1, n // ESTATES
            file.write(
                f"25{n:09d},2026-{n % 10 + 1:02d}-{n % 28 + 1:02d} 19:10,"
                f"示例{estate}花园{block}号楼{room}室,张示例,138{n % 10**8:08d},"
                f"第{n}次反映{room}室周末补课扰民\n"
            )


def run(folder: Path, name: str, master: str, lake: str = "") -> dict[str, str]:
    """Import in a process of its own and return the hash of each file."""
    root = shutil.copytree(folder / "city", folder / name)
    if master:
        settings = root / "gridwarden.toml"
        text = settings.read_text(encoding="utf-8").replace('kind = "duckdb"', 'kind = "spark"')
        text = text.replace('"local[*]"', json.dumps(master.split(" ", 1)[0]))
        text = text.replace('[lake]\npath = ""', f"[lake]\npath = {json.dumps(lake)}")
        settings.write_text(f"{text}\n[engine.options]\n{OPTIONS}", encoding="utf-8")
    if master == KILLED:
        threading.Thread(target=kill_a_worker, daemon=True).start()
    command = [sys.executable, "-m", __spec__.name, "import", str(root)]
    subprocess.run(command, check=True)  # noqa: S603 -- this file
    files = [p for kept in KEPT for p in (root / kept).rglob("*.parquet") if p.parts[-3] != "rows"]
    files += (root / "lake").rglob("manifest.json")  # the receipt, and the hash of the rows
    return {p.relative_to(root).as_posix(): hash_file(p) for p in files}


def import_once(root: Path) -> None:
    """Import the complaints and print what it took."""
    workspace = Workspace.open(root)
    wall, cpu = time.perf_counter(), time.process_time()
    result = import_file(
        workspace, "complaints", root.parent / "complaints.csv", now=NOW, options=ImportOptions()
    )
    with Derivation(workspace) as derivation:
        derivation.refresh()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    took = f"{result.accepted} rows, {wall:.0f} s, {cpu:.0f} CPU s here"
    print(f"{root.name}: {took}, {result.located}", flush=True)
    workspace.close()


if __name__ == "__main__":
    if sys.argv[1:2] == ["import"]:
        import_once(Path(sys.argv[2]))
    else:
        main()
