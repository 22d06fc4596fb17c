"""After the week: what the list found beside what chance found, by kind and hour."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import pandas as pd

from governance.access.permissions import Action, Actor, require, require_whole
from governance.patrols.results.compare_arms import (
    LEVEL,
    TOO_FEW,
    ArmComparison,
    compare_arms,
    outcomes_of,
    rates_by,
    with_rates,
)
from governance.patrols.results.visits_of_plan import PlanOutcomes, building_days
from governance.patrols.routing.model.plan import Plan, PlanError
from governance.patrols.routing.model.vocabulary import PlanKind
from governance.patrols.versions import PlanVersions
from governance.service import Service
from risk.evaluation.proportions import Estimate

SO_FAR_WEEKS: Final = 26
MODE_COLUMNS: Final = ("mode", "planned", "visited", "found", "suspected", "no_access", "rate",
                       "low", "high")  # fmt: skip
HOUR_COLUMNS: Final = ("hour", "visits", "no_access", "share", "low", "high")
MISSED_COLUMNS: Final = ("building_id", "name", "tier", "team_id", "day", "part", "shift_id")
YES, NO = "yes", "no"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanEvaluation:
    """What came of a plan. For whoever plans: a team must not learn what chance chose.

    ``until``, ``over``: last day counted, before the first of a plan that has not begun, and
    whether the plan's span is past.
    ``difference``, ``difference_low``, ``difference_high``: rate of the list less that of chance;
    None where either has no visit.
    ``ratio``, ``ratio_low``, ``ratio_high``: the same as a ratio.
    ``base_rate``, ``base_low``, ``base_high``: finds per visit anywhere in the plan's scope, as
    chance estimates it; None where there are too few visits to say.
    ``expected_finds``, ``found``: of all buildings of the plan that were visited.
    ``so_far``, ``so_far_plans``: the same comparison over the published week plans of half a year
    up to this one, and how many they are: one week's random arm is small.
    """

    plan_id: str
    title: str
    kind: str
    first: date
    last: date
    state: str
    until: date
    over: bool
    level: float
    """Probability that the intervals are meant to hold."""
    arms: pd.DataFrame
    """As `governance.patrols.results.compare_arms.ArmComparison.arms`: list, random, ordinary
    (company).
    """
    modes: pd.DataFrame
    """`MODE_COLUMNS`: building-days by the way they were visited, beside the stops planned so."""
    hours: pd.DataFrame
    """`HOUR_COLUMNS`: visits by local hour, and how many met a closed door."""
    announced: pd.DataFrame
    """``unannounced`` (``yes``, ``no``) with counts and rates; empty where nobody noted it."""
    missed: pd.DataFrame
    """`MISSED_COLUMNS`: stops whose day is past and where nobody was in the plan's span."""
    difference: float | None
    difference_low: float | None
    difference_high: float | None
    ratio: float | None
    ratio_low: float | None
    ratio_high: float | None
    base_rate: float | None
    base_low: float | None
    base_high: float | None
    verdict: str
    """``more``, ``less``, ``cannot_tell`` or ``too_few``."""
    expected_finds: float
    found: int
    so_far: ArmComparison
    so_far_plans: int


class PlanEvaluationService(Service):
    """Services that say what came of a plan."""

    _outcomes: PlanOutcomes
    _versions: PlanVersions

    def evaluate(
        self, actor: Actor, day: date | None = None, *, plan_id: str | None = None
    ) -> PlanEvaluation:
        """Compare what a plan's list found with what its random arm found; while it runs, too.

        Visits by anybody, recorded here or imported, at a building of the plan within its span
        count. Reported leads count as well: going there was on the plan.

        ``day``: the week plan whose span holds it, last changed and not cancelled; today when None.
        ``plan_id``: that plan instead: a campaign, or any other.

        Raises `NotAllowedError` when the actor may not evaluate or does not make plans, or sees
        only a part of the street.
        Raises `PlanError`: ``plan_missing``.
        """
        require_whole(actor, Action.EVALUATE)
        require(actor, Action.MAKE_PLAN)  # who may be sent must not learn what chance chose
        today = self._local_now().date()
        plan = self._versions.executed(actor, plan_id or self._plan_at(actor, day or today))
        judged = self._judged(actor, plan)
        seen = self._visits_to(judged, until=plan.last)
        visits = _within(seen, plan, only_stops=True)
        outcomes = outcomes_of(plan.stops, visits)
        compared = compare_arms(outcomes, level=LEVEL)
        base = Estimate.unknown() if compared.verdict == TOO_FEW else compared.base_rate
        return PlanEvaluation(
            **{name: getattr(plan, name)
               for name in ("plan_id", "title", "kind", "first", "last", "state")},
            until=min(plan.last, today),
            over=plan.last < today,
            level=compared.level,
            arms=compared.arms,
            modes=_by_mode(plan.stops, visits, compared.level),
            hours=_by_hour(visits, compared.level),
            announced=_by_announcement(visits, compared.level),
            missed=_missed(plan, outcomes, today),
            **_three("difference", "difference", compared.difference),
            **_three("ratio", "ratio", compared.ratio),
            **_three("base_rate", "base", base),
            verdict=compared.verdict,
            expected_finds=float(compared.arms["expected"].sum()),
            found=int(compared.arms["found"].sum()),
            so_far=compare_arms(_outcomes_of_each(judged, seen), level=LEVEL),
            so_far_plans=len(judged),
        )  # fmt: skip

    def _plan_at(self, actor: Actor, day: date) -> str:
        found = self._versions.of_week(actor, day)
        if found is None:
            raise PlanError("plan_missing", seen=str(day))
        return found[0]

    def _judged(self, actor: Actor, plan: Plan) -> list[Plan]:
        """Return the week plans shown in the half year before a plan, and itself as the last."""
        since = plan.first - timedelta(weeks=SO_FAR_WEEKS)
        with self._workspace.store.begin() as unit:
            shown = set(unit.patrols.published_of_span(since, plan.last, kind=PlanKind.WEEK))
        every = [self._versions.executed(actor, each) for each in sorted(shown - {plan.plan_id})]
        return [*(each for each in every if each.last <= plan.last), plan]

    def _visits_to(self, plans: Sequence[Plan], *, until: date) -> pd.DataFrame:
        """Return every visit to a building of any of the plans, from the first one's begin on."""
        first = min(each.first for each in plans)
        buildings = {building for each in plans for building in each.stops["building_id"]}
        return self._outcomes.visits_within(first, until, buildings=buildings)


def _outcomes_of_each(plans: Sequence[Plan], visits: pd.DataFrame) -> pd.DataFrame:
    """Return what came of each plan, one below the other: buildings of two plans are two."""

    def numbered(number: int, rows: pd.DataFrame) -> pd.DataFrame:
        return rows.assign(building_id=f"{number:04}/" + rows["building_id"])

    stops = [numbered(number, each.stops) for number, each in enumerate(plans)]
    seen = [numbered(number, _within(visits, each)) for number, each in enumerate(plans)]
    return outcomes_of(pd.concat(stops, ignore_index=True), pd.concat(seen, ignore_index=True))


def _within(visits: pd.DataFrame, plan: Plan, *, only_stops: bool = False) -> pd.DataFrame:
    first, last = pd.Timestamp(plan.first), pd.Timestamp(plan.last)
    inside = (visits["day"] >= first) & (visits["day"] <= last)
    if only_stops:
        inside &= visits["building_id"].isin(set(plan.stops["building_id"]))
    return visits[inside].reset_index(drop=True)


def _by_mode(stops: pd.DataFrame, visits: pd.DataFrame, level: float) -> pd.DataFrame:
    """Count building-days by the way they were visited, beside the stops planned that way."""
    rates = rates_by(building_days(visits), "mode", level=level)
    planned = stops.drop_duplicates("building_id")["mode"].value_counts().rename("planned")
    modes = rates.merge(planned.rename_axis("mode").reset_index(), on="mode", how="outer")
    counts = ["planned", "visited", "found", "suspected", "no_access"]
    modes = modes.assign(**{name: modes[name].fillna(0).astype(int) for name in counts})
    order = ["visited", "planned", "mode"]
    modes = modes.sort_values(order, ascending=[False, False, True], ignore_index=True)
    return modes[list(MODE_COLUMNS)]


def _by_hour(visits: pd.DataFrame, level: float) -> pd.DataFrame:
    """Count visits by hour and how many met a closed door, where the hour is known."""
    known = visits[visits["hour"].notna()].astype({"hour": "int64"})
    hours = rates_by(building_days(known, "hour"), "hour", level=level)
    hours = with_rates(hours, "no_access", level=level)
    hours = hours.rename(columns={"visited": "visits", "rate": "share"})
    return hours.sort_values("hour", ignore_index=True)[list(HOUR_COLUMNS)]


def _by_announcement(visits: pd.DataFrame, level: float) -> pd.DataFrame:
    days = building_days(visits)
    known = days[days["unannounced"].notna()]
    named = known["unannounced"].map({True: YES, False: NO}).astype("str")
    return rates_by(known.assign(unannounced=named), "unannounced", level=level)


def _missed(plan: Plan, outcomes: pd.DataFrame, today: date) -> pd.DataFrame:
    """List the stops of past days where nobody was in the plan's span."""
    visited = set(outcomes.loc[outcomes["visits"] > 0, "building_id"])
    shifts = plan.shifts.set_index("shift_id")[["team_id", "day", "part"]]
    stops = plan.stops.join(shifts, on="shift_id")
    missed = stops[~stops["building_id"].isin(visited) & (stops["day"] < pd.Timestamp(today))]
    order = missed.sort_values(["day", "shift_id", "place"], ignore_index=True)
    return order[list(MISSED_COLUMNS)]


def _three(name: str, stem: str, estimate: Estimate) -> dict[str, Any]:
    """Return an estimate as three fields, None where it is not known."""
    values = {name: estimate.value, f"{stem}_low": estimate.low, f"{stem}_high": estimate.high}
    return {key: None if pd.isna(value) else value for key, value in values.items()}
