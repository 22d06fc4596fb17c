"""An office with some dozen buildings, and what a plan is made from there."""

from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd

from data.calendars.calendar import Calendar
from data.calendars.read import EXAM, SCHOOL_BREAK, TERM, Span
from governance.patrols.routing.model.plan import PlanOptions
from governance.patrols.routing.model.plan_inputs import PlanInputs
from governance.patrols.routing.model.settings import DAY, EVENING, PatrolRules
from governance.patrols.routing.model.shifts import Team
from governance.patrols.routing.selection.formulate import PlanningBase
from governance.patrols.routing.selection.planning_base import make_planning_base, teams_of
from governance.visits.rules.settings import Cadence, VisitRules

MONDAY, SUNDAY = date(2026, 11, 30), date(2026, 12, 6)
CALENDAR = Calendar(
    spans=(
        *Calendar.shipped().spans,
        Span(first=date(2026, 9, 1), last=date(2027, 1, 22), kind=TERM),
        Span(first=date(2027, 1, 23), last=date(2027, 2, 28), kind=SCHOOL_BREAK),
        Span(first=date(2027, 6, 13), last=date(2027, 6, 16), kind=EXAM),
    )
)
UNSURE = PatrolRules(jitter=0.0)
NOTHING = "未发现异常"
STEP_M = 100.0
"""Between neighbours on the made-up street."""
_DEGREE_M = 111_195.0
LONG_CADENCE = Cadence(red=14, orange=30, yellow=90, blue=180, unscored=180)
"""Longer than the default, so that what is due differs from what was found and is seen again."""


def days_ago(days: int, *, hour: int = 15) -> datetime:
    """Return an hour so many days before the plan's Monday."""
    at = datetime(2026, 11, 30, hour)  # noqa: DTZ001 -- local times throughout
    return at - pd.Timedelta(days=days)


def buildings(*rows: dict[str, Any], ordinary: int = 0) -> pd.DataFrame:
    """Return buildings along a street, shops visited a month ago unless a row says otherwise.

    ``at`` is the place on the street, in steps; in the order given where a row does not say.
    """
    said = [*rows, *({} for _ in range(ordinary))]
    frame = pd.DataFrame(
        [
            {
                "building_id": f"B{number:03}",
                "name": f"{number}号楼",
                "address": f"学湾路{number}号",
                "kind": "商铺",
                "tier": "蓝",
                "lon": 117.3 + row.get("at", number) * STEP_M / (_DEGREE_M * 0.8090),
                "lat": 36.0,
                "grid_code": "G1",
                "community_code": "C1",
                "score": 0.0,
                "sensitive": False,
                "last_at": days_ago(30),
                "last_result": NOTHING,
                "last_kind": "日查",
                "next_step": "none",
                "retry_at": None,
                "reported_at": None,
                "last_stop_on": None,
                "chance": 0.05,
            }
            | {name: value for name, value in row.items() if name != "at"}
            for number, row in enumerate(said or [{}])
        ]
    ).head(len(said))
    times = ("last_at", "retry_at", "reported_at", "last_stop_on")
    return frame.astype(dict.fromkeys(times, "datetime64[us]"))


def team(number: int = 1, **facts: Any) -> Team:
    """Return two people who are out on Tuesday afternoon and Wednesday evening."""
    plain: dict[str, Any] = {
        "team_id": f"T{number}",
        "name": f"{number}队",
        "shifts": ((2, DAY), (3, EVENING)),
    }
    return Team(**(plain | facts))


def plan_inputs(frame: pd.DataFrame, **facts: Any) -> PlanInputs:
    """Return inputs; keywords are those of `PlanInputs`, or options by their own name."""
    options = {
        name: facts.pop(name)
        for name in [*facts]
        if name in PlanOptions.__dataclass_fields__ and name not in {"teams", "seed"}
    }
    plain = {"one_more": False, "floor_cost": False, "iterations": 20}
    asked = {"first": MONDAY, "last": SUNDAY} | plain | options
    given: dict[str, Any] = {
        "options": PlanOptions(**asked),
        "rules": UNSURE,
        "visit_rules": VisitRules(cadence=LONG_CADENCE),
        "calendar": CALENDAR,
        "teams": (team(),),
        "buildings": frame.drop(columns="chance"),
        "find_chance": frame["chance"].to_numpy(float),
        "interval": lambda chances, *_, **__: (0.0, float(np.ceil(chances.sum()))),
        "seed": "seed",
    }
    return PlanInputs(**(given | facts))


def planning_base_of(inputs: PlanInputs) -> PlanningBase:
    """Return the base of a plan with the inputs' own teams."""
    return make_planning_base(inputs, teams_of(inputs))
