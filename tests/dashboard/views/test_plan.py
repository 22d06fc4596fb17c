"""The planner's page, run as Streamlit runs it, over a small office with real plans."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from threading import Event
from types import SimpleNamespace
from typing import Any

import openpyxl
import pandas as pd
import pytest
from pages import html, labelled, labels, press, run, texts
from pages import opened as opened_page
from patience import PATIENCE_S
from plan_street import PLANNER, TEAMS, WEEK
from streamlit.testing.v1 import AppTest

from dashboard.documents import plan_workbook
from dashboard.i18n import translator
from dashboard.i18n.patrol import progress_text
from dashboard.runtime import context
from dashboard.runtime.background_tasks import TaskRunner
from dashboard.ui import task_panel
from dashboard.ui.frame import Page
from dashboard.views.map.side import planned_days
from dashboard.views.plan import plan_picker, plan_task
from dashboard.views.plan import results as plan_results
from dashboard.views.plan.board import board, edits, figures, week
from dashboard.views.plan.make import campaign
from dashboard.views.plan.make import teams as make_teams
from dashboard.views.plan.make import week as make_week
from dashboard.views.plan.make.occasions import occasions
from data.calendars.read import KINDS, SCHOOL_BREAK, Span
from governance.access.permissions import Actor, Scope, local_owner
from governance.access.problems import InputProblem
from governance.office import Office
from governance.patrols.base import PlanSolver
from governance.patrols.plans import PlanService
from governance.patrols.routing.make_plan import STAGES
from governance.patrols.routing.model.forecast import NarrowerPlan, PlanForecast
from governance.patrols.routing.model.plan import Plan, PlanError, PlanOptions, PlanTotals
from governance.patrols.routing.model.settings import DAY_KINDS, PARTS
from governance.patrols.routing.model.vocabulary import (
    Arm,
    PlanNote,
    PlanState,
    StopReason,
    UncoveredReason,
)
from governance.patrols.validation import PlanRefusedError
from governance.visits.rules.settings import TIERS
from tests.governance.patrols.results.afterwards_street import FOUND, NOTHING, keep, plan_of, visit

MANAGER = Actor(id="wang", name="王主任", roles=("office_manager",), scope=Scope.whole())
TODAY = date(2026, 11, 26)
CHIEF = Actor(id="zhao", name="赵网格长", roles=("grid_chief",), scope=Scope.whole())
HOLIDAY = PlanOptions(
    first=date(2027, 1, 20), last=date(2027, 1, 20), kind="campaign", title="寒假专项",
    iterations=1, one_more=False, floor_cost=False,
)  # fmt: skip


@pytest.fixture(autouse=True)
def free_runner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_task.panel, "runner", TaskRunner())


@pytest.fixture
def office(plan_office: Office) -> Office:
    return plan_office


@pytest.fixture
def planned(planned_office: Office) -> Office:
    return planned_office


@pytest.fixture
def looked_at(serve: Callable[..., Any], kept_plan_office: Office) -> Office:
    served: Office = serve(kept_plan_office)
    return served


@pytest.fixture(scope="module")
def plan(kept_plan_office: Office) -> Plan:
    return newest(kept_plan_office)


def newest(office: Office) -> Plan:
    """Return the plan that was changed last, of all plans of the latest week."""
    return office.plans.get(PLANNER, str(office.plans.all(PLANNER)["plan_id"].iloc[0]))


def notes(office: Office) -> list[str]:
    """Return what each version of the newest plan changed, the latest first."""
    return office.plans.versions(PLANNER, newest(office).plan_id)["note"].tolist()


def opened(part: str = "", **query: str) -> AppTest:
    return opened_page("plan", **({"part": part} if part else {}), **query)


def edits_told(app: AppTest) -> str:
    """Return what the board says of the last change."""
    return str(app.session_state["plan_told"]["text"])


def until_made(app: AppTest) -> AppTest:
    if (task := plan_task.panel.runner.running) is not None:
        task.outcome.exception(timeout=PATIENCE_S)
    return run(app)


# ---- who sees what --------------------------------------------------------------------------


@pytest.mark.usefixtures("looked_at")
def test_a_planner_opens_on_the_plan_and_sees_every_part() -> None:
    app = opened()
    assert labels(app, "tab") == [
        "排计划", "看计划", "比较草稿", "发布与打印", "事后对照", "专项行动", "队伍", "校历",
    ]  # fmt: skip
    assert [m.label for m in app.metric][:2] == ["预计发现", "点位"]


def test_who_only_sees_plans_can_change_nothing(planned: Office, plan: Plan) -> None:
    context.provide(planned, everyone=CHIEF)
    (nothing,) = opened("board", plan=plan.plan_id).info
    assert nothing.value == (
        "您负责的范围还没有已发布的计划。请联系巡查调度员发布，发布后点位会显示在这里。"
    )
    planned.plans.publish(PLANNER, plan.plan_id, version=1)
    app = opened("board")
    assert labels(app, "tab") == ["看计划", "发布与打印"]
    assert not [b for b in app.button if b.key in {"plan_undo", "plan_replan", "plan_publish"}]
    page = Page(planned, translator("zh"))
    assert board.board_data(page, plan, plan.shifts)["mayEdit"] is False


def test_without_a_score_the_page_says_what_to_do_first(
    serve: Callable[..., Any], empty_office: Office
) -> None:
    serve(empty_office)
    app = opened("make")
    assert "还没有得分" in texts(app)
    assert "plan_make" not in {b.key for b in app.button}


def test_without_teams_it_says_what_is_supposed_and_where_to_name_them(office: Office) -> None:
    for team in TEAMS:
        office.teams.remove(PLANNER, team.team_id)
    app = opened("make")
    assert "先按两人一队估算" in texts(app)
    assert app.number_input(key="plan_teams").value == 3


def test_who_made_a_plan_is_told_by_name_and_by_account_where_no_name_is_known(
    planned: Office,
) -> None:
    context.provide(planned, everyone=MANAGER)
    app = opened("board")
    assert "李示例" in texts(app)
    versions = next(d.value for d in app.dataframe if "by" in d.value)
    assert versions["by"].tolist() == ["李示例"]
    gone = planned.plans.make(Actor("gone", "", ("planner",), Scope.whole()), HOLIDAY)
    assert " · gone" in texts(opened("board", plan=gone.plan_id))


def test_a_member_who_is_not_on_the_list_of_staff_is_told_by_name_and_account(
    office: Office,
) -> None:
    team = replace(TEAMS[1], members=("r002", "nobody"))  # whose account is gone
    with office._workspace.store.begin() as unit:
        unit.patrols.save_team(team.content(), at=datetime(2026, 11, 24), by="x")  # noqa: DTZ001
        unit.commit()
    boxes = opened_teams("T2").multiselect
    members = next(each for each in boxes if each.value == ["r002", "nobody"])
    assert members.options[-2:] == ["王巡查 · r002", "nobody"]


# ---- making ---------------------------------------------------------------------------------


def test_a_week_is_made_from_monday_to_sunday_with_what_was_chosen(office: Office) -> None:
    app = opened("make")
    app.date_input(key="plan_week").set_value(date(2026, 12, 3))
    app.number_input(key="plan_teams").set_value(2)
    app.number_input(key="plan_share").set_value(15)
    run(app)
    press(app, "plan_make")
    until_made(app)
    options = newest(office).options
    assert (options.first, options.last) == (date(2026, 11, 30), date(2026, 12, 6))
    assert (options.teams, options.random_share, options.seconds) == (2, 0.15, None)
    assert "计划已排好，存为草稿" in texts(app)
    assert [m.label for m in app.metric], "and the plan is shown at once"


def test_the_days_of_the_week_are_told_in_words_unknown_ones_as_unknown(office: Office) -> None:
    app = opened("make")
    app.date_input(key="plan_week").set_value(date(2026, 9, 29))
    shown = html(run(app))
    assert "法定节假日" in shown
    assert "校历未登记" in shown
    later = office.calendar.days(PLANNER, date(2031, 1, 1), date(2031, 1, 1))
    (day,) = later.itertuples(index=False)
    assert make_week.words_of(day, say=translator("zh"))[0] == "节假日未知"


@pytest.mark.usefixtures("looked_at")
def test_a_week_that_has_a_plan_says_so_and_opens_it() -> None:
    app = opened("make")
    app.date_input(key="plan_week").set_value(date(2026, 11, 27))
    run(app)
    assert "这一周已有计划（草稿）。再排一份另存为草稿" in texts(app)
    assert [m.label for m in press(app, "plan_open").metric]


# ---- the plan -------------------------------------------------------------------------------


@pytest.mark.usefixtures("looked_at")
def test_a_further_team_is_told_of_only_where_it_was_worked_out(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert plan.totals.one_more_range is not None
    monkeypatch.setattr(PlanTotals, "one_more_range", None)
    assert "多一支队伍" not in [m.label for m in opened("board").metric]


def test_figures_notes_and_what_is_left_uncovered_are_told(
    looked_at: Office, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looked_at.responsibility, "communities", lambda _: {"": "示例社区"})
    app, totals = opened("board"), plan.totals
    figures = {m.label: m.value for m in app.metric}
    assert figures["点位"] == str(totals.stops)
    assert figures["未列入计划"] == str(len(plan.uncovered))
    assert totals.one_more_range is not None
    low, high = totals.one_more_range
    assert figures["多一支队伍"] in {f"多 {low:.1f}～{high:.1f}", "基本不增加"}
    shown = texts(app)
    assert f"80% 的可能在 {totals.expected_low:.0f} 到 {totals.expected_high:.0f} 之间" in shown
    assert f"到期 {totals.floor_due} 栋，本周列入 {totals.floor_kept} 栋。仅靠巡查队" in shown
    assert f"再好的排法最多也只比这份计划高 {totals.bound_gap:.0%}" in shown
    assert "请补登" in shown
    left = app.dataframe[0].value
    assert left["rank"].is_monotonic_increasing
    assert set(left["community"]) == {"示例社区"}, "by name, not by code"
    app.button_group(key="uncovered_why").set_value(["no_coordinates"])
    table = run(app).dataframe[0].value
    assert table["why_uncovered"].tolist() == ["没有坐标"]


@pytest.mark.usefixtures("looked_at")
def test_a_row_that_is_left_uncovered_leads_to_its_building(plan: Plan) -> None:
    app = opened("board")
    app.session_state["uncovered_chosen"] = plan.uncovered["building_id"].iloc[0]
    led_to = [each.proto.label for each in run(app).get("page_link")]
    assert any(label.startswith("打开 ") for label in led_to)


def test_a_card_says_that_its_building_was_pulled_down(
    looked_at: Office, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    building = plan.stops["building_id"].iloc[0]
    ended = {building: date(2026, 11, 20)}
    monkeypatch.setattr(looked_at.building_ends, "days", lambda *_: ended)
    data = board.board_data(Page(looked_at, translator("zh")), plan, plan.shifts)
    told = {card["id"]: card["late"] for column in data["columns"] for card in column["stops"]}
    assert told[building] == "2026-11-20 起已拆除"
    assert "起已拆除" not in "".join(late for each, late in told.items() if each != building)


def test_the_board_has_a_column_for_each_shift_of_the_day_and_a_card_for_each_stop(
    looked_at: Office, plan: Plan
) -> None:
    shifts = plan.shifts[plan.shifts["day"] == "2026-11-24"]
    data = board.board_data(Page(looked_at, translator("zh")), plan, shifts)
    assert [column["title"] for column in data["columns"]] == ["第一队", "第二队", "联检队"]
    stop, card = plan.stops.iloc[0], data["columns"][0]["stops"][0]
    assert (card["place"], card["time"], card["tier"]) == (1, "18:00", stop["tier"])
    assert card["reasons"] == [translator("zh").name("plan_reason", r) for r in stop["reasons"]]
    assert [len(column["stops"]) for column in data["columns"]] == shifts["stops"].tolist()
    assert sum(len(group["shifts"]) for group in data["targets"]) == len(plan.shifts)
    assert data["mayEdit"]
    assert data["building"] == "/building?lang=zh&unit="


def test_a_week_has_its_teams_as_rows_and_each_day_the_shifts_that_go_out(
    looked_at: Office, plan: Plan
) -> None:
    say, shifts = translator("zh"), plan.shifts.assign(id=plan.shifts["day"].astype(str))
    data = week.week_data(Page(looked_at, say), plan, chosen="team:T2")
    (shown,) = data["weeks"]
    assert [team["name"] for team in shown["teams"]] == ["第一队", "第二队", "联检队"]
    assert [day["id"] for day in shown["days"]] == [f"2026-11-{day}" for day in range(23, 30)]
    assert data["shown"] == shifts["shift_id"][shifts["team_id"] == "T2"].tolist()
    for day in shown["days"]:
        of_day = shifts[shifts["id"] == day["id"]]
        told = {each["id"]: (team["row"], each["facts"][0])
                for team in day["teams"] for each in team["shifts"]}  # fmt: skip
        assert told == {
            each.shift_id: (int(each.team_id[1]) - 1, say("{count} stops", count=each.stops))
            for each in of_day.itertuples()
        }
        finds = week.finds_text(of_day["expected_finds"].sum(), say=say)
        assert day["sums"] == f"{say('{count} stops', count=of_day['stops'].sum())} · {finds}"


class TestEditing:
    """Every change goes through the service with the version that the person saw."""

    @pytest.fixture(autouse=True)
    def state(self, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
        state: dict[str, Any] = {}
        monkeypatch.setattr(edits.st, "session_state", state)
        return state

    def do(self, office: Office, plan: Plan, **edit: Any) -> str:
        edits.apply(Page(office, translator("zh")), plan.plan_id, {"version": 1, **edit})
        answer = edits.last_change()
        assert answer is not None
        return str(answer["text"])

    def test_a_move_is_told_with_its_new_time(self, planned: Office, plan: Plan) -> None:
        moved, to = plan.stops.iloc[0], str(plan.shifts["shift_id"].iloc[-1])
        said = self.do(planned, plan, kind="move", building=moved["building_id"], to=to, place=2)
        after = newest(planned)
        stop = after.stops.set_index("building_id").loc[moved["building_id"]]
        over = after.shifts.set_index("shift_id").loc[to, "over_minutes"]
        assert (stop["shift_id"], stop["place"], over > 0) == (to, 2, True)
        time = f"{stop['arrive'] // 60}:{stop['arrive'] % 60:02}"
        assert said.startswith(f"{moved['name']}：联检队 · 11月25日 周三 夜查 第 2 站，{time} 到")
        assert f"超时 {over} 分钟" in said

    def test_locking_removing_adding_and_undoing_are_asked_of_the_service(
        self, planned: Office, plan: Plan
    ) -> None:
        one, other = plan.stops["building_id"].iloc[:2]
        assert "已锁定" in self.do(planned, plan, kind="lock", building=one, locked=True)
        said = self.do(planned, plan, kind="remove", building=other, version=2)
        assert said == "已从计划中去掉。"
        to = str(plan.shifts["shift_id"].iloc[0])
        said = self.do(planned, plan, kind="add", building=other, to=to, place=None, version=3)
        assert "第一队" in said
        assert self.do(planned, plan, kind="undo", version=4) == "已撤销。"
        assert notes(planned) == ["undone", "added", "removed", "locked", "made"]

    def test_somebody_else_s_change_is_told_kindly_and_nothing_is_changed(
        self, planned: Office, plan: Plan, state: dict[str, Any]
    ) -> None:
        one, other = plan.stops["building_id"].iloc[:2]
        planned.plan_edits.remove_stop(PLANNER, plan.plan_id, one, version=1)
        assert "计划刚刚改过" in self.do(planned, plan, kind="remove", building=other)
        assert state["plan_told"]["kind"] == "warn"
        assert notes(planned) == ["removed", "made"]


def test_what_is_shown_is_locked_and_undone_by_one_press(planned: Office, plan: Plan) -> None:
    app = press(opened("board"), "plan_lock_shown")
    first_day = plan.shifts["shift_id"][plan.shifts["day"] == "2026-11-24"]
    shown = plan.stops["building_id"][plan.stops["shift_id"].isin(first_day)]
    assert newest(planned).locked == {*shown}
    press(app, "plan_undo")
    assert notes(planned) == ["undone", "locked", "made"]


def test_the_rest_is_planned_anew_around_what_is_locked(planned: Office, plan: Plan) -> None:
    one = str(plan.stops["building_id"].iloc[1])
    planned.plan_edits.lock_stops(PLANNER, plan.plan_id, [one], locked=True, version=1)
    until_made(press(opened("board"), "plan_replan"))
    assert notes(planned)[0] == "replanned"
    assert newest(planned).locked == {one}


def test_a_team_s_day_is_handed_over_after_what_becomes_of_it_was_read(
    planned: Office, plan: Plan
) -> None:
    app = opened("board")
    day = app.selectbox(key="plan_hand_over_day")
    assert day.options[0] == "第一队 · 11月24日 周二"
    assert "plan_hand_over_go" not in {b.key for b in app.button}
    labelled(app.checkbox, "排不下的也转交，允许超时").check()
    press(app, "plan_hand_over_look")
    given = plan.stops[plan.stops["shift_id"] == "T1/2026-11-24/evening"]["building_id"]
    text = texts(app)
    assert f"{len(given)} 个点位中有 {len(given)} 个能排进去" in text
    assert notes(planned) == ["made"], "nothing is changed by looking"
    press(app, "plan_hand_over_go")
    assert notes(planned) == ["stops_handed_over", "made"]
    told = edits_told(app)
    assert told == "已转交并锁定。发布计划后各队才会看到。"
    after = newest(planned).stops.set_index("building_id")["shift_id"]
    assert all(after[each] != "T1/2026-11-24/evening" for each in given)


def test_the_preview_of_a_hand_over_counts_what_was_visited_and_leaves_it_with_its_team(
    planned: Office, plan: Plan
) -> None:
    given = plan.stops[plan.stops["shift_id"] == "T1/2026-11-24/evening"]["building_id"].tolist()
    visit(planned, given[0], "2026-11-24T10:00")
    app = opened("board")
    labelled(app.checkbox, "排不下的也转交，允许超时").check()
    text = texts(press(app, "plan_hand_over_look"))
    open_stops = len(given) - 1
    assert f"{open_stops} 个点位中有 {open_stops} 个能排进去" in text
    assert "已走访、仍留在原队伍（1 个）" in text
    for building in given[1:]:
        visit(planned, building, "2026-11-24T10:30")
    press(app, "plan_hand_over_look")
    assert f"已走访、仍留在原队伍（{len(given)} 个）" in texts(app)
    assert "能排进去" not in texts(app)
    assert app.button(key="plan_hand_over_go").disabled


def test_refusals_name_every_problem_in_words() -> None:
    error = PlanRefusedError(
        InputProblem("no_shifts", "teams", "2026-12-01"), InputProblem("not_scored", "snapshot")
    )
    said = translator("zh").error(error)
    assert "没有一支队伍有班次" in said
    assert "请先计算得分" in said


# ---- publishing -----------------------------------------------------------------------------


def test_two_drafts_are_beside_each_other_and_one_is_gone_on_with(planned: Office) -> None:
    app = opened("compare")
    assert "目前有1份草稿" in texts(app)
    planned.plans.make(PLANNER, replace(WEEK, seed="another", teams=2))
    run(app)
    table = html(app)
    assert [
        name
        for name in ("预计发现", "80% 的可能在", "红色楼栋", "出动队伍", "草稿1 ·", "草稿2 ·")
        if name not in table
    ] == []
    assert len([each for each in app.header if "只在草稿" in each.value]) == 2
    first, second = (each.value for each in app.selectbox[:2])
    assert first != second
    press(app, "继续修改草稿2")
    assert app.selectbox("plan_choice_board").value == second


def test_publishing_and_cancelling_change_the_state(planned: Office) -> None:
    app = opened("publish")
    told = texts(app)
    totals = newest(planned).totals
    assert f"{totals.shifts} 个班次，共 {totals.stops} 处" in told
    assert f"{totals.stops} 处未锁定" in told
    assert "已发布" in texts(press(app, "plan_publish"))
    assert newest(planned).state == "published"
    assert "各队仍按该版执行" not in texts(app)
    cancelled = newest(planned).plan_id
    shown, stop = newest(planned).version, newest(planned).stops["building_id"].iloc[0]
    planned.plan_edits.remove_stop(PLANNER, cancelled, stop, version=shown)
    assert f"已发布的是第 {shown} 版，各队仍按该版执行" in texts(run(app))
    press(app, f"plan_cancel_{cancelled}")
    assert newest(planned).state == "cancelled"
    assert "plan_publish" not in {b.key for b in app.button}
    assert f"plan_cancel_{cancelled}" not in {b.key for b in app.button}, (
        "a second press cancels no other plan"
    )


def test_a_plan_that_was_cancelled_stays_the_one_that_is_shown(planned: Office) -> None:
    campaign = planned.plans.make(PLANNER, HOLIDAY).plan_id
    app = opened("publish")
    assert app.selectbox(key="plan_choice_publish").value == campaign
    press(app, f"plan_cancel_{campaign}")
    assert app.selectbox(key="plan_choice_publish").value == campaign
    assert "已取消" in texts(app)


def test_shifts_over_time_and_teams_without_anybody_are_told_before_publishing(
    planned: Office, plan: Plan
) -> None:
    (first, *_) = planned.teams.all(PLANNER)
    planned.teams.save(PLANNER, replace(first, members=()), seen=first)
    moved, to = str(plan.stops["building_id"].iloc[0]), str(plan.shifts["shift_id"].iloc[-1])
    planned.plan_edits.move_stop(PLANNER, plan.plan_id, moved, to_shift=to, version=1)
    app = opened("publish")
    told = texts(app)
    assert "⚠ 超时：联检队 · 11月25日 周三 夜查" in told
    assert "⚠ 第一队" in told
    assert "没有队员" in told
    with pytest.raises(PlanError, match="over time"):
        planned.plans.publish(PLANNER, plan.plan_id, version=2)
    press(app, "plan_publish")
    assert newest(planned).state == "published"


def test_a_shift_that_another_published_plan_has_taken_is_told_before_publishing(
    planned: Office, plan: Plan
) -> None:
    planned.plans.publish(PLANNER, plan.plan_id, version=1)
    planned.plans.make(PLANNER, replace(HOLIDAY, first=plan.first, last=plan.last))
    told = texts(opened("publish"))
    assert "⚠ 同一班次另有已发布的计划：" in told


def test_a_stop_at_a_building_pulled_down_by_then_is_told_before_publishing(
    looked_at: Office, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    stops = plan.stops.merge(plan.shifts[["shift_id", "day"]], on="shift_id").sort_values("day")
    first, last = stops.iloc[0], stops.iloc[-1]
    ended = dict.fromkeys((first["building_id"], last["building_id"]), last["day"].date())
    monkeypatch.setattr(looked_at.building_ends, "days", lambda *_: ended)
    assert f"⚠ 届时已拆除：{last['name']}。不会派队前往" in texts(opened("publish"))


def test_everything_that_leaves_is_noted(looked_at: Office) -> None:
    app = opened("publish")
    labels = [b.label for b in app.get("download_button")]
    assert labels == [
        "Excel，每队一张表", "路线图文件", "全部内容 Excel（含原因）",
    ]  # fmt: skip
    with looked_at._workspace.store.begin() as unit:
        assert not unit.audit.find(action="export"), "nothing is made before it is asked for"


def test_the_office_s_workbook_names_its_columns(plan: Plan) -> None:
    book = plan_workbook.workbook_of(plan, say=translator("zh"))
    page = openpyxl.load_workbook(io.BytesIO(book)).worksheets[0]
    heads = [str(cell.value) for cell in page[3]]
    assert not [head for head in heads if head.isascii()]


# ---- afterwards -----------------------------------------------------------------------------


def test_the_list_is_told_beside_chance_with_what_can_be_said_of_it(office: Office) -> None:
    """Of two weeks' plans most was found; both teams went by them, but to two buildings."""
    stops = [(f"B{n:03}", 0, "random" if n > 6 else "list", ["risk"]) for n in range(14)]
    for number, days in enumerate((14, 7)):
        first, last = (day - timedelta(days=days) for day in (WEEK.first, WEEK.last))
        keep(office, plan_of(first=first, last=last, plan_id=f"W{number}", stops=stops))
        for n in range(12):
            visit(office, f"B{n:03}", f"{first} 18:{n + 20}", FOUND if n < 5 else NOTHING)
    app = opened("after")
    shown = texts(app)
    assert "**按计划**：巡查 7 次，发现问题 5 次（71%，" in shown
    assert "**随机抽检**：巡查 5 次" in shown
    assert "最近 2 周合计" in shown
    assert "排了没去的（2）" in shown
    missed = next(d.value for d in app.dataframe if "team" in d.value)
    assert missed["team"].tolist() == ["一队", "一队"]


def test_afterwards_the_newest_plan_that_has_begun_is_looked_at_first(planned: Office) -> None:
    begun = newest(planned)
    span = {"first": date(2027, 1, 5), "last": date(2027, 1, 5)}
    later = planned.plans.make(PLANNER, replace(WEEK, **span, one_more=False, floor_cost=False))
    assert opened("after").selectbox(key="plan_choice_after").value == begun.plan_id
    assert opened("board").selectbox(key="plan_choice_board").value == later.plan_id


def test_an_arm_that_nobody_visited_is_left_out_of_the_sentence() -> None:
    arms = pd.DataFrame(
        {"arm": ["list", "random"], "visited": [5, 0], "found": [1, 0], "rate": [0.2, float("nan")],
         "low": [0.1, float("nan")], "high": [0.4, float("nan")]}
    )  # fmt: skip
    said = plan_results.sentence(arms, verdict="too_few", say=translator("zh"))
    assert "随机抽检" not in said
    assert said.endswith("次数太少，无法比较。")


# ---- campaigns, teams, days -----------------------------------------------------------------


def test_a_campaign_takes_its_days_from_a_known_break() -> None:
    spans = pd.DataFrame(
        {"first": [date(2027, 1, 20), date(2020, 1, 1)], "last": [date(2027, 2, 10)] * 2,
         "kind": ["school_break", "term"], "name": ["寒假", ""]}
    )  # fmt: skip
    offered = occasions(spans, today=date(2027, 1, 25), say=translator("zh"))
    assert (offered[0].first, offered[0].last) == (date(2027, 1, 25), date(2027, 2, 10))
    assert (offered[0].name, offered[0].floor_days) == ("寒假专项", 14)


def test_a_campaign_is_summed_up(office: Office) -> None:
    stops = [(f"B00{n}", 0, "list", ["risk"]) for n in (1, 2, 3, 4)]
    span = {"first": WEEK.first, "last": WEEK.last}
    keep(office, plan_of(kind="campaign", plan_id="C1", stops=stops, **span))
    for n, result in ((1, FOUND), (2, NOTHING), (3, FOUND)):
        visit(office, f"B00{n}", f"{WEEK.first} 18:30", result)
    assert "累计出动 1 人次，检查点位 3 处，发现问题 2 个" in texts(opened("campaign"))


def test_one_form_makes_a_campaign_with_its_own_floor(office: Office) -> None:
    app = opened("campaign")
    app.button_group(key="campaign_for").set_value("其他日期")
    run(app)
    app.text_input(key="campaign_name_其他日期").input("春季专项")
    app.number_input(key="campaign_floor_其他日期").set_value(10)
    app.multiselect(key="campaign_kinds").select("商铺")
    run(app)
    press(app, "campaign_make")
    until_made(app)
    options = newest(office).options
    assert (options.kind, options.title, options.kinds) == ("campaign", "春季专项", ("商铺",))
    assert set((options.floor_days or {}).values()) == {10}
    assert options.floor_share is None, "as in the settings: the list's top keeps its share"


def test_what_a_campaign_comes_to_is_told_before_it_is_made(office: Office) -> None:
    app = opened("campaign")
    app.button_group(key="campaign_for").set_value("其他日期")
    run(app)
    app.text_input(key="campaign_name_其他日期").input("春季专项")
    first = office.clock.today() + timedelta(days=1)
    last = first + timedelta(days=6)
    app.date_input(key="campaign_last_其他日期").set_value(last)
    app.number_input(key="campaign_floor_其他日期").set_value(1)
    run(app)
    asked = PlanOptions(kind="campaign", first=first, last=last,
                        floor_days=dict.fromkeys(TIERS.values(), 1))  # fmt: skip
    told = office.plans.forecast(PLANNER, asked)
    assert 0 < told.kept < told.due
    shown = texts(app)
    assert f"应查 {told.due} 栋" in shown
    assert f"可完成 {told.kept} 栋（{told.share:.0%}）" in shown
    assert f"预计发现约 {told.finds:.1f} 起" in shown
    assert f"约需 {told.narrower.teams} 支" in shown if told.narrower else False
    assert office.plans.all(PLANNER).empty, "nothing is made by being told"


def test_what_the_form_comes_to_at_first_is_worked_out_before_anybody_opens_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = office.clock.today() + timedelta(days=1)
    autumn = Span(first=first, last=first + timedelta(days=13), kind=SCHOOL_BREAK, name="秋假")
    office.calendar.save(local_owner(), [autumn])
    assert list(campaign.make_ahead(office)) == [None]
    monkeypatch.delattr(PlanSolver, "forecast")
    assert "应查" in texts(opened("campaign"))
    assert "due" in texts(opened("campaign", lang="en"))


@pytest.mark.usefixtures("office")
def test_one_press_fills_in_what_could_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    narrower = NarrowerPlan(period_days=200, communities=(), kinds=("商铺",), pair=None,
                            weeks=3, teams=40)  # fmt: skip
    told = PlanForecast(teams=3, shifts=6, stops=24, due=39, kept=24, weeks=9, finds=0.7,
                        usual_finds=0.9, narrower=narrower)  # fmt: skip
    monkeypatch.setattr(PlanService, "forecast", lambda *_, **__: told)
    app = opened("campaign")
    of = app.button_group(key="campaign_for").value
    press(app, "campaign_offer_0")
    assert app.number_input(key=f"campaign_floor_{of}").value == 200
    assert app.number_input(key="campaign_floor_share").value == 80
    press(app, "campaign_offer_1")
    assert app.multiselect(key="campaign_kinds").value == ["商铺"]
    first: Any = app.date_input(key=f"campaign_first_{of}").value
    press(app, "campaign_offer_2")
    assert app.date_input(key=f"campaign_last_{of}").value == first + timedelta(days=20)


@pytest.mark.usefixtures("office")
def test_kinds_of_building_that_could_be_kept_are_named_in_the_pages_language(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    narrower = NarrowerPlan(period_days=None, communities=(), kinds=("商铺",), pair=("C", "商住"),
                            weeks=None, teams=40)  # fmt: skip
    told = PlanForecast(teams=3, shifts=6, stops=24, due=39, kept=24, weeks=9, finds=0.7,
                        usual_finds=0.9, narrower=narrower)  # fmt: skip
    monkeypatch.setattr(PlanService, "forecast", lambda *_, **__: told)
    app = opened("campaign", lang="en")
    offers = [app.button(key=f"campaign_offer_{number}").label for number in range(2)]
    assert offers == ["Only Shop", "Only Mixed residential in C"]


@pytest.mark.usefixtures("office")
def test_a_page_does_not_wait_for_a_forecast_and_shows_it_once_it_is_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = PlanForecast(teams=3, shifts=6, stops=24, due=39, kept=39, weeks=9, finds=0.7,
                        usual_finds=0.9, narrower=None)  # fmt: skip
    may_end = Event()

    def forecast(*_: object, progress: Callable[[str, int, int], None]) -> PlanForecast:
        progress("choose", 1, 4)
        may_end.wait(PATIENCE_S)
        return told

    monkeypatch.setattr(PlanService, "forecast", forecast)
    monkeypatch.setattr(task_panel, "PATIENCE_S", 0.0)
    app = opened("campaign")
    assert "应查 39 栋" not in texts(app)
    assert [each.proto.text for each in app.get("progress")] == ["正在核算能否完成……"]
    assert app.button(key="campaign_make").label
    may_end.set()
    monkeypatch.setattr(task_panel, "PATIENCE_S", PATIENCE_S)
    assert "应查 39 栋" in texts(run(app))


def test_holidays_and_breaks_that_everybody_has_are_named_in_the_language_of_the_page() -> None:
    first, last = date(2027, 2, 5), date(2027, 2, 11)
    spans = pd.DataFrame(
        [(first, last, "school_break", "寒假"), (first, last, "holiday", "春节"),
         (first, last, "holiday", "建校日")], columns=["first", "last", "kind", "name"],
    )  # fmt: skip
    found = [each.name for each in occasions(spans, today=TODAY, say=translator("en"))]
    named = {"Winter break campaign", "Spring Festival campaign", "建校日 campaign"}
    assert named < set(found)


def test_holidays_of_fixed_days_come_anyway_and_a_break_that_nobody_entered_has_no_days() -> None:
    spans = pd.DataFrame(columns=["first", "last", "kind", "name"])
    found = {each.name: each for each in occasions(spans, today=TODAY, say=translator("zh"))}
    assert found["五一专项"].first == date(2027, 5, 1)
    assert (found["寒假专项"].first, found["寒假专项"].focus) == (None, "假期开班")
    assert not found["五一专项"].announced
    summer = occasions(spans, today=date(2027, 5, 2), say=translator("zh"))
    assert [(each.name, each.first) for each in summer[:-1]] == [
        ("国庆专项", date(2027, 10, 1)), ("元旦专项", date(2028, 1, 1)),
        ("五一专项", date(2028, 5, 1)), ("暑假专项", None),
    ]  # fmt: skip


def test_a_campaign_without_its_days_is_not_made_and_says_what_is_missing(office: Office) -> None:
    app = opened("campaign")
    app.button_group(key="campaign_for").set_value("寒假 · 日期待填")
    run(app)
    assert "请选择第一天和最后一天" in texts(app)
    assert "campaign_make" not in {button.key for button in app.button}
    assert office.plans.all(PLANNER).empty


def opened_teams(*teams: str) -> AppTest:
    """Open the teams, and the forms of some of them."""
    app = opened("teams")
    for team in teams:
        app.session_state[f"team_{team}_open"] = True
    return run(app)


@pytest.mark.usefixtures("office")
def test_the_form_of_a_team_is_drawn_once_it_was_opened_and_stays() -> None:
    app = opened("teams")
    assert not app.multiselect
    app.session_state["team_T2_open"] = True
    run(app)
    forms = [each.key for each in app.button_group if each.key.endswith("_start")]
    assert forms == ["team_T2_start"]
    drawn = [each.label for each in app.multiselect]
    app.session_state["team_T2_open"] = False
    assert [each.label for each in run(app).multiselect] == drawn


def test_a_team_is_named_changed_and_removed(office: Office) -> None:
    app = opened_teams("T1", "new")
    name = next(t for t in app.text_input if t.label == "队伍名称" and t.value == "")
    name.input("周末队")
    saves = [b for b in app.button if b.label == "保存队伍"]
    saves[-1].click()
    run(app)
    added = office.teams.all(PLANNER)[-1]
    assert (added.team_id, added.name, added.people) == ("T4", "周末队", 2)
    assert "已保存：周末队" in texts(app)
    press(app, "team_T1_remove")
    assert [team.team_id for team in office.teams.all(PLANNER)] == ["T2", "T3", "T4"]


def test_a_team_starts_at_the_chosen_building_though_its_id_begins_that_of_another(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = pd.DataFrame({"unit": ["B12", "B1"], "name": ["东楼", "西楼"],
                          "lon": [117.12, 117.10], "lat": [36.22, 36.20]})  # fmt: skip

    def find(_actor: Actor, text: str, *, limit: int = 20) -> pd.DataFrame:
        return found[found["unit"].str.contains(text)].head(limit)

    monkeypatch.setattr(office.risk_map, "find", find)
    app = opened_teams("T1")
    app.button_group(key="team_T1_start").set_value("从某栋楼")
    run(app)
    app.text_input(key="team_T1_search").input("B1")
    run(app)
    app.selectbox(key="team_T1_unit").select("B1")
    run(app)
    next(b for b in app.button if b.label == "保存队伍").click()
    run(app)
    saved = office.teams.all(PLANNER)[0]
    assert (saved.team_id, saved.lon, saved.lat) == ("T1", 117.10, 36.20)


def test_a_team_that_cannot_be_is_refused_in_words(office: Office) -> None:
    app = opened_teams("T1")
    first = next(n for n in app.number_input if n.label == "其中有执法证的")
    first.set_value(9)
    next(b for b in app.button if b.label == "保存队伍").click()
    assert "不能这样写" in texts(run(app))
    assert office.teams.all(PLANNER) == TEAMS


@pytest.mark.usefixtures("office")
def test_what_is_not_known_of_the_calendar_is_said_beside_its_editor() -> None:
    said = texts(opened("days"))
    assert "2027、2028 年的节假日尚未公布或登记" in said
    assert "部分日期未登记校历" in said


def test_everything_about_a_plan_has_a_name() -> None:
    say = translator("zh")
    wanted: dict[str, Any] = {
        "plan_stage": ("start", "gather", *STAGES), "plan_reason": StopReason,
        "plan_state": PlanState, "uncovered": UncoveredReason, "arm": (*Arm, "ordinary"),
        "plan_note": (*PlanNote, "school_term_unknown", "holidays_unknown"),
        "part": PARTS, "team_day": (*DAY_KINDS, *range(1, 8)), "day_kind": KINDS,
        "plan_verdict": ("more", "less", "cannot_tell", "too_few"),
    }  # fmt: skip
    nameless = [f"{kind}.{code}" for kind, codes in wanted.items() for code in codes
                if not say.knows(kind, str(code))]  # fmt: skip
    assert nameless == []


def test_a_slot_and_a_plan_are_called_in_words() -> None:
    assert make_teams.slot_text(("working", "evening"), say=translator("zh")) == "工作日 · 夜查"
    row = pd.Series({"title": "", "first": date(2026, 11, 30), "state": "published"})
    row["last"], row["stops"] = row["first"] + timedelta(days=6), 1200
    said = plan_picker.label(row, say=translator("zh"))
    assert said == "2026年11月30日–12月6日 · 已发布 · 1,200 个点位"


def test_two_drafts_of_a_week_are_told_apart_by_their_time_and_compared_by_their_finds() -> None:
    row = pd.Series({"title": "", "first": date(2026, 11, 30), "last": date(2026, 12, 6)})
    row["state"], row["stops"], row["made_at"] = "draft", 12, pd.Timestamp("2026-11-26 09:05")
    row["expected_finds"] = 3.84
    said = plan_picker.label(row, say=translator("zh"))
    assert said == "2026年11月30日–12月6日 · 草稿 11-26 09:05 · 12 个点位 · 预计发现 3.8"


@pytest.mark.parametrize(
    ("state", "until", "said"),
    [
        ("published", date(2026, 11, 26), "这份计划11月30日 周一开始"),
        ("published", date(2026, 12, 2), "计划期还没结束"),
        ("cancelled", date(2026, 11, 26), "这份计划已取消"),
    ],
)
def test_how_far_a_plan_is_that_did_not_come_to_its_end_is_said_as_it_is(
    state: str, until: date, said: str
) -> None:
    told: Any = SimpleNamespace(state=state, first=date(2026, 11, 30), until=until, over=False)
    assert progress_text(told, say=translator("zh")).startswith(said)


def test_a_plan_that_floor_and_company_cost_nothing_is_said_to_cost_nothing() -> None:
    say, totals = translator("zh"), PlanTotals(expected_finds=12.0, likely_finds=12.04)
    assert "没有影响预计查出数" in figures.cost_text(totals, say=say)
    dearer = replace(totals, likely_finds=15.0)
    assert "即其 80%" in figures.cost_text(dearer, say=say)


# ---- on the map -----------------------------------------------------------------------------


def test_the_map_s_list_says_when_a_building_is_visited_by_plan(
    looked_at: Office, plan: Plan
) -> None:
    days = plan.shifts.set_index("shift_id")["day"]
    first = plan.stops["shift_id"].map(days).groupby(plan.stops["building_id"]).min()
    today = pd.Timestamp(looked_at.clock.today())
    assert planned_days(Page(looked_at, translator("zh"))) == first[first >= today].to_dict()
    shown = next(d.value for d in opened_page("map").dataframe if "planned_on" in d.value)
    assert shown["planned_on"].notna().sum() == (first >= today).sum()
