"""Every view, run as Streamlit runs it, over the fake office."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from streamlit.testing.v1 import AppTest

import dashboard
from dashboard.views.start.to_do import LEADS_TO
from geo.errors import GridwardenError
from governance.access.permissions import local_owner

if TYPE_CHECKING:
    from collections.abc import Callable

MAIN = Path(dashboard.__file__).with_name("main.py")
UPLOAD = ("投诉11月.xlsx", b"not really a workbook", "application/octet-stream")


def building_script() -> None:
    from dashboard.ui import frame
    from dashboard.views.building import page as building_page

    page = frame.open_page()
    assert page is not None
    building_page.show(page)


def import_script() -> None:
    from dashboard.ui import frame
    from dashboard.views.importing import page as importing_page

    page = frame.open_page()
    assert page is not None
    importing_page.show(page)


def run(app: AppTest) -> AppTest:
    app.run(timeout=20)
    assert [str(e.value) for e in app.exception] == []
    return app


@pytest.fixture
def make_office(make_office: Callable[..., Any]) -> Callable[..., Any]:
    """Make a fake office for somebody who opens on the map."""
    return partial(make_office, everyone=local_owner())


@pytest.fixture
def start() -> AppTest:
    return AppTest.from_file(str(MAIN))


def texts(app: AppTest) -> str:
    parts = (app.title, app.header, app.subheader, app.markdown, app.caption, app.info,
             app.success, app.warning, app.error)  # fmt: skip
    return "\n".join(str(element.value) for part in parts for element in part)


def labels(app: AppTest, kind: str) -> list[str]:
    return [element.label for element in app.get(kind)]


# ---- the frame ------------------------------------------------------------------------------


def test_without_an_office_the_page_says_how_to_start_it(start: AppTest) -> None:
    assert "gridwarden serve" in texts(run(start))


@pytest.mark.usefixtures("office")
def test_the_interface_is_chinese_until_the_visitor_switches(start: AppTest) -> None:
    app = run(start)
    assert app.title[0].value == "泉林街道：先看哪里"
    app.query_params["lang"] = "en"
    assert run(app).title[0].value == "泉林街道: where to look first"


@pytest.mark.usefixtures("office")
def test_an_unknown_language_changes_nothing(start: AppTest) -> None:
    start.query_params["lang"] = "xx"
    assert run(start).title[0].value == "泉林街道：先看哪里"


def notices(app: AppTest) -> str:
    return "".join(element.proto.body for element in app.get("html"))


def test_invented_data_is_called_so_on_every_page(make_office: Callable[..., Any]) -> None:
    make_office(buildings=30)
    for script in (building_script, import_script):
        assert "演示数据" in notices(run(AppTest.from_function(script)))
    make_office(buildings=30, demo=False)
    assert "演示数据" not in notices(run(AppTest.from_function(import_script)))


# ---- the map --------------------------------------------------------------------------------


@pytest.mark.usefixtures("office")
def test_the_map_says_its_day_and_that_a_score_is_no_finding(start: AppTest) -> None:
    said = texts(run(start))
    assert "2026-11-23" in said
    assert "不是结论" in said


@pytest.mark.usefixtures("office")
def test_beside_the_map_stands_a_table_of_what_it_shows(start: AppTest) -> None:
    app = run(start)
    table = app.dataframe[0].value
    assert table["rank"].tolist() == list(range(1, len(table) + 1))
    assert set(table["tier"]) <= {"红", "橙", "黄", "蓝"}


@pytest.mark.usefixtures("office")
def test_the_table_can_rank_buildings_and_be_searched(start: AppTest) -> None:
    app = run(start)
    app.selectbox(key="list_level").select("building")
    run(app)
    assert len(app.dataframe[0].value) == 60
    app.text_input(key="list_building_search").input("B00007")
    assert run(app).dataframe[0].value["unit"].tolist() == ["B00007"]
    app.text_input(key="list_building_search").input("没有的")
    assert "没有相符的" in texts(run(app))


@pytest.mark.usefixtures("office")
def test_filters_leave_only_their_buildings(start: AppTest) -> None:
    app = run(start)
    app.selectbox(key="list_level").select("building")
    app.multiselect(key="kinds").select("商铺")
    table = run(app).dataframe[0].value
    assert set(table["kind"]) == {"商铺"}


def test_the_slider_goes_back_to_an_earlier_day(start: AppTest, office: Any) -> None:
    app = run(start)
    newest = app.dataframe[0].value["score"].tolist()
    app.select_slider(key="snapshot").set_value("s20260930")
    run(app)
    assert "2026-09-30" in texts(app)
    assert app.dataframe[0].value["score"].tolist() != newest
    assert office.calls == []


def test_one_snapshot_needs_no_slider(start: AppTest, make_office: Callable[..., Any]) -> None:
    make_office(buildings=30, snapshot_days=(date(2026, 11, 23),))
    app = run(start)
    assert app.get("select_slider") == []
    assert "**截至** 2026-11-23" in texts(app)


@pytest.mark.usefixtures("office")
def test_a_chosen_unit_is_explained(start: AppTest) -> None:
    app = run(start)
    unit = app.dataframe[0].value["unit"].iloc[0]
    app.session_state["map_unit"] = unit
    app.session_state["map_side"] = "why"
    said = texts(run(app))
    assert unit in said
    assert "泉林花园" in said
    assert "其中的楼栋" in said


def test_an_empty_workspace_says_what_to_do_first(
    start: AppTest, make_office: Callable[..., Any]
) -> None:
    make_office(buildings=0, snapshot_days=())
    app = run(start)
    said = texts(app)
    assert "三步得到第一张图" in said
    assert "楼栋" in said
    assert "去导入" in labels(app, "button")
    assert "计算得分" not in labels(app, "button")


def test_scoring_asks_for_a_day_and_tells_what_it_made(start: AppTest, office: Any) -> None:
    app = run(start)
    app.date_input[0].set_value(date(2026, 11, 24))
    next(b for b in app.button if b.label == "计算得分").click()
    assert "已计算（截至 2026-11-24）：60 栋" in texts(run(app))
    assert office.calls == [("score", {"as_of": date(2026, 11, 24)})]


# ---- the building ---------------------------------------------------------------------------


@pytest.mark.usefixtures("office")
def test_a_building_is_found_by_part_of_its_name() -> None:
    app = run(AppTest.from_function(building_script))
    assert "名次最前的 10 栋楼" in texts(app)
    app.text_input(key="building_search").input("泉林花园1区4号楼")
    run(app)
    assert app.header[0].value == "泉林花园1区4号楼"


@pytest.mark.usefixtures("office")
def test_without_a_choice_the_ten_highest_ranked_buildings_are_listed() -> None:
    app = run(AppTest.from_function(building_script))
    assert app.dataframe[0].value["rank"].tolist() == list(range(1, 11))
    app.multiselect(key="communities").select("370902001002")
    table = run(app).dataframe[0].value
    assert set(table["community"]) == {"泉林第2社区"}
    assert table["rank"].is_monotonic_increasing


@pytest.mark.usefixtures("office")
def test_from_an_opened_building_one_comes_back_to_the_list() -> None:
    app = AppTest.from_function(building_script)
    app.query_params["unit"] = "B00003"
    run(app)
    next(b for b in app.button if b.label == "返回名单").click()
    assert "名次最前的 10 栋楼" in texts(run(app))


@pytest.mark.usefixtures("office")
def test_a_link_opens_a_building_with_the_rows_behind_it() -> None:
    app = AppTest.from_function(building_script)
    app.query_params["unit"] = "B00003"
    run(app)
    assert app.header[0].value == "泉林花园1区4号楼"
    behind = [e.label for e in app.expander]
    assert any(label.startswith("投诉：2 条记录") for label in behind)
    rows = app.dataframe[0].value
    assert rows["row_key"].tolist() == ["251101193012000451", "251015081500000087"]


@pytest.mark.usefixtures("office")
def test_what_matches_no_building_is_said() -> None:
    app = run(AppTest.from_function(building_script))
    app.text_input(key="building_search").input("月球路1号")
    assert "没有与“月球路1号”相符的楼栋" in texts(run(app))


# ---- importing ------------------------------------------------------------------------------


def uploaded() -> AppTest:
    app = run(AppTest.from_function(import_script))
    app.file_uploader[0].set_value(UPLOAD)
    return run(app)


@pytest.mark.usefixtures("office")
def test_a_file_without_a_datum_waits_for_one() -> None:
    app = uploaded()
    assert "导入前请先选择坐标系" in texts(app)
    assert "看起来是 GCJ-02" in texts(app)
    assert "导入" not in labels(app, "button")


@pytest.mark.usefixtures("office")
def test_the_preview_shows_no_pupil_and_no_complainant() -> None:
    sample = uploaded().dataframe[0].value
    assert "学生姓名" not in sample
    assert sample["来电人"].tolist() == ["＊＊＊", ""]
    assert sample["工单编号"].tolist() == ["251101193012000451", "251102081500000087"]


def choose_datum(app: AppTest) -> AppTest:
    app.radio[0].set_value("gcj02")
    return run(app)


def test_only_counting_stores_nothing_and_says_so(office: Any) -> None:
    app = choose_datum(uploaded())
    app.button(key="import_dry").click()
    said = texts(run(app))
    assert "没有写入任何数据" in said
    assert "128 = 120 + 5 + 3" in said
    assert [call["dry"] for name, call in office.calls if name == "import_file"] == [True]


def test_importing_tells_what_became_of_every_row(office: Any) -> None:
    app = choose_datum(uploaded())
    app.button(key="import_go").click()
    run(app)
    assert [m.value for m in app.metric] == ["128", "120", "5", "3"]
    assert "128 = 120 + 5 + 3" in texts(app)
    name, call = office.calls[-1]
    assert name == "import_file"
    assert call == {"table": "complaints", "mapping": {}, "datum": "gcj02", "dry": False}


def test_a_corrected_column_is_what_is_imported(office: Any) -> None:
    app = choose_datum(uploaded())
    address = next(s for s in app.selectbox if s.label == "事发地址")
    content = next(s for s in app.selectbox if s.label == "诉求内容")
    address.select("")
    content.select("内容")
    run(app)
    app.button(key="import_go").click()
    run(app)
    assert office.calls[-1][1]["mapping"] == {"raw_address": "", "content": "内容"}


@pytest.mark.usefixtures("office")
def test_a_required_field_without_a_column_stops_the_import() -> None:
    app = choose_datum(uploaded())
    next(s for s in app.selectbox if s.label == "工单编号 *").select("")
    run(app)
    assert "请为必填字段选择列：工单编号" in texts(app)
    assert "导入" not in labels(app, "button")


@pytest.mark.parametrize("line", ["quarantine", "addresses", "old_import", "score_old"])
@pytest.mark.usefixtures("office")
def test_each_line_of_the_start_page_opens_the_part_of_the_import_page_it_speaks_of(
    line: str,
) -> None:
    tab = {"quarantine": "导入记录", "addresses": "待定地址", "score_old": "得分"}
    page, query = LEADS_TO[line]
    assert page == "importing"
    app = AppTest.from_function(import_script)
    for name, value in query.items():
        app.query_params[name] = value
    assert run(app).session_state["import_tabs"] == tab.get(line, "导入文件")


def test_a_decision_that_is_refused_is_told_in_its_sentence(office: Any) -> None:
    def refuse(*_args: object, **_facts: object) -> None:
        raise GridwardenError("building_unknown", seen="B00005")

    office.decide_review = refuse
    app = run(AppTest.from_function(import_script))
    app.button(key="review_rentals_东岭路8号院_none").click()
    assert "B00005" in run(app).error[0].value


def test_an_import_is_undone_only_when_confirmed(office: Any) -> None:
    app = run(AppTest.from_function(import_script))
    assert office.calls == []
    app.button(key="imports_undo").click()
    assert "已撤销：complaints_0.xlsx" in texts(run(app))
    assert office.calls == [("undo_import", {"import_id": "20261120T101500-ab12c0"})]


def test_an_address_is_decided_once_and_leaves_the_queue(office: Any) -> None:
    app = run(AppTest.from_function(import_script))
    first, second = "review_complaints_泉林花园十二栋", "review_rentals_东岭路8号院"
    app.selectbox(key=f"{first}_choice").select("B00002")
    app.button(key=f"{first}_yes").click()
    run(app)
    app.button(key=f"{second}_none").click()
    run(app)
    assert [call for name, call in office.calls if name == "decide_review"] == [
        {"address": "泉林花园十二栋", "building_id": "B00002"},
        {"address": "东岭路8号院", "building_id": None},
    ]
    assert "所有地址都已落位或已确认" in texts(app)


def test_the_last_decision_about_an_address_can_be_undone(office: Any) -> None:
    app = run(AppTest.from_function(import_script))
    assert "review_undo" not in [button.key for button in app.button]
    none_of_them = "review_rentals_东岭路8号院_none"
    app.button(key=none_of_them).click()
    decided = run(app)
    assert none_of_them not in [button.key for button in decided.button]
    decided.button(key="review_undo").click()
    undone = [button.key for button in run(app).button]
    assert none_of_them in undone
    assert "review_undo" not in undone
    assert office.calls[-1] == ("withdraw_review", {"address": "东岭路8号院"})


# ---- the grids ------------------------------------------------------------------------------


def grids_opened() -> AppTest:
    app = AppTest.from_function(import_script)
    app.session_state["import_tabs"] = "网格核对"
    return run(app)


@pytest.mark.usefixtures("office")
def test_what_is_wrong_with_the_grids_is_counted_and_listed() -> None:
    app = grids_opened()
    assert [m.value for m in app.metric] == ["2", "0", "1", "0", "0"]
    assert "共比对 60 栋楼、9 个网格。" in texts(app)
    tables = [d.value for d in app.dataframe]
    assert ["B00001", "B00002"] in [t["building_id"].tolist() for t in tables if "distance_m" in t]
    assert ["网格重叠"] in [t["fault"].tolist() for t in tables if "fault" in t]


def test_grids_in_order_are_said_to_be_so(make_office: Callable[..., Any]) -> None:
    make_office(buildings=30, grids_in_order=True)
    assert "每栋楼都恰好在一个网格内" in texts(grids_opened())


def test_without_grids_nothing_is_at_fault(make_office: Callable[..., Any]) -> None:
    make_office(buildings=0, snapshot_days=())
    assert "还没有网格边界" in texts(grids_opened())


@pytest.mark.usefixtures("office")
def test_what_was_just_imported_is_what_may_be_undone() -> None:
    app = AppTest.from_function(import_script)
    app.session_state["imports_chosen"] = "20261121T101500-ab12c1"
    assert "“rentals_1.xlsx”的 120 条记录将被移除" in texts(run(app))
