"""How long small commands take, and which imports they pay for.

    python -m benchmarks.faults.command_start [repetitions]

Each command runs in a process of its own, in an office with two buildings and three inspections,
one after the other; the first run of each, which may compile files, is not counted. Printed are the
least and the median of CPU seconds of the process (user and system) and the median by the clock;
the limit is half a second of CPU, for commands that ask no table of rows. The last one is a server,
which is told to end once people can connect. On a busy machine the clock tells of the neighbours
and CPU seconds grow by half: the least of several runs counts.
"""

import os
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from dashboard.app import wait_until_open

ROOT = Path(__file__).resolve().parents[2]
COMPILING = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
"""A run leaves what it compiled for the next, as everywhere."""
LIMIT_S = 0.5
REPETITIONS = 5
TABLES = {
    "buildings": "楼栋编码,小区名称,楼栋号,户数,经度,纬度\n"
                 "B1,示例花园,1号楼,60,117.1201,36.1900\nB2,示例花园,2号楼,50,117.1212,36.1900\n",
    "inspections": "检查编号,检查时间,楼栋编码,检查结果\n"
                   "X1,2026-10-10 19:00,B2,属实\nX2,2026-10-11 19:00,B1,\nX3,某天,B1,未发现异常\n",
}  # fmt: skip
SMALL = (
    ("--help",),
    ("-w", "{office}", "--help"),
    ("plan", "--help"),
    ("backup", "--help"),
    ("template", "grids", "{new}.xlsx"),
    ("-w", "{office}", "imports"),
    ("-w", "{office}", "quarantine"),
    ("-w", "{office}", "user", "list"),
    ("-w", "{office}", "audit"),
    ("-w", "{office}", "trials"),
    ("-w", "{office}", "export-requests"),
    ("-w", "{office}", "migrate"),
    ("-w", "{office}", "doctor"),
    ("-w", "{office}", "screen", "{folder}/buildings.csv"),
    ("-w", "{office}", "visits"),
    ("-w", "{office}", "top"),
)
READING = (
    ("-w", "{office}", "personal-retention"),
    ("-w", "{office}", "verify"),
    ("-w", "{office}", "explain", "B1"),
    ("-w", "{office}", "score", "--as-of", "2026-11-20"),
)
"""Commands that ask tables of rows, or check files: no limit."""


def main() -> None:
    """Print the table."""
    repetitions = int(sys.argv[1]) if len(sys.argv) > 1 else REPETITIONS
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, {repetitions} repetitions")
    with tempfile.TemporaryDirectory() as folder:
        places = {"folder": folder, "office": f"{folder}/office", "new": f"{folder}/new"}
        make_office(Path(folder), places["office"])
        for command in (*SMALL, *READING):
            words = tuple(word.format(**places) for word in command)
            used = measure(words, repetitions, run)
            kept = "kept" if used <= LIMIT_S else "NOT KEPT" if command in SMALL else "–"
            print(kept, flush=True)
        measure(("-w", places["office"], "serve"), repetitions, serve)
        print("–")


def measure(
    words: tuple[str, ...], repetitions: int, run_: Callable[[tuple[str, ...]], tuple[float, float]]
) -> float:
    """Print how long a command takes, and return its least CPU seconds."""
    run_(words)
    used, clock = zip(*(run_(words) for _ in range(repetitions)), strict=True)
    shown = " ".join("DIR" if "/" in word else word for word in words)
    print(
        f"{shown:32} {min(used):6.2f} {statistics.median(used):6.2f} s CPU"
        f" {statistics.median(clock):7.2f} s ",
        end=" ",
    )
    return min(used)


def make_office(folder: Path, office: str) -> None:
    """Make a small office with a score."""
    run(("init", office))
    for table, text in TABLES.items():
        file = folder / f"{table}.csv"
        file.write_text(text, encoding="utf-8")
        run(("-w", office, "import", table, str(file), "--datum", "wgs84"))
    run(("-w", office, "score", "--as-of", "2026-11-24"))


def run(words: tuple[str, ...]) -> tuple[float, float]:
    """Run a command and return its CPU seconds and how long it took."""
    before, began = spent(), time.perf_counter()
    command = [sys.executable, "-m", "gridwarden", *words]
    subprocess.run(command, cwd=ROOT, env=COMPILING, check=True, capture_output=True)  # noqa: S603 -- our own
    clock = time.perf_counter() - began
    return spent() - before, clock


def serve(words: tuple[str, ...]) -> tuple[float, float]:
    """Start a server and end it once people can connect; its CPU seconds, how long that took."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    before, began = spent(), time.perf_counter()
    command = [sys.executable, "-m", "gridwarden", *words, "--port", str(port)]
    with subprocess.Popen(  # noqa: S603 -- our own
        command, cwd=ROOT, env=COMPILING, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        wait_until_open("127.0.0.1", port)
        clock = time.perf_counter() - began
        server.terminate()
    return spent() - before, clock


def spent() -> float:
    """Return the CPU seconds of all processes that were started and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
