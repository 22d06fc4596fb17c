"""A week's plan of the small office that ran, as the store keeps it; and visits at its doors."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import pandas as pd
from stored_visits import visit_version

from governance.access.permissions import local_owner
from governance.office import Office
from governance.patrols.routing.model.plan import (
    SHIFT_COLUMNS,
    STOP_COLUMNS,
    UNCOVERED_COLUMNS,
    Plan,
    PlanOptions,
    PlanTotals,
    frame_of,
)
from governance.patrols.routing.model.shifts import Team

FOUND, SUSPECTED, NOTHING, NOBODY = "属实", "疑似", "未发现异常", "无人"
MONDAY, SUNDAY = date(2026, 12, 28), date(2027, 1, 3)
"""A week over the turn of the year."""
TEAM = Team(team_id="T1", name="一队", members=("W1", "W2"), officers=2,
            departments=("教育", "市场监管"), shifts=(("working", "evening"),))  # fmt: skip
STOPS: tuple[tuple[str, int, str, Sequence[str]], ...] = (
    ("B1", 0, "list", ["risk"]),
    ("B2", 0, "list", ["joint"]),
    ("B3", 1, "list", ["risk"]),
    ("B4", 4, "random", ["random"]),
    ("B5", 4, "random", ["random", "risk"]),
    ("B6", 4, "list", ["risk", "ordinary"]),
)
"""Building, day of the week from 0, arm, reasons."""
MODES = {"random": "抽检", "list": "夜查"}
_KEYS = count()


def desk_of(office: Office, *, at: datetime) -> Office:
    """Open the services on an office's workspace at a local time."""
    return Office(replace(office._resources, now=lambda: at.astimezone(UTC)))


def plan_of(
    *,
    first: date = MONDAY,
    last: date = SUNDAY,
    plan_id: str = "W1",
    kind: str = "week",
    stops: Sequence[tuple[str, int, str, Sequence[str]]] = STOPS,
) -> Plan:
    """Make a plan of one team's evening shifts."""
    days = sorted({offset for _, offset, _, _ in stops})
    shifts = [
        {"shift_id": f"T1/{first + timedelta(days=day)}/evening", "team_id": "T1", "team": "一队",
         "day": pd.Timestamp(first + timedelta(days=day)), "part": "evening",
         "slot_kind": "term_evening", "from_minute": 1080, "until_minute": 1260, "minutes": 30,
         "most_minutes": 150, "over_minutes": 0, "stops": 1, "distance_m": 0.0,
         "expected_finds": 0.2, "joint": True, "departments": ["教育", "市场监管"]}
        for day in days
    ]  # fmt: skip
    rows = [
        {"shift_id": f"T1/{first + timedelta(days=day)}/evening", "place": number,
         "building_id": building, "name": building, "address": "", "tier": "红", "lon": 117.12,
         "building_kind": "住宅" if building < "B5" else "商铺", "lat": 36.19, "arrive": 1090,
         "minutes": 12, "walk_m": 0.0, "arm": arm, "reasons": list(reasons), "find_chance": 0.2,
         "mode": "联检" if "joint" in reasons else MODES[arm], "locked": False, "days_late": 0,
         "floor_due_on": pd.NaT, "grid_code": "", "community_code": ""}
        for number, (building, day, arm, reasons) in enumerate(stops, start=1)
    ]  # fmt: skip
    return Plan(
        plan_id=plan_id,
        version=1,
        kind=kind,
        title="寒假专项" if kind == "campaign" else "",
        first=first,
        last=last,
        options=PlanOptions(first=first, last=last, kind=kind),
        totals=PlanTotals(stops=len(rows)),
        teams=(TEAM,),
        shifts=frame_of(_columns(shifts, SHIFT_COLUMNS), SHIFT_COLUMNS),
        stops=frame_of(_columns(rows, STOP_COLUMNS), STOP_COLUMNS),
        uncovered=frame_of({}, UNCOVERED_COLUMNS),
    )


def keep(desk: Office, plan: Plan, *, published: bool = True) -> None:
    """Put a plan into the store, and out to its team."""
    actor = local_owner()
    with desk._workspace.store.begin() as unit:
        desk.plans._versions.next_version(unit, actor, plan, seed="s", note="made")
        unit.commit()
    if published:
        desk.plans.publish(actor, plan.plan_id, version=plan.version)


def visit(desk: Office, building: str, at: str, result: str = NOTHING, **more: Any) -> None:
    """Put a recorded visit into the store."""
    moment = datetime.fromisoformat(at)
    own = {"person_id": "W1", "building_id": building, "at": moment, "recorded_at": moment,
           "result": result, "origin": "plan", "kind": "夜查"}  # fmt: skip
    row = visit_version(f"v{next(_KEYS):08x}", **own | {"recorded_by": "account"} | more)
    with desk._workspace.store.begin() as unit:
        unit.visits.add(row)
        unit.commit()


def _columns(rows: list[dict[str, Any]], names: tuple[str, ...]) -> dict[str, list[Any]]:
    return {name: [row[name] for row in rows] for name in names}
