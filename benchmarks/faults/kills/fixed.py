"""A few kills at chosen steps of every operation: the same ones each time, for the tests."""

import json
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Final

from benchmarks.faults.kills.migration import MIGRATION, kill_migration
from benchmarks.faults.kills.processes import After
from benchmarks.faults.kills.series import Series
from benchmarks.faults.kills.street import build_street

IN_FILES: Final = {
    "import": (14,),
    "score": (9,),
    "publish plan": (4,),
    "evidence": (9,),
    "backup": (5,),
    MIGRATION: (150,),
}
IN_STORE: Final = {"visit": (2,), "case step": (1,), "ledger line": (2,), "evidence": (4,)}
"""Without a score: making one takes longer than all of these."""


def kill_all(folder: Path, url: str, steps: Mapping[str, tuple[int, ...]]) -> Counter[str]:
    """Make an office and kill in it at those steps; return how often each operation was met.

    Raises `BrokenPromiseError` when something that was answered was lost or doubled, or `verify`
    finds a problem.
    """
    build_street(folder, url=url, scored=not url)
    series = Series(folder, Random(1))  # noqa: S311 -- no secret
    series.begin()
    for name, those in steps.items():
        for step in those:
            if name == MIGRATION:
                own = folder.parent / f"{MIGRATION}-{step}"
                own.mkdir()
                moment = After(step=step, statements=True)
                met = kill_migration(f"sqlite:///{own}/old.db", own, moment)
                series.killed[name] += met
            else:
                series.kill(name, After(step=step))
    series.check()
    return series.killed


if __name__ == "__main__":
    within, postgresql = Path(sys.argv[1]), sys.argv[2]
    for name in ("sqlite", "postgresql"):
        (within / name).mkdir()
    met = kill_all(within / "sqlite" / "office", "", IN_FILES)
    if postgresql:
        met += kill_all(within / "postgresql" / "office", postgresql, IN_STORE)
    print(json.dumps(met))
