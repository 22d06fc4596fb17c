"""Whatever a killed process had answered is there after a restart, once; a few kills of 500."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from random import Random

import pytest

from benchmarks.faults.kills.fixed import IN_FILES, IN_STORE
from benchmarks.faults.kills.series import RESTART, BrokenPromiseError, Series

ROOT = Path(__file__).parents[2]


def test_whatever_was_answered_outlives_a_kill_at_any_step(
    tmp_path: Path, empty_postgresql: Callable[[], str]
) -> None:
    database = empty_postgresql()
    ran = subprocess.run(  # noqa: S603 -- our own module
        [sys.executable, "-m", "benchmarks.faults.kills.fixed", str(tmp_path), database],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    asked = Counter({name: len(steps) for name, steps in IN_FILES.items()})
    asked += Counter({name: len(steps) for name, steps in IN_STORE.items()})
    met = Counter(json.loads(ran.stdout))
    del met[RESTART]
    assert met == asked


@pytest.mark.parametrize(
    ("held", "lines", "problem"),
    [({}, 1, "lost"), ({"visit 1": 2}, 1, "doubled"), ({"visit 1": 1}, 2, "2 lines")],
)
def test_what_is_lost_doubled_or_written_down_twice_is_told(
    held: dict[str, int], lines: int, problem: str
) -> None:
    series = Series(Path("nowhere"), Random(1))  # noqa: S311 -- draws nothing
    series.begun = {name: Counter() for name in series.names}
    series.promised = {name: Counter() for name in series.names} | {"visit": Counter(["visit 1"])}
    nothing = dict.fromkeys(series.names, 0)
    seen = {"problems": [], "held": {name: {} for name in series.names} | {"visit": held},
            "lines": nothing | {"visit": lines}}  # fmt: skip
    with pytest.raises(BrokenPromiseError, match=problem):
        series.compare(seen)


@pytest.mark.parametrize(("lines", "told"), [(0, False), (1, True), (2, True), (3, False)])
def test_a_line_may_stand_alone_only_where_it_is_kept_first_and_only_for_what_was_killed(
    lines: int,
    told: bool,  # noqa: FBT001 -- a case
) -> None:
    series = Series(Path("nowhere"), Random(1))  # noqa: S311 -- draws nothing
    series.begun = {name: Counter() for name in series.names}
    series.promised = {name: Counter() for name in series.names} | {"backup": Counter(["1.gwb"])}
    series.killed["backup"] = 1
    nothing = dict.fromkeys(series.names, 0)
    held: dict[str, dict[str, int]] = {name: {} for name in series.names} | {"backup": {"1.gwb": 1}}
    seen = {"problems": [], "held": held, "lines": nothing | {"backup": lines}}
    with nullcontext() if told else pytest.raises(BrokenPromiseError, match=f"{lines} lines"):
        series.compare(seen)
