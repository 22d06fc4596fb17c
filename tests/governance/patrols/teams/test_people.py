"""A plan's people are told by name to who may know them, by account or number to who may not."""

from dataclasses import replace
from datetime import date

from governance.access.permissions import Actor, Scope, local_owner
from governance.office import Office
from tests.governance.patrols.conftest import TEAMS, options

OWNER = {"local": "本机用户"}
PART = Scope(buildings=frozenset({"B1"}))


def test_a_planner_is_told_who_made_plans_and_who_is_in_a_team(
    desk: Office, planner: Actor
) -> None:
    desk.accounts.add(local_owner(), "zhou", name="周旁人")  # has nothing to do with any plan
    gone = Actor("gone", "走了的人", ("planner",), Scope.whole())
    made = desk.plans.make(gone, options())
    people = desk.plans.people(planner)
    assert people == OWNER | {"P3": "丙", "P4": "丁", "wang": "王网格员", "li": "李统筹"}
    assert desk.plans.versions(planner, made.plan_id)["made_by"].tolist() == ["gone"]


def test_a_chief_is_told_those_of_his_part_alone_though_all_are_in_a_team(desk: Office) -> None:
    owner = local_owner()
    desk.duties.set_duty(owner, target_kind="building", target_id="B1", duty="楼长", person_id="P3",
                  valid_from=date(2026, 11, 1), reason="名册")  # fmt: skip
    desk.accounts.add(owner, "bing", name="丙网格员", person_id="P3")
    desk.teams.save(owner, replace(TEAMS[0], members=("wang", "bing")), seen=TEAMS[0])
    chief = Actor("zhao", "赵网格长", ("grid_chief",), PART)
    assert desk.plans.people(chief) == OWNER | {"zhao": "赵网格长", "bing": "丙网格员"}


def test_who_made_a_plan_is_named_to_who_sees_it_though_members_are_not(
    desk: Office, planner: Actor
) -> None:
    desk.accounts.add(local_owner(), planner.id, name=planner.name)
    desk.plans.make(planner, options())
    chief = Actor("zhao", "赵网格长", ("grid_chief",), PART)
    assert desk.plans.people(chief) == OWNER | {"zhao": "赵网格长", planner.id: planner.name}
