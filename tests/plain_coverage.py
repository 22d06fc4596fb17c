"""The plain way to coverage, over frames: the oracle of `governance.visits.due_counts`."""

import pandas as pd

from governance.visits.rules.coverage import BY, COLUMNS, FEW


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
