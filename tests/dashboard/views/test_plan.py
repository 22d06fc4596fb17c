"""The planner's page, run as Streamlit runs it, over the city with plans made up at once."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import openpyxl
import pandas as pd
import pytest
from fake_patrols import TEAMS, PatrolAnswers
from pages import html, labelled, labels, press, run, texts
from pages import opened as opened_page
from streamlit.testing.v1 import AppTest

from dashboard.documents import plan_workbook
from dashboard.i18n import LANGUAGES, translator
from dashboard.runtime import context
from dashboard.runtime.background_tasks import Bench
from dashboard.ui.frame import Page
from dashboard.views.plan import plan_picker, plan_task, results
from dashboard.views.plan.board import board, edits, figures
from dashboard.views.plan.make import teams, week
from dashboard.views.plan.make.occasions import occasions
from data.calendars.read import KINDS
from governance.access.permissions import Actor, Scope
from governance.office import Office
from governance.patrols.routing.make_plan import STAGES
from governance.patrols.routing.model.plan import PlanOptions
from governance.patrols.routing.model.settings import DAY_KINDS, PARTS
from governance.patrols.routing.model.vocabulary import (
    Arm,
    PlanNote,
    PlanState,
    StopReason,
    UncoveredReason,
)
from governance.patrols.validation import PlanRefusedError
from governance.problems import InputProblem

ZH = translator("zh")
PLANNER = Actor(id="planner", name="李示例", roles=("planner",), scope=Scope.whole())
MANAGER = Actor(id="wang", name="王主任", roles=("office_manager",), scope=Scope.whole())
CHIEF = Actor(id="zhao", name="赵网格长", roles=("grid_chief",), scope=Scope.whole())
WEEK = PlanOptions(first=date(2026, 11, 30), last=date(2026, 12, 6))
HOLIDAY = PlanOptions(
    first=date(2027, 1, 20), last=date(2027, 2, 10), kind="campaign", title="寒假专项"
)


@pytest.fixture(autouse=True)
def free_bench(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_task.panel, "bench", Bench())


@pytest.fixture
def office(patrols: PatrolAnswers, city: Office) -> Office:
    """Serve the city with plans that are made within no time."""
    assert patrols.calls == []
    return city


@pytest.fixture
def planned(office: Any, patrols: PatrolAnswers) -> Any:
    """Serve a street whose next week is planned."""
    office.plans.make(PLANNER, WEEK)
    patrols.calls.clear()
    return office


def opened(part: str = "", **query: str) -> AppTest:
    return opened_page("plan", **({"part": part} if part else {}), **query)


def until_made(app: AppTest) -> AppTest:
    if (task := plan_task.panel.bench.running) is not None:
        task.outcome.exception(timeout=20)
    return run(app)


def keys(app: AppTest) -> set[str | None]:
    return {button.key for button in app.button}


# ---- who sees what --------------------------------------------------------------------------


@pytest.mark.usefixtures("planned")
def test_a_planner_opens_on_the_plan_and_sees_every_part() -> None:
    app = opened()
    assert labels(app, "tab") == [
        "排计划", "看计划", "发布与打印", "事后对照", "专项行动", "队伍", "校历",
    ]  # fmt: skip
    assert [m.label for m in app.metric][:2] == ["预计发现", "点位"]


def test_who_only_sees_plans_can_change_nothing(planned: Any) -> None:
    context.provide(planned, everyone=CHIEF)
    app = opened("board")
    assert labels(app, "tab") == ["看计划", "发布与打印"]
    assert not keys(app) & {"plan_undo", "plan_replan", "plan_publish"}
    plan = planned.plans.get(CHIEF, "P1")
    assert board.board_data(Page(planned, ZH), plan, plan.shifts)["mayEdit"] is False


def test_without_a_score_the_page_says_what_to_do_first(
    serve: Callable[..., Any], empty_office: Office
) -> None:
    serve(empty_office)
    app = opened("make")
    assert "还没有评分" in texts(app)
    assert "plan_make" not in keys(app)


def test_without_teams_it_says_what_is_supposed_and_where_to_name_them(office: Any) -> None:
    for team in TEAMS:
        office.teams.remove(PLANNER, team.team_id)
    app = opened("make")
    assert "先按两人一队估算" in texts(app)
    assert app.number_input(key="plan_teams").value == 3


def test_who_made_a_plan_is_told_by_name_and_by_account_where_no_name_is_known(
    planned: Any,
) -> None:
    context.provide(planned, everyone=MANAGER)
    app = opened("board")
    assert "李示例" in texts(app)
    versions = next(d.value for d in app.dataframe if "by" in d.value)
    assert versions["by"].tolist() == ["李示例"]
    planned.plans.make(Actor("gone", "", ("planner",), Scope.whole()), HOLIDAY)
    assert " · gone" in texts(opened("board", plan="P2"))


# ---- making ---------------------------------------------------------------------------------


def test_a_week_is_made_from_monday_to_sunday_with_what_was_chosen(patrols: PatrolAnswers) -> None:
    app = opened("make")
    app.date_input(key="plan_week").set_value(date(2026, 12, 3))
    app.number_input(key="plan_teams").set_value(2)
    app.number_input(key="plan_share").set_value(15)
    press(run(app), "plan_make")
    until_made(app)
    ((_, facts),) = patrols.calls
    options = facts["options"]
    assert (options.first, options.last) == (date(2026, 11, 30), date(2026, 12, 6))
    assert (options.teams, options.random_share, options.seconds) == (2, 0.15, None)
    assert "计划已排好，存为草稿" in texts(app)
    assert [m.label for m in app.metric], "and the plan is shown at once"


def test_the_days_of_the_week_are_told_in_words_unknown_ones_as_unknown(office: Any) -> None:
    app = opened("make")
    app.date_input(key="plan_week").set_value(date(2026, 9, 29))
    shown = html(run(app))
    assert "法定节假日" in shown
    assert "是否上学未知" in shown
    later = office.calendar.days(PLANNER, date(2031, 1, 1), date(2031, 1, 1))
    (day,) = later.itertuples(index=False)
    assert week.words_of(day, say=ZH)[0] == "节假日未知"


@pytest.mark.usefixtures("planned")
def test_a_week_that_has_a_plan_says_so_and_opens_it() -> None:
    app = opened("make")
    app.date_input(key="plan_week").set_value(date(2026, 12, 1))
    assert "这一周已有计划（草稿）" in texts(run(app))
    assert [m.label for m in press(app, "plan_open").metric]


# ---- the plan -------------------------------------------------------------------------------


@pytest.mark.usefixtures("planned")
def test_figures_notes_and_what_is_left_uncovered_are_told() -> None:
    app = opened("board")
    told = {m.label: m.value for m in app.metric}
    assert told["点位"] == "30"
    assert told["没有排上的"] == "5"
    assert told["多一支队伍"] == "+0.4"
    for text in (
        "80% 的可能在 1 到 6 之间", "到期 240 栋，本周列入 30 栋。按此进度需 8 周。",
        "再好的排法最多也只比这份计划高 3%", "请登记校历",
    ):  # fmt: skip
        assert text in texts(app)
    app.button_group(key="uncovered_why").set_value(["needs_joint_team"])
    assert run(app).dataframe[0].value["why_uncovered"].tolist() == ["要两名执法人员"]


def test_the_board_has_a_column_for_each_shift_of_the_day_and_a_card_for_each_stop(
    planned: Any,
) -> None:
    plan = planned.plans.get(PLANNER, "P1")
    shifts = plan.shifts[plan.shifts["day"] == "2026-11-30"]
    data = board.board_data(Page(planned, ZH), plan, shifts)
    assert [column["title"] for column in data["columns"]] == ["第一队", "第二队", "联检队"]
    card = data["columns"][0]["stops"][0]
    assert (card["place"], card["time"], card["tier"]) == (1, "18:00", "红")
    assert card["reasons"] == ["约定再访", "风险高"]
    assert sum(len(group["shifts"]) for group in data["targets"]) == len(plan.shifts)
    assert data["mayEdit"]


@pytest.fixture
def edit(planned: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Any]]:
    """Return what makes a change as the board does, and what the board says then."""
    monkeypatch.setattr(edits.st, "session_state", {})

    def editing(kind: str, *, version: int = 1, **facts: Any) -> dict[str, Any]:
        edits.apply(Page(planned, ZH), "P1", {"kind": kind, "version": version, **facts})
        told = edits.told()
        assert told is not None
        return told

    return editing


def test_a_move_is_told_with_its_new_time(
    edit: Callable[..., dict[str, Any]], patrols: PatrolAnswers
) -> None:
    to = "T2/2026-11-30/evening"
    said = edit("move", building="B00000", to=to, place=2)["text"]
    facts = {"building_id": "B00000", "to_shift": to, "place": 2}
    assert patrols.calls == [("move_stop", facts)]
    assert said.startswith("泉林花园1区 1号楼：第二队 · 11月30日 周一 夜查 第 2 站，18:26 到")
    assert "超时 6 分钟" in said


def test_every_kind_of_change_is_asked_of_the_service_with_the_version_that_was_seen(
    edit: Callable[..., dict[str, Any]], patrols: PatrolAnswers
) -> None:
    to = "T1/2026-11-30/evening"
    assert "已锁定" in edit("lock", building="B00001", locked=True)["text"]
    assert edit("remove", building="B00002", version=2)["text"] == "已从计划中去掉。"
    assert "第一队" in edit("add", building="B00055", to=to, place=None, version=3)["text"]
    assert edit("undo", version=4)["text"] == "已撤销。"
    names = [name for name, _ in patrols.calls]
    assert names == ["lock_stops", "remove_stop", "add_stop", "undo"]


def test_somebody_else_s_change_is_told_kindly_and_nothing_is_changed(
    edit: Callable[..., dict[str, Any]], planned: Any, patrols: PatrolAnswers
) -> None:
    planned.plan_edits.remove_stop(PLANNER, "P1", "B00003", version=1)
    patrols.calls.clear()
    told = edit("remove", building="B00001")
    assert "计划刚刚改过" in told["text"]
    assert told["kind"] == "warn"
    assert patrols.calls == []


@pytest.mark.usefixtures("planned")
def test_what_is_shown_is_locked_and_undone_by_one_press(patrols: PatrolAnswers) -> None:
    app = press(opened("board"), "plan_lock_shown")
    assert patrols.calls == [("lock_stops", {"locked": True, "n": 15})]
    press(app, "plan_undo")
    assert patrols.calls[-1] == ("undo", {})


def test_the_rest_is_planned_anew_around_what_is_locked(
    planned: Any, patrols: PatrolAnswers
) -> None:
    planned.plan_edits.lock_stops(PLANNER, "P1", ["B00001"], True, version=1)  # noqa: FBT003 -- as it is
    until_made(press(opened("board"), "plan_replan"))
    assert patrols.calls[-1] == ("replan", {})
    assert planned.plans.get(PLANNER, "P1").locked == {"B00001"}


def test_refusals_name_every_problem_in_words() -> None:
    said = ZH.error(PlanRefusedError(InputProblem("no_shifts", "teams", "2026-12-01"),
                                     InputProblem("not_scored", "snapshot")))  # fmt: skip
    assert "没有一支队伍有班次" in said
    assert "请先评分" in said


# ---- publishing -----------------------------------------------------------------------------


@pytest.mark.usefixtures("planned")
def test_publishing_and_cancelling_change_the_state(patrols: PatrolAnswers) -> None:
    app = press(opened("publish"), "plan_publish")
    assert "已发布" in texts(app)
    press(app, "plan_cancel")
    assert patrols.calls == [("published", {}), ("cancelled", {})]
    assert "plan_publish" not in keys(app)


@pytest.mark.usefixtures("planned")
def test_nothing_that_leaves_is_made_before_it_is_asked_for(patrols: PatrolAnswers) -> None:
    assert labels(opened("publish"), "download_button") == [
        "打印路线单（A4）", "Excel，每队一张表", "路线图文件", "全部内容 Excel（含原因）",
    ]  # fmt: skip
    assert patrols.calls == []


def test_the_office_s_workbook_names_its_columns(planned: Any) -> None:
    book = plan_workbook.whole_book(planned.plans.get(PLANNER, "P1"), say=ZH)
    page = openpyxl.load_workbook(io.BytesIO(book)).worksheets[0]
    assert [head for head in (str(cell.value) for cell in page[3]) if head.isascii()] == []


# ---- afterwards -----------------------------------------------------------------------------


@pytest.mark.usefixtures("planned")
def test_the_list_is_told_beside_chance_with_what_can_be_said_of_it() -> None:
    app = opened("after")
    for text in (
        "**按计划**：巡查 70 次，发现问题 13 次（19%，14% 至 25%）", "**随机抽检**：巡查 8 次",
        "次数还少，分不出高下", "最近 4 周合计", "排了没去的（2）",
    ):  # fmt: skip
        assert text in texts(app)
    missed = next(d.value for d in app.dataframe if "team" in d.value)
    assert missed["team"].tolist() == ["第一队", "第二队"]


def test_afterwards_the_newest_plan_that_has_begun_is_looked_at_first(office: Any) -> None:
    office.plans.make(PLANNER, PlanOptions(first=date(2026, 11, 16), last=date(2026, 11, 22)))
    office.plans.make(PLANNER, PlanOptions(first=date(2099, 1, 5), last=date(2099, 1, 11)))
    assert opened("after").selectbox(key="plan_choice_after").value == "P1"
    assert opened("board").selectbox(key="plan_choice_board").value == "P2"


def test_an_arm_that_nobody_visited_is_left_out_of_the_sentence() -> None:
    none = float("nan")
    arms = pd.DataFrame({"arm": ["list", "random"], "visited": [5, 0], "found": [1, 0],
                         "rate": [0.2, none], "low": [0.1, none], "high": [0.4, none]})  # fmt: skip
    said = results.sentence(arms, verdict="too_few", say=ZH)
    assert "随机抽检" not in said
    assert said.endswith("次数太少，无法比较。")


# ---- campaigns ------------------------------------------------------------------------------


def test_a_campaign_takes_its_days_from_a_known_break() -> None:
    spans = pd.DataFrame(
        {"first": [date(2027, 1, 20), date(2020, 1, 1)], "last": [date(2027, 2, 10)] * 2,
         "kind": ["school_break", "term"], "name": ["寒假", ""]}
    )  # fmt: skip
    first = occasions(spans, today=date(2027, 1, 25), say=ZH)[0]
    assert (first.first, first.last) == (date(2027, 1, 25), date(2027, 2, 10))
    assert (first.name, first.floor_days) == ("寒假专项", 14)


def test_labour_day_comes_anyway_and_a_break_that_nobody_entered_has_no_days() -> None:
    spans = pd.DataFrame(columns=["first", "last", "kind", "name"])
    coming = {each.name: each for each in occasions(spans, today=date(2026, 11, 26), say=ZH)}
    assert coming["五一专项"].first == date(2027, 5, 1)
    assert (coming["寒假专项"].first, coming["寒假专项"].focus) == (None, "假期开班")
    assert not coming["五一专项"].announced
    summer = occasions(spans, today=date(2027, 5, 2), say=ZH)
    assert [each.name for each in summer] == ["暑假专项", "五一专项", ""]
    assert summer[1].first == date(2028, 5, 1)


def test_a_campaign_is_summed_up(office: Any) -> None:
    office.plans.make(PLANNER, HOLIDAY)
    assert "累计出动 144 人次，检查点位 72 处，发现问题 9 个" in texts(opened("campaign"))


def campaign_for(occasion: str) -> AppTest:
    app = opened("campaign")
    app.button_group(key="campaign_for").set_value(occasion)
    return run(app)


def test_one_form_makes_a_campaign_with_its_own_floor(patrols: PatrolAnswers) -> None:
    app = campaign_for("其他日期")
    app.text_input(key="campaign_name_其他日期").input("春季专项")
    app.number_input(key="campaign_floor_其他日期").set_value(10)
    app.multiselect(key="campaign_kinds").select("住宅")
    until_made(press(app, "排专项计划"))
    options = patrols.calls[-1][1]["options"]
    assert (options.kind, options.title, options.kinds) == ("campaign", "春季专项", ("住宅",))
    assert set(options.floor_days.values()) == {10}
    assert options.floor_share == 0.8, "a campaign is about its floor"


def test_a_campaign_without_its_days_is_not_made_and_says_what_is_missing(
    patrols: PatrolAnswers,
) -> None:
    app = press(campaign_for("寒假 · 日期待填"), "排专项计划")
    assert "请选择第一天和最后一天" in texts(app)
    assert patrols.calls == []


# ---- teams and days -------------------------------------------------------------------------


def save_first_team(app: AppTest) -> AppTest:
    labelled(app.button, "保存队伍").click()
    return run(app)


def test_a_member_who_is_not_on_the_list_of_staff_is_told_by_name_and_account(office: Any) -> None:
    office.teams.save(PLANNER, replace(TEAMS[1], members=("R002", "nobody")))
    members = next(m for m in opened("teams").multiselect if m.value == ["R002", "nobody"])
    assert members.options[-2:] == ["王巡查 · R002", "nobody"]


def test_a_team_is_named_changed_and_removed(patrols: PatrolAnswers) -> None:
    app = opened("teams")
    next(t for t in app.text_input if t.label == "队伍名称" and t.value == "").input("周末队")
    [each for each in app.button if each.label == "保存队伍"][-1].click()
    assert "已保存：周末队" in texts(run(app))
    added = patrols.calls[-1][1]["team"]
    assert (added.team_id, added.name, added.people) == ("new", "周末队", 2)
    press(app, "team_T1_remove")
    assert patrols.calls[-1] == ("remove_team", {"team_id": "T1"})


def test_a_team_starts_at_the_chosen_building_though_its_id_begins_that_of_another(
    office: Any, patrols: PatrolAnswers, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = pd.DataFrame({"unit": ["B12", "B1"], "name": ["东楼", "西楼"],
                          "lon": [117.12, 117.10], "lat": [36.22, 36.20]})  # fmt: skip

    def find(_actor: Actor, text: str, *, limit: int = 20) -> pd.DataFrame:
        return known[known["unit"].str.contains(text)].head(limit)

    monkeypatch.setattr(office.risk_map, "find", find)
    app = opened("teams")
    app.button_group(key="team_T1_start").set_value("从某栋楼")
    run(app).text_input(key="team_T1_search").input("B1")
    run(app).selectbox(key="team_T1_unit").select("B1")
    save_first_team(run(app))
    saved = patrols.calls[-1][1]["team"]
    assert (saved.team_id, saved.lon, saved.lat) == ("T1", 117.10, 36.20)


def test_a_team_that_cannot_be_is_refused_in_words(patrols: PatrolAnswers) -> None:
    app = opened("teams")
    labelled(app.number_input, "其中有执法证的").set_value(9)
    assert "不能这样写" in texts(save_first_team(app))
    assert patrols.calls == []


@pytest.mark.usefixtures("office")
def test_what_is_not_known_of_the_calendar_is_said_beside_its_editor() -> None:
    said = texts(opened("days"))
    assert "2027、2028 年的节假日尚未公布或登记" in said
    assert "有些日子是否上学未知" in said


# ---- names ----------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_about_a_plan_has_a_name(language: str) -> None:
    say = translator(language)
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
    assert "2028" in figures.note_text("holidays_unknown_2028", say=say), "with its year"


def test_a_slot_and_a_plan_are_called_in_words() -> None:
    assert teams.slot_text(("working", "evening"), say=ZH) == "工作日 · 夜查"
    row = pd.Series({"title": "", "first": WEEK.first, "last": WEEK.last, "state": "draft",
                     "stops": 1200})  # fmt: skip
    assert plan_picker.label(row, say=ZH) == "2026年11月30日–12月6日 · 草稿 · 1,200 个点位"
