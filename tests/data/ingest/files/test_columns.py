"""Which column is the address, what nobody took, and a sheet without a header."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from refusals import refused_as

from data.ingest.coordinates.datum import ImportRefusedError
from data.ingest.reading.headers.address_columns import address_column
from data.ingest.results import ImportResult

Send = Callable[..., ImportResult]
Rows = Callable[..., list[Any]]


@pytest.mark.parametrize(
    ("table", "time", "header"),
    [("complaints", "来电时间", "反映地址"), ("inspections", "检查时间", "楼栋地址"),
     ("violations", "查处日期", "案发地点")],
)  # fmt: skip
def test_a_column_whose_name_is_plainly_the_address_is_found(
    send: Send, rows_of: Rows, table: str, time: str, header: str
) -> None:
    result = send(table, [f"{time},{header}", "2026-11-03,示例花园3号楼"])
    assert result.mapping["raw_address"] == header
    assert rows_of(table, "raw_address") == ["示例花园3号楼"]


@pytest.mark.parametrize(
    "header",
    ["问题所在地点", "涉事地址（详细）", "被投诉人地址", "现场位置", "INCIDENT ADDRESS 1", "地点",
     "被检查单位地址", "门牌地址", "经营地址"],
)  # fmt: skip
def test_a_name_is_plainly_the_address_with_whatever_words_before_it(header: str) -> None:
    assert address_column(["经办", header], None, taken=()) == (header, "named")


def test_the_address_of_the_thing_goes_before_that_of_a_person(send: Send) -> None:
    lines = ["来电时间,联系地址,投诉人住址,承办单位地址,邮箱地址,反映的地点",
             "2026-11-03,甲村1号,乙路2号,丙路3号,a@b.c,示例花园3号楼"]  # fmt: skip
    assert send("complaints", lines).mapping["raw_address"] == "反映的地点"
    with refused_as("place_missing"):
        send("complaints", ["来电时间,投诉人住址,邮箱地址", "2026-11-03,请见附件,a@b.c"])


def test_a_column_that_holds_addresses_under_any_name_is_found(send: Send) -> None:
    lines = ["来电时间,备用一,去处,经办", "2026-11-03,已转,示例花园3号楼2单元,王",
             "2026-11-04,未转,春岭街97号,李", "2026-11-05,已转,幸福小区,王"]  # fmt: skip
    result = send("complaints", lines)
    assert (result.mapping["raw_address"], result.unmapped) == ("去处", ("备用一", "经办"))


def test_an_import_with_neither_address_nor_coordinates_stops_and_asks(send: Send) -> None:
    lines = ["来电时间,摘要", "2026-11-03,小区里有人补课请来查一查谢谢了"]
    with refused_as("place_missing", seen=["来电时间", "摘要"]):
        send("complaints", lines)
    told = send("complaints", lines, mapping={"raw_address": ""})
    assert (told.accepted, told.warnings) == (1, ("nothing_placed",))
    lines[1] = "2026-11-03,示例花园3号楼有人补课"
    assert send("complaints", lines, mapping={"raw_address": "摘要"}).accepted == 1


@pytest.mark.parametrize("other", ["楼栋编码,B1", "经纬度,无", "longitude,,lat,"])
def test_codes_and_coordinates_are_places_too(send: Send, other: str) -> None:
    names, cells = other.split(",")[::2], other.split(",")[1::2]
    lines = [",".join(("来电时间", *names)), ",".join(("2026-11-03", *cells))]
    assert send("complaints", lines).accepted == 1


def test_degrees_are_preferred_to_metres_of_the_same_file(send: Send, rows_of: Rows) -> None:
    lines = ["检查时间,x,y,lng,latitude", "2026-11-03,500123.5,4005123.5,117.12,36.19"]
    result = send("inspections", lines, datum="wgs84")
    assert (result.mapping["lon"], result.mapping["lat"]) == ("lng", "latitude")
    assert rows_of("inspections", "lon", "lat") == [(117.12, 36.19)]
    metres = ["检查时间,x,y", "2026-11-03,500123.5,4005123.5"]
    assert send("inspections", metres, datum="EPSG:4548").mapping["lon"] == "x"


@pytest.mark.parametrize("names", ["COORDENADA_X;COORDENADA_Y", "Coord X UTM;Coord Y UTM"])
def test_metres_under_spanish_headers_are_points_once_their_system_is_told(
    send: Send, rows_of: Rows, names: str
) -> None:
    lines = [f"FECHA_INSPECCION;DIRECCION;{names}", "03/11/2024;CALLE DE ALCALÁ 5;440290,5;4474260"]
    with refused_as("datum_unclear"):
        send("inspections", lines)
    left_out = send("inspections", lines, mapping={"lon": "", "lat": ""}, dry_run=True)
    assert left_out.unmapped == tuple(names.split(";"))
    send("inspections", lines, datum="EPSG:25830")
    ((lon, lat),) = rows_of("inspections", "lon", "lat")
    assert (round(lon, 2), round(lat, 2)) == (-3.7, 40.42)


HEADLESS = (
    ("250912101108115409", "2026-11-20 19:42", "示例花园12号楼", "晚上补课"),
    ("250912101108115410", "2026-11-21 08:00", "示例花园3号楼", "周末补课"),
    ("250912101108115411", "2026-11-22", "春岭街97号", "补课"),
)


@pytest.fixture
def headless(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return a file of three complaints without a header, below a title or not."""
    if request.param == "csv":
        path = tmp_path / "headless.csv"
        path.write_text("\n".join(map(",".join, HEADLESS)), encoding="gbk")
        return path
    book = openpyxl.Workbook()
    if request.param == "titled":
        book.active.append(["热线工单"])
    for row in HEADLESS:
        book.active.append(row)
    book.save(tmp_path / "headless.xlsx")
    return tmp_path / "headless.xlsx"


@pytest.mark.parametrize(
    ("headless", "names"),
    [("csv", ("1", "列2")), ("xlsx", ("A", "b")), ("titled", ("第1列", "#2"))],
    indirect=["headless"],
)
def test_columns_of_a_sheet_without_a_header_are_chosen_by_position(
    send: Send, rows_of: Rows, headless: Path, names: tuple[str, str]
) -> None:
    with refused_as("columns_missing", seen=["列1", "列2", "列3", "列4"]):
        send("complaints", headless)
    chosen = {"ticket_no": names[0], "received_at": names[1]}
    result = send("complaints", headless, mapping=chosen)
    assert (result.rows_in, result.accepted, result.mapping["raw_address"]) == (3, 3, "列3")
    assert "no_header" in result.warnings
    assert rows_of("complaints", "ticket_no") == [row[0] for row in HEADLESS]


def test_whether_there_is_a_header_can_be_said(send: Send) -> None:
    lines = ["某日,某人,某处", "2026-11-20,丁,幸福里"]
    said = send("complaints", lines, header=False, mapping={"received_at": "1", "raw_address": "3"})
    assert (said.rows_in, said.reasons) == (2, {"unreadable_date": 1})
    lines[0] = "2026-11-01至2026-11-30,乙,丙地址"
    said = send("complaints", lines, header=True, mapping={"received_at": "1"})
    assert (said.rows_in, said.mapping["raw_address"]) == (1, "丙地址")


def test_what_one_sheet_without_headers_meant_is_not_taken_for_another(send: Send) -> None:
    lines = ["2026-11-20,示例花园3号楼", "2026-11-21,示例花园4号楼"]
    send("complaints", lines, mapping={"received_at": "1"})
    with pytest.raises(ImportRefusedError):
        send("complaints", lines[:1])


def test_a_score_is_turned_into_results_by_a_limit_and_kept_as_a_degree(
    send: Send, rows_of: Rows
) -> None:
    lines = ["检查时间,地点,得分", "2026-11-01,甲,85", "2026-11-02,乙,85.5分", "2026-11-03,丙,",
             "2026-11-04,丁,不合格"]  # fmt: skip
    result = send("inspections", lines, values={"result": {"<=85": "属实"}})
    assert result.accepted == 4
    assert rows_of("inspections", "result", "grade", by="at") == [
        ("属实", 85.0), ("未发现异常", 85.5), (None, None), ("属实", 40.0),
    ]  # fmt: skip


def test_a_field_whose_values_are_explained_may_be_given_by_its_header(
    send: Send, rows_of: Rows
) -> None:
    lines = ["检查时间,地点,得分", "2026-11-01,甲,85", "2026-11-02,乙,90"]
    send("inspections", lines, values={"检查结果": {"<=85": "属实"}})
    assert rows_of("inspections", "result", by="at") == ["属实", "未发现异常"]


def test_several_limits_and_words_may_stand_beside_each_other(send: Send, rows_of: Rows) -> None:
    lines = ["检查时间,地点,等级分", "2026-11-01,甲,59", "2026-11-02,乙,60", "2026-11-03,丙,90",
             "2026-11-04,丁,缓"]  # fmt: skip
    send(
        "inspections",
        lines,
        mapping={"result": "等级分"},
        values={"result": {"<60": "属实", "<90": "疑似", "缓": "无人"}},
    )
    assert rows_of("inspections", "result", "grade", by="at") == [
        ("属实", 59), ("疑似", 60), ("未发现异常", 90), ("无人", None),
    ]  # fmt: skip


def test_where_results_answer_a_question_none_says_that_nothing_was_found(
    send: Send, rows_of: Rows
) -> None:
    lines = ["检查日期,检查地点,是否发现问题", "2026-11-03,示例花园3号楼,有",
             "2026-11-04,示例花园4号楼,无", "2026-11-05,示例花园5号楼,否"]  # fmt: skip
    send("inspections", lines)
    assert rows_of("inspections", "result", by="at") == ["属实", "未发现异常", "未发现异常"]


def test_rows_that_name_several_buildings_in_one_are_told(send: Send, rows_of: Rows) -> None:
    numbers = ("1-5号楼", "6号楼", "7、8号楼", "10-1号楼", "10-3号楼", "11至12号楼", "共8栋")
    result = send("buildings", ["小区名称,楼栋", *(f"示例花园,{n}" for n in numbers)])
    assert rows_of("buildings", "building_no") == sorted(numbers)
    assert result.warned_about["several_buildings"] == [
        "1-5号楼",
        "7、8号楼",
        "11至12号楼",
        "共8栋",
    ]
