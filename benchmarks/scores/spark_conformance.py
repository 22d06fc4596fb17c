"""Ask the same commands on DuckDB and on Spark, also while a worker of the cluster is killed.

Run ``python -m benchmarks.scores.spark_conformance [--lake URL] [--buildings N] [MASTER ...]``; it
needs the extra ``spark`` and Java. A demonstration city of 200 buildings, or so many, is built
once; each engine scores a copy of it as of a day, evaluates two months and explains a building.
Compared are every table of the snapshot, every figure of the evaluation and the explanation: counts
and texts exactly, other numbers to 1e-9 of them. The masters are ``local[2]``,
``local-cluster[2,1,2048]`` and the latter again, where one of the two workers is killed without
warning while the score is calculated. On Spark the lake lies at an address of fsspec: in a folder,
or below ``URL``, such as ``s3://bucket``, whose driver is then needed as well. Exits with 1 if
anything differs.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from data.lake.address import LakeAddress
from governance.access.permissions import local_owner
from gridwarden.demo.build import build_demonstration

TODAY, AS_OF = date(2026, 11, 24), "2026-11-20"
CLUSTER = "local-cluster[2,1,2048]"
KILLED = f"{CLUSTER} and a worker killed"
MASTERS = ("local[2]", CLUSTER, KILLED)
WORKER = b"CoarseGrainedExecutorBackend"
TASKS_BEGIN_AFTER_S = 20.0
OPTIONS = '"spark.sql.shuffle.partitions" = "4"\n"spark.executor.memory" = "1g"\n'
LEAST_DIFFERENCE = 1e-9


def main() -> None:
    """Print what each engine took and whether it answered as DuckDB did."""
    parser = argparse.ArgumentParser()
    parser.add_argument("masters", nargs="*", default=MASTERS)
    parser.add_argument("--lake", default="")
    parser.add_argument("--buildings", type=int, default=200)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        city = Path(made) / "city"
        build_demonstration(
            city, buildings=asked.buildings, seed=5, actor=local_owner(), advance=_quiet,
            today=TODAY, patrols=False,
        )  # fmt: skip
        expected = answers_of(city, Path(made) / "duckdb", "")
        differing = 0
        for number, master in enumerate(asked.masters):
            below = asked.lake or f"file://{made}"
            found = answers_of(city, Path(made) / str(number), master, f"{below}/lake-{number}")
            differences = list(compare("", expected, found))
            differing += len(differences)
            print(f"{master}: {len(differences)} differences", *differences[:10], sep="\n  ")
    sys.exit(int(differing > 0))


def answers_of(city: Path, folder: Path, master: str, lake: str = "") -> dict[str, Any]:
    """Return what a copy of the city answers, calculated by a Spark, or by DuckDB without one."""
    shutil.copytree(city, folder)
    if master:
        file = folder / "gridwarden.toml"
        text = file.read_text(encoding="utf-8").replace('kind = "duckdb"', 'kind = "spark"')
        text = text.replace('"local[*]"', f'"{master.split(" ", 1)[0]}"')
        move_rows(folder / "lake", lake)
        text = text.replace('[lake]\npath = ""', f"[lake]\npath = {json.dumps(lake)}")
        file.write_text(f"{text}\n[engine.options]\n{OPTIONS}", encoding="utf-8")
    begun = time.monotonic()
    if master == KILLED:
        threading.Thread(target=kill_a_worker, daemon=True).start()
    snapshot = json.loads(command(folder, "score", "--as-of", AS_OF, "--json"))["snapshot_id"]
    tables = {
        file.stem: pd.read_parquet(file).to_dict("records")
        for file in sorted((folder / "snapshots" / snapshot).glob("*.parquet"))
    }
    building = tables["buildings"][0]["building_id"]
    explanation = json.loads(command(folder, "explain", building, "--json"))
    out = folder / "evaluation.json"
    command(folder, "backtest", "--origins", "2026-08-01:2026-09-01:1mo", "--horizon", "30d",
            "--json", str(out))  # fmt: skip
    evaluation = json.loads(out.read_text(encoding="utf-8"))
    for told in ("seconds", "evaluated_at"):
        evaluation.pop(told)
    print(f"{master or 'DuckDB'}: {time.monotonic() - begun:.0f} s", flush=True)
    return {"score": tables, "explanation": explanation, "evaluation": evaluation}


def move_rows(lake: Path, to: str) -> None:
    """Move the rows of all imports to an address, where nothing else may lie."""
    address = LakeAddress(to, {})
    address.delete("")
    for rows in lake.glob("[!.]*/*/rows.parquet"):
        address.put(rows, rows.relative_to(lake).as_posix())
        rows.unlink()


def command(folder: Path, *arguments: str) -> str:
    """Run a command on a workspace and return what it printed."""
    call = [sys.executable, "-m", "gridwarden", "-w", str(folder), *arguments]
    return subprocess.run(call, check=True, stdout=subprocess.PIPE, text=True).stdout  # noqa: S603


def kill_a_worker() -> None:
    """Kill the first worker that is found, once it has had time to begin its tasks."""
    while not (workers := workers_running()):
        time.sleep(0.2)
    time.sleep(TASKS_BEGIN_AFTER_S)
    os.kill(workers[0], signal.SIGKILL)
    print(f"killed worker {workers[0]}", flush=True)


def workers_running() -> list[int]:
    """Return the process numbers of the workers that this process began, by way of others."""
    found = []
    for each in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = each.read_bytes()
        except OSError:  # ended meanwhile
            continue
        if line.startswith(b"/") and b"java" in line.split(b"\0")[0] and WORKER in line:
            found.append(int(each.parent.name))
    return sorted(number for number in found if os.getpid() in ancestors(number))


def ancestors(number: int) -> list[int]:
    """Return the processes that began a process, one after the other."""
    found = []
    while number > 1:
        try:
            stat = Path(f"/proc/{number}/stat").read_text(encoding="utf-8")
        except OSError:  # ended meanwhile
            break
        number = int(stat.rpartition(")")[2].split()[1])
        found.append(number)
    return found


def compare(path: str, ours: Any, theirs: Any) -> Any:  # noqa: ANN401 -- parsed JSON
    """Yield the path and the two values of whatever differs."""
    if isinstance(ours, dict) and isinstance(theirs, dict) and ours.keys() == theirs.keys():
        for name, each in ours.items():
            yield from compare(f"{path}/{name}", each, theirs[name])
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for number, (mine, other) in enumerate(zip(ours, theirs, strict=True)):
            yield from compare(f"{path}/{number}", mine, other)
    elif isinstance(ours, float) and isinstance(theirs, float):
        both_missing = ours != ours and theirs != theirs  # noqa: PLR0124 -- NaN
        if not both_missing and abs(ours - theirs) > LEAST_DIFFERENCE * max(1.0, abs(ours)):
            yield f"{path}: {ours!r} and {theirs!r}"
    elif str(ours) != str(theirs):
        yield f"{path}: {ours!r} and {theirs!r}"


def _quiet(_stage: str, _done: int, _total: int) -> None:
    pass


if __name__ == "__main__":
    main()
