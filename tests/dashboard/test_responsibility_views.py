"""The pages about who answers for what, run as Streamlit runs them, over the fake office."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.views.responsibility.assignment import preview_cache
from governance.access.permissions import Actor, Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MANAGER = Actor(id="wang", name="王主任", roles=("office_manager",), scope=Scope.whole())
OFFICER = Actor(id="he", name="何执法", roles=("enforcement_officer",), scope=Scope.whole())


def responsibility_script() -> None:
    from dashboard.ui import frame
    from dashboard.views.responsibility import page as responsibility_page

    page = frame.open_page()
    assert page is not None
    responsibility_page.show(page)


@pytest.fixture(autouse=True)
def fresh_previews() -> Iterator[None]:
    preview_cache.forget_previews()
    yield
    preview_cache.forget_previews()


@pytest.fixture
def manager(make_office: Callable[..., Any]) -> Any:
    """Serve a street of 60 buildings to its office manager."""
    return make_office(buildings=60, everyone=MANAGER)


def run(app: AppTest) -> AppTest:
    app.run(timeout=20)
    assert [str(e.value) for e in app.exception] == []
    return app


def opened(part: str, **query: str) -> AppTest:
    app = AppTest.from_function(responsibility_script)
    for name, value in {"part": part, **query}.items():
        app.query_params[name] = value
    return run(app)


def texts(app: AppTest) -> str:
    parts = (app.title, app.header, app.subheader, app.markdown, app.caption, app.info,
             app.success, app.warning, app.error)  # fmt: skip
    return "\n".join(str(element.value) for part in parts for element in part)


def html(app: AppTest) -> str:
    return "".join(element.proto.body for element in app.get("html"))


def press(app: AppTest, label: str) -> AppTest:
    next(b for b in app.button if b.label == label).click()
    return run(app)


# ---- what is missing ------------------------------------------------------------------------


@pytest.mark.usefixtures("manager")
def test_problems_are_counted_by_kind_and_listed() -> None:
    app = opened("work")
    assert [m.value for m in app.metric] == ["2", "0", "2", "12"]
    assert len(app.dataframe[0].value) == 16


@pytest.mark.usefixtures("manager")
def test_the_list_can_be_narrowed_to_a_kind_and_searched() -> None:
    app = opened("work")
    app.button_group(key="duty_kinds").set_value(["left"])
    table = run(app).dataframe[0].value
    assert set(table["problem"]) == {"人已离岗"}
    app.button_group(key="duty_kinds").set_value([])
    run(app)
    app.text_input(key="duty_work_search").input("B00022")
    assert run(app).dataframe[0].value["building_id"].tolist() == ["B00022"]


@pytest.mark.usefixtures("manager")
def test_a_chosen_row_shows_the_chain_of_its_building() -> None:
    app = opened("work")
    app.session_state["chain_unit"] = "B00003"
    assert "gw-chain" in html(run(app))


def test_a_workspace_without_buildings_says_what_to_import(
    make_office: Callable[..., Any],
) -> None:
    make_office(buildings=0, snapshot_days=(), everyone=MANAGER)
    assert "请先导入楼栋、网格和人员" in texts(opened("work"))
    assert "没有可分配的楼栋" in texts(opened("assign"))


# ---- the chain ------------------------------------------------------------------------------


@pytest.mark.usefixtures("manager")
def test_a_building_is_found_by_its_name_and_its_chain_shown_from_leader_to_manager() -> None:
    app = opened("chain")
    app.text_input(key="chain_search").input("泉林花园1区 4号楼")
    shown = html(run(app))
    places = [shown.index(duty) for duty in
              ("包片领导", "网格长", "网格员", "楼长", "产权人", "受委托管理单位")]  # fmt: skip
    assert places == sorted(places)
    assert "无人" in shown
    assert "未签承诺书" in shown


@pytest.mark.usefixtures("manager")
def test_the_chain_of_a_past_day_is_that_day_s() -> None:
    app = opened("chain", unit="B00003")
    app.date_input(key="chain_day").set_value(date(2025, 6, 1))
    assert "2025-06-01 的责任链" in texts(run(app))


def test_a_duty_is_set_by_hand_and_taken_back(manager: Any) -> None:
    app = opened("chain", unit="B00003")
    next(s for s in app.selectbox if s.label == "责任类型").select("楼长")
    next(s for s in app.selectbox if s.label == "人员").select("P0011")
    next(t for t in app.text_input if t.label == "原因").input("居民推选")
    press(app, "设定")
    name, facts = manager.calls[-1]
    assert name == "set_duty"
    assert (facts["target_kind"], facts["target_id"]) == ("building", "B00003")
    assert (facts["duty"], facts["person_id"], facts["reason"]) == ("楼长", "P0011", "居民推选")
    assert "已设定：楼长为" in texts(app)
    press(app, "撤回")
    assert manager.calls[-1] == ("undo_change", {"change_id": 1})


def test_a_duty_ends_after_its_last_day(manager: Any) -> None:
    app = opened("chain", unit="B00003")
    next(d for d in app.date_input if d.label == "最后一天").set_value(date(2026, 11, 30))
    press(app, "终止")
    name, facts = manager.calls[-1]
    assert (name, facts["duty_id"], facts["on"]) == ("end_duty", 7, date(2026, 12, 1))
    assert "已终止：网格员" in texts(app)


@pytest.mark.usefixtures("manager")
def test_a_duty_needs_a_person_or_an_organisation() -> None:
    app = opened("chain", unit="B00003")
    assert "请选择人员或填写单位" in texts(press(app, "设定"))


def test_who_may_not_edit_sees_the_chain_and_no_form(make_office: Callable[..., Any]) -> None:
    make_office(buildings=60, everyone=OFFICER)
    app = opened("chain", unit="B00003")
    assert "gw-chain" in html(app)
    assert "设定或终止责任" not in [e.label for e in app.expander]
    assert [e.value for e in app.error] == []


# ---- assigning ------------------------------------------------------------------------------


def test_moving_the_slider_only_looks(manager: Any) -> None:
    app = opened("assign")
    before = [m.value for m in app.metric]
    app.slider(key="assign_keep").set_value(100)
    after = [m.value for m in run(app).metric]
    assert len(before) == 4
    assert before != after
    assert manager.calls == []


def propose(app: AppTest) -> AppTest:
    app.button(key="assign_propose").click()
    return run(app)


def test_a_proposal_waits_until_the_manager_approves_one_community(manager: Any) -> None:
    app = propose(opened("assign"))
    assert "待审批" in texts(app)
    assert "审批人：王主任" in texts(app)
    duties = manager.duties_of_day(None).set_index("building_id")["网格员"]
    app.selectbox(key="approve_community").select("370902001001")
    app.button(key="approve_step").click()
    assert "已批准" in texts(run(app))
    assert manager.calls[-1] == (
        "approve_assignment", {"proposal_id": "p1", "only": ["370902001001"]}
    )  # fmt: skip
    changed = manager.duties_of_day(None).set_index("building_id")["网格员"]
    assert (duties != changed).any()
    app.button(key="proposal_undo").click()
    assert "恢复原网格员" in texts(run(app))
    assert (manager.duties_of_day(None).set_index("building_id")["网格员"] == duties).all()


@pytest.mark.usefixtures("manager")
def test_the_whole_is_approved_by_one_press() -> None:
    app = propose(opened("assign"))
    app.button(key="approve_whole").click()
    run(app)
    assert "待审批 0 个" in texts(app)
    assert "全部批准" not in [b.label for b in app.button]


def test_a_planner_s_proposal_waits_for_the_manager(office: Any) -> None:
    app = propose(opened("assign"))
    assert "此方案待街道负责人审批" in texts(app)
    assert not any(b.label.endswith("批准") for b in app.button)
    assert [name for name, _ in office.calls] == ["propose_assignment"]


def test_absences_and_fixed_pairs_are_noted_and_removed(manager: Any) -> None:
    app = opened("assign")
    app.text_input(key="fixed_search").input("B00003")
    run(app)
    app.selectbox(key="fixed_person").select("P0011")
    run(app)
    app.button(key="fixed_add").click()
    run(app)
    assert manager.assignment_limits(None).buildings["building_id"].tolist() == ["B00003"]
    who = next(s for s in app.selectbox if s.label == "人员" and s.form_id == "absence_form")
    who.select("P0012")
    press(app, "登记离岗")
    assert manager.assignment_limits(None).absences["person_id"].tolist() == ["P0012"]
    app.button(key="absence_1").click()
    run(app)
    assert manager.assignment_limits(None).absences.empty


# ---- handing over ---------------------------------------------------------------------------


@pytest.mark.usefixtures("manager")
def test_what_was_approved_can_be_handed_over_on_paper() -> None:
    app = propose(opened("assign"))
    app.button(key="approve_whole").click()
    run(app)
    handed = opened("handover")
    handed.date_input(key="handover_since").set_value(date(2026, 11, 1))
    table = run(handed).dataframe[0].value
    assert len(table) > 0
    assert not {"complaints", "content"} & set(table)
    labels = [b.label for b in handed.get("download_button")]
    assert {"打印交接单（A4）", "交接单 Excel"} <= set(labels)


@pytest.mark.usefixtures("manager")
def test_without_changes_there_is_nothing_to_hand_over() -> None:
    assert "没有责任交接" in texts(opened("handover"))
