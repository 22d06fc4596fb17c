"""What versions of plans cost that leave nearly all of a district uncovered: disk, and reading.

    python -m benchmarks.patrols.plan_versions [buildings]

A plan that leaves 160,000 buildings uncovered, unless told otherwise, is kept in a database of its
own: first as versions were kept before December 2026, all rows in the content of each, then in
pieces that versions share; then a change of it that takes one building off; then it is read, whole
and for a list of plans of somebody who sees a part of the street. Rows are drawn from a seed.
Printed are megabytes and CPU seconds; exits with 1 where a change keeps more than half a megabyte,
or a plan of a list takes more than a hundredth of a second.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from sqlalchemy import func, select

from data.store.tables.patrols import PatrolPiece
from data.store.unit_of_work import Store
from governance.patrols.blinding import open_uncovered
from governance.patrols.routing.model.plan import Plan, PlanOptions, PlanTotals
from governance.patrols.routing.model.plan_tables import (
    SHIFT_COLUMNS,
    STOP_COLUMNS,
    UNCOVERED_COLUMNS,
    frame_of,
)
from governance.patrols.versions import keep_uncovered

BUILDINGS: Final = 160_000
MONDAY: Final = date(2026, 11, 30)
MOST_MB, MOST_S, READ = 0.5, 0.01, 10


def main() -> int:
    """Print a line for each; return 1 where a limit is missed."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else BUILDINGS
    plan = _plan(left := _uncovered(count))
    without = plan.uncovered.drop(index=count // 2).reset_index(drop=True)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plans.db"
        with closing(Store(f"sqlite:///{path}")) as store:
            store.upgrade()
            before = _told("kept whole in its content", lambda: _add(store, "old", plan.content()))
            print(f"  {before:.1f} MB")
            for name, of in (("first", plan), ("changed", _plan(without))):
                held = _pieces_mb(store)
                _told(f"kept in pieces: {name}", lambda: _keep(store, name, of))  # noqa: B023 -- called at once
                added = _pieces_mb(store) - held
                print(f"  {added:.2f} MB")
            took = list(_reading(store, left))
    print(f"a change keeps {added:.2f} MB (limit {MOST_MB}); a plan of a list {took[-1]:.4f} s "
          f"(limit {MOST_S})")  # fmt: skip
    return int(added > MOST_MB or took[-1] > MOST_S)


def _uncovered(count: int) -> pd.DataFrame:
    rng, order = np.random.default_rng(1), np.random.default_rng(2).permutation(count)
    due = [MONDAY - timedelta(days=int(n % 400)) for n in order]
    return frame_of(
        {
            "building_id": [f"B{n:06}" for n in order],
            "name": [f"幸福小区{n % 300}第{n % 17 + 1}号楼" for n in order],
            "tier": rng.choice(["blue", "yellow", "orange", "red"], count).tolist(),
            "grid_code": [f"3709020010{n // 50:05}" for n in order],
            "community_code": [f"37090200{n // 250:04}" for n in order],
            "reason": ["no_capacity"] * count,
            "due_on": [each.isoformat() if each.day % 3 else None for each in due],
            "days_late": rng.integers(0, 400, count).tolist(),
            "find_chance": rng.random(count).tolist(),
            "rank": (order + 1).tolist(),
        },
        UNCOVERED_COLUMNS,
    )


def _plan(uncovered: pd.DataFrame) -> Plan:
    last = MONDAY + timedelta(days=6)
    return Plan(
        first=MONDAY, last=last, options=PlanOptions(first=MONDAY, last=last), teams=(),
        totals=PlanTotals(uncovered=len(uncovered)), shifts=frame_of({}, SHIFT_COLUMNS),
        stops=frame_of({}, STOP_COLUMNS), uncovered=uncovered,
    )  # fmt: skip


def _told(what: str, work: Callable[[], Any]) -> Any:  # noqa: ANN401 -- as the work
    begun = time.process_time()
    answer = work()
    print(f"{what}: {time.process_time() - begun:.3f} s of CPU", flush=True)
    return answer


def _add(store: Store, name: str, content: dict[str, Any]) -> float:
    """Add a version and return the megabytes of its content."""
    with store.begin() as unit:
        unit.patrols.add_version({
            "plan_id": name, "version": 1, "kind": "week", "title": "", "first": MONDAY,
            "last": MONDAY + timedelta(days=6), "state": "draft", "made_by": "x", "seed": "",
            "made_at": datetime(2026, 11, 30), "note": "", "restores": None, "stops": 0,  # noqa: DTZ001 -- naive UTC
            "expected_finds": 0.0, "content": content,
        })  # fmt: skip
        size = unit.session.connection().exec_driver_sql(
            "SELECT max(length(content)) FROM patrol_plans"
        )
        megabytes = float(size.scalar_one()) / 1e6
        unit.commit()
    return megabytes


def _keep(store: Store, name: str, plan: Plan) -> None:
    with store.begin() as unit:
        kept = keep_uncovered(unit, plan)
        unit.commit()
    _add(store, name, plan.covered() | {"uncovered": kept})


def _pieces_mb(store: Store) -> float:
    with store.begin() as unit:
        held = unit.session.scalar(select(func.sum(func.length(PatrolPiece.rows))))
    return float(held or 0) / 1e6


def _reading(store: Store, left: pd.DataFrame) -> Iterator[float]:
    """Read the plan in each way and yield the CPU seconds of each; all say the same."""
    last = MONDAY + timedelta(days=6)

    def whole(name: str) -> pd.DataFrame:
        with store.begin() as unit:
            row = unit.patrols.version(name)
            assert row is not None
            pieces = row.content["uncovered"].get("pieces")
            return frame_of(
                row.content["uncovered"] if pieces is None else unit.patrols.kept_rows(pieces),
                UNCOVERED_COLUMNS,
            )

    def codes(name: str) -> set[str]:
        with store.begin() as unit:
            kept = unit.patrols.left_codes(name, 1)
            rows = unit.patrols.left_places(name, 1) if kept is None else kept[kept["open"]]
        return set((open_uncovered(rows, last) if kept is None else rows)["grid_code"])

    for what, read in (("read whole", whole), ("codes of it for a list", codes)):
        answers = []
        for name in ("old", "first"):
            begun = time.process_time()
            answers += [read(name) for _ in range(READ)]
            each = (time.process_time() - begun) / READ
            print(f"{what}, {name}: {each:.4f} s of CPU")
            yield each
        for each_answer in answers:
            if isinstance(each_answer, pd.DataFrame):
                pd.testing.assert_frame_equal(each_answer, left)
            elif each_answer != answers[0]:
                raise AssertionError(what)


if __name__ == "__main__":
    sys.exit(main())
