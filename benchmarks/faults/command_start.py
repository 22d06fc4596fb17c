"""How long small commands take, and which imports they pay for.

    python -m benchmarks.faults.command_start [repetitions]

Each command runs in a process of its own, in an empty workspace, one after the other; the first run
of each, which may compile files, is not counted. Printed are medians of CPU seconds of the process
(user and system) and by the clock; the limit is half a second of CPU. On a busy machine the clock
tells of the neighbours.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIMIT_S = 0.5
REPETITIONS = 5
COMMANDS = (
    ("--help",),
    ("-w", "{office}", "--help"),
    ("plan", "--help"),
    ("backup", "--help"),
    ("template", "grids", "{new}.xlsx"),
    ("-w", "{office}", "doctor"),
    ("-w", "{office}", "imports"),
    ("-w", "{office}", "user", "list"),
)


def main() -> None:
    """Print the table."""
    repetitions = int(sys.argv[1]) if len(sys.argv) > 1 else REPETITIONS
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, {repetitions} repetitions")
    with tempfile.TemporaryDirectory() as folder:
        places = {"office": f"{folder}/office", "new": f"{folder}/new"}
        run(("init", places["office"]))
        for command in COMMANDS:
            words = tuple(word.format(**places) for word in command)
            run(words)
            times = [run(words) for _ in range(repetitions)]
            cpu, clock = (statistics.median(each) for each in zip(*times, strict=True))
            kept = "kept" if cpu <= LIMIT_S else "NOT KEPT"
            shown = " ".join(command).replace("-w {office}", "-w DIR")
            print(f"{shown:32} {cpu:6.2f} s CPU {clock:7.2f} s  {kept}", flush=True)


def run(words: tuple[str, ...]) -> tuple[float, float]:
    """Run a command and return its CPU seconds and how long it took."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-m", "gridwarden", *words]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)  # noqa: S603 -- our own
    clock = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, clock


if __name__ == "__main__":
    main()
