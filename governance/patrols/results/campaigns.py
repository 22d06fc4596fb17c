"""A campaign in the field's words: how many went out, to how many places, and what they found."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import pandas as pd

from data.contracts.vocabulary import LOOKED, VisitKind, VisitResult
from governance.access.permissions import Action, Actor, require
from governance.patrols.results.compare_arms import most_conclusive
from governance.patrols.results.visits_of_plan import PlanOutcomes, building_days
from governance.patrols.routing.model.plan import Plan, PlanError
from governance.patrols.versions import PlanVersions, seen_part
from governance.service import Service
from governance.visits.base import VisitReader
from governance.visits.rules.blinding import with_blinded_kinds

KIND_COLUMNS: Final = ("building_kind", "places", "problems", "suspected")
MODE_COLUMNS: Final = ("mode", "places", "problems", "suspected")
DEPARTMENT_COLUMNS: Final = ("department", "checks")


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """What the campaign's teams did in its span at buildings that were not on it."""

    person_times: int
    places: int
    visits: int
    problems: int
    suspected: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignSummary:
    """What a campaign came to, so far or in the end; of places, never of people.

    ``plan_id``, ``title``, ``kind``, ``first``, ``last``, ``state``, ``until``, ``over``: which
    one; the last day counted, before the first of a plan that has not begun, and whether its span
    is past.
    ``places``, ``planned``: 检查点位: distinct buildings visited, and planned.
    ``problems``, ``suspected``: places where something was confirmed (属实), and where something is
    only suspected (疑似).
    ``kinds``, ``modes``: `KIND_COLUMNS`, `MODE_COLUMNS`: places by kind of building and by way of
    visiting.
    """

    plan_id: str
    title: str
    kind: str
    first: date
    last: date
    state: str
    until: date
    over: bool
    person_times: int
    """人次: distinct people per day and part of the day (day, evening) at the campaign's buildings.
    Who went along and recorded nothing is not known. Files name people or a number per visit: the
    same names on one part of a day count once, nameless visits by the largest number of that part.
    """
    places: int
    planned: int
    visits: int
    """Building-days: what several people did at one building on one day is one."""
    looked: int
    """Places where somebody could look."""
    problems: int
    suspected: int
    joint: int
    """Joint checks (联检): building-days."""
    departments: pd.DataFrame
    """`DEPARTMENT_COLUMNS`: in how many joint checks each took part, as its team's or the file's
    list of departments says.
    """
    kinds: pd.DataFrame
    modes: pd.DataFrame
    elsewhere: Elsewhere
    """What the plan's teams did in the span at other buildings; counted nowhere above."""

    @property
    def sentence(self) -> str:
        """Say it in the field's words, as bulletins do."""
        return (
            f"累计出动{self.person_times}人次，检查点位{self.places}处，发现问题{self.problems}个"
        )

    @property
    def sentence_en(self) -> str:
        """Say it in English."""
        return (
            f"{self.person_times} person-times out, {self.places} places checked, "
            f"{self.problems} problems found"
        )


class CampaignService(Service):
    """Services that sum a campaign up."""

    _outcomes: PlanOutcomes
    _versions: PlanVersions
    _visit_reader: VisitReader

    def summary(self, actor: Actor, plan_id: str) -> CampaignSummary:
        """Sum up what was done at the buildings of a plan within its span, as far as it is.

        Visits by anybody count, recorded here or imported. Of a plan that lies partly in the
        actor's scope, that part is summed up. To who does not make plans, spot checks (抽检) are
        visits by day or night.

        Raises `PlanError`: ``plan_missing``, also when nothing of it is the actor's, or was
        published for who reads no drafts.
        """
        require(actor, Action.SEE_PLAN)
        today = self._local_now().date()
        plan = seen_part(actor, self._versions.executed(actor, plan_id))
        if not actor.scope.street and plan.stops.empty:
            raise PlanError("plan_missing", seen=plan_id)
        every = self._outcomes.visits_within(plan.first, plan.last)
        is_planned = every["building_id"].isin(set(plan.stops["building_id"]))
        visits = with_blinded_kinds(
            every[is_planned], "mode", at="at", actor=actor, rules=self._visit_reader.rules
        )
        places, days = _places(visits), building_days(visits)
        joint = days[days["mode"] == VisitKind.JOINT]
        return CampaignSummary(
            **{name: getattr(plan, name)
               for name in ("plan_id", "title", "kind", "first", "last", "state")},
            **_sums(visits),
            until=min(plan.last, today),
            over=plan.last < today,
            planned=int(plan.stops["building_id"].nunique()),
            looked=int(places["result"].isin(LOOKED).sum()),
            joint=len(joint),
            departments=_departments(plan, visits, joint),
            kinds=_by_kind(plan, places),
            modes=_by_mode(visits),
            elsewhere=self._elsewhere(actor, plan, every[~is_planned]),
        )  # fmt: skip

    def _elsewhere(self, actor: Actor, plan: Plan, others: pd.DataFrame) -> Elsewhere:
        """Sum up what members of the plan's teams did at other buildings of the actor's scope."""
        members = {member for team in plan.teams for member in team.members}
        theirs = others[others["account"].isin(members) | others["person"].isin(members)]
        if not actor.scope.street and len(theirs):
            ids = sorted(set(theirs["building_id"]))
            seen = self._visit_reader.buildings(actor, only=ids, scored=False)
            theirs = theirs[theirs["building_id"].isin(seen["building_id"])]
        return Elsewhere(**_sums(theirs))


def _sums(visits: pd.DataFrame) -> dict[str, Any]:
    """Return the counts that `CampaignSummary` and `Elsewhere` share."""
    results = _places(visits)["result"]
    return {
        "person_times": _person_times(visits),
        "places": len(results),
        "visits": len(building_days(visits)),
        "problems": int((results == VisitResult.FOUND).sum()),
        "suspected": int((results == VisitResult.SUSPECTED).sum()),
    }


def _places(visits: pd.DataFrame) -> pd.DataFrame:
    """Return the buildings visited with the result that tells most."""
    groups = visits.groupby("building_id", sort=True)
    return groups["result"].agg(most_conclusive).reset_index()


def _person_times(visits: pd.DataFrame) -> int:
    """Count distinct people per day and part of the day.

    Of files: distinct lists of names count the larger of their names and the number given; visits
    without names count by the largest number of that day and part, one at least.
    """
    recorded_visits = visits[visits["person"] != ""]
    recorded = len(recorded_visits[["person", "day", "part"]].drop_duplicates())
    filed = visits[visits["person"] == ""]
    if filed.empty:
        return recorded
    named = filed["people"].str.split(r"[、,，;；/\s]+", regex=True)
    names = named.map(lambda each: len({name for name in each if name}))
    given = filed["person_times"].fillna(0).astype(int)
    least = pd.concat([names, given], axis=1).max(axis=1).clip(lower=1)
    most = least.groupby([filed["day"], filed["part"], filed["people"]]).max()
    return recorded + int(most.sum())


def _departments(plan: Plan, visits: pd.DataFrame, joint: pd.DataFrame) -> pd.DataFrame:
    """Count in how many joint checks each department took part."""
    planned = _planned_departments(plan)
    orgs = visits["orgs"].str.split(r"[、，,;；/]", regex=True)
    named = visits.assign(org=orgs).explode("org")
    named = named.assign(org=named["org"].str.strip())
    filed = named[named["org"] != ""].groupby(["building_id", "day"])["org"].agg(set).to_dict()
    names = [
        name
        for building, day in zip(joint["building_id"], joint["day"], strict=True)
        for name in sorted(filed.get((building, day)) or planned.get(building, set()))
    ]
    counts = pd.Series(names, dtype="str").value_counts().rename_axis("department")
    frame = counts.rename("checks").reset_index()
    order = frame.sort_values(["checks", "department"], ascending=[False, True], ignore_index=True)
    return order[list(DEPARTMENT_COLUMNS)]


def _planned_departments(plan: Plan) -> dict[str, set[str]]:
    by_shift = dict(zip(plan.shifts["shift_id"], plan.shifts["departments"], strict=True))
    planned: dict[str, set[str]] = {}
    for shift, building in zip(plan.stops["shift_id"], plan.stops["building_id"], strict=True):
        planned.setdefault(building, set()).update(by_shift.get(shift, ()))
    return planned


def _by_kind(plan: Plan, places: pd.DataFrame) -> pd.DataFrame:
    known = plan.stops.drop_duplicates("building_id").set_index("building_id")["building_kind"]
    kinds = places["building_id"].map(known).fillna("").astype("str")
    return _counted(places.assign(building_kind=kinds), "building_kind")[list(KIND_COLUMNS)]


def _by_mode(visits: pd.DataFrame) -> pd.DataFrame:
    """Count places by the ways in which they were visited; one visited in two ways is in both."""
    groups = building_days(visits).groupby(["building_id", "mode"], sort=True)
    ways = groups["result"].agg(most_conclusive).reset_index()
    return _counted(ways, "mode")[list(MODE_COLUMNS)]


def _counted(rows: pd.DataFrame, by: str) -> pd.DataFrame:
    sums = rows.groupby(by, sort=True)["result"].agg(
        places="size",
        problems=lambda results: (results == VisitResult.FOUND).sum(),
        suspected=lambda results: (results == VisitResult.SUSPECTED).sum(),
    )
    order = sums.astype(int).reset_index()
    return order.sort_values(["places", by], ascending=[False, True], ignore_index=True)
