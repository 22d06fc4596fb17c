"""After the week: visits by anybody at the plan's doors, each once; for who plans alone."""

from datetime import date, datetime, timedelta

import pytest
from imported import import_text

from governance.access.permissions import ROLES, Action, Actor, NotAllowedError, Scope, may
from governance.office import Office
from governance.patrols.routing.model.plan import PlanError
from tests.dashboard.counted_rows import counting_rows
from tests.governance.patrols.results.afterwards_street import (
    FOUND,
    MONDAY,
    NOBODY,
    NOTHING,
    STOPS,
    SUNDAY,
    SUSPECTED,
    desk_of,
    keep,
    plan_of,
    visit,
)

WEDNESDAY = datetime(2026, 12, 30, 12, 0)  # noqa: DTZ001 -- local


def arms_of(desk: Office, actor: Actor, **asked: str) -> dict[str, dict[str, float]]:
    arms = desk.plan_evaluation.evaluate(actor, MONDAY, **asked).arms
    return {row["arm"]: row for row in arms.to_dict("records")}


def test_a_week_over_the_turn_of_the_year_is_judged_whole(desk: Office, actor: Actor) -> None:
    visit(desk, "B1", "2026-12-28 18:30", FOUND)
    visit(desk, "B1", "2026-12-28 18:40", NOTHING, recorded_by="other", person_id="W2")
    visit(desk, "B3", "2026-12-31 23:30", NOBODY)
    visit(desk, "B4", "2027-01-01 19:00", NOTHING, kind="抽检", person_id="stranger")
    visit(desk, "B2", "2026-12-27 18:30", FOUND)
    visit(desk, "B2", "2027-01-04 00:00", FOUND)
    visit(desk, "B8", "2026-12-29 18:30", FOUND)
    for day in (MONDAY, SUNDAY):
        told = desk.plan_evaluation.evaluate(actor, day)
        assert (told.plan_id, told.first, told.last, told.over) == ("W1", MONDAY, SUNDAY, True)
    arms = arms_of(desk, actor)
    listed, drawn = arms["list"], arms["random"]
    assert (listed["planned"], listed["visited"], listed["looked"], listed["found"]) == (3, 2, 1, 1)
    assert (drawn["planned"], drawn["visited"], drawn["found"]) == (2, 1, 0)
    assert arms["ordinary"]["planned"] == 1
    assert (told.verdict, told.found, told.expected_finds) == ("too_few", 1, pytest.approx(0.6))
    assert told.missed["building_id"].tolist() == ["B2", "B5", "B6"]
    assert told.difference == pytest.approx(0.5)
    assert told.base_rate is None, "one visit by chance says nothing about the whole street"


def test_nothing_is_told_where_nobody_was_yet(desk: Office, actor: Actor) -> None:
    told = desk.plan_evaluation.evaluate(actor, MONDAY)
    assert (told.difference, told.base_rate, told.ratio_low) == (None, None, None)
    assert told.hours.empty
    assert told.modes["visited"].tolist() == [0, 0, 0]
    assert told.modes["rate"].isna().all()


def test_while_it_runs_only_past_days_are_missed(office: Office, actor: Actor) -> None:
    desk = desk_of(office, at=WEDNESDAY)
    keep(desk, plan_of())
    told = desk.plan_evaluation.evaluate(actor)
    assert (told.over, told.until) == (False, WEDNESDAY.date())
    assert told.missed["building_id"].tolist() == ["B1", "B2", "B3"]


def test_an_empty_plan_is_judged_as_empty(after: Office, actor: Actor) -> None:
    keep(after, plan_of(stops=()))
    told = after.plan_evaluation.evaluate(actor, MONDAY)
    assert told.arms["planned"].tolist() == [0, 0, 0]
    assert (told.verdict, len(told.modes), len(told.missed)) == ("too_few", 0, 0)
    summary = after.campaigns.summary(actor, "W1")
    assert (summary.person_times, summary.places, summary.planned) == (0, 0, 0)


def test_what_was_found_is_told_by_way_and_hour_and_announcement(
    desk: Office, actor: Actor
) -> None:
    lines = [
        "检查编号,检查时间,楼栋编码,检查方式,检查结果,四不两直",
        "Y1,2026-12-28 18:10,B1,暗访,属实,是",
        "Y2,2026-12-29,B3,日查,无人,",
    ]
    import_text(desk, "inspections", "\n".join(lines))
    visit(desk, "B2", "2026-12-28 18:50", SUSPECTED, kind="联检")
    visit(desk, "B2", "2026-12-28 18:55", NOBODY, kind="夜查", recorded_by="b", person_id="W2")
    told = desk.plan_evaluation.evaluate(actor, MONDAY)
    modes = told.modes.set_index("mode")
    assert modes[["planned", "visited", "found", "suspected", "no_access"]].T.to_dict("list") == {
        "联检": [1, 1, 0, 1, 0],
        "日查": [0, 1, 0, 0, 1],
        "暗访": [0, 1, 1, 0, 0],
        "夜查": [3, 0, 0, 0, 0],
        "抽检": [2, 0, 0, 0, 0],
    }
    # Of B3 only the day is known.
    assert told.hours[["hour", "visits", "no_access"]].to_numpy().tolist() == [[18, 2, 0]]
    assert told.announced[["unannounced", "visited", "found"]].to_numpy().tolist() == [
        ["yes", 1, 1]
    ]


def test_a_changed_draft_does_not_change_what_the_published_plan_is_judged_by(
    desk: Office, actor: Actor
) -> None:
    published = desk.plan_evaluation.evaluate(actor, MONDAY)
    row = desk.plans._versions.get("W1")
    fewer = plan_of(stops=STOPS[:1])
    desk.plans._versions.keep_change(actor, row, fewer, note="moved")
    assert desk.plans._versions.load(desk.plans._versions.get("W1")).stops[
        "building_id"
    ].tolist() == ["B1"]
    assert desk.plan_evaluation.evaluate(actor, MONDAY).arms.equals(published.arms)


def test_what_came_of_a_plan_is_read_at_its_own_doors_alone(desk: Office, actor: Actor) -> None:
    def rows() -> int:
        desk.plan_evaluation.evaluate(actor, MONDAY)  # files are made anew by whoever asks first
        with counting_rows() as read:
            desk.plan_evaluation.evaluate(actor, MONDAY)
        return read.total()

    visit(desk, "B1", "2026-12-28 18:30", FOUND)
    before = rows()
    for hour in range(10, 20):
        visit(desk, "B8", f"2026-12-29 {hour}:30")
    assert rows() == before > 0


def test_a_plan_never_published_or_cancelled_can_be_judged_by_its_name(
    after: Office, actor: Actor
) -> None:
    keep(after, plan_of(plan_id="D1"), published=False)
    visit(after, "B1", "2026-12-28 18:30", FOUND)
    assert arms_of(after, actor)["list"]["found"] == 1
    keep(after, plan_of(plan_id="W2"))
    after.plans.cancel(actor, "W2", version=2)
    cancelled = after.plan_evaluation.evaluate(actor, plan_id="W2")
    assert (cancelled.state, cancelled.arms["planned"].sum()) == ("cancelled", 6)
    after.plans.cancel(actor, "D1", version=1)
    for asked in ({"day": MONDAY}, {"plan_id": "none"}, {"day": date(2026, 6, 1)}):
        with pytest.raises(PlanError, match="Plan missing"):
            after.plan_evaluation.evaluate(actor, **asked)


def test_the_weeks_before_are_judged_together_each_by_its_own_span(
    desk: Office, actor: Actor
) -> None:
    week = timedelta(days=7)
    keep(desk, plan_of(first=MONDAY - week, last=SUNDAY - week, plan_id="W0"))
    keep(desk, plan_of(first=MONDAY + week, last=SUNDAY + week, plan_id="W2"))
    keep(desk, plan_of(first=MONDAY - 40 * week, last=SUNDAY - 40 * week, plan_id="OLD"))
    visit(desk, "B1", "2026-12-21 18:30", FOUND)
    visit(desk, "B4", "2026-12-25 18:30", NOTHING)
    visit(desk, "B1", "2026-12-28 18:30", NOTHING)
    told = desk.plan_evaluation.evaluate(actor, MONDAY)
    assert told.so_far_plans == 2
    arms = told.so_far.arms.set_index("arm")
    assert arms.loc["list", ["planned", "visited", "found"]].tolist() == [6, 2, 1]
    assert arms.loc["random", ["planned", "visited", "found"]].tolist() == [4, 1, 0]


def test_the_arms_are_told_to_nobody_but_who_plans_for_the_whole_street(desk: Office) -> None:
    part = Actor("x", "", ("planner",), Scope(buildings=frozenset({"B1"})))
    roles = [Actor("x", "", (role,), Scope.whole()) for role in sorted(ROLES)]
    planners = [each for each in roles if may(each, Action.MAKE_PLAN)]
    for actor in (part, *(each for each in roles if each not in planners)):
        with pytest.raises(NotAllowedError):
            desk.plan_evaluation.evaluate(actor, MONDAY)
    assert planners
    for actor in planners:
        assert desk.plan_evaluation.evaluate(actor, MONDAY).plan_id == "W1"
