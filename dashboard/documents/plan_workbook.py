"""A plan with everything the office knows of it, as a workbook: not for the teams."""

import pandas as pd

from dashboard.documents.columns import DAY, PERCENT, Column, columns_of, sheet
from dashboard.documents.workbook import workbook
from dashboard.i18n import Translator
from dashboard.i18n.patrol import clock, listed, span_text, team_text
from governance.patrols.routing.model.plan import Plan

STOPS = (
    Column("team"),
    Column("day", format=DAY),
    Column("part", kind="part"),
    *columns_of("place", "arrive", "minutes", "name", "address"),
    Column("tier", kind="tier"),
    Column("visit_kind", source="mode", kind="visit_kind"),
    Column("reasons", kind="plan_reason"),
    Column("arm", kind="arm"),
    Column("find_chance", digits=3),
    Column("due_on", source="floor_due_on", format=DAY),
    *columns_of("days_late", "locked", "building_id"),
)
SHIFTS = (
    Column("team"),
    Column("day", format=DAY),
    Column("part", kind="part"),
    *columns_of("stops", "minutes", "most_minutes", "over_minutes"),
    Column("distance_m", digits=0),
    Column("expected_finds", digits=2),
    Column("departments"),
)
UNCOVERED = (
    Column("rank", digits=0),
    Column("name"),
    Column("tier", kind="tier"),
    Column("why_uncovered", source="reason", kind="uncovered"),
    Column("due_on", format=DAY),
    Column("days_late"),
    Column("find_chance", digits=3, format=PERCENT),
    *columns_of("community_code", "building_id"),
)


def workbook_of(plan: Plan, *, say: Translator) -> bytes:
    """Write stops with reasons, shifts with their figures, and what is left uncovered."""
    note = " · ".join(
        [
            span_text(plan.first, plan.last, say=say),
            say.name("plan_state", plan.state),
            say("A lead, not a finding"),
        ]
    )
    tables = [
        (say("Stops"), stops_table(plan, say=say), STOPS),
        (say("Shifts"), shifts_table(plan, say=say), SHIFTS),
        (say("Left uncovered"), plan.uncovered, UNCOVERED),
    ]
    return workbook(
        [sheet(title, rows, columns, say=say, note=note) for title, rows, columns in tables]
    )


def stops_table(plan: Plan, *, say: Translator) -> pd.DataFrame:
    """Return every stop with its shift, in the order to walk: at least the columns of `STOPS`."""
    shifts = plan.shifts[["shift_id", "team", "day", "part"]]
    stops = plan.stops.merge(shifts, on="shift_id", how="left")
    stops = stops.sort_values(["team", "day", "part", "place"], kind="stable")
    return stops.assign(
        team=[team_text(each, say=say) for each in stops["team"]],
        arrive=[clock(each) for each in stops["arrive"]],
    )


def shifts_table(plan: Plan, *, say: Translator) -> pd.DataFrame:
    """Return every shift with its figures: at least the columns of `SHIFTS`."""
    shifts = plan.shifts
    return shifts.assign(
        team=[team_text(each, say=say) for each in shifts["team"]],
        departments=[listed(map(str, each), say=say) for each in shifts["departments"]],
    )
