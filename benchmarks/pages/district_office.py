"""Fill a large city's workspace up to the records of a district, for `benchmarks.pages.page_times`.

Run ``python -m benchmarks.pages.district_office WORKSPACE [--files FOLDER] [--share S]`` on a
workspace that has buildings, e.g. that of
``benchmarks/pages/map_paint.py --cells 100000 --workspace WORKSPACE``.
It gets staff and duties from the demonstration's files in ``FOLDER`` (without it, only those it
has), complaints with building codes up to 5,000,000, visits up to 1,000,000, proposals up to 500
and plans up to 200, and a score of them; of complaints and visits a share of that, for an office
of fewer buildings. What is there is kept, so a run that was stopped goes on.
Takes about half an hour of processor time and 3 GB of disk. Rows are drawn from a seed and mean
nothing; their number is what counts.
"""

import argparse
import tempfile
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import func, insert, select

from data.ingest.options import ImportOptions
from data.store.tables.base import Base
from data.store.tables.duties import AssignmentProposal
from data.store.tables.patrols import PatrolPlan, PatrolStop
from data.store.tables.visits import VisitVersion
from governance.access.permissions import local_owner
from governance.office import Office
from governance.patrols.routing.model.plan import PlanOptions
from governance.patrols.routing.model.shifts import Team
from governance.responsibility.assignment.build_problem import AssignmentOptions
from gridwarden.compose import open_office

COMPLAINTS, VISITS, PROPOSALS, PLANS = 5_000_000, 1_000_000, 500, 200
TEAMS = 10
FILES = {"persons": "04_*", "units": "03_*", "assignments": "16_*"}
ROWS_A_FILE = 1_000_000
TEXTS = ("周末补课扰民", "晚上有老师带学生", "家教到深夜", "楼道里都是学生", "暑假办班")
RESULTS, RESULT_SHARES = ("未发现异常", "无人应答", "疑似", "属实"), (0.8, 0.12, 0.05, 0.03)
DAYS = 700
WEEK = timedelta(days=7)
OWNER = local_owner()
Change = Callable[[dict[str, Any], int], dict[str, Any]]


def main() -> None:
    """Fill each table up in turn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--files", type=Path)
    parser.add_argument("--share", type=float, default=1.0)
    asked = parser.parse_args()
    office = open_office(asked.workspace)
    rng = np.random.default_rng(1)
    units = office._engine.table("buildings").select("building_id").to_pyarrow()  # noqa: SLF001
    buildings = units["building_id"].to_numpy(zero_copy_only=False)
    if asked.files:
        _import_staff(office, asked.files)
    _import_complaints(office, buildings, rng, upto=int(COMPLAINTS * asked.share))
    _add_visits(office, buildings, rng, upto=int(VISITS * asked.share))
    _say("placing")
    office.imports.tables(OWNER)
    _say("score")
    office.scores.run(OWNER, as_of=office.clock.today())
    _add_proposals(office)
    _add_plans(office)
    office.close()


def _say(what: str) -> None:
    print(f"{datetime.now():%H:%M:%S} {what}", flush=True)  # noqa: DTZ005 -- for who waits


def _import_staff(office: Office, folder: Path) -> None:
    for table, pattern in FILES.items():
        for path in sorted(folder.glob(pattern)) if not _held(office, table) else ():
            _say(f"import {path.name}")
            office.imports.import_file(OWNER, table, path, ImportOptions(), derive=False)


def _import_complaints(
    office: Office, buildings: np.ndarray, rng: np.random.Generator, *, upto: int
) -> None:
    held = _held(office, "complaints")
    until = np.datetime64(office.clock.today(), "m")
    for first in range(held, upto, ROWS_A_FILE):
        numbers = np.arange(first, min(first + ROWS_A_FILE, upto))
        count = len(numbers)
        _say(f"complaints {first:,} to {first + count:,}")
        at = until - rng.integers(1, DAYS * 1440, count).astype("timedelta64[m]")
        rows = {
            "工单编号": [f"D{number:09}" for number in numbers],
            "来电时间": np.char.replace(np.datetime_as_string(at, unit="m"), "T", " "),
            "楼栋编码": rng.choice(buildings, count),
            "诉求内容": rng.choice(TEXTS, count),
        }
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"complaints_{first}.csv"
            pd.DataFrame(rows).to_csv(path, index=False)
            office.imports.import_file(OWNER, "complaints", path, derive=False)


def _held(office: Office, table: str) -> int:
    return sum(made.accepted for made in office._workspace.lake.imports(table))  # noqa: SLF001


def _add_visits(
    office: Office, buildings: np.ndarray, rng: np.random.Generator, *, upto: int
) -> None:
    now = office.clock.local()
    for first in range(_count(office, VisitVersion), upto, 50_000):
        minutes = rng.integers(1, DAYS * 1440, 50_000)
        chosen = zip(rng.choice(buildings, 50_000), minutes,
                     rng.choice(RESULTS, 50_000, p=RESULT_SHARES), strict=True)  # fmt: skip
        _insert(office, VisitVersion, [
            _visit(f"d{first + at:08}", str(building), now - timedelta(minutes=int(ago)), result)
            for at, (building, ago, result) in enumerate(chosen)
        ])  # fmt: skip
    _say("visits")


def _visit(key: str, building: str, at: datetime, result: str) -> dict[str, Any]:
    return {
        "visit_id": key, "version": 1, "key": key, "withdrawn": False, "recorded_at": at,
        "recorded_by": "demo-warden", "person_id": None, "building_id": building, "unit": "",
        "at": at, "result": str(result), "signs": [], "pupils": None, "teachers": None,
        "note": "", "next_step": "none", "retry_at": None, "origin": "own", "kind": "日查",
        "minutes": None, "seal": None,
    }  # fmt: skip


def _add_proposals(office: Office) -> None:
    """Propose for a few communities, and keep each proposal many times."""
    _say("proposals")
    codes = office._engine.table("buildings").community_code  # noqa: SLF001
    known = sorted(codes.name("code").as_table().distinct().to_pyarrow()["code"].to_pylist())
    if not _count(office, AssignmentProposal):
        for number in range(5):
            asked = AssignmentOptions(communities=tuple(known[number * 5 : number * 5 + 5]))
            office.assignment.propose(OWNER, options=asked)
    _copy(office, AssignmentProposal, PROPOSALS, lambda row, n: row | {
        "id": uuid.uuid4().hex[:12], "made_at": row["made_at"] - timedelta(hours=n),
    })  # fmt: skip


def _add_plans(office: Office) -> None:
    """Plan a week with ten teams, publish it, and keep it for many weeks before."""
    _say("plans")
    today = office.clock.today()
    monday = today - timedelta(days=today.weekday())
    if not _count(office, PatrolPlan):
        for number in range(len(office.teams.all(OWNER)), TEAMS):
            office.teams.save(OWNER, Team(
                team_id="new", name=f"第{number + 1}队", members=("demo-warden",),
                shifts=((1, "day"), (2, "evening"), (4, "day"), (6, "day")),
            ))  # fmt: skip
        made = office.plans.make(OWNER, PlanOptions(first=monday, last=monday + timedelta(days=6),
                                                    seconds=20.0, seed="district", one_more=False,
                                                    floor_cost=False))  # fmt: skip
        office.plans.publish(OWNER, made.plan_id, version=made.version)
    with office._workspace.store.begin() as unit:  # noqa: SLF001
        newest = select(PatrolPlan.plan_id).order_by(PatrolPlan.id.desc()).limit(1)
        plan_id = unit.session.scalar(newest)
        query = select(*PatrolStop.__table__.columns).where(PatrolStop.plan_id == plan_id)
        stops = [dict(row) for row in unit.session.execute(query).mappings()]
    made_for: list[tuple[str, timedelta]] = []

    def earlier(row: dict[str, Any], number: int) -> dict[str, Any]:
        made_for.append((f"{plan_id}-{number}", -WEEK * number))
        return _moved(row, *made_for[-1])

    _copy(office, PatrolPlan, PLANS, earlier, only_last=True)
    for plan, by in made_for:
        _insert(office, PatrolStop, [_moved(row, plan, by) for row in stops])


def _moved(row: dict[str, Any], plan_id: str, by: timedelta) -> dict[str, Any]:
    days = {name: row[name] + by for name in ("first", "last", "day", "made_at") if name in row}
    return (
        {name: value for name, value in row.items() if name != "id"} | {"plan_id": plan_id} | days
    )


def _copy(
    office: Office, table: type[Base], upto: int, change: Change, *, only_last: bool = False
) -> None:
    """Keep rows again and again, each time changed, until there are so many."""
    held = _count(office, table)
    with office._workspace.store.begin() as unit:  # noqa: SLF001
        rows = [dict(r) for r in unit.session.execute(select(*table.__table__.columns)).mappings()]
    rows = rows[-1:] if only_last else rows
    for number in range(held, upto):
        _insert(office, table, [change(rows[number % len(rows)], number)])


def _count(office: Office, table: type[Base]) -> int:
    with office._workspace.store.begin() as unit:  # noqa: SLF001
        return int(unit.session.scalar(select(func.count()).select_from(table)) or 0)


def _insert(office: Office, table: type[Base], rows: list[dict[str, Any]]) -> None:
    with office._workspace.store.begin() as unit:  # noqa: SLF001
        unit.session.execute(insert(table), rows)
        unit.commit()


if __name__ == "__main__":
    main()
