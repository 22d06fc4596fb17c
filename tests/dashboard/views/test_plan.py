"""The planner's page, run as Streamlit runs it, over the city with plans made up at once."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from threading import Event
from typing import Any

import openpyxl
import pandas as pd
import pytest
from fake_patrols import TEAMS
from pages import html, labels, press, run, texts
from pages import opened as opened_page
from streamlit.testing.v1 import AppTest

from dashboard.documents import plan_workbook
from dashboard.i18n import LANGUAGES, translator
from dashboard.runtime import context
from dashboard.runtime.background_tasks import Bench
from dashboard.ui.frame import Page
from dashboard.views.plan import plan_picker, running
from dashboard.views.plan import results as plan_results
from dashboard.views.plan.board import board, edits, figures
from dashboard.views.plan.make import days as make_days
from dashboard.views.plan.make import teams as make_teams
from dashboard.views.plan.make.occasions import occasions
from data.calendars.read import KINDS
from governance.access.permissions import Actor, Scope
from governance.office import Office
from governance.patrols.routing.make_plan import STAGES
from governance.patrols.routing.model.plan import (
    ARMS,
    NOTES,
    REASONS,
    STATES,
    WHY_UNCOVERED,
    PlanOptions,
)
from governance.patrols.routing.model.settings import DAY_KINDS, PARTS
from governance.patrols.validation import PlanRefusedError
from governance.problems import InputProblem

PLANNER = Actor(id="planner", name="李示例", roles=("planner",), scope=Scope.whole())
MANAGER = Actor(
    id="wang", name="王主任", roles=("office_manager",), scope=Scope.whole()
)  # fmt: skip
TODAY = date(2026, 11, 26)
CHIEF = Actor(id="zhao", name="赵网格长", roles=("grid_chief",), scope=Scope.whole())
WEEK = PlanOptions(first=date(2026, 11, 30), last=date(2026, 12, 6))
HOLIDAY = PlanOptions(
    first=date(2027, 1, 20), last=date(2027, 2, 10), kind="campaign", title="寒假专项"
)


@pytest.fixture(autouse=True)
def free_bench(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running.panel, "bench", Bench())


@pytest.fixture
def office(plan_office: Any) -> Any:
    return plan_office


@pytest.fixture
def planned(office: Any) -> Any:
    """Serve a street whose next week is planned."""
    office.plans.make(PLANNER, WEEK)
    office.calls.clear()
    return office


def opened(part: str = "", **query: str) -> AppTest:
    return opened_page("plan", **({"part": part} if part else {}), **query)


def until_made(app: AppTest) -> AppTest:
    if (task := running.panel.bench.running) is not None:
        task.outcome.exception(timeout=20)
    return run(app)


# ---- who sees what --------------------------------------------------------------------------


@pytest.mark.usefixtures("planned")
def test_a_planner_opens_on_the_plan_and_sees_every_part() -> None:
    app = opened()
    assert labels(app, "tab") == [
        "排计划", "看计划", "发布与打印", "事后对照", "专项行动", "队伍", "校历",
    ]  # fmt: skip
    assert [m.label for m in app.metric][:2] == ["预计发现", "点位"]


def test_who_only_sees_plans_can_change_nothing(office: Any) -> None:
    context.provide(office, everyone=CHIEF)
    plan = office.plans.make(PLANNER, WEEK)
    app = opened("board")
    assert labels(app, "tab") == ["看计划", "发布与打印"]
    assert not [b for b in app.button if b.key in {"plan_undo", "plan_replan", "plan_publish"}]
    page = Page(office, translator("zh"))
    assert board.board_data(page, plan, plan.shifts)["mayEdit"] is False


def test_without_a_score_the_page_says_what_to_do_first(
    serve: Callable[..., Any], empty_office: Office
) -> None:
    serve(empty_office)
    app = opened("make")
    assert "还没有评分" in texts(app)
    assert "plan_make" not in {b.key for b in app.button}


def test_without_teams_it_says_what_is_supposed_and_where_to_name_them(office: Any) -> None:
    for team in TEAMS:
        office.teams.remove(PLANNER, team.team_id)
    app = opened("make")
    assert "先按两人一队估算" in texts(app)
    assert app.number_input(key="plan_teams").value == 3


@pytest.mark.usefixtures("planned")
def test_who_made_a_plan_is_told_by_name_and_by_account_where_no_name_is_known(
    office: Any,
) -> None:
    context.provide(office, everyone=MANAGER)
    app = opened("board")
    assert "李示例" in texts(app)
    versions = next(d.value for d in app.dataframe if "by" in d.value)
    assert versions["by"].tolist() == ["李示例"]
    office.plans.make(Actor("gone", "", ("planner",), Scope.whole()), HOLIDAY)
    assert " · gone" in texts(opened("board", plan="P2"))


def test_a_member_who_is_not_on_the_list_of_staff_is_told_by_name_and_account(
    office: Any,
) -> None:
    office.teams.save(PLANNER, replace(TEAMS[1], members=("R002", "nobody")))
    members = next(m for m in opened("teams").multiselect if m.value == ["R002", "nobody"])
    assert members.options[-2:] == ["王巡查 · R002", "nobody"]


# ---- making ---------------------------------------------------------------------------------


def test_a_week_is_made_from_monday_to_sunday_with_what_was_chosen(office: Any) -> None:
    app = opened("make")
    app.date_input(key="plan_week").set_value(date(2026, 12, 3))
    app.number_input(key="plan_teams").set_value(2)
    app.number_input(key="plan_share").set_value(15)
    run(app)
    press(app, "plan_make")
    until_made(app)
    (options,) = [facts["options"] for name, facts in office.calls if name == "make_plan"]
    assert (options.first, options.last) == (date(2026, 11, 30), date(2026, 12, 6))
    assert (options.teams, options.random_share, options.seconds) == (2, 0.15, None)
    assert "计划已排好，存为草稿" in texts(app)
    assert [m.label for m in app.metric], "and the plan is shown at once"


def test_work_that_goes_on_can_be_stopped(office: Any) -> None:
    begun, go_on = Event(), Event()

    def slowly(_actor: Any, _options: Any, *, progress: Callable[[str, int, int], None]) -> None:
        begun.set()
        go_on.wait(20)
        progress("solve", 1, 2)

    office.plans.make = slowly
    app = press(opened("make"), "plan_make")
    assert begun.wait(20)
    press(app, "plan_stop")
    go_on.set()
    assert "已停止，什么也没改" in texts(until_made(app))


def test_how_it_ended_is_told_to_whoever_began_it_though_another_looks_first(office: Any) -> None:
    app = press(opened("make"), "plan_make")
    if (task := running.panel.bench.running) is not None:
        task.outcome.exception(timeout=20)
    context.provide(office, everyone=MANAGER)
    assert "计划已排好" not in texts(opened("make"))
    context.provide(office, everyone=PLANNER)
    assert "计划已排好" in texts(run(app))


def test_the_days_of_the_week_are_told_in_words_unknown_ones_as_unknown(office: Any) -> None:
    app = opened("make")
    app.date_input(key="plan_week").set_value(date(2026, 9, 29))
    shown = html(run(app))
    assert "法定节假日" in shown
    assert "是否上学未知" in shown
    later = office.calendar.days(PLANNER, date(2031, 1, 1), date(2031, 1, 1))
    (day,) = later.itertuples(index=False)
    assert make_days.words_of(day, say=translator("zh"))[0] == "节假日未知"


@pytest.mark.usefixtures("planned")
def test_a_week_that_has_a_plan_says_so_and_opens_it() -> None:
    app = opened("make")
    app.date_input(key="plan_week").set_value(date(2026, 12, 1))
    run(app)
    assert "这一周已有计划（草稿）" in texts(app)
    assert [m.label for m in press(app, "plan_open").metric]


# ---- the plan -------------------------------------------------------------------------------


@pytest.mark.usefixtures("planned")
def test_figures_notes_and_what_is_left_uncovered_are_told() -> None:
    app = opened("board")
    told = {m.label: m.value for m in app.metric}
    assert told["点位"] == "30"
    assert told["没有排上的"] == "5"
    assert told["多一支队伍"] == "+0.4"
    assert "80% 的可能在 1 到 6 之间" in texts(app)
    assert "到期 240 栋，本周列入 30 栋。按此进度需 8 周。" in texts(app)
    assert "再好的排法最多也只比这份计划高 3%" in texts(app)
    assert "请登记校历" in texts(app)
    app.button_group(key="uncovered_why").set_value(["needs_joint_team"])
    table = run(app).dataframe[0].value
    assert table["why_uncovered"].tolist() == ["要两名执法人员"]


def test_the_board_has_a_column_for_each_shift_of_the_day_and_a_card_for_each_stop(
    planned: Any,
) -> None:
    plan = planned.plans.get(PLANNER, "P1")
    shifts = plan.shifts[plan.shifts["day"] == "2026-11-30"]
    data = board.board_data(Page(planned, translator("zh")), plan, shifts)
    assert [column["title"] for column in data["columns"]] == ["第一队", "第二队", "联检队"]
    card = data["columns"][0]["stops"][0]
    assert (card["place"], card["time"], card["tier"]) == (1, "18:00", "红")
    assert card["reasons"] == ["约定再访", "风险高"]
    assert sum(len(group["shifts"]) for group in data["targets"]) == len(plan.shifts)
    assert data["mayEdit"]


class TestEditing:
    """Every change goes through the service with the version that the person saw."""

    @pytest.fixture
    def told(self, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
        state: dict[str, Any] = {}
        monkeypatch.setattr(edits.st, "session_state", state)
        return state

    def do(self, office: Any, **edit: Any) -> str:
        edits.apply(Page(office, translator("zh")), "P1", {"version": 1, **edit})
        found = edits.told()
        assert found is not None
        return str(found["text"])

    @pytest.mark.usefixtures("told")
    def test_a_move_is_told_with_its_new_time(self, planned: Any) -> None:
        to = "T2/2026-11-30/evening"
        said = self.do(planned, kind="move", building="B00000", to=to, place=2)
        facts = {"building_id": "B00000", "to_shift": to, "place": 2}
        assert planned.calls == [("move_stop", facts)]
        assert said.startswith("泉林花园1区 1号楼：第二队 · 11月30日 周一 夜查 第 2 站，18:26 到")
        assert "超时 6 分钟" in said

    @pytest.mark.usefixtures("told")
    def test_locking_removing_adding_and_undoing_are_asked_of_the_service(
        self, planned: Any
    ) -> None:
        assert "已锁定" in self.do(planned, kind="lock", building="B00001", locked=True)
        assert self.do(planned, kind="remove", building="B00002", version=2) == "已从计划中去掉。"
        to = "T1/2026-11-30/evening"
        said = self.do(planned, kind="add", building="B00055", to=to, place=None, version=3)
        assert "第一队" in said
        assert self.do(planned, kind="undo", version=4) == "已撤销。"
        assert [name for name, _ in planned.calls] == [
            "lock_stops", "remove_stop", "add_stop", "undo_plan_change",
        ]  # fmt: skip

    def test_somebody_else_s_change_is_told_kindly_and_nothing_is_changed(
        self, planned: Any, told: dict[str, Any]
    ) -> None:
        planned.plan_edits.remove_stop(PLANNER, "P1", "B00003", version=1)
        planned.calls.clear()
        said = self.do(planned, kind="remove", building="B00001")
        assert "计划刚刚改过" in said
        assert told["plan_told"]["kind"] == "warn"
        assert planned.calls == []


def test_what_is_shown_is_locked_and_undone_by_one_press(planned: Any) -> None:
    app = press(opened("board"), "plan_lock_shown")
    assert planned.calls == [("lock_stops", {"locked": True, "n": 15})]
    press(app, "plan_undo")
    assert planned.calls[-1] == ("undo_plan_change", {})


def test_the_rest_is_planned_anew_around_what_is_locked(planned: Any) -> None:
    planned.plan_edits.lock_stops(PLANNER, "P1", ["B00001"], True, version=1)  # noqa: FBT003 -- as it is
    app = press(opened("board"), "plan_replan")
    until_made(app)
    assert planned.calls[-1] == ("replan", {})
    assert planned.plans.get(PLANNER, "P1").locked == {"B00001"}


def test_refusals_name_every_problem_in_words() -> None:
    error = PlanRefusedError(
        InputProblem("no_shifts", "teams", "2026-12-01"), InputProblem("not_scored", "snapshot")
    )
    said = translator("zh").error(error)
    assert "没有一支队伍有班次" in said
    assert "请先评分" in said


# ---- publishing -----------------------------------------------------------------------------


def test_publishing_and_cancelling_change_the_state(planned: Any) -> None:
    app = press(opened("publish"), "plan_publish")
    assert "已发布" in texts(app)
    assert planned.calls[-1] == ("published", {})
    press(app, "plan_cancel")
    assert planned.calls[-1] == ("cancelled", {})
    assert "plan_publish" not in {b.key for b in app.button}


def test_everything_that_leaves_is_noted(planned: Any) -> None:
    app = opened("publish")
    labels = [b.label for b in app.get("download_button")]
    assert labels == [
        "打印路线单（A4）", "Excel，每队一张表", "路线图文件", "全部内容 Excel（含原因）",
    ]  # fmt: skip
    assert planned.calls == [], "and nothing is made before it is asked for"


def test_the_office_s_workbook_names_its_columns(planned: Any) -> None:
    book = plan_workbook.whole_book(planned.plans.get(PLANNER, "P1"), say=translator("zh"))
    page = openpyxl.load_workbook(io.BytesIO(book)).worksheets[0]
    heads = [str(cell.value) for cell in page[3]]
    assert not [head for head in heads if head.isascii()]


# ---- afterwards -----------------------------------------------------------------------------


@pytest.mark.usefixtures("planned")
def test_the_list_is_told_beside_chance_with_what_can_be_said_of_it() -> None:
    app = opened("after")
    said = texts(app)
    assert "**按计划**：巡查 70 次，发现问题 13 次（19%，14% 至 25%）" in said
    assert "**随机抽检**：巡查 8 次" in said
    assert "次数还少，分不出高下" in said
    assert "最近 4 周合计" in said
    assert "排了没去的（2）" in said
    missed = next(d.value for d in app.dataframe if "team" in d.value)
    assert missed["team"].tolist() == ["第一队", "第二队"]


def test_afterwards_the_newest_plan_that_has_begun_is_looked_at_first(office: Any) -> None:
    office.plans.make(PLANNER, PlanOptions(first=date(2026, 11, 16), last=date(2026, 11, 22)))
    office.plans.make(PLANNER, PlanOptions(first=date(2099, 1, 5), last=date(2099, 1, 11)))
    assert opened("after").selectbox(key="plan_choice_after").value == "P1"
    assert opened("board").selectbox(key="plan_choice_board").value == "P2"


def test_an_arm_that_nobody_visited_is_left_out_of_the_sentence() -> None:
    arms = pd.DataFrame(
        {"arm": ["list", "random"], "visited": [5, 0], "found": [1, 0], "rate": [0.2, float("nan")],
         "low": [0.1, float("nan")], "high": [0.4, float("nan")]}
    )  # fmt: skip
    said = plan_results.sentence(arms, verdict="too_few", say=translator("zh"))
    assert "随机抽检" not in said
    assert said.endswith("次数太少，无法比较。")


# ---- campaigns, teams, days -----------------------------------------------------------------


def test_a_campaign_takes_its_days_from_a_known_break_and_is_summed_up(office: Any) -> None:
    spans = pd.DataFrame(
        {"first": [date(2027, 1, 20), date(2020, 1, 1)], "last": [date(2027, 2, 10)] * 2,
         "kind": ["school_break", "term"], "name": ["寒假", ""]}
    )  # fmt: skip
    found = occasions(spans, today=date(2027, 1, 25), say=translator("zh"))
    assert (found[0].first, found[0].last) == (date(2027, 1, 25), date(2027, 2, 10))
    assert (found[0].name, found[0].floor_days) == ("寒假专项", 14)
    office.plans.make(PLANNER, HOLIDAY)
    app = opened("campaign")
    assert "累计出动 144 人次，检查点位 72 处，发现问题 9 个" in texts(app)


def test_one_form_makes_a_campaign_with_its_own_floor(office: Any) -> None:
    app = opened("campaign")
    app.button_group(key="campaign_for").set_value("其他日期")
    run(app)
    app.text_input(key="campaign_name_其他日期").input("春季专项")
    app.number_input(key="campaign_floor_其他日期").set_value(10)
    app.multiselect(key="campaign_kinds").select("住宅")
    next(b for b in app.button if b.label == "排专项计划").click()
    until_made(run(app))
    options = office.calls[-1][1]["options"]
    assert (options.kind, options.title, options.kinds) == ("campaign", "春季专项", ("住宅",))
    assert set(options.floor_days.values()) == {10}
    assert options.floor_share == 0.8, "a campaign is about its floor"


def test_labour_day_comes_anyway_and_a_break_that_nobody_entered_has_no_days() -> None:
    spans = pd.DataFrame(columns=["first", "last", "kind", "name"])
    found = {each.name: each for each in occasions(spans, today=TODAY, say=translator("zh"))}
    assert found["五一专项"].first == date(2027, 5, 1)
    assert (found["寒假专项"].first, found["寒假专项"].focus) == (None, "假期开班")
    assert not found["五一专项"].announced
    summer = occasions(spans, today=date(2027, 5, 2), say=translator("zh"))
    assert [each.name for each in summer] == ["暑假专项", "五一专项", ""]
    assert summer[1].first == date(2028, 5, 1)


def test_a_campaign_without_its_days_is_not_made_and_says_what_is_missing(office: Any) -> None:
    app = opened("campaign")
    app.button_group(key="campaign_for").set_value("寒假 · 日期待填")
    run(app)
    next(b for b in app.button if b.label == "排专项计划").click()
    assert "请选择第一天和最后一天" in texts(run(app))
    assert office.calls == []


def test_a_team_is_named_changed_and_removed(office: Any) -> None:
    app = opened("teams")
    name = next(t for t in app.text_input if t.label == "队伍名称" and t.value == "")
    name.input("周末队")
    saves = [b for b in app.button if b.label == "保存队伍"]
    saves[-1].click()
    run(app)
    added = office.calls[-1][1]["team"]
    assert (added.team_id, added.name, added.people) == ("new", "周末队", 2)
    assert "已保存：周末队" in texts(app)
    press(app, "team_T1_remove")
    assert office.calls[-1] == ("remove_team", {"team_id": "T1"})


def test_a_team_starts_at_the_chosen_building_though_its_id_begins_that_of_another(
    office: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = pd.DataFrame({"unit": ["B12", "B1"], "name": ["东楼", "西楼"],
                          "lon": [117.12, 117.10], "lat": [36.22, 36.20]})  # fmt: skip

    def find(_actor: Actor, text: str, *, limit: int = 20) -> pd.DataFrame:
        return found[found["unit"].str.contains(text)].head(limit)

    monkeypatch.setattr(office.risk_map, "find", find)
    app = opened("teams")
    app.button_group(key="team_T1_start").set_value("从某栋楼")
    run(app)
    app.text_input(key="team_T1_search").input("B1")
    run(app)
    app.selectbox(key="team_T1_unit").select("B1")
    run(app)
    next(b for b in app.button if b.label == "保存队伍").click()
    run(app)
    saved = office.calls[-1][1]["team"]
    assert (saved.team_id, saved.lon, saved.lat) == ("T1", 117.10, 36.20)


def test_a_team_that_cannot_be_is_refused_in_words(office: Any) -> None:
    app = opened("teams")
    first = next(n for n in app.number_input if n.label == "其中有执法证的")
    first.set_value(9)
    next(b for b in app.button if b.label == "保存队伍").click()
    assert "不能这样写" in texts(run(app))
    assert office.calls == []


@pytest.mark.usefixtures("office")
def test_what_is_not_known_of_the_calendar_is_said_beside_its_editor() -> None:
    said = texts(opened("days"))
    assert "2027、2028 年的节假日尚未公布或登记" in said
    assert "有些日子是否上学未知" in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_about_a_plan_has_a_name(language: str) -> None:
    say = translator(language)
    wanted: dict[str, Any] = {
        "plan_stage": ("start", "gather", *STAGES), "plan_reason": REASONS,
        "plan_state": STATES, "uncovered": WHY_UNCOVERED, "arm": (*ARMS, "ordinary"),
        "plan_note": (*NOTES, "school_term_unknown", "holidays_unknown", "replaced_plan"),
        "part": PARTS, "team_day": (*DAY_KINDS, *range(1, 8)), "day_kind": KINDS,
        "plan_verdict": ("more", "less", "cannot_tell", "too_few"),
    }  # fmt: skip
    nameless = [f"{kind}.{code}" for kind, codes in wanted.items() for code in codes
                if not say.knows(kind, str(code))]  # fmt: skip
    assert nameless == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_note_may_carry_a_year(language: str) -> None:
    assert "2028" in figures.note_text("holidays_unknown_2028", say=translator(language))


def test_a_slot_and_a_plan_are_called_in_words() -> None:
    assert make_teams.slot_text(("working", "evening"), say=translator("zh")) == "工作日 · 夜查"
    row = pd.Series({"title": "", "first": date(2026, 11, 30), "state": "draft", "stops": 1200})
    row["last"] = row["first"] + timedelta(days=6)
    said = plan_picker.label(row, say=translator("zh"))
    assert said == "2026年11月30日–12月6日 · 草稿 · 1,200 个点位"
