"""Teams see what is published, one plan a week; the log says who did what to it, never why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from operator import itemgetter
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import select
from two_communities import text_of

from data.store.repositories.patrols.patrols import Patrols
from data.store.tables.base import AuditEvent
from governance.access.permissions import Actor, local_owner
from governance.office import Office
from governance.patrols.routing.model.plan import Plan, PlanError, PlanOptions
from governance.patrols.validation import PlanRefusedError
from governance.records.ledger.appointments import LedgerAppointments
from governance.records.ledger.line_entry import NewLine
from governance.visits.rules.new_visit import NewVisit
from tests.governance.patrols.conftest import MONDAY, NOW, TEAMS, options
from tests.governance.patrols.results.afterwards_street import desk_of


def events(desk: Office, action: str) -> list[dict[str, Any]]:
    """Return the facts of the events of an action, oldest first."""
    query = select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.id)
    with desk._workspace.store.begin() as unit:
        return [dict(event.facts) for event in unit.session.scalars(query)]


def test_a_team_sees_its_stops_once_they_are_published_and_no_longer_when_called_off(
    desk: Office, draft: Plan, planner: Actor, member: Actor
) -> None:
    assert desk.team_routes.my_patrol(member, on=MONDAY).empty
    shown = desk.plans.publish(planner, draft.plan_id, version=1)
    assert (shown.state, shown.version) == ("published", 2)
    mine = draft.shifts.loc[draft.shifts["team_id"] == "T1", "shift_id"]
    route = desk.team_routes.my_patrol(member, on=MONDAY)
    wanted = draft.stops[draft.stops["shift_id"].isin(mine)]
    assert set(route["building_id"]) == set(wanted["building_id"]) != set()
    assert set(route["team"]) == {"一队"}
    desk.plans.cancel(planner, draft.plan_id, version=2)
    assert desk.team_routes.my_patrol(member, on=MONDAY).empty
    with pytest.raises(PlanError) as over:
        desk.plans.publish(planner, draft.plan_id, version=3)
    assert over.value.code == "plan_cancelled"


def test_what_is_changed_after_publication_is_seen_when_it_is_published_again(
    desk: Office, draft: Plan, planner: Actor, member: Actor
) -> None:
    desk.plans.publish(planner, draft.plan_id, version=1)
    building = str(desk.team_routes.my_patrol(member, on=MONDAY)["building_id"].iloc[0])
    desk.plan_edits.remove_stop(planner, draft.plan_id, building, version=2)
    assert building in set(desk.team_routes.my_patrol(member, on=MONDAY)["building_id"])
    desk.plans.publish(planner, draft.plan_id, version=3)
    assert building not in set(desk.team_routes.my_patrol(member, on=MONDAY)["building_id"])


def test_a_week_has_one_published_plan(desk: Office, draft: Plan, planner: Actor) -> None:
    desk.plans.publish(planner, draft.plan_id, version=1)
    other = desk.plans.make(planner, options())
    shown = desk.plans.publish(planner, other.plan_id, version=1)
    assert "replaced_plan" in shown.notes
    assert desk.plans.get(planner, draft.plan_id).state == "cancelled"
    with desk._workspace.store.begin() as unit:
        assert set(unit.patrols.stops()["plan_id"]) == {other.plan_id}


def test_a_campaign_tells_the_shifts_that_a_published_week_has_taken(
    desk: Office, draft: Plan, planner: Actor
) -> None:
    campaign = desk.plans.make(planner, options(kind="campaign", title="专项"))
    assert desk.plans.taken_shifts(planner, campaign.plan_id) == frozenset()
    desk.plans.publish(planner, draft.plan_id, version=1)
    both = set(draft.stops["shift_id"]) & set(campaign.stops["shift_id"])
    assert desk.plans.taken_shifts(planner, campaign.plan_id) == both != set()


def test_a_week_that_is_replaced_takes_no_shift_of_the_next(
    desk: Office, draft: Plan, planner: Actor
) -> None:
    desk.plans.publish(planner, draft.plan_id, version=1)
    other = desk.plans.make(planner, options())
    assert desk.plans.taken_shifts(planner, other.plan_id) == frozenset()


def test_of_two_who_publish_what_they_saw_the_second_is_told(
    desk: Office, draft: Plan, planner: Actor
) -> None:
    desk.plans.publish(planner, draft.plan_id, version=1)
    for late in (desk.plans.publish, desk.plans.cancel):
        with pytest.raises(PlanError) as refused:
            late(local_owner(), draft.plan_id, version=1)
        assert (refused.value.code, refused.value.facts["expected"]) == ("plan_changed", 2)


def test_the_log_says_who_made_changed_published_and_called_off_and_never_why(
    desk: Office, draft: Plan, planner: Actor
) -> None:
    building = str(draft.stops["building_id"].iloc[0])
    desk.plan_edits.remove_stop(planner, draft.plan_id, building, version=1)
    desk.plan_edits.undo(planner, draft.plan_id, version=2)
    desk.plans.publish(planner, draft.plan_id, version=3)
    desk.plans.cancel(planner, draft.plan_id, version=4)
    desk.risk_map.note_export(planner, file="plan.xlsx", plan=draft.plan_id, stops=3)
    made, published = events(desk, "make_plan"), events(desk, "publish_plan")
    of_plan = [each for each in made if each.get("plan") == draft.plan_id]
    assert [(each["change"], each["version"]) for each in of_plan] == [
        ("made", 1),
        ("removed", 2),
        ("undone", 3),
    ]
    assert of_plan[1]["building"] == building
    assert [(each["change"], each["version"]) for each in published] == [
        ("published", 4),
        ("cancelled", 5),
    ]
    assert events(desk, "export")[-1]["plan"] == draft.plan_id
    told = text_of(made + published)
    for why in ("random", "抽检", "risk", "ordinary", "floor", "seed", "find_chance"):
        assert why not in told


def test_teams_are_named_changed_and_taken_off_the_list(
    desk: Office, draft: Plan, planner: Actor, member: Actor
) -> None:
    desk.plans.publish(planner, draft.plan_id, version=1)
    desk.teams.save(planner, replace(TEAMS[0], members=("P3",)), seen=TEAMS[0])
    assert desk.team_routes.my_patrol(member, on=MONDAY).empty
    added = desk.teams.save(planner, replace(TEAMS[0], team_id="new", name="三队", members=()))
    assert [team.team_id for team in desk.teams.all(planner)] == ["T1", "T2", added.team_id]
    desk.teams.remove(planner, added.team_id)
    with pytest.raises(PlanError) as missing:
        desk.teams.remove(planner, added.team_id)
    assert missing.value.code == "team_missing"
    again = desk.teams.save(planner, replace(TEAMS[0], team_id="new", name="四队", members=()))
    assert again.team_id != added.team_id
    kept = desk.plans.get(planner, draft.plan_id)
    assert kept.teams == draft.teams


def test_a_form_left_open_does_not_bring_back_a_removed_team(desk: Office, planner: Actor) -> None:
    desk.teams.remove(planner, "T1")
    for team in (TEAMS[0], replace(TEAMS[0], team_id="T9")):
        with pytest.raises(PlanError) as missing:
            desk.teams.save(planner, team, seen=TEAMS[0])
        assert missing.value.code == "team_missing"
    assert [team.team_id for team in desk.teams.all(planner)] == ["T2"]


def test_the_second_of_two_who_change_a_team_is_told(desk: Office, planner: Actor) -> None:
    first = desk.teams.save(planner, replace(TEAMS[0], name="先改"), seen=TEAMS[0])
    with pytest.raises(PlanError) as changed:
        desk.teams.save(planner, replace(TEAMS[0], name="后改"), seen=TEAMS[0])
    assert changed.value.code == "team_changed"
    assert desk.teams.all(planner)[0] == first


def test_a_plan_that_is_changed_while_somebody_cancels_it_stays(
    desk: Office, draft: Plan, planner: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.plans.publish(planner, draft.plan_id, version=1)
    versions = desk.plans._versions
    checked = versions.get_for_update

    def changed_meanwhile(*asked: Any, **more: Any) -> Any:
        found = checked(*asked, **more)
        monkeypatch.undo()
        stop = draft.stops["building_id"].iloc[0]
        desk.plan_edits.remove_stop(planner, draft.plan_id, stop, version=2)
        return found

    monkeypatch.setattr(
        type(versions), "get_for_update", lambda _, *a, **k: changed_meanwhile(*a, **k)
    )
    with pytest.raises(PlanError) as changed:
        desk.plans.cancel(planner, draft.plan_id, version=2)
    assert changed.value.code == "plan_changed"
    assert desk.plans.get(planner, draft.plan_id).version == 3


def test_everything_wrong_with_a_team_is_said_at_once(planned: Office, planner: Actor) -> None:
    team = replace(
        TEAMS[0], team_id="new", name="联合队", members=("P3", "nobody", "wang"), people=2,
        departments=(" ",),
    )  # fmt: skip
    with pytest.raises(PlanRefusedError) as refused:
        planned.teams.save(planner, team)
    assert [problem.code for problem in refused.value.problems] == [
        "name_taken", "member_unknown", "too_many_members", "department_unusable"
    ]  # fmt: skip


def test_the_sheets_of_some_shifts_are_those_of_each_one_after_the_other(
    planned: Office, draft: Plan, planner: Actor
) -> None:
    shifts = draft.shifts["shift_id"].tolist()
    together = planned.team_routes.sheets(planner, draft.plan_id, shifts)
    single = [planned.team_routes.sheets(planner, draft.plan_id, [shift]) for shift in shifts]
    assert len(together) == sum(map(len, single)) == len(draft.stops)
    for shift, rows in zip(shifts, single, strict=True):
        mine = together[together["shift_id"] == shift].reset_index(drop=True)
        assert text_of(mine) == text_of(rows)
    with pytest.raises(PlanError) as missing:
        planned.team_routes.sheets(planner, draft.plan_id, [*shifts, "none"])
    assert missing.value.code == "shift_missing"


def test_a_plan_is_made_of_what_was_known_that_day(desk: Office, planner: Actor) -> None:
    def last_visits(office: Office) -> pd.Series[pd.Timestamp]:
        inputs = office.plans._plan_solver.plan_inputs(planner, options(), seed="s")
        return inputs.buildings.set_index("building_id")["last_at"]

    assert str(last_visits(desk)["B3"]) == "2026-10-10 19:00:00"
    earlier = desk_of(desk, at=NOW - timedelta(days=60))
    earlier.scores.run(local_owner(), as_of=earlier.clock.today())
    assert last_visits(earlier).isna().all()


def days_between(before: Plan, after: Plan) -> pd.Series[int]:
    """Return the days from stop to stop of the buildings that are on both plans."""
    first, second = (
        plan.stops[["building_id", "shift_id"]].merge(plan.shifts[["shift_id", "day"]])
        for plan in (before, after)
    )
    both = first.merge(second, on="building_id")
    return (both["day_y"] - both["day_x"]).dt.days


def known_to_plan(desk: Office, planner: Actor, plan: PlanOptions) -> pd.DataFrame:
    inputs = desk.plans._plan_solver.plan_inputs(planner, plan, seed="s")
    return inputs.buildings.set_index("building_id")


REST_OF_WEEK = {"first": NOW.date(), "last": MONDAY - timedelta(days=1)}


def test_no_building_is_on_two_plans_within_twelve_days_unless_the_earlier_one_was_cancelled(
    desk: Office, planner: Actor
) -> None:
    before = desk.plans.make(planner, options(**REST_OF_WEEK))
    desk.plans.publish(planner, before.plan_id, version=1)
    after = desk.plans.make(planner, options())
    assert days_between(before, after).empty
    desk.plans.cancel(planner, before.plan_id, version=2)
    again = desk.plans.make(planner, options())
    assert days_between(before, again).min() < 12


def test_a_stop_of_a_past_day_counts_where_somebody_was_there_since(
    desk: Office, planner: Actor
) -> None:
    yesterday = NOW.date() - timedelta(days=1)
    before = desk.plans.make(planner, options(**REST_OF_WEEK | {"first": yesterday}))
    desk.plans.publish(planner, before.plan_id, version=1)
    shifts = before.shifts.loc[before.shifts["day"] == pd.Timestamp(yesterday), "shift_id"]
    past = before.stops.loc[before.stops["shift_id"].isin(shifts), "building_id"]
    kept, *missed = past
    desk.visits.record(local_owner(), NewVisit(key="kept", building_id=kept))
    known = known_to_plan(desk, planner, options())
    assert known.loc[kept, "last_stop_on"] == pd.Timestamp(yesterday)
    to_come = set(before.stops["building_id"]) - {kept, *missed}
    assert set(known.index[known["last_stop_on"].notna()]) == {kept, *to_come} != {kept}
    assert missed


def test_the_ledger_goes_by_its_own_cadence_whatever_was_on_a_plan(
    desk: Office, planner: Actor
) -> None:
    before = desk.plans.make(planner, options(**REST_OF_WEEK))
    desk.plans.publish(planner, before.plan_id, version=1)
    building = max(desk.plans._plan_solver.last_stops(MONDAY).items(), key=itemgetter(1))[0]
    line = NewLine(kind="楼栋", reason="上级交办", note="督办", building_id=building)
    desk.ledger.enter(local_owner(), line)
    (due,) = desk._resources.part(LedgerAppointments).due(MONDAY + timedelta(days=13))
    later = options(first=MONDAY + timedelta(days=7), last=MONDAY + timedelta(days=13))
    known = known_to_plan(desk, planner, later).loc[building]
    assert known["retry_at"] == pd.Timestamp(due.due_on)
    assert known["retry_at"] < known["last_stop_on"] + pd.Timedelta(days=12)


def test_stops_of_a_plan_keep_nothing_off_the_plan_itself(
    desk: Office, draft: Plan, planner: Actor
) -> None:
    desk.plans.publish(planner, draft.plan_id, version=1)
    solver = desk.plans._plan_solver
    assert solver.last_stops(draft.first) == {}
    next_week = solver.last_stops(draft.first + timedelta(days=7))
    assert next_week.keys() == set(draft.stops["building_id"])


@pytest.mark.parametrize("act", ["publish", "cancel"])
def test_whoever_changes_published_stops_holds_them_before_the_plan(
    desk: Office, draft: Plan, planner: Actor, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    """In two orders, who publishes and who cancels at once wait for each other on PostgreSQL."""
    done: list[str] = []
    for name in ("hold_all", "add_version"):
        monkeypatch.setattr(Patrols, name, _told(getattr(Patrols, name), done))
    getattr(desk.plans, act)(planner, draft.plan_id, version=1)
    assert done == ["hold_all", "add_version"]


def _told(method: Callable[..., None], done: list[str]) -> Callable[..., None]:
    def call(*args: object) -> None:
        done.append(method.__name__)
        method(*args)

    return call
