"""What a plan is made from: buildings, chances, teams, days, ways; filled by the service."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol, TypeAlias

import numpy as np
import pandas as pd

from data.calendars.calendar import Calendar
from geo.routes.distances import straight_distances_m
from governance.patrols.routing.model.plan import PlanError, PlanOptions
from governance.patrols.routing.model.problem import Floats
from governance.patrols.routing.model.settings import PatrolRules
from governance.patrols.routing.model.shifts import Team, UsualWorth
from governance.visits.rules.settings import VisitRules

BUILDING_COLUMNS: Final = (
    *("building_id", "name", "address", "kind", "tier", "lon", "lat", "grid_code"),
    *("community_code", "score", "sensitive", "last_at", "last_result", "last_kind"),
    *("next_step", "retry_at", "reported_at", "last_stop_on"),
)
LOCKED_COLUMNS: Final = ("building_id", "shift_id", "arm")

Walk: TypeAlias = Callable[["Floats", "Floats", Sequence[str]], "Floats"]
"""Longitudes, latitudes, codes of n places → metres to walk from row to column, shape (n, n)."""


class Interval(Protocol):
    """Between which numbers of finds a list of visits will bring, with a probability."""

    def __call__(
        self, chances: Floats, level: float, *, building_ids: Sequence[str]
    ) -> tuple[float, float]:
        """Return both ends for the chances of n visits, shape (n,), and where each goes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanInputs:
    """Everything that a plan is made from.

    ``options``, ``rules``, ``visit_rules``, ``calendar``: what is asked for, and what the office
    has set.
    """

    options: PlanOptions
    rules: PatrolRules
    visit_rules: VisitRules
    calendar: Calendar
    teams: tuple[Team, ...]
    """Those named by the office; empty: as many as options or rules say, named by number."""
    buildings: pd.DataFrame
    """`BUILDING_COLUMNS`, one row per building of the planner's scope:
    ``building_id, name, address, kind`` (as the register calls it), ``tier`` (红 橙 黄 蓝, ""
    unscored), ``lon, lat`` (WGS-84, NaN unknown), ``grid_code, community_code`` ("" unknown),
    ``score`` (0 to 100), ``sensitive`` (bool: a complaint of late stands behind it), ``last_at``
    (local time of the last visit, NaT never), ``last_result, last_kind`` ("" never), ``next_step``
    (one of `NextStep`), ``retry_at`` (local, NaT none), ``reported_at`` (local time of the latest
    report that nobody has answered by a visit, NaT none), ``last_stop_on`` (day of the last stop on
    published plans before this one's first day, if it was kept or is to come; NaT none of late).
    """
    find_chance: Floats
    """That one visit at a usual time finds something, in [0, 1], one per building."""
    interval: Interval
    """How many finds a list of visits may bring (`risk.find_rate.list_interval`)."""
    seed: str
    """Of every draw. Only the server may know it."""
    usual_worth: UsualWorth = field(default_factory=UsualWorth)
    """Worth of a time, by day and in the evening, at which ``find_chance`` holds
    (`governance.patrols.routing.model.shifts.usual_worth`); a visit at a better time finds at a
    rate that is higher in proportion.
    """
    walk: Walk | None = None
    """Ways that are known; None: straight lines times ``walk_factor``."""
    locked: pd.DataFrame | None = None
    """Stops of an earlier version that stay in their shift: `LOCKED_COLUMNS`; None for none."""
    trial: frozenset[str] = frozenset()
    """Buildings that a field trial has for these days."""

    def __post_init__(self) -> None:
        """Refuse buildings without their columns, or with chances that are none."""
        missing = [name for name in BUILDING_COLUMNS if name not in self.buildings]
        if missing:
            raise PlanError("plan_inputs_wrong", missing=missing)
        chances = np.asarray(self.find_chance, dtype=float)
        if len(chances) != len(self.buildings) or not ((chances >= 0) & (chances <= 1)).all():
            raise PlanError("plan_inputs_wrong", seen="find_chance", expected="0 to 1, one each")
        if not self.seed:
            raise PlanError("plan_inputs_wrong", seen="seed", expected="a text")


def walks_between(inputs: PlanInputs, lon: Floats, lat: Floats, ids: Sequence[str]) -> Floats:
    """Return metres to walk between places: those known, else straight lines times a factor."""
    if inputs.walk is not None:
        return inputs.walk(lon, lat, ids)
    return straight_distances_m(lon, lat, factor=inputs.rules.walk_factor)
