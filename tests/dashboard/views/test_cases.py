"""The page Leads and cases: what is overdue first, one case beside it, and only allowed steps."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from case_street import (
    CHIEF,
    CLERK,
    MANAGER,
    OFFICER,
    PLANNER,
    WARDEN,
    case_no,
    open_with_cases,
)
from pages import html, labelled, main_page, opened, press, run, texts

from dashboard.i18n import translator
from dashboard.views.building import cases as building_cases
from dashboard.views.cases.case_list import row_data
from dashboard.views.cases.leads import title_above
from dashboard.views.start.to_do import LEADS_TO
from data.contracts.case_vocabulary import Channel, Stage
from governance.office import Office


@pytest.fixture
def office(two_communities: Path, tmp_path: Path) -> Iterator[Office]:
    with closing(open_with_cases(shutil.copytree(two_communities, tmp_path / "o"), 3)) as made:
        yield made


@pytest.fixture
def serve_to(serve: Callable[..., Any], office: Office) -> Callable[..., Any]:
    return lambda actor: serve(office, actor)


@pytest.fixture(scope="module")
def kept(two_communities: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Open such an office for tests that only look."""
    folder = shutil.copytree(two_communities, tmp_path_factory.mktemp("kept") / "office")
    with closing(open_with_cases(folder, 3)) as made:
        yield made


@pytest.fixture
def show_to(serve: Callable[..., Any], kept: Office) -> Callable[..., Any]:
    return lambda actor: serve(kept, actor)


def steps(app: Any) -> list[str]:
    return [b.key.removeprefix("case_step_") for b in app.button if "case_step_" in (b.key or "")]


def test_a_title_that_only_begins_the_text_is_not_said_twice() -> None:
    assert title_above("有人补课", "有人补课，按次收费") == ""
    assert title_above("噪音", "有人补课") == "噪音"


def test_a_case_of_the_address_is_open_with_its_leads_marked_as_text_alone(
    show_to: Callable[..., Any],
) -> None:
    show_to(CLERK)
    app = opened("cases", case=case_no(1))
    shown = html(app)
    assert case_no(1) in shown
    assert "&lt;b&gt;3" in shown
    assert "<b>3" not in shown
    assert ">一对一</mark>" in shown


def test_a_case_at_a_building_that_was_pulled_down_says_it(
    serve_to: Callable[..., Any], office: Office
) -> None:
    building = office.cases.case(MANAGER, case_no(1)).facts["building_id"]
    office.building_ends.end(MANAGER, [building], ended_on=date(2026, 11, 20), reason="拆迁")
    serve_to(MANAGER)
    assert "2026-11-20 起已拆除" in texts(opened("cases", case=case_no(1)))


@pytest.mark.parametrize("field", ["note", "return_reason"])
def test_who_types_a_number_is_told_before_and_after_that_it_is_hidden(
    serve_to: Callable[..., Any], field: str
) -> None:
    serve_to(CLERK)
    app = opened("cases", case=case_no(1))
    app.button(key="case_step_return").click()
    run(app)
    assert "这里填写的电话号码和身份证号保存时自动隐去" in texts(app)
    key = f"case_form_{case_no(1)}_return"
    app.text_area(key=f"{key}_return_reason").set_value("不属本街道")
    app.text_area(key=f"{key}_{field}").set_value("回电13800001111")
    app.button(key=f"{key}_send").click()
    assert "其中的电话号码或身份证号已隐去" in texts(run(app))


def test_each_role_is_offered_its_own_steps_alone(show_to: Callable[..., Any]) -> None:
    offered = {}
    for actor in (CLERK, MANAGER, CHIEF, OFFICER):
        show_to(actor)
        offered[actor.id] = steps(opened("cases", case=case_no(1)))
    assert offered["hotline_clerk"][:2] == ["accept", "return"]
    assert "assign" in offered["office_manager"]
    assert offered["grid_chief"] == ["note"]
    assert offered["enforcement_officer"] == ["note"]
    assert "下一步由以下角色办理：热线专员" in texts(opened("cases", case=case_no(1)))


def test_a_step_stands_out_for_whom_the_case_waits_alone(show_to: Callable[..., Any]) -> None:
    for actor, first in ((CLERK, ["accept"]), (MANAGER, [])):
        show_to(actor)
        app = opened("cases", case=case_no(1))
        primary = [b.key for b in app.button if b.proto.type == "primary"]
        assert [key.removeprefix("case_step_") for key in primary] == first


def test_a_step_asks_for_its_facts_and_is_written_down(
    serve_to: Callable[..., Any], office: Office
) -> None:
    serve_to(CLERK)
    app = opened("cases", case=case_no(1))
    labelled(app.button, translator("zh").name("case_action", "return")).click()
    run(app)
    app.button(key=f"case_form_{case_no(1)}_return_send").click()
    run(app)
    assert "请填写：退回理由" in texts(app)
    app.text_area(key=f"case_form_{case_no(1)}_return_return_reason").set_value("不属本街道")
    app.button(key=f"case_form_{case_no(1)}_return_send").click()
    run(app)
    assert office.cases.case(MANAGER, case_no(1)).facts["stage"] == "returned"
    assert "不属本街道" in html(app)


def test_a_case_leads_whoever_merges_to_what_may_be_its_event_even_once_it_was_returned(
    serve_to: Callable[..., Any], office: Office
) -> None:
    office.cases.act(CLERK, case_no(1), "return", {"return_reason": "不属本街道"})
    ways = {}
    for actor in (MANAGER, CHIEF):
        serve_to(actor)
        for number in (1, 2):
            led_to = opened("cases", case=case_no(number)).get("page_link")
            ways[actor.id, number] = [
                each.proto.query_string for each in led_to
                if each.proto.label == "与其他线索是否为同一事件"
            ]  # fmt: skip
    about = [f"lang=zh&part=merging&case={case_no(number)}" for number in (1, 2)]
    assert ways == {
        ("office_manager", 1): about[:1], ("office_manager", 2): about[1:],
        ("grid_chief", 1): [], ("grid_chief", 2): [],
    }  # fmt: skip


def test_who_took_a_step_is_offered_to_take_it_back_and_nobody_else(
    serve_to: Callable[..., Any], office: Office
) -> None:
    office.cases.act(CLERK, case_no(1), "accept", {})
    serve_to(MANAGER)
    assert not [b for b in opened("cases", case=case_no(1)).button if b.key == "case_undo"]
    serve_to(CLERK)
    app = opened("cases", case=case_no(1))
    app.button(key="case_undo").click()
    run(app)
    assert "受理：已撤销" in texts(app)
    assert office.cases.case(CLERK, case_no(1)).facts["stage"] == "new"
    assert not [b for b in app.button if b.key == "case_undo"]


def test_whoever_took_a_case_over_goes_on_to_what_was_decided_and_writes_it_down(
    serve_to: Callable[..., Any], office: Office
) -> None:
    office.cases.act(CLERK, case_no(1), "accept", {})
    office.cases.act(CHIEF, case_no(1), "verify", {"finding": "属实"})
    office.cases.act(CHIEF, case_no(1), "refer", {"referral": "移送", "sent_to": "教育局"})
    serve_to(OFFICER)
    assert steps(opened("cases", case=case_no(1)))[:2] == ["take_over", "decide"]
    office.cases.act(OFFICER, case_no(1), "take_over", {"receipt_no": "回执1"})
    app = opened("cases", case=case_no(1))
    offered = steps(app)
    assert (offered[0], offered[-1]) == ("decide", "take_over")
    press(app, "case_step_take_over")
    receipt = app.text_input(key=f"case_form_{case_no(1)}_take_over_receipt_no")
    assert receipt.value == "回执1", "a colleague who takes it over need not ask for it"
    form = f"case_form_{case_no(1)}_decide"
    press(app, "case_step_decide")
    app.button_group(key=f"{form}_outcome").set_value("停办")
    number = app.text_input(key=f"{form}_decision_no")
    assert number.label == "文号（不属本地、其他可不填）"
    number.set_value("示教罚字〔2026〕第9号")
    press(app, f"{form}_send")
    assert office.cases.case(MANAGER, case_no(1)).facts["stage"] == "decided"


def test_a_warden_sees_no_case_and_no_number(show_to: Callable[..., Any]) -> None:
    show_to(WARDEN)
    app = opened("cases", case=case_no(1))
    assert "XS-2026" not in html(app) + texts(app)


def test_a_row_of_the_list_says_its_card_in_words_and_who_holds_it(kept: Office) -> None:
    row = next(kept.case_inbox.page(MANAGER).rows.itertuples())
    late = row._replace(card="red", days_left=0, overdue_days=2, holder_id="demo")
    told = row_data(late, people={"demo": "赵网格"}, say=translator("zh"))
    assert told["chips"] == [{"text": "红牌 · 已超期 2 个工作日", "tone": "red"}]
    assert told["holder"] == "赵网格"
    nobody = row_data(late._replace(holder_id=None), people={}, say=translator("en"))
    assert nobody["holder"] == "nobody holds it"
    assert nobody["chips"][0]["text"] == "Red card · overdue by 2 working days"


def test_an_address_lists_just_what_the_start_page_counted(
    serve_to: Callable[..., Any], office: Office
) -> None:
    office.cases.act(MANAGER, case_no(1), "accept", {"holder_id": "somebody"})
    office.cases.act(MANAGER, case_no(2), "accept", {})
    serve_to(MANAGER)
    kind = {f"cases_{name}": n for name, n in office.case_inbox.waiting(MANAGER).items()}
    assert kind["cases_unassigned"] == 1
    app = opened("cases", **LEADS_TO["cases_unassigned"][1])
    assert f"共 {kind['cases_unassigned']} 件" in texts(app)


def test_an_inbox_without_a_case_says_what_to_do_next(
    serve: Callable[..., Any], empty_office: Office
) -> None:
    serve(empty_office, MANAGER)
    assert "没有等您办理的案件" in texts(opened("cases"))
    assert "每条线索自动立一件" in texts(opened("cases", show="open"))
    assert "没有符合条件的案件" in texts(opened("cases", show="open", clock="red"))


def test_a_deadline_is_changed_on_the_page_and_written_down(
    serve_to: Callable[..., Any], office: Office
) -> None:
    serve_to(MANAGER)
    app = opened("cases", part="deadlines")
    first = office.cases.deadlines(MANAGER)[0]
    key = f"deadline_{first.clock}_{first.channel}_{first.nature}"
    app.number_input(key=f"{key}_days").set_value(first.days + 1)
    app.button(key=f"{key}_save").click()
    run(app)
    assert office.cases.deadlines(MANAGER)[0].days == first.days + 1
    assert office.cases.deadlines(MANAGER)[0].own


def test_a_buildings_page_has_its_cases_on_a_line_through_time_for_who_may_see_them(
    show_to: Callable[..., Any], kept: Office
) -> None:
    unit = str(kept.cases.case(MANAGER, case_no(1)).facts["building_id"])
    told = {}
    for actor in (CHIEF, PLANNER):
        show_to(actor)
        app = opened("building", unit=unit)
        told[actor.id] = texts(app) + html(app)
    assert "本楼案件" in told["grid_chief"]
    assert case_no(1) in told["grid_chief"]
    assert case_no(1) not in told["planner"]


def test_on_the_page_of_a_building_a_case_without_a_title_is_called_by_its_channel() -> None:
    facts = {"case_no": "XS-2026-0010", "stage": Stage.NEW, "title": "", "channel": Channel.ADVERT}
    view: Any = SimpleNamespace(facts=facts)
    told = building_cases._label(view, say=translator("zh"))
    assert told.endswith("· 网络广告")


def test_the_start_page_counts_the_cases_of_who_may_see_them_alone(
    serve_to: Callable[..., Any], office: Office
) -> None:
    office.cases.act(MANAGER, case_no(1), "accept", {})
    for actor, seen in ((MANAGER, True), (PLANNER, False)):
        serve_to(actor)
        app = run(main_page())
        links = "".join(each.proto.label for each in app.get("page_link"))
        assert ("件待核查案件无承办人" in links) is seen
