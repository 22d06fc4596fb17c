"""Coverage: buildings visited of the buildings that were due, by tier; of places, never of people.

A building is due in a period when its last visit before it, plus the days of its tier, falls on
or before the period's last day; one never visited is due. It is covered when somebody went there
in the period, whether or not a door was opened; ``looked`` counts those where one could look. All
of it is worked out where the rows lie, of any number of buildings.
"""

from datetime import date
from typing import Final

import ibis
import pandas as pd
from ibis.expr.types import Table

from data.contracts.vocabulary import SOMETHING
from governance.visits.rules.settings import TIERS, VisitRules

FEW: Final = 10
"""A share of fewer says little."""
BY: Final = {"community": "community_code", "grid": "grid_code", "street": ""}
COLUMNS: Final = ("unit", "tier", "due", "visited", "looked", "share", "few", "breaches",
                  "most_late_days")  # fmt: skip
_ZERO: Final = date(1970, 1, 1)


def with_due_days(
    buildings: Table, tiers: Table | None, seen: Table, *, rules: VisitRules
) -> Table:
    """Put beside buildings their tier, their visits and the day when they are due.

    ``buildings``: ``building_id, community_code, grid_code``.
    ``tiers``: ``building_id, tier``; None where nothing was scored.
    ``seen``: ``building_id, last_at, last_result, visits, looked``, of buildings that were ever
    visited.

    Returns `Table`: ``due_day``: days since 1970-01-01, NULL where never visited before.
    """
    none = ibis.literal("").name("tier")
    rows = buildings.left_join(seen, "building_id").drop("building_id_right")
    if tiers is None:
        rows = rows.mutate(none)
    else:
        rows = rows.left_join(tiers, "building_id").drop("building_id_right")
        rows = rows.mutate(tier=rows["tier"].fill_null(""))
    days = ibis.cases(
        *((rows["tier"] == tier, rules.cadence_days(tier)) for tier in TIERS),
        else_=rules.cadence_days(""),
    )
    sooner = ibis.least(days, rules.revisit_days)
    days = ibis.cases((rows["last_result"].isin(list(SOMETHING)), sooner), else_=days)
    return rows.mutate(
        due_day=rows["last_at"].date().delta(_ZERO, unit="day") + days,
        visits=rows["visits"].fill_null(0),
        looked=rows["looked"].fill_null(0),
    )


def count_due(rows: Table, *, since: date, until: date, by: str) -> pd.DataFrame:
    """Count per place and tier, and per place over all tiers (tier ``""``), first.

    ``rows``: of `with_due_days`, as of ``since``.
    ``by``: a key of `BY`.

    Returns `COLUMNS`.
    """
    last = day_number(until)
    due = rows.filter(rows["due_day"].fill_null(last) <= last)
    late = ibis.literal(last) - due["due_day"].fill_null(day_number(since))
    breach = (due["visits"] == 0) & (late > 0)
    unit = due[BY[by]].fill_null("") if BY[by] else ibis.literal("")
    due = due.mutate(unit=unit, breach=breach, late=breach.ifelse(late, 0))
    parts = [_counted(due.mutate(tier=ibis.literal(""))), _counted(due.filter(due["tier"] != ""))]
    counted = parts[0].union(parts[1]).order_by("unit", "tier").to_pyarrow().to_pandas()
    counted = counted.astype({"unit": "str", "tier": "str"})
    share = (counted["visited"] / counted["due"]).astype(float)
    table: pd.DataFrame = counted.assign(share=share, few=counted["due"] < FEW)[list(COLUMNS)]
    return table


def late_rows(rows: Table, *, on: date, never_due: date) -> Table:
    """Return the buildings due before a day and not visited, with ``days_late``.

    ``rows``: of `with_due_days`.
    ``never_due``: since when a building is due that was never visited.
    """
    due = rows["due_day"].fill_null(day_number(never_due))
    late = ibis.greatest(ibis.literal(day_number(on)) - due, 0)
    never = rows["due_day"].isnull()  # noqa: PD003 -- Ibis has no other name
    return rows.filter((late > 0) | never).mutate(due_day=due, days_late=late)


def count_late(late: Table) -> tuple[int, int]:
    """Count what `late_rows` returns, and the days of the latest of them."""
    counted = late.aggregate(count=late.count(), worst=late["days_late"].max())
    row = counted.to_pyarrow().to_pylist()[0]
    return int(row["count"]), int(row["worst"] or 0)


def day_number(day: date) -> int:
    """Return the days since 1970-01-01."""
    return (day - _ZERO).days


def _counted(rows: Table) -> Table:
    went, saw = rows["visits"] > 0, rows["looked"] > 0
    return rows.group_by("unit", "tier").agg(
        due=rows.count(),
        visited=rows.count(where=went),
        looked=rows.count(where=saw),
        breaches=rows.count(where=rows["breach"]),
        most_late_days=rows["late"].max(),
    )
