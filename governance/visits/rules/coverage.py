"""Coverage: buildings visited of the buildings that were due, by tier; of places, never of people.

A building is due in a period when its last visit before it, plus the days of its tier, falls on
or before the period's last day; one never visited is due. It is covered when somebody went there
in the period, whether or not a door was opened; ``looked`` counts those where one could look.
"""

from datetime import date
from typing import Final

import pandas as pd

from governance.visits.rules.daily_list import due_dates
from governance.visits.rules.settings import VisitRules

FEW: Final = 10
"""A share of fewer says little."""
BY: Final = {"community": "community_code", "grid": "grid_code", "street": ""}
COLUMNS: Final = ("unit", "tier", "due", "visited", "looked", "share", "few", "breaches",
                  "most_late_days")  # fmt: skip


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
