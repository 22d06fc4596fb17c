"""A plan with everything the office knows of it, as a workbook: not for the teams."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from dashboard.documents.workbook import Sheet, workbook
from dashboard.i18n.patrol import (
    clock,
    listed,
    named,
    span_text,
    team_text,
)

if TYPE_CHECKING:
    from dashboard.i18n import Words
    from governance.patrols.routing.model.plan import Plan


def whole_book(plan: Plan, *, say: Words) -> bytes:
    """Write stops with reasons, shifts with their figures, and what is left uncovered."""
    note = " · ".join(
        [span_text(plan.first, plan.last, say=say), say.name("plan_state", plan.state),
         say("A lead, not a finding")]
    )  # fmt: skip
    tables = {
        say("Stops"): stops_table(plan, say=say),
        say("Shifts"): shifts_table(plan, say=say),
        say("Left uncovered"): uncovered_table(plan.uncovered, say=say),
    }
    return workbook(
        [Sheet(title, table, headers=headers(table, say=say), note=note)
         for title, table in tables.items()]
    )  # fmt: skip


def stops_table(plan: Plan, *, say: Words) -> pd.DataFrame:
    """Return every stop with its shift, in the order to walk, codes in words."""
    shifts = plan.shifts[["shift_id", "team", "day", "part"]]
    stops = plan.stops.merge(shifts, on="shift_id", how="left")
    stops = stops.sort_values(["team", "day", "part", "place"], kind="stable")
    return pd.DataFrame(
        {
            "team": [team_text(each, say=say) for each in stops["team"]],
            "day": stops["day"].dt.date,
            "part": [say.name("part", str(each)) for each in stops["part"]],
            "place": stops["place"],
            "arrive": [clock(each) for each in stops["arrive"]],
            "minutes": stops["minutes"],
            "name": stops["name"],
            "address": stops["address"],
            "tier": _named("tier", stops["tier"], say=say),
            "visit_kind": _named("visit_kind", stops["mode"], say=say),
            "reasons": [named("plan_reason", codes, say=say) for codes in stops["reasons"]],
            "arm": _named("arm", stops["arm"], say=say),
            "find_chance": stops["find_chance"].round(3),
            "due_on": stops["floor_due_on"].dt.date,
            "days_late": stops["days_late"],
            "locked": stops["locked"],
            "building_id": stops["building_id"],
        }
    )


def shifts_table(plan: Plan, *, say: Words) -> pd.DataFrame:
    """Return every shift with its figures."""
    shifts = plan.shifts
    return pd.DataFrame(
        {
            "team": [team_text(each, say=say) for each in shifts["team"]],
            "day": shifts["day"].dt.date,
            "part": _named("part", shifts["part"], say=say),
            "stops": shifts["stops"],
            "minutes": shifts["minutes"],
            "most_minutes": shifts["most_minutes"],
            "over_minutes": shifts["over_minutes"],
            "distance_m": shifts["distance_m"].round(),
            "expected_finds": shifts["expected_finds"].round(2),
            "departments": [listed(map(str, each), say=say) for each in shifts["departments"]],
        }
    )


def uncovered_table(rows: pd.DataFrame, *, say: Words) -> pd.DataFrame:
    """Return what is due and not on a plan, each with why; codes in words."""
    return pd.DataFrame(
        {
            "name": rows["name"],
            "tier": _named("tier", rows["tier"], say=say),
            "why_uncovered": _named("uncovered", rows["reason"], say=say),
            "due_on": rows["due_on"].dt.date,
            "days_late": rows["days_late"],
            "find_chance": rows["find_chance"].round(3),
            "community_code": rows["community_code"],
            "building_id": rows["building_id"],
        }
    )


def headers(table: pd.DataFrame, *, say: Words) -> dict[str, str]:
    """Return what each column is called."""
    return {str(name): say.name("column", str(name)) for name in table.columns}


def _named(kind: str, codes: pd.Series[Any], *, say: Words) -> list[str]:
    return [say.name(kind, str(code)) if code else "" for code in codes.fillna("")]
