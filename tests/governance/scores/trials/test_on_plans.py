"""The trial's buildings of the week are on the week's plan, and nobody who is sent can tell."""

from datetime import date, timedelta

import pandas as pd
import pytest
from trial_street import ASKED, FIRST, moved, protocol, visit

from governance.access.permissions import Actor, Scope
from governance.office import Office
from governance.patrols.routing.model.plan import Plan, PlanOptions
from governance.patrols.routing.model.shifts import Team
from governance.scores.trials.protocol import drawn_of
from governance.scores.trials.records import Trial

WEEK = timedelta(days=6)
TEAM = Team(team_id="new", name="一队", members=("wang",),
            shifts=(("working", "day"), ("working", "evening"), ("rest", "day")))  # fmt: skip


def plan_of(desk: Office, planner: Actor, first: date = FIRST) -> Plan:
    options = PlanOptions(
        first=first, last=first + WEEK, seconds=0.3, one_more=False, floor_cost=False, seed="s"
    )
    return desk.plans.make(planner, options)


@pytest.fixture
def ready(desk: Office, planner: Actor) -> Office:
    """Name a team that has time for a week of the trial."""
    desk.accounts.add(Actor("o", "o", ("local_owner",), Scope.whole()), "wang", name="王")
    desk.teams.save(planner, TEAM)
    return desk


def week_of(desk: Office, trial: Trial, number: int) -> pd.DataFrame:
    drawn = drawn_of(protocol(desk, trial))
    return drawn[drawn["week"] == number]


def test_the_week_of_the_trial_is_on_the_plan_whatever_its_score(
    ready: Office, planner: Actor, sealed: Trial
) -> None:
    week = week_of(ready, sealed, 1)
    stops = plan_of(ready, planner).stops.set_index("building_id")
    assert set(week["building_id"]) <= set(stops.index)
    assert set(week["arm"]) == {"low", "middle", "high"}
    told = stops.loc[week["building_id"], "reasons"]
    assert all("trial" in reasons for reasons in told)
    assert sum("trial" in reasons for reasons in stops["reasons"]) == len(week)


def test_who_is_sent_reads_the_trial_like_any_other_stop(
    ready: Office, planner: Actor, sealed: Trial
) -> None:
    plan = plan_of(ready, planner)
    ready.plans.publish(planner, plan.plan_id, version=plan.version)
    week = set(week_of(ready, sealed, 1)["building_id"])
    chief = Actor("chief", "长", ("grid_chief",), Scope.whole())
    stops = ready.plans.get(chief, plan.plan_id).stops
    kept = stops[["arm", "mode", "tier", "minutes"]].assign(reasons=stops["reasons"].map(tuple))
    ours = stops["building_id"].isin(week)
    assert ours.any()
    unlike = ["arm", "tier", "reasons"]
    assert kept.loc[ours, unlike].drop_duplicates().shape == (1, 3)
    assert kept.loc[~ours, unlike].drop_duplicates().to_numpy().tolist() == (
        kept.loc[ours, unlike].drop_duplicates().to_numpy().tolist()
    )
    assert set(kept.loc[ours, "mode"]) <= set(kept.loc[~ours, "mode"]) | {"日查", "夜查"}
    assert set(kept.loc[ours, "minutes"]) == set(kept.loc[~ours, "minutes"])
    with ready._workspace.store.begin() as unit:
        shown = unit.patrols.stops(plan_id=plan.plan_id)
    ordinary = shown[shown["building_id"].isin(week)]
    assert set(ordinary["arm"]) <= {"list", "random"}
    assert set(ordinary.loc[ordinary["arm"] == "list", "mode"]) <= {"", "日查", "夜查", "回头看"}


def test_what_was_visited_or_is_on_its_way_is_not_due_again(
    ready: Office, planner: Actor, sealed: Trial
) -> None:
    week = set(week_of(ready, sealed, 1)["building_id"])
    second = set(week_of(ready, sealed, 2)["building_id"])
    next_monday = FIRST + timedelta(days=7)
    plan = plan_of(ready, planner)
    ready.plans.publish(planner, plan.plan_id, version=plan.version)
    planned = set(plan.stops["building_id"])
    assert week <= planned
    during = moved(ready, FIRST - timedelta(days=1))
    due = during.plans._plan_solver._trials.due(next_monday, next_monday + WEEK)
    assert due == second - planned
    after = moved(ready, next_monday)
    visited = min(week)
    visit(ready, visited, FIRST, "无人")  # what comes next is a matter of every visit's rules
    due = after.plans._plan_solver._trials.due(next_monday, next_monday + WEEK)
    assert due == (second | week) - {visited}


def test_a_draft_and_a_trial_that_was_given_up_are_on_no_plan(
    ready: Office, planner: Actor, sealed: Trial
) -> None:
    ready.trials.cancel(planner, sealed.trial_id, reason="人手不够")
    ready.trials.design(planner, ASKED)
    assert not any("trial" in reasons for reasons in plan_of(ready, planner).stops["reasons"])


def test_what_the_trial_drew_is_neither_the_list_nor_its_random_arm(
    ready: Office, planner: Actor, sealed: Trial
) -> None:
    plan = plan_of(ready, planner)
    ready.plans.publish(planner, plan.plan_id, version=plan.version)
    week = set(week_of(ready, sealed, 1)["building_id"])
    drawn = set(plan.stops.loc[plan.stops["arm"] == "random", "building_id"])
    arms = ready.plan_evaluation.evaluate(planner, FIRST).arms.set_index("arm")["planned"]
    assert arms["trial"] == len(week - drawn)
    assert arms.sum() == plan.stops["building_id"].nunique()
