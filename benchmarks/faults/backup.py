"""What a backup costs: CPU seconds and memory for a gigabyte of material, plain and encrypted.

    python -m benchmarks.faults.backup [megabytes]

Makes an empty office with so many megabytes of random bytes as quarantined files, backs it up and
restores it, each in this process; the disk's cache is warm. Limits: 10 s of CPU a gigabyte for
either, 300 MB of memory beyond what the program takes.
"""

import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from data.integrity.backup.make import make_backup
from data.integrity.backup.restore import restore_backup
from data.workspace.folder import SECRET_FILE, Workspace

MEGABYTES, FILE_MB = 1000, 50
MOST_S_A_GB, MOST_MB = 10.0, 300.0
NOW = datetime(2026, 11, 29, tzinfo=UTC)
WORD = "correct horse battery"


def main() -> None:
    """Print the table."""
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else MEGABYTES
    print(f"{megabytes} MB, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as within:
        folder = Path(within)
        office = Workspace.create(folder / "office")
        for number in range(megabytes // FILE_MB):
            (office.quarantine_path / f"{number}.bin").write_bytes(os.urandom(FILE_MB * 1_000_000))
        before = memory_mb()
        key = office.root / SECRET_FILE
        for name, word in (("plain", None), ("encrypted", WORD)):
            file = folder / name
            timed(f"backup {name}", megabytes, lambda f=file, w=word: make_backup(
                office, f, now=NOW, passphrase=w))  # fmt: skip
            timed(f"restore {name}", megabytes, lambda f=file, w=word: restore_backup(
                f, folder / f"new-{f.name}", passphrase=w, keys=None if w else key))  # fmt: skip
        beyond = memory_mb() - before
        print(f"memory {beyond:.0f} MB  {'kept' if beyond <= MOST_MB else 'NOT KEPT'}")
        office.store.close()


def timed(name: str, megabytes: int, work: Callable[[], object]) -> None:
    """Do something and print what it cost."""
    cpu, clock = time.process_time(), time.perf_counter()
    work()
    cpu, clock = time.process_time() - cpu, time.perf_counter() - clock
    each = cpu / megabytes * 1000
    kept = "kept" if each <= MOST_S_A_GB else "NOT KEPT"
    print(f"{name:20} {each:6.2f} s CPU a GB {clock:7.1f} s  {kept}", flush=True)


def memory_mb() -> float:
    """Return the most memory that this process took so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
