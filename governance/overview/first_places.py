"""The buildings to look at first: why, who answers for them, and when somebody goes."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

import numpy as np
import pandas as pd

from data.contracts.vocabulary import Duty
from data.derived.answers.unit_names import UnitNames
from data.results.snapshot import BUILDING_KIND, Snapshot
from governance.access.permissions import Action, Actor, may
from governance.patrols.blinding import blind_plan
from governance.patrols.routing.model.plan import Plan
from governance.patrols.routing.model.vocabulary import PlanState
from governance.patrols.versions import PlanVersions
from governance.responsibility.duty_reader import DutyReader
from governance.service import Component
from risk import schema as c
from risk.features.factors import BASE

PLACE_COLUMNS: Final = (
    *("unit", "rank", "tier", "score", "low", "high", "name", "community", "factors", "warden"),
    *("planned_on", "team", "is_draft", "left_out"),
)
MOST_FACTORS: Final = 2
_WEEK: Final = timedelta(days=7)


class FirstPlaces(Component):
    """Puts score, duties and plans of a few buildings side by side."""

    _duty_reader: DutyReader
    _plan_versions: PlanVersions

    def of(self, actor: Actor, snapshot: Snapshot | None, *, on: date, most: int) -> pd.DataFrame:
        """Return the buildings of highest score in an actor's scope, highest first.

        Returns `PLACE_COLUMNS`; empty for who may not know reasons. ``factors`` lists the factors
        with most points, at most `MOST_FACTORS`; ``warden`` "" where nobody has the duty or the
        actor may not know; ``planned_on`` and ``team`` of the next visit that a plan of this week
        or the next has for it, NaT and "" for none, ``is_draft`` whether that plan is yet to be
        published; ``left_out`` why next week's plan has none
        (`governance.patrols.routing.model.vocabulary.UncoveredReason`), "" unknown.
        """
        if snapshot is None or not may(actor, Action.SEE_REASONS):
            return pd.DataFrame(columns=list(PLACE_COLUMNS))
        rows = actor.scope.of_rows(self._engine.snapshot_rows(snapshot.path_of("buildings")))
        first = rows.order_by("rank").limit(most).rename(unit="building_id")
        ranked = first.to_pyarrow().to_pandas()
        names, units = UnitNames(self._engine), ranked["unit"]
        places = ranked.reset_index(drop=True).assign(
            name=names.of(BUILDING_KIND, units),
            community=names.of("community", ranked["community_code"]),
            factors=pd.Series(main_factors(ranked), dtype=object),
            warden=self._duty_reader.holder_names(actor, units, Duty.WARDEN, on=on),
        )
        return self._with_plans(actor, places, on=on)[list(PLACE_COLUMNS)]

    def _with_plans(self, actor: Actor, places: pd.DataFrame, *, on: date) -> pd.DataFrame:
        monday = on - timedelta(days=on.weekday())
        plans = [self._plan(actor, first) for first in (monday, monday + _WEEK)]
        visits = _next_visits([plan for plan in plans if plan], since=on)
        coming = plans[-1]
        why = {} if coming is None else dict(coming.uncovered[["building_id", "reason"]].to_numpy())
        units = places["unit"].tolist()
        none = (pd.NaT, "", False)
        return places.assign(
            planned_on=pd.Series(
                [visits.get(each, none)[0] for each in units], dtype="datetime64[us]"
            ),
            team=[visits.get(each, none)[1] for each in units],
            is_draft=[visits.get(each, none)[2] for each in units],
            left_out=["" if each in visits else str(why.get(each, "")) for each in units],
        )

    def _plan(self, actor: Actor, first: date) -> Plan | None:
        """Return the plan of a week as the actor may know it; None where there is none."""
        if not may(actor, Action.SEE_PLAN):
            return None
        plan = self._plan_versions.plan_of_week(actor, first)
        return None if plan is None else blind_plan(actor, plan)


def main_factors(ranked: pd.DataFrame) -> list[list[str]]:
    """Return of each building the names of the factors that raise its score most."""
    prefix = c.POINTS_PREFIX
    names = [str(name) for name in ranked]
    columns = [n for n in names if n.startswith(prefix) and n != c.points_column(BASE)]
    points = ranked[columns].to_numpy(float)
    order = np.argsort(-points, axis=1, kind="stable")[:, :MOST_FACTORS]
    return [
        [columns[at].removeprefix(prefix) for at in best if row[at] > 0]
        for best, row in zip(order, points, strict=True)
    ]


def _next_visits(
    plans: Sequence[Plan], *, since: date
) -> dict[str, tuple[pd.Timestamp, str, bool]]:
    """Return building → day, team, whether it is a draft, of its first stop from a day on."""
    found: dict[str, tuple[pd.Timestamp, str, bool]] = {}
    for plan in plans:
        when = plan.shifts.set_index("shift_id")[["day", "team"]]
        stops = plan.stops[["building_id", "shift_id"]].join(when, on="shift_id")
        stops = stops[stops["day"] >= pd.Timestamp(since)].sort_values("day", kind="stable")
        for building, day, team in zip(
            stops["building_id"], stops["day"], stops["team"], strict=True
        ):
            found.setdefault(building, (day, team, plan.state == PlanState.DRAFT))
    return found
