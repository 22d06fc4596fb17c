"""What a plan tells whoever may be sent by it: where and when, never why, never what chance chose.

Only what is named here is told; whatever a plan comes to hold besides stays blank.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, Final

import numpy as np
import pandas as pd

from data.calendars.calendar import HOLIDAYS_UNKNOWN, SCHOOL_TERM_UNKNOWN
from data.contracts.vocabulary import VisitKind
from governance.access.permissions import Actor
from governance.patrols.routing.model.plan import Plan, PlanOptions, PlanTotals
from governance.patrols.routing.model.settings import EVENING
from governance.patrols.routing.model.vocabulary import PlanNote, UncoveredReason
from governance.visits.rules.blinding import may_unblind

OPEN_STOPS: Final = (
    *("shift_id", "place", "building_id", "name", "address", "building_kind", "lon", "lat"),
    *("arrive", "minutes", "walk_m", "mode", "grid_code", "community_code"),
)
OPEN_SHIFTS: Final = (
    *("shift_id", "team_id", "team", "day", "part", "slot_kind", "from_minute", "until_minute"),
    *("minutes", "most_minutes", "over_minutes", "stops", "distance_m", "joint", "departments"),
)
OPEN_UNCOVERED: Final = ("building_id", "name", "grid_code", "community_code", "reason")
OPEN_TOTALS: Final = ("shifts", "stops", "buildings", "minutes", "distance_km", "over_time")
OPEN_OPTIONS: Final = ("first", "last", "kind", "title", "communities")
OPEN_NOTES: Final = (
    *(PlanNote.NO_TEAMS_NAMED, PlanNote.NO_SHIFTS, PlanNote.NO_OFFICERS, PlanNote.OUT_OF_HOURS),
    *(PlanNote.NO_PLACES, PlanNote.REPLACED_PLAN, SCHOOL_TERM_UNKNOWN),
)


def blind_plan(actor: Actor, plan: Plan) -> Plan:
    """Return a plan as an actor may know it: whole for who plans, for others without any why."""
    return plan if may_unblind(actor) else without_why(plan)


def without_why(plan: Plan) -> Plan:
    """Return a plan whose stops all read alike; what is not told is blank, columns stay.

    Of what the plan leaves uncovered only what falls due by then is told, as everybody can work it
    out; a report that waits, the draw, or a high score would show by being there. Text reads
    ``""``, a number of events 0, a chance NaN, a day NaT, a list is empty.
    """
    stops = _blanked(plan.stops, OPEN_STOPS)
    parts = stops["shift_id"].map(plan.shifts.set_index("shift_id")["part"])
    modes = [open_mode(*each) for each in zip(stops["mode"], parts, strict=True)]
    uncovered = open_uncovered(plan.uncovered, plan.last).reset_index(drop=True)
    return replace(
        plan,
        options=PlanOptions(**{name: getattr(plan.options, name) for name in OPEN_OPTIONS}),
        totals=replace(_open_totals(plan.totals), uncovered=len(uncovered)),
        shifts=_blanked(plan.shifts, OPEN_SHIFTS),
        stops=stops.assign(mode=pd.Series(modes, index=stops.index, dtype="str")),
        uncovered=_blanked(uncovered, OPEN_UNCOVERED),
        notes=tuple(note for note in plan.notes if _is_open(note)),
        locked=frozenset(),
    )


def open_uncovered(uncovered: pd.DataFrame, last: date) -> pd.DataFrame:
    """Return the rows whose ``due_on`` is no later than a day, or unknown: never visited.

    Not those that were visited or on a plan just before: only the highest scores of them are there
    at all.
    """
    due = pd.to_datetime(uncovered["due_on"])
    by_score = uncovered["reason"].isin(UncoveredReason.recent())
    return uncovered[(due.isna() | (due <= pd.Timestamp(last))) & ~by_score]


def open_mode(mode: str, part: str) -> str:
    """Return how a stop is visited as a team may know it: by day, by night, or jointly."""
    if mode == VisitKind.JOINT:
        return VisitKind.JOINT
    return VisitKind.NIGHT if part == EVENING else VisitKind.DAY


def _open_totals(totals: PlanTotals) -> PlanTotals:
    names = ("expected_finds", "expected_low", "expected_high")
    unknown: dict[str, Any] = dict.fromkeys(names, np.nan)
    return PlanTotals(**unknown, **{name: getattr(totals, name) for name in OPEN_TOTALS})


def _is_open(note: str) -> bool:
    return note in OPEN_NOTES or note.startswith(HOLIDAYS_UNKNOWN)


def _blanked(frame: pd.DataFrame, shown: tuple[str, ...]) -> pd.DataFrame:
    """Return a frame with every column that is not shown left blank, types as they were."""
    hidden = [str(name) for name in frame.columns if name not in shown]
    return frame.assign(**{name: _blank(frame[name]) for name in hidden})


def _blank(column: pd.Series[Any]) -> pd.Series[Any]:
    kind = column.dtype.kind
    if kind == "O" and not isinstance(column.dtype, pd.StringDtype):
        return pd.Series([[] for _ in column], index=column.index, dtype=object)
    values: dict[str, Any] = {"f": np.nan, "M": pd.NaT, "i": 0, "b": False}
    return pd.Series(values.get(kind, ""), index=column.index, dtype=column.dtype)
