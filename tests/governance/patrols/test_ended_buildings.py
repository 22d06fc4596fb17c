"""A building that was pulled down is on no new plan; a plan that stops there says it."""

from datetime import timedelta

import pytest

from governance.access.permissions import Actor, local_owner
from governance.office import Office
from governance.patrols.routing.model.plan import Plan
from governance.patrols.validation import PlanRefusedError
from tests.governance.patrols.conftest import MONDAY, NOW, options


def end(office: Office, building: str) -> None:
    ended_on = NOW.date() - timedelta(days=1)
    office.building_ends.end(local_owner(), [building], ended_on=ended_on, reason="拆迁")


def stops_of(plan: Plan) -> set[str]:
    return set(plan.stops["building_id"])


def first_stop(plan: Plan, at: int = 0) -> str:
    return str(plan.stops["building_id"].iloc[at])


def test_no_new_plan_stops_there_nor_says_that_it_is_left_uncovered(
    desk: Office, draft: Plan, planner: Actor
) -> None:
    building = first_stop(draft)
    end(desk, building)
    plan = desk.plans.make(planner, options())
    assert building not in stops_of(plan) | set(plan.uncovered["building_id"])
    desk.building_ends.take_back(local_owner(), [building])
    again = desk.plans.make(planner, options())
    assert building in stops_of(again) | set(again.uncovered["building_id"])


def test_the_rest_of_a_plan_that_is_planned_anew_leaves_it_out_even_locked(
    desk: Office, draft: Plan, planner: Actor
) -> None:
    building = first_stop(draft)
    locked = desk.plan_edits.lock_stops(planner, draft.plan_id, [building], locked=True, version=1)
    end(desk, building)
    anew = desk.plan_edits.replan(planner, draft.plan_id, version=locked.version)
    assert building not in stops_of(anew)


def test_a_plan_that_stops_there_can_be_changed_and_the_stop_is_taken_out_and_not_put_back(
    desk: Office, draft: Plan, planner: Actor
) -> None:
    building, other = first_stop(draft), first_stop(draft, 1)
    end(desk, building)
    less = desk.plan_edits.remove_stop(planner, draft.plan_id, other, version=1)
    assert stops_of(less) == stops_of(draft) - {other}
    without = desk.plan_edits.remove_stop(planner, draft.plan_id, building, version=less.version)
    assert building not in stops_of(without)
    shift = str(draft.shifts["shift_id"].iloc[0])
    with pytest.raises(PlanRefusedError) as refused:
        desk.plan_edits.add_stop(
            planner, draft.plan_id, building, to_shift=shift, version=without.version
        )
    assert [each.code for each in refused.value.problems] == ["building_ended"]


def test_no_sheet_and_no_days_list_of_a_team_sends_it_there(
    desk: Office, draft: Plan, planner: Actor, member: Actor
) -> None:
    desk.plans.publish(planner, draft.plan_id, version=1)
    sent = desk.team_routes.my_patrol(member, on=MONDAY)
    building, day = str(sent["building_id"].iloc[0]), sent["day"].iloc[0].date()
    end(desk, building)
    kept = desk.team_routes.my_patrol(member, on=MONDAY)
    assert set(kept["building_id"]) == set(sent["building_id"]) - {building}
    shifts = draft.shifts["shift_id"].tolist()
    printed = desk.team_routes.sheets(planner, draft.plan_id, shifts)
    assert set(printed["building_id"]) == stops_of(draft) - {building}
    lent = Actor(member.id, member.name, member.roles, member.scope, member.person_id,
                 frozenset(stops_of(draft)))  # fmt: skip
    listed = desk.worklist.my_buildings(lent, on=day)
    assert building not in set(listed.loc[listed["today"], "building_id"])
    shown = desk.plans.get(planner, draft.plan_id)
    assert building in stops_of(shown), "the plan keeps its stop, which its board says"
