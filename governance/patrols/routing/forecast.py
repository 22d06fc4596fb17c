"""What a plan would come to, before it is searched for, and what could be asked for instead.

Routes are put together by the insertion heuristic alone, which takes a second; a plan that is
searched for does a little better.
"""

from collections.abc import Callable
from dataclasses import replace
from math import ceil
from typing import Any, Final

import numpy as np
import pandas as pd

from governance.patrols.routing.make_plan import expected_finds
from governance.patrols.routing.model.forecast import NarrowerPlan, PlanForecast
from governance.patrols.routing.model.plan import LONGEST_DAYS
from governance.patrols.routing.model.plan_inputs import PlanInputs
from governance.patrols.routing.model.problem import Bools
from governance.patrols.routing.selection.coverage_floor import WEEK_DAYS, weeks_until_met
from governance.patrols.routing.selection.formulate import PlanningBase, formulate_pool
from governance.patrols.routing.selection.planning_base import make_planning_base, teams_of
from governance.patrols.routing.solver.insertion_heuristic import solve_greedily

_PARTS: Final = 3
"""Gathering, what is asked for, and the usual beside it: each takes about as long."""
FULL_FLOOR_SHARE: Final = 0.8
"""Of the stops, for the floor of a campaign that can be kept; the rest is for the list's top, for
chance, and for walks that are longer than was thought."""
LONGEST_PERIOD: Final = 366
"""Days between two visits that a campaign can ask for."""


def forecast_plan(
    inputs: PlanInputs,
    *,
    progress: Callable[[str, int, int], None] = lambda _stage, _done, _total: None,
) -> PlanForecast:
    """Say what a plan would come to, without searching for it.

    ``progress``: called as (stage, done, total).
    """
    progress("choose", 1, _PARTS)
    base, visited, finds = _sketch(inputs)
    usual = replace(inputs.options, floor_days=None, floor_share=None, kinds=(), communities=())
    progress("choose", 2, _PARTS)
    _, _, usual_finds = _sketch(replace(inputs, options=usual))
    due = base.candidates.floor_due
    kept = int((due & visited).sum())
    weeks = weeks_until_met(inputs, base.rows, visited)
    stops, owed = int(visited.sum()), int(due.sum())
    return PlanForecast(
        teams=len(base.teams), shifts=len(base.shifts), stops=stops, due=owed, kept=kept,
        weeks=weeks, finds=finds, usual_finds=usual_finds,
        narrower=_narrower(base, due, stops=stops, weeks=weeks) if kept < owed else None,
    )  # fmt: skip


def _sketch(inputs: PlanInputs) -> tuple[PlanningBase, Bools, float]:
    """Return who could be visited, who would be, shape (n,), and the finds expected of that."""
    base = make_planning_base(inputs, teams_of(inputs))
    formulation = formulate_pool(base)
    visited = np.zeros(len(base.rows), dtype=bool)
    if formulation.is_idle:
        return base, visited, 0.0
    routes = solve_greedily(formulation.problem).routes
    orders = {route.shift: route.stops.tolist() for route in routes}
    for order in orders.values():
        visited[formulation.members[order]] = True
    return base, visited, round(expected_finds(formulation, orders), 4)


def _narrower(
    base: PlanningBase, due: Bools, *, stops: int, weeks: int | None
) -> NarrowerPlan | None:
    room, rows = int(FULL_FLOOR_SHARE * stops), base.rows
    if not room:
        return None
    communities, kinds = (
        _groups_that_fit(rows[due], by, room) for by in ("community_code", "kind")
    )
    return NarrowerPlan(
        period_days=_period_that_fits(base, room),
        communities=communities,
        kinds=kinds,
        pair=None if communities or kinds else _pair_that_fits(rows[due], room),
        weeks=weeks if weeks and weeks * WEEK_DAYS <= LONGEST_DAYS else None,
        teams=ceil(len(base.teams) * int(due.sum()) / room),
    )


def _period_that_fits(base: PlanningBase, room: int) -> int | None:
    """Return the fewest days between visits with which no more falls due than there is room for.

    What was never visited is due whatever the days.
    """
    rows = base.rows[base.rows["possible"]]
    last = pd.Timestamp(base.inputs.options.last)
    since = (last - rows["last_at"].dt.normalize()).dt.days.fillna(np.inf).to_numpy(float)
    if len(since) <= room:
        return None
    # All but the `room` longest ago are to have been visited less than so many days before.
    days = float(np.sort(since)[-(room + 1)]) + 1
    return int(days) if 1 <= days <= LONGEST_PERIOD else None


def _groups_that_fit(due: pd.DataFrame, by: str, room: int) -> tuple[str, ...]:
    """Return the groups of highest mean chance whose due buildings there is room for together."""
    groups = due[due[by] != ""].groupby(by)["find_chance"].agg(["mean", "size"])
    chosen: list[str] = []
    for code, _, size in groups.sort_values("mean", ascending=False).itertuples():
        if size <= room:
            chosen.append(str(code))
            room -= size
    return tuple(chosen) if len(chosen) < len(groups) else ()


def _pair_that_fits(due: pd.DataFrame, room: int) -> tuple[str, str] | None:
    """Return the community and kind of highest mean chance whose due buildings fit."""
    by = ["community_code", "kind"]
    known = due[(due[by] != "").all(axis=1)]
    groups = known.groupby(by)["find_chance"].agg(["mean", "size"])
    groups = groups[groups["size"] <= room]
    if groups.empty:
        return None
    best: Any = groups["mean"].idxmax()
    return str(best[0]), str(best[1])
