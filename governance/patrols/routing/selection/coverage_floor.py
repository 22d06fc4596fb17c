"""The coverage floor: what falls due when, and which of it a plan's share of the time is kept for.

Where more is due than a share of the stops, the floor would drown what is likely. So the plan keeps
the floor of as many buildings as its share has room for, and all others stay what they are without
a floor: worth their chance of a find.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from governance.patrols.routing.model.plan_inputs import PlanInputs
from governance.patrols.routing.model.problem import Bools, Floats, Ints
from governance.patrols.routing.selection.seeded_draw import chances
from governance.visits.rules.settings import TIERS

NEVER_LATE: Final = 1.0
"""Never visited is as late as by a whole floor."""
COMPANION_SHARE: Final = 0.5
"""Of the floor's room, for what is due and company to another stop at once."""
LONGEST_WEEKS: Final = 520
"""What takes longer than ten years takes for ever."""
WEEK_DAYS: Final = 7
_RANKS: Final = {tier: rank for rank, tier in enumerate(TIERS)}


def find_dues(
    inputs: PlanInputs, visited: pd.Series[pd.Timestamp], period_days: Ints
) -> pd.DataFrame:
    """Find when n buildings fall due: so many days after the last visit.

    ``visited``: days of the last visit, NaT where there was none, shape (n,).
    ``period_days``: within how many days a building is visited again, at least 1, shape (n,).

    Returns ``due_on`` the day, NaT where never visited, which is due at once; ``period_days``;
    ``due`` whether it falls due by the plan's last day; ``days_late`` whole days late on the plan's
    first day, 0 where never visited; ``late`` the same over the period: 1 is late by a whole one;
    `NEVER_LATE` where never visited.
    """
    first, last = (pd.Timestamp(day) for day in (inputs.options.first, inputs.options.last))
    due_on = (visited + pd.to_timedelta(period_days, unit="D")).astype("datetime64[us]")
    days_late = (first - due_on).dt.days.clip(lower=0)
    return pd.DataFrame(
        {
            "due_on": due_on,
            "period_days": period_days,
            "due": due_on.isna() | (due_on <= last),
            "days_late": days_late.fillna(0).astype(np.int64),
            "late": (days_late / period_days).fillna(NEVER_LATE).astype(float),
        }
    )


def floor_days(inputs: PlanInputs, tiers: pd.Series[str]) -> Ints:
    """Return within how many days buildings are visited again: by the options, else the cadence."""
    days = inputs.options.floor_days or {}
    by_tier = {
        tier: days.get(TIERS.get(tier, ""), days.get(tier, inputs.visit_rules.cadence_days(tier)))
        for tier in tiers.unique()
    }
    return tiers.map(by_tier).to_numpy(np.int64)


def choose_floor(
    rows: pd.DataFrame, *, among: Bools, companions: Bools, room: int, seed: str
) -> Bools:
    """Choose the buildings that the floor's share is kept for, shape (n,).

    Most late first, measured by its own period; of equally late ones the higher tier (red, orange,
    yellow, blue, unscored); of these as a draw by the plan's seed says, so that nobody can tell who
    of a tier is next; last by code. Before all others those that are company to another stop, as
    far as they take `BESIDE_SHARE` of the room.

    ``rows``: ``building_id, tier`` and ``late`` as `find_dues` has it.
    ``among``: due, can be visited, and not sure of a visit for another reason, shape (n,).
    ``companions``: can be company to a stop that would betray who complained, shape (n,).
    """
    first = _most_late(rows, among=among & companions, room=int(room * COMPANION_SHARE), seed=seed)
    rest = room - int(first.sum())
    return first | _most_late(rows, among=among & ~first, room=rest, seed=seed)


def _most_late(rows: pd.DataFrame, *, among: Bools, room: int, seed: str) -> Bools:
    due = rows[among]
    ids = due["building_id"].to_numpy(object)
    ranks = due["tier"].map(_RANKS).fillna(len(_RANKS)).to_numpy(np.int64)
    draws = chances(rows["building_id"], use="floor", seed=seed)[among]
    order = np.lexsort((ids, draws, ranks, -due["late"]))
    return rows.index.isin(due.index[order[:room]])


def weeks_until_met(inputs: PlanInputs, rows: pd.DataFrame, visited: Bools) -> int | None:
    """Return after how many weeks like the plan's nothing is due any more; 0 where nothing is.

    The plan is followed by others that visit as many due buildings, most late first, each of which
    falls due again after its own period; visits that the floor does not ask for are left aside.

    ``rows``: all n candidates, as `governance.patrols.routing.selection.candidates` has them.
    ``visited``: which buildings the plan visits, shape (n,).

    Returns the weeks, rounded up; None if that is not within `LONGEST_WEEKS`: more falls due than
    is visited.
    """
    due, possible = (rows[name].to_numpy(bool) for name in ("due", "possible"))
    if not (due & possible).any():
        return 0
    first, last = (np.datetime64(day, "D") for day in (inputs.options.first, inputs.options.last))
    span = int((last - first).astype(np.int64)) + 1
    period = rows["period_days"].to_numpy(np.float64)
    days = rows["due_on"].to_numpy("datetime64[D]")
    next_due = np.where(np.isnat(days), -period * NEVER_LATE, (days - first).astype(np.float64))
    next_due[~possible] = np.inf
    next_due[visited] = span - 1 + period[visited]
    pace = int((due & possible & visited).sum())
    spans = _spans_at(pace, next_due, period, span=span)
    return None if spans is None else -(-spans * span // WEEK_DAYS)


def _spans_at(pace: int, next_due: Floats, period: Floats, *, span: int) -> int | None:
    """Visit ``pace`` of what is due in span after span until nothing is; return how many spans.

    ``next_due``: on which day each falls due after the first span, whose first day is 0.
    ``span``: days.
    """
    if _is_hopeless(pace, period[next_due <= span - 1], span=span):
        return None
    for number in range(1, LONGEST_WEEKS * WEEK_DAYS // span + 1):
        last = number * span - 1
        if number > 1:
            due = np.flatnonzero(next_due <= last)
            late = (last - next_due[due]) / period[due]
            visited = due[np.argsort(-late, kind="stable")[:pace]]
            next_due[visited] = last + period[visited]
        if not (next_due <= last).any():
            return number
        if not pace:
            return None
    return None


def _is_hopeless(pace: int, period: Floats, *, span: int) -> bool:
    """Say whether more is due than can ever be not due at once.

    On any day without anything due each of these was visited within its own period, and so many
    visits there are within a period's spans, at most.

    ``period``: days, of all that is due at first.
    """
    shortest_first = np.sort(period)
    return bool((np.arange(1, len(period) + 1) > pace * (shortest_first // span + 1)).any())
