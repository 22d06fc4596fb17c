"""The page that brings files in: what it understood, what became of it, and the way back."""

import json
import os
import tempfile
import zipfile
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import shapely
from pages import labelled, labels, opened, page_of, press, run, texts
from streamlit.testing.v1 import AppTest

from dashboard.views.importing.upload import _UploadFolder
from dashboard.views.start.to_do import LEADS_TO
from data.engine import Engine
from data.ingest.options import ImportOptions
from data.ingest.reading.archives import Unzipped
from data.workspace.folder import Workspace
from geo.coordinates.datums import from_wgs84
from geo.errors import GridwardenError
from governance.access.permissions import Actor, Scope, local_owner
from governance.office import Office

FILE = "投诉11月.csv"
GOOD = 20
TICKET = "2900000000000000"
HEADS = "序号,工单编号,来电时间,来电人,学生姓名,地址,说明,经度,纬度"
CLERK = Actor(id="clerk", name="热线", roles=("hotline_clerk",), scope=Scope.whole())


def complaints(office: Office) -> bytes:
    """Write what a hotline sends: points of GCJ-02, one unreadable date, one row twice."""
    snapshot = str(office.scores.snapshots(local_owner())["snapshot_id"].iloc[0])
    places = office.risk_map.layer(local_owner(), layer="building", snapshot_id=snapshot)
    places = places.sort_values("lon").tail(GOOD + 1)  # read as WGS-84 these lie outside
    lons, lats = from_wgs84(places["lon"], places["lat"], datum="gcj02")
    rows = [
        f"{n},{TICKET}{n:02},{'某天' if n == GOOD else '2026-11-20 10:00'},张示例,王某某,"
        f"{address},周末补课,{lon:.6f},{lat:.6f}"
        for n, (address, lon, lat) in enumerate(zip(places["std_address"], lons, lats, strict=True))
    ]
    return "\n".join([HEADS, *rows, rows[0]]).encode()


@pytest.fixture
def office(serve: Callable[..., Any], own_city: Office) -> Office:
    serve(own_city, local_owner())
    return own_city


@pytest.fixture
def looked_at(serve: Callable[..., Any], city: Office) -> Office:
    served: Office = serve(city, local_owner())
    return served


def uploaded(office: Office, *, datum: str = "") -> AppTest:
    """Open the page with a file, whose coordinate system is said where one is given."""
    app = opened("importing")
    app.file_uploader[0].set_value((FILE, complaints(office), "text/csv"))
    run(app)
    if datum:
        app.radio[0].set_value(datum)
        run(app)
    return app


def rows_of(office: Office) -> int:
    tables = office.imports.tables(local_owner()).set_index("table")
    return int(tables.loc["complaints", "rows"])


# ---- a file ---------------------------------------------------------------------------------


def test_a_file_without_a_datum_waits_for_one_and_shows_no_pupil_and_no_complainant(
    looked_at: Office,
) -> None:
    app = uploaded(looked_at)
    assert "导入前请先选择坐标系" in texts(app)
    assert "看起来是 GCJ-02" in texts(app)
    assert "导入" not in labels(app, "button")
    sample = app.dataframe[0].value
    assert "学生姓名" not in sample
    assert set(sample["来电人"]) == {"＊＊＊"}
    assert sample["工单编号"].iloc[0] == f"{TICKET}00"


def test_a_required_field_without_a_column_stops_the_import(looked_at: Office) -> None:
    app = uploaded(looked_at, datum="gcj02")
    labelled(app.selectbox, "来电时间 *").select("")
    assert "请为必填字段选择列：来电时间" in texts(run(app))
    assert "导入" not in labels(app, "button")
    app.query_params["lang"] = "en"
    assert "Choose a column for: Received" in [each.value for each in run(app).warning]


def test_only_counting_stores_nothing_and_tells_to_each_reason_a_row(office: Office) -> None:
    before = rows_of(office)
    app = press(uploaded(office, datum="gcj02"), "import_dry")
    assert "没有写入任何数据" in texts(app)
    assert f"{GOOD + 2} = {GOOD} + 1 + 1" in texts(app)
    assert rows_of(office) == before
    assert FILE not in set(office.imports.history(local_owner())["file"])
    (reasons,) = (each.value for each in app.table if "例如" in each.value)
    assert reasons["例如"].tolist() == [f"第 {GOOD + 2} 行、来电时间、某天"]


@pytest.mark.usefixtures("looked_at")
def test_a_note_about_a_file_is_told_once_also_after_counting() -> None:
    columns = "工单编号,来电时间,街道,小区名称,楼栋号"
    rows = "\n".join(f"{TICKET}{n:02},2026-11-20 10:00,示例街道,示例花园,{n}号楼" for n in range(3))
    app = opened("importing")
    app.file_uploader[0].set_value((FILE, f"{columns}\n{rows}".encode(), "text/csv"))
    assert texts(run(app)).count("以下各列合成一列读取") == 1
    assert texts(press(app, "import_dry")).count("以下各列合成一列读取") == 1


@pytest.mark.usefixtures("looked_at")
def test_columns_that_nothing_takes_are_told_once_also_after_counting() -> None:
    app = sent("工单编号,来电时间,地址,经办\n1,2026-11-20 10:00,某某花园3号楼,甲\n")
    assert texts(app).count("没有用到、未导入的列：经办") == 1
    assert texts(press(app, "import_dry")).count("没有用到、未导入的列：经办") == 1


@pytest.mark.usefixtures("looked_at")
def test_before_a_list_without_codes_joins_one_with_codes_the_page_warns_once() -> None:
    app = sent("标准地址,户数\n某某花园3号楼,3\n", table="buildings")
    assert [each.value[:12] for each in app.warning] == ["这份名单没有楼栋编码，而"]
    assert len(press(app, "import_dry").warning) == 1


def test_where_no_place_is_known_nobody_is_told_to_judge_by_shares(
    serve: Callable[..., Any], empty_office: Office
) -> None:
    serve(empty_office, local_owner())
    app = sent("楼栋编码,标准地址,经度,纬度\nB1,某某花园3号楼,117.1,36.2\n", table="buildings")
    assert app.radio[0].label == "还没有已知位置可供比对：请向提供文件的单位问清坐标系再选。"


def test_what_was_corrected_is_imported_and_the_page_tells_of_every_row_and_the_way_back(
    office: Office, own_demonstration: Path
) -> None:
    before = rows_of(office)
    app = uploaded(office, datum="gcj02")
    labelled(app.selectbox, "诉求内容").select("说明")
    press(app, "import_go")
    assert [m.value for m in app.metric][:4] == [str(GOOD + 2), str(GOOD), "1", "1"]
    assert f"{GOOD + 2} = {GOOD} + 1 + 1" in texts(app)
    assert rows_of(office) == before + GOOD
    app.session_state["import_tabs"] = "导入记录"
    assert f"“{FILE}”的 {GOOD} 条记录将被移除" in texts(run(app))
    newest = office.imports.history(local_owner()).iloc[0]
    assert (newest["file"], newest["datum"]) == (FILE, "gcj02")
    engine = Engine(Workspace.open(own_demonstration))
    table = engine.table("complaints")
    stored = table.filter(table["ticket_no"] == f"{TICKET}00").to_pandas()
    engine.close()
    assert stored["content"].tolist() == ["周末补课"]


@pytest.mark.usefixtures("looked_at")
def test_a_grade_that_says_no_number_is_kept_and_shown() -> None:
    app = opened("importing")
    app.selectbox(key="import_table").select("inspections")
    run(app)
    lines = "检查编号,检查时间,地址,评分\nG1,2026-11-01,a,92\nG2,2026-11-01,a,待评\n"
    app.file_uploader[0].set_value(("评分.csv", lines.encode(), "text/csv"))
    press(run(app), "import_dry")
    assert "不在可选值中" in texts(app)
    shown = [row for each in app.dataframe for row in each.value.to_numpy().tolist()]
    assert ["评分", "待评", 1] in shown


VISITS = "检查编号,检查时间,反映地址,检查结果\nV1,2026-11-01,某处,挺好\nV2,2026-11-02,某处,挺好\n"


@pytest.mark.usefixtures("looked_at")
def test_a_file_that_looks_like_another_table_is_switched_to_it_by_one_click() -> None:
    app = opened("importing")
    app.file_uploader[0].set_value(("巡查.csv", VISITS.encode(), "text/csv"))
    assert "更像“巡查检查”" in texts(run(app))
    press(app, "import_likelier")
    assert app.selectbox(key="import_table").value == "inspections"
    assert "更像" not in texts(app)
    assert labelled(app.selectbox, "地址 *").value == "反映地址"


def test_a_word_that_no_list_has_means_what_is_said_on_the_page(office: Office) -> None:
    app = opened("importing")
    app.selectbox(key="import_table").select("inspections")
    app.file_uploader[0].set_value(("巡查.csv", VISITS.encode(), "text/csv"))
    assert "以下写法不在可选值中" in texts(run(app))
    assert "2 = 0 + 2 + 0" in texts(press(app, "import_dry"))
    labelled(app.selectbox, "检查结果“挺好”（2 条）含义").select("未发现异常")
    assert "2 = 2 + 0 + 0" in texts(press(app, "import_go"))
    newest = office.imports.history(local_owner()).iloc[0]
    assert (newest["table"], newest["accepted"]) == ("inspections", 2)


def test_new_leads_are_counted_though_the_server_took_them_in_before_the_page(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_file = office.imports.import_file

    def overtaken(*given: Any, **named: Any) -> Any:
        imported = import_file(*given, **named)
        office.catch_up(local_owner())
        return imported

    monkeypatch.setattr(office.imports, "import_file", overtaken)
    app = opened("importing")
    rows = "来电时间,事发地址\n2026-11-20,示例花园3号楼\n2026-11-21,示例花园4号楼\n"
    app.file_uploader[0].set_value(("信访.csv", rows.encode(), "text/csv"))
    press(run(app), "import_go")
    assert [each.proto.label for each in app.get("page_link")] == ["新线索：2 条 · 打开收件箱"]


@pytest.mark.usefixtures("office")
def test_a_word_may_mean_nothing_where_no_value_is_required() -> None:
    app = opened("importing")
    rows = "来电时间,事发地址,是否属实\n2026-11-20,示例花园3号楼,待查\n"
    app.file_uploader[0].set_value(("信访.csv", rows.encode(), "text/csv"))
    assert "1 = 0 + 1 + 0" in texts(press(run(app), "import_dry"))
    labelled(app.selectbox, "诉求属实“待查”（1 条）含义").select("无，留空")
    assert "1 = 1 + 0 + 0" in texts(press(app, "import_dry"))
    labelled(app.selectbox, "诉求属实“待查”（1 条）含义").select("属实")
    assert "1 = 1 + 0 + 0" in texts(press(app, "import_dry"))


def test_after_an_import_the_page_says_that_the_score_lags_and_leads_to_what_waits(
    office: Office,
) -> None:
    assert not office.automatic_scoring.state(local_owner()).at_work
    app = press(uploaded(office, datum="gcj02"), "import_go")
    assert "得分尚未计入本次导入的数据" in texts(app)
    press(app, "import_score_now")
    assert app.session_state["import_tabs"] == "得分"


def test_a_score_of_a_day_that_has_not_come_is_marked_and_can_be_taken_back(
    office: Office,
) -> None:
    now, before = office._resources.now, office.scores.snapshots(local_owner())
    object.__setattr__(office._resources, "now", lambda: now() - timedelta(days=3_650))
    assert office.scores.snapshots(local_owner()).empty
    app = page_of("importing")
    app.session_state["import_tabs"] = "得分"
    run(app)
    assert "日期还没到" in texts(app)
    listed = next(each for each in app.selectbox if each.key == "score_undo")
    assert len(listed.options) == len(before)
    assert all("系统时间超前时生成" in each for each in listed.options)
    press(app, "score_undo_go")
    assert len(office.scores.ahead(local_owner())) == len(before) - 1


@pytest.mark.usefixtures("looked_at")
def test_a_link_that_counts_rows_to_be_corrected_opens_the_imports_that_have_some(
    city: Office,
) -> None:
    name, query = LEADS_TO["quarantine"]
    page = opened(name, **query)
    waiting = city.imports.quarantine(local_owner())
    every = set(city.imports.history(local_owner())["import_id"])
    assert set(page.dataframe[0].value["import_id"]) == {e["import_id"] for e in waiting} < every
    count = sum(each["rows"] for each in waiting)
    assert f"{count} 条记录待改。" in [each.value for each in page.caption]


def test_rows_that_were_corrected_since_are_not_offered_any_more(
    serve: Callable[..., Any], own_two: Office, tmp_path: Path
) -> None:
    serve(own_two, local_owner())
    sent, corrected = tmp_path / "sent.csv", tmp_path / "corrected.xlsx"
    sent.write_text("工单编号,来电时间,地址\n1,someday,示例花园12号楼\n", encoding="utf-8")
    import_id = own_two.imports.import_file(local_owner(), "complaints", sent).import_id

    def listed() -> AppTest:
        app = page_of("importing", part="list")
        app.session_state["imports_chosen"] = import_id
        return run(app)

    def is_offered(app: AppTest) -> bool:
        buttons = [each.proto for each in app.get("download_button")]
        return not labelled(buttons, "下载待改记录").disabled

    assert is_offered(listed())
    refused = own_two.imports.export_quarantine(local_owner(), import_id=import_id)
    workbook = openpyxl.load_workbook(BytesIO(refused))
    for cell in chain(*workbook.worksheets[0].rows):
        cell.value = "2026-11-20" if cell.value == "someday" else cell.value
    workbook.save(corrected)
    own_two.imports.import_file(local_owner(), "complaints", corrected)
    app = listed()
    assert not is_offered(app)
    assert "都已更正" in texts(app)


def test_a_table_that_a_link_names_is_the_one_that_a_file_is_taken_for(
    serve: Callable[..., Any], empty_office: Office
) -> None:
    serve(empty_office, local_owner())
    assert opened("importing", table="buildings").selectbox(key="import_table").value == "buildings"
    assert opened("importing", table="else").selectbox(key="import_table").value == "complaints"


@pytest.mark.usefixtures("looked_at")
def test_the_import_that_is_shown_is_the_one_that_is_offered_once_a_filter_leaves_it_out(
    city: Office,
) -> None:
    app = opened("importing", part="list")
    waiting = {each["import_id"] for each in city.imports.quarantine(local_owner())}
    assert app.selectbox(key="imports_chosen").value not in waiting
    app.checkbox(key="imports_quarantined").check()
    chosen = run(app).selectbox(key="imports_chosen")
    assert chosen.value in waiting
    assert chosen.proto.set_value, "the browser is told"


def test_an_import_is_undone_only_when_confirmed(office: Office) -> None:
    app = opened("importing", part="list")
    newest = office.imports.history(local_owner()).iloc[0]
    assert not newest["undone"]
    assert f"已撤销：{newest['file']}" in texts(press(app, f"imports_undo_{newest['import_id']}"))
    undone = office.imports.history(local_owner()).set_index("import_id")["undone"]
    assert undone[undone].index.tolist() == [newest["import_id"]]


def test_a_clerk_lists_and_undoes_own_imports_alone(
    own_city: Office, serve: Callable[..., Any], tmp_path: Path
) -> None:
    serve(own_city, CLERK)
    assert "您还没有导入过文件" in texts(opened("importing", part="list"))
    path = tmp_path / FILE
    path.write_bytes(complaints(own_city))
    options = ImportOptions(datum="gcj02")
    own = own_city.imports.import_file(CLERK, "complaints", path, options).import_id
    app = opened("importing", part="list")
    assert app.dataframe[0].value["import_id"].tolist() == [own]
    assert f"已撤销：{FILE}" in texts(press(app, f"imports_undo_{own}"))
    assert own_city.imports.history(CLERK)["undone"].tolist() == [True]


def deciding(address: str = "") -> AppTest:
    """Open the list of addresses to decide, at one of them where it is named."""
    app = page_of("importing")
    app.session_state["import_tabs"] = "待定地址"
    if address:
        app.session_state["review_open"] = address
    return run(app)


def keys_of(app: AppTest) -> set[str]:
    return {str(button.key) for button in app.button}


def test_nothing_is_chosen_beforehand_and_nothing_is_confirmed_without_a_choice(
    looked_at: Office,
) -> None:
    app = deciding()
    queue = looked_at.address_review.queue(local_owner())
    rows = queue["rows"].iloc[0]
    assert f"**{len(queue)}** 个地址待确认" in texts(app)
    assert f"{rows} 条记录一并处理" in texts(app)
    assert app.button(key="review_yes").disabled
    assert not app.button(key="review_none").disabled


def test_a_building_that_was_searched_is_confirmed_by_its_name(office: Office) -> None:
    address = office.address_review.queue(local_owner())["address"].iloc[0]
    (unit, name), *_ = office.address_review.find_buildings(local_owner(), "号").items()
    app = deciding()
    app.text_input(key=f"review_other_{address}").input(unit)
    run(app).selectbox(key=f"review_found_{address}").select(unit)
    assert name in run(app).button(key="review_yes").label


def test_a_chosen_building_is_confirmed_for_all_rows_and_the_next_address_opens(
    office: Office,
) -> None:
    first, second = office.address_review.queue(local_owner()).iloc[:2].to_dict("records")
    app = deciding()
    unit = office.address_review.look(local_owner(), first["address"]).candidates[0].building_id
    press(app, "review_pick_1")
    assert not app.button(key="review_yes").disabled
    press(app, "review_yes")
    decided = office.address_review.decisions(local_owner()).iloc[0]
    assert (decided["address"], decided["building_id"]) == (first["address"], unit)
    assert f"{first['rows']} 条记录随之落位" in texts(app)
    assert app.session_state["review_open"] == second["address"]
    assert app.button(key="review_yes").disabled


def test_an_address_is_skipped_or_called_none_and_the_last_decision_undone(office: Office) -> None:
    first, second, third = office.address_review.queue(local_owner())["address"].iloc[:3]
    app = deciding()
    assert "review_undo" not in keys_of(app)
    press(app, "review_skip")
    assert app.session_state["review_open"] == second
    press(app, "review_none")
    assert second not in set(office.address_review.queue(local_owner())["address"])
    assert app.session_state["review_open"] == third
    press(app, "review_undo")
    assert second in set(office.address_review.queue(local_owner())["address"])
    assert app.session_state["review_open"] == second
    assert "review_undo" not in keys_of(app)
    assert first in set(office.address_review.queue(local_owner())["address"])


def test_when_all_were_skipped_the_first_comes_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = office.address_review.queue
    two = whole(local_owner())["address"].head(2)

    def queue(*args: Any, **named: Any) -> Any:
        return whole(*args, **named).loc[lambda rows: rows["address"].isin(two)]

    monkeypatch.setattr(office.address_review, "queue", queue)
    app = deciding()
    for _ in range(2):
        press(app, "review_skip")
    assert app.session_state["review_open"] == two.iloc[0]
    for _ in range(2):
        press(app, "review_none")
    assert "所有地址都已落位或已确认" in texts(app)


def test_the_list_is_searched_and_filtered_and_says_how_many_pass(looked_at: Office) -> None:
    app = deciding()
    app.multiselect(key="review_tables").select("complaints")
    run(app)
    passing = looked_at.address_review.queue(local_owner(), tables=["complaints"])
    assert f"全部待定地址：{len(passing)}" in texts(app)
    app.text_input(key="review_search").set_value("没有这样的地址")
    assert "没有符合筛选条件的待定地址" in texts(run(app))


def test_an_earlier_decision_is_taken_back_from_the_list_of_decisions(office: Office) -> None:
    row = office.address_review.queue(local_owner()).iloc[0]
    office.address_review.decide(
        local_owner(), table=row["table"], address=row["address"], building_id=None
    )
    app = deciding()
    assert "已确认的地址：1" in [each.label for each in app.expander]
    app.session_state["review_decided_chosen"] = row["address"]
    press(run(app), "review_take_back")
    assert office.address_review.decisions(local_owner()).empty
    assert app.session_state["review_open"] == row["address"]


def test_an_address_that_is_like_none_is_put_in_a_building_by_hand(office: Office) -> None:
    queue = office.address_review.queue(local_owner())
    row = queue[queue["candidates"].map(len) == 0].iloc[0]
    app = deciding(row["address"])
    assert "楼栋名册里没有与它相似的地址" in texts(app)
    assert app.button(key="review_yes").disabled
    unit = next(iter(office.address_review.find_buildings(local_owner(), "")))
    app.text_input(key=f"review_other_{row['address']}").set_value(unit)
    run(app)
    app.selectbox(key=f"review_found_{row['address']}").select(unit)
    press(run(app), "review_yes")
    assert row["address"] not in set(office.address_review.queue(local_owner())["address"])


def test_a_decision_that_is_refused_is_told_in_its_sentence(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object, **_facts: object) -> None:
        raise GridwardenError("building_unknown", seen="B00005")

    monkeypatch.setattr(office.address_review, "decide", refuse)
    app = deciding()
    press(app, "review_none")
    assert "B00005" in app.error[0].value


@pytest.mark.parametrize("line", ["quarantine", "addresses", "old_import", "score_old"])
def test_each_line_of_the_start_page_opens_the_part_of_the_import_page_it_speaks_of(
    serve: Callable[..., Any], city: Office, line: str
) -> None:
    serve(city, local_owner())
    tab = {"quarantine": "导入记录", "addresses": "待定地址", "score_old": "得分"}
    page, query = LEADS_TO[line]
    assert page == "importing"
    app = opened("importing", **query)
    assert app.session_state["import_tabs"] == tab.get(line, "导入文件")


# ---- the grids ------------------------------------------------------------------------------


def grids_opened() -> AppTest:
    app = page_of("importing")
    app.session_state["import_tabs"] = "网格核对"
    return run(app)


def test_what_is_wrong_with_the_grids_is_counted_and_listed(office: Office, tmp_path: Path) -> None:
    snapshot = str(office.scores.snapshots(local_owner())["snapshot_id"].iloc[0])
    grid = office.risk_map.layer(local_owner(), layer="grid", snapshot_id=snapshot).iloc[0]
    over = {"type": "Feature", "properties": {"网格编码": f"{grid['unit'][:-1]}9"},
            "geometry": shapely.geometry.mapping(shapely.from_wkb(grid["geom"]))}  # fmt: skip
    grids, far = tmp_path / "grids.geojson", tmp_path / "far.csv"
    grids.write_text(json.dumps({"type": "FeatureCollection", "features": [over]}))
    far.write_text("楼栋编码,小区名称,楼栋号,经度,纬度\nFAR,远处,1号楼,117.5,36.2\n")
    office.imports.import_file(local_owner(), "grids", grids, ImportOptions(datum="wgs84"))
    office.imports.import_file(local_owner(), "buildings", far, ImportOptions(datum="wgs84"))
    app = grids_opened()
    assert app.metric[0].value == "1"
    assert "共比对 201 栋楼、9 个网格。" in texts(app)
    tables = [d.value for d in app.dataframe]
    assert ["FAR"] in [t["building_id"].tolist() for t in tables if "distance_m" in t]
    assert ["网格重叠"] in [t["fault"].tolist() for t in tables if "fault" in t]


def test_grids_in_order_are_said_to_be_so(serve: Callable[..., Any], city: Office) -> None:
    serve(city, local_owner())
    assert "每栋楼都恰好在一个网格内" in texts(grids_opened())


def test_without_grids_nothing_is_at_fault(serve: Callable[..., Any], empty_office: Office) -> None:
    serve(empty_office, local_owner())
    assert "还没有网格边界" in texts(grids_opened())


# ---- calling back ---------------------------------------------------------------------------


def asked(ticket: str) -> AppTest:
    app = opened("importing", part="callback")
    app.text_input(key="complainant_ticket").set_value(ticket)
    return press(app, next(label for label in labels(app, "button") if "投诉人" in label))


def test_the_clerk_learns_whom_to_call_back(
    serve: Callable[..., Any], own_two: Office, tmp_path: Path
) -> None:
    file = tmp_path / "one.csv"
    file.write_text(
        "工单编号,来电时间,楼栋编码,来电人,联系电话,诉求内容\n"
        "250912101108115409,2026-11-20 10:00,MINE-1,张[三](http://x),13800000001,补课\n"
    )
    own_two.imports.import_file(local_owner(), "complaints", file)
    serve(own_two, CLERK)
    app = asked(" 250912101108115409 ")
    assert app.code[0].value == "张[三](http://x)\n13800000001"
    assert not run(app).code, "what was shown is gone at the next run"


def test_a_ticket_of_nobody_here_is_told(serve: Callable[..., Any], own_two: Office) -> None:
    serve(own_two, CLERK)
    assert "99" in asked("99").error[0].value


def test_nobody_else_is_offered_to_look_anybody_up(
    serve: Callable[..., Any], own_two: Office
) -> None:
    serve(own_two)
    assert [label for label in labels(opened("importing"), "tab") if "回访" in label] == []


# ---- files as they come ---------------------------------------------------------------------


def sent(text: str, *, table: str = "") -> AppTest:
    """Open the page with a file of some lines."""
    app = opened("importing")
    if table:
        labelled(app.selectbox, "1. 这是哪张表？").select(table)
        run(app)
    app.file_uploader[0].set_value(("file.csv", text.encode(), "text/csv"))
    return run(app)


@pytest.mark.usefixtures("looked_at")
def test_a_file_without_a_place_stops_and_asks_for_the_address() -> None:
    app = sent("来电时间,摘要\n2026-11-20,请来看一看小区里的情况谢谢\n")
    assert "没有找到地址列" in app.error[0].value
    assert "导入" not in labels(app, "button")
    labelled(app.selectbox, "哪一列是地址？").select("摘要")
    assert "导入" in labels(run(app), "button")
    assert not app.error, "what was asked for is answered"
    labelled(app.selectbox, "哪一列是地址？").select("")
    assert "全部记录未落位" in texts(press(run(app), "import_dry")) or "没有一行能落位" in texts(
        app
    )


@pytest.mark.usefixtures("looked_at")
def test_columns_without_a_header_are_chosen_by_position() -> None:
    app = sent("2026-11-20 10:00,某某花园3号楼\n2026-11-21 10:00,某某花园4号楼\n")
    assert "没有表头" in texts(app)
    assert "请为必填字段选择列：来电时间" in texts(app)
    time = labelled(app.selectbox, "来电时间 *")
    assert "列1（2026-11-20 10:00）" in time.options
    time.select("列1")
    assert "2 = 2 + 0 + 0" in texts(press(run(app), "import_dry"))


@pytest.mark.usefixtures("looked_at")
def test_a_score_is_turned_into_results_on_the_page() -> None:
    app = sent("检查时间,地点,评分\n2026-11-20,甲,80\n2026-11-21,乙,90\n", table="inspections")
    app.number_input[0].set_value(85.0)
    assert "2 = 2 + 0 + 0" in texts(press(run(app), "import_dry"))


def test_what_was_sent_to_a_server_that_was_killed_is_deleted_a_day_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    archive = tmp_path / "sent.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("sent.csv", "a")
    unzipped, uploaded = Unzipped(archive), _UploadFolder()
    left = {unzipped.path.parent, uploaded.path}
    for folder in left:
        assert folder.stat().st_mode & 0o777 == 0o700
        os.utime(folder, (0, 0))
    (other := tmp_path / "gridwarden-other").mkdir()
    os.utime(other, (0, 0))
    young = [_UploadFolder() for _ in range(2)]
    here = {each for each in tmp_path.iterdir() if each.is_dir()}
    assert here == {other, *(each.path for each in young)}
