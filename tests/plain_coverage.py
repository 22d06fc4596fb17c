"""The plain way to coverage, over frames: the oracle of `governance.visits.due_counts`."""

from datetime import date

import pandas as pd

from governance.visits.due_counts import BY, COLUMNS, FEW
from governance.visits.rules.daily_list import due_dates
from governance.visits.rules.settings import VisitRules


def find_due(
    buildings: pd.DataFrame, *, since: date, until: date, rules: VisitRules
) -> pd.DataFrame:
    """Return the buildings that were due in a period, with what became of each.

    ``buildings``: ``tier``; ``last_at`` and ``last_result`` of the last visit before ``since``;
    ``visits`` and ``looked``, counts in the period.
    ``since``, ``until``: first and last day.

    Returns the rows that were due, with ``due_on`` (NaT where never visited before), ``days_late``
    (days between the due day and ``until``, of those not visited; 0 else), ``breach``.
    """
    due = due_dates(buildings, rules=rules)
    due_rows = buildings.assign(due_on=due)[due.isna() | (due <= pd.Timestamp(until))]
    from_day = due_rows["due_on"].fillna(pd.Timestamp(since))
    late = (pd.Timestamp(until) - from_day).dt.days
    breach = (due_rows["visits"] == 0) & (late > 0)
    return due_rows.assign(breach=breach, days_late=late.where(breach, 0).astype(int))


def measure_coverage(due: pd.DataFrame, *, by: str) -> pd.DataFrame:
    """Count per place and tier, and per place over all tiers (tier ``""``), first.

    ``due``: as `find_due` gives it, with ``community_code`` and ``grid_code``.
    ``by``: a key of `BY`.
    """
    column = BY[by]
    unit = due[column].fillna("") if column else pd.Series("", index=due.index, dtype="str")
    rows = due.assign(unit=unit, went=due["visits"] > 0, saw=due["looked"] > 0)
    parts = [_counted(rows.assign(tier="")), _counted(rows[rows["tier"] != ""])]
    table = pd.concat(parts, ignore_index=True).sort_values(["unit", "tier"], ignore_index=True)
    share = (table["visited"] / table["due"]).astype(float)
    return table.assign(share=share, few=table["due"] < FEW)[list(COLUMNS)]


def _counted(rows: pd.DataFrame) -> pd.DataFrame:
    groups = rows.groupby(["unit", "tier"], sort=True)
    return groups.agg(
        due=("went", "size"),
        visited=("went", "sum"),
        looked=("saw", "sum"),
        breaches=("breach", "sum"),
        most_late_days=("days_late", "max"),
    ).reset_index()
