"""The pages about who answers for what, run as Streamlit runs them, over the demonstration city."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest
from pages import html, labelled, labels, opened, press, run, texts
from streamlit.testing.v1 import AppTest

from dashboard.views.responsibility.assignment import previews
from governance.access.permissions import Actor, Scope
from governance.office import Office
from governance.responsibility.assignment.build_problem import AssignmentOptions
from governance.responsibility.assignment.service import AssignmentService

MANAGER = Actor(id="wang", name="王主任", roles=("office_manager",), scope=Scope.whole())
OFFICER = Actor(id="he", name="何执法", roles=("enforcement_officer",), scope=Scope.whole())
UNIT, NAME = "370998001001001B0004", "桂岭公寓 4栋"
"""A building with a head of the imported list."""
HEAD, WARDEN, AWAY = "P0012", "P0009", "P0010"
LATER = date(2100, 1, 1)
"""A day on which every change of a test holds."""


@pytest.fixture
def looked_at(serve: Callable[..., Any], city: Office) -> Office:
    """Serve the city to its office manager, to be looked at."""
    served: Office = serve(city, MANAGER)
    return served


@pytest.fixture
def managed(serve: Callable[..., Any], own_city: Office) -> Office:
    """Serve a city to its office manager, to be changed."""
    served: Office = serve(own_city, MANAGER)
    return served


def part(name: str, **query: str) -> AppTest:
    return opened("responsibility", part=name, **query)


def holders(office: Office, unit: str = UNIT, *, on: date = LATER) -> dict[str, str | None]:
    return {
        each.duty: each.person_id
        for each in office.responsibility.chain(MANAGER, unit, on=on).links
    }


def wardens(office: Office) -> pd.Series[Any]:
    day = office.responsibility.duties_of_day(MANAGER, on=LATER)
    return day.set_index("building_id")["网格员"]


# ---- what is missing ------------------------------------------------------------------------


def test_problems_are_counted_by_kind_and_listed(looked_at: Office) -> None:
    app = part("work")
    work = looked_at.responsibility.work(MANAGER)
    told = [work.counts[kind] for kind in ("gap", "overlap", "left", "no_pledge")]
    assert [m.value for m in app.metric] == [str(count) for count in told]
    assert sum(map(bool, told)) > 1
    assert len(app.dataframe[0].value) == sum(told)


def test_the_list_names_who_else_is_named_and_tells_no_code(looked_at: Office) -> None:
    table = part("work").dataframe[0].value
    double = table[table["problem"] == "多人重复"]
    staff = looked_at.responsibility.staff(MANAGER).set_index("person_id")["name"]
    rows = looked_at.responsibility.work(MANAGER).rows
    others = rows.loc[rows["kind"] == "overlap", "detail"].str.split(";").explode()
    named = double["detail"].str.removeprefix("另有登记：").str.split("、").explode()
    assert sorted(named) == sorted(staff.get(each, each) for each in others)
    assert len(set(others) & set(staff.index))
    assert not table["detail"].isin(["unknown", *staff.index]).any()


def test_the_list_can_be_narrowed_to_a_kind_and_searched(looked_at: Office) -> None:
    some = str(looked_at.responsibility.work(MANAGER).rows["building_id"].iloc[0])
    app = part("work")
    app.button_group(key="duty_kinds").set_value(["left"])
    table = run(app).dataframe[0].value
    assert set(table["problem"]) == {"人已离岗"}
    app.button_group(key="duty_kinds").set_value([])
    run(app)
    app.text_input(key="duty_work_search").input(some)
    assert set(run(app).dataframe[0].value["building_id"]) == {some}


@pytest.mark.usefixtures("looked_at")
def test_a_chosen_row_shows_the_chain_of_its_building() -> None:
    app = part("work")
    app.session_state["chain_unit"] = UNIT
    assert "gw-chain" in html(run(app))


def test_a_workspace_without_buildings_says_what_to_import(
    serve: Callable[..., Any], empty_office: Office
) -> None:
    serve(empty_office, MANAGER)
    assert "请先导入楼栋、网格和人员" in texts(part("work"))
    assert "这些楼栋没有可以分配的网格员" in texts(part("assign"))


def test_a_duty_that_nobody_has_is_listed_as_unassigned(
    serve: Callable[..., Any], own_two: Office
) -> None:
    serve(own_two, MANAGER)
    table = part("work").dataframe[0].value
    assert "无人负责" in set(table["problem"])


# ---- the chain ------------------------------------------------------------------------------


@pytest.mark.usefixtures("looked_at")
def test_a_building_is_found_by_its_name_and_its_chain_shown_from_leader_to_manager(
    looked_at: Office,
) -> None:
    wrong = looked_at.responsibility.work(MANAGER).rows
    names = wrong.loc[wrong["kind"] == "no_pledge", "name"]
    app = part("chain")
    app.text_input(key="chain_search").input(names.iloc[0])
    shown = html(run(app))
    places = [
        shown.index(duty)
        for duty in ("包片领导", "网格长", "网格员", "楼长", "产权人", "受委托管理单位")
    ]
    assert places == sorted(places)
    assert "未签承诺书" in shown


@pytest.mark.usefixtures("looked_at")
def test_the_chain_is_that_of_the_office_s_day_until_another_is_chosen() -> None:
    app = part("chain", unit=UNIT)
    assert "2026-11-24 的责任链" in texts(app)
    app.date_input(key="chain_day").set_value(date(2025, 6, 1))
    assert "2025-06-01 的责任链" in texts(run(app))


def test_a_duty_is_set_by_hand_and_taken_back(managed: Office) -> None:
    before = holders(managed)["楼长"]
    app = part("chain", unit=UNIT)
    labelled(app.selectbox, "责任类型").select("楼长")
    labelled(app.selectbox, "人员").select(HEAD)
    labelled(app.text_input, "原因").input("居民推选")
    press(app, "设定")
    assert "已设定：楼长为" in texts(app)
    assert holders(managed)["楼长"] == HEAD
    change = managed.duties.changes(MANAGER).iloc[0]
    assert (change["reason"], change["by"]) == ("居民推选", MANAGER.id)
    press(app, "撤回")
    assert holders(managed)["楼长"] == before != HEAD


def test_a_duty_ends_after_its_last_day(managed: Office) -> None:
    before = holders(managed)["楼长"]
    managed.duties.set_duty(
        MANAGER, target_kind="building", target_id=UNIT, duty="楼长", person_id=HEAD,
        valid_from=date(2026, 11, 24),
    )  # fmt: skip
    last = date(2026, 12, 24)
    app = part("chain", unit=UNIT)
    labelled(app.date_input, "最后一天").set_value(last)
    press(app, "终止")
    assert "已终止：楼长" in texts(app)
    assert holders(managed, on=last)["楼长"] == HEAD
    assert holders(managed, on=last + timedelta(days=1))["楼长"] == before != HEAD


def test_a_duty_needs_a_person_or_an_organisation(managed: Office) -> None:
    app = part("chain", unit=UNIT)
    assert "请选择人员或填写单位" in texts(press(app, "设定"))
    assert managed.duties.changes(MANAGER).empty


def test_who_may_not_edit_sees_the_chain_and_no_form(
    serve: Callable[..., Any], city: Office
) -> None:
    serve(city, OFFICER)
    app = part("chain", unit=UNIT)
    assert "gw-chain" in html(app)
    assert "设定或终止责任" not in labels(app, "expander")
    assert [e.value for e in app.error] == []


# ---- assigning ------------------------------------------------------------------------------


def test_the_usual_proposal_is_worked_out_before_anybody_looks(
    managed: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, worked_out = AssignmentService._preview, list[AssignmentOptions]()

    def work_out(self: AssignmentService, actor: Actor, options: Any, *facts: Any) -> Any:
        worked_out.append(options)
        return plain(self, actor, options, *facts)

    monkeypatch.setattr(AssignmentService, "_preview", work_out)
    assert list(previews.make_ahead(managed)) == [None]
    usual = worked_out.copy()
    part("assign")
    assert worked_out == [*usual, replace(usual[0], curve=True)], "nothing but the curve"


def test_moving_the_slider_only_looks(looked_at: Office) -> None:
    app = part("assign")
    before = [m.value for m in app.metric]
    app.slider(key="assign_keep").set_value(100)
    after = [m.value for m in run(app).metric]
    assert len(before) == 4
    assert before != after
    assert looked_at.assignment.proposals(MANAGER).empty


def test_a_proposal_waits_until_the_manager_approves_what_one_warden_takes_over(
    managed: Office,
) -> None:
    before = wardens(managed)
    app = press(part("assign"), "assign_propose")
    assert "待审批" in texts(app)
    assert "审批人：王主任" in texts(app)
    assert (wardens(managed) == before).all()
    app.selectbox(key="approve_warden").select(WARDEN)
    assert "已批准" in texts(press(run(app), "approve_person"))
    changed = wardens(managed)
    assert set(changed[changed != before]) == {WARDEN}
    assert "恢复原网格员" in texts(press(app, "proposal_undo"))
    assert (wardens(managed) == before).all()


def test_the_whole_is_approved_by_one_press(managed: Office) -> None:
    app = press(press(part("assign"), "assign_propose"), "approve_whole")
    assert "待审批 0 个" in texts(app)
    assert "全部批准" not in labels(app, "button")
    (proposal,) = managed.assignment.proposals(MANAGER).itertuples()
    rows = managed.assignment.proposal(MANAGER, proposal.proposal_id).rows
    assert (wardens(managed)[rows["building_id"]].to_numpy() == rows["to_id"].to_numpy()).all()


def test_a_community_is_approved_alone(managed: Office) -> None:
    app = press(part("assign"), "assign_propose")
    app.selectbox(key="approve_community").select("370998001001")
    assert "已批准" in texts(press(run(app), "approve_step"))
    assert managed.assignment.proposals(MANAGER)["state"].tolist() == ["approved"]


def test_a_planner_s_proposal_waits_for_the_manager(
    serve: Callable[..., Any], own_city: Office
) -> None:
    serve(own_city)
    before = wardens(own_city)
    app = press(part("assign"), "assign_propose")
    assert "此方案待街道管理者审批" in texts(app)
    assert not any(label.endswith("批准") for label in labels(app, "button"))
    assert own_city.assignment.proposals(MANAGER)["made_by"].tolist() == ["planner"]
    assert (wardens(own_city) == before).all()


def test_absences_and_fixed_pairs_are_noted_and_removed(managed: Office) -> None:
    app = part("assign")
    app.text_input(key="fixed_search").input(NAME)
    run(app)
    app.selectbox(key="fixed_person").select(WARDEN)
    press(run(app), "fixed_add")
    assert managed.constraints.limits(MANAGER).buildings["building_id"].tolist() == [UNIT]
    who = next(s for s in app.selectbox if s.label == "人员" and s.form_id == "absence_form")
    who.select(AWAY)
    press(app, "登记离岗")
    (absence,) = managed.constraints.limits(MANAGER).absences.itertuples()
    assert absence.person_id == AWAY
    press(app, f"absence_{absence.id}")
    assert managed.constraints.limits(MANAGER).absences.empty


def test_a_building_s_lift_and_languages_are_noted_beside_its_fixed_warden(managed: Office) -> None:
    managed.constraints.set_building_need(MANAGER, UNIT, fixed_person_id=WARDEN)
    app = part("assign")
    app.text_input(key="need_search").input(NAME)
    run(app)
    labelled(app.selectbox, "电梯").select_index(1)
    spoken = next(t for t in app.text_input if t.label.startswith("网格员须会说"))
    spoken.input("朝鲜语，维吾尔语")
    press(app, "为该楼栋设定")
    need = managed.constraints.limits(MANAGER).buildings.iloc[0]
    assert (need["lift"], list(need["languages"])) == (True, ["朝鲜语", "维吾尔语"])
    assert need["fixed_person_id"] == WARDEN
    assert "有电梯 · 朝鲜语 · 维吾尔语" in texts(app)


# ---- handing over ---------------------------------------------------------------------------


def test_what_was_approved_can_be_handed_over_on_paper(managed: Office) -> None:
    press(press(part("assign"), "assign_propose"), "approve_whole")
    handed = part("handover")
    table = handed.dataframe[0].value
    assert len(table) > 0
    assert not {"complaints", "content"} & set(table)
    assert {"打印交接单（A4）", "交接单 Excel"} <= set(labels(handed, "download_button"))
    sheet = managed.handovers.sheet(MANAGER, since=date(2026, 11, 1))
    assert table["name"].iloc[0] in set(sheet["name"])


@pytest.mark.usefixtures("looked_at")
def test_without_changes_there_is_nothing_to_hand_over() -> None:
    app = part("handover")
    app.date_input(key="handover_since").set_value(date(2027, 1, 1))
    assert "没有责任交接" in texts(run(app))
