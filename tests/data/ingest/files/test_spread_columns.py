"""What a sender spreads over several columns, and text in Big5."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from data.ingest.reading.text.encoding import find_encoding
from data.ingest.results import ImportResult
from data.privacy.pseudonyms import may_not_be_held

Send = Callable[..., ImportResult]
Rows = Callable[..., list[Any]]


def test_an_address_in_several_columns_is_joined_in_their_order_and_told(
    send: Send, rows_of: Rows
) -> None:
    lines = ["来电时间,房号,街道,小区名称,楼栋号,单元", "2026-11-03,501,幸福街道,示例花园,3,2",
             "2026-11-04,,幸福街道,示例花园,5号楼,", "2026-11-05,,幸福街道,,,"]  # fmt: skip
    result = send("complaints", lines)
    assert rows_of("complaints", "raw_address", by="received_at") == [
        "幸福街道示例花园3号楼2单元501",
        "幸福街道示例花园5号楼",
        "幸福街道",
    ]
    assert result.warned_about["joined_columns"] == ["街道、小区名称、楼栋号、单元、房号"]
    assert result.unmapped == (), "what is read as a part of the address was used"


def test_parts_under_a_header_of_two_levels_are_joined_and_blanks_in_words_left_out(
    send: Send, rows_of: Rows
) -> None:
    send("complaints", [
        ["投诉台账"], ["来电时间", "地址", None, None, "内容"],
        [None, "小区", "楼栋", "房号", None], ["2026-11-03", "示例花园", 3, "—", "补课"],
        ["2026-11-04", "示例花园", "5号楼", "无", "补课"], ["2026-11-05", None, None, None, "补课"],
    ])  # fmt: skip
    assert rows_of("complaints", "raw_address", by="received_at") == [
        "示例花园3号楼", "示例花园5号楼", None,
    ]  # fmt: skip


def test_road_and_door_make_an_address_too(send: Send, rows_of: Rows) -> None:
    send("complaints", ["来电时间,路名,门牌号,室", "2026-11-03,春岭街,97,201"])
    assert rows_of("complaints", "raw_address") == ["春岭街97号201"]


def test_a_room_in_a_column_of_its_own_is_joined_to_the_address_of_its_house(
    send: Send, rows_of: Rows
) -> None:
    lines = [
        "租期起,房屋地址,单元,房号",
        "2026-01-01,某路12弄3号,2,501",
        "2026-01-02,某路12弄5号,,602",
    ]
    result = send("rentals", lines)
    assert rows_of("rentals", "raw_address", by="start_date") == [
        "某路12弄3号2单元501", "某路12弄5号602",
    ]  # fmt: skip
    assert result.warned_about["joined_columns"] == ["房屋地址、单元、房号"]


def test_a_room_that_the_address_names_already_is_not_joined_again(
    send: Send, rows_of: Rows
) -> None:
    result = send("rentals", ["租期起,房屋地址,房号", "2026-01-01,某路12弄3号501室,501"])
    assert rows_of("rentals", "raw_address") == ["某路12弄3号501室"]
    assert "joined_columns" not in result.warned_about


def test_a_register_of_buildings_has_its_address_from_road_and_door(
    send: Send, rows_of: Rows
) -> None:
    lines = [
        "楼栋编码,小区名称,楼栋号,街路巷,门牌号",
        "B1,示例花园,3号楼,春岭街,97",
        "B2,,,春岭街,99号",
    ]
    result = send("buildings", lines)
    assert rows_of("buildings", "std_address", by="building_id") == [
        "春岭街97号示例花园3号楼", "春岭街99号",
    ]  # fmt: skip
    assert result.warned_about["joined_columns"] == ["街路巷、门牌号、小区名称、楼栋号"]
    assert rows_of("buildings", "estate", by="building_id") == ["示例花园", None]


def test_a_register_without_roads_keeps_estate_and_house_apart(send: Send, rows_of: Rows) -> None:
    result = send("buildings", ["楼栋编码,小区名称,楼栋号", "B1,示例花园,3号楼"])
    assert rows_of("buildings", "std_address") == ["示例花园3号楼"], "as it is called"
    assert "joined_columns" not in result.warned_about


@pytest.mark.parametrize("joiner", [":", "_"])
def test_parts_of_an_address_as_openstreetmap_names_them_are_joined_as_their_language_does(
    send: Send, rows_of: Rows, joiner: str
) -> None:
    names = [f"addr{joiner}{part}" for part in ("city", "housenumber", "street")]
    send("buildings", [
        ["osm_id", "building", *names, "name"],
        ["1", "yes", "上海市", "100", "世纪大道", "环球金融中心"],
        ["2", "yes", None, "98~114", "南京东路", None],
        ["3", "yes", None, "29弄3号", "福建中路", None],
        ["4", "yes", None, None, "世纪大道", None],
        ["5", "yes", None, "12 a", "Nathan Road", None],
        ["6", "yes", None, None, None, "和丰楼"],
    ])  # fmt: skip
    assert rows_of("buildings", "std_address", by="building_id") == [
        "上海市世纪大道100号", "南京东路98~114号", "福建中路29弄3号", "世纪大道",
        "12 a Nathan Road", "和丰楼",
    ]  # fmt: skip


def test_a_house_number_and_a_street_of_the_west_are_joined_with_blanks(
    send: Send, rows_of: Rows
) -> None:
    lines = ["INSPECTION DATE,BORO,BUILDING,STREET,Location", "11/03/2026,Queens,37-12,74 Street,"]
    send("inspections", lines)
    send("inspections", ["Kontrolldatum;Straße;Hausnummer", "3.11.2026;Große Gasse;12 a"])
    assert rows_of("inspections", "raw_address") == [
        "37-12 74 Street, Queens", "Große Gasse 12 a",
    ]  # fmt: skip


def test_parts_are_left_alone_where_a_column_is_the_address(send: Send) -> None:
    lines = ["来电时间,小区,楼栋,反映地址", "2026-11-03,示例花园,3,春岭街97号"]
    result = send("complaints", lines)
    assert result.mapping["raw_address"] == "反映地址"
    assert "joined_columns" not in result.warned_about


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("来电日期,来电时间", "2026-11-03,19:42"),
        ("受理时间,日期", "19:42:00,2026/11/3"),
        ("来电日期,时刻", "2026年11月3日,19时42分"),
    ],
)
def test_a_day_and_its_hour_in_two_columns_are_one_time(
    send: Send, rows_of: Rows, header: str, row: str
) -> None:
    result = send("complaints", [f"{header},地址", f"{row},示例花园3号楼"])
    moment = datetime(2026, 11, 3, 19, 42)  # noqa: DTZ001 -- local
    assert (result.quarantined, rows_of("complaints", "received_at")) == (0, [moment])


def test_days_and_hours_that_a_workbook_holds_as_such_are_one_time(
    send: Send, rows_of: Rows
) -> None:
    moment = datetime(2026, 11, 3, 19, 42)  # noqa: DTZ001 -- local
    day = [moment.date(), moment.time(), "示例花园3号楼"]
    send("complaints", [["日期", "时间", "地址"], day])
    assert rows_of("complaints", "received_at") == [moment]


def test_a_sheet_on_its_side_is_read_column_by_column_and_told(send: Send, rows_of: Rows) -> None:
    result = send("complaints", [
        ["工单编号", "G1", "G2"], ["来电时间", "2026-11-03", "2026-11-04"],
        ["事发地址", "示例花园3号楼", "春岭街97号"], ["备注", None, "急"],
    ])  # fmt: skip
    assert rows_of("complaints", "raw_address", by="ticket_no") == [
        "示例花园3号楼", "春岭街97号",
    ]  # fmt: skip
    assert "turned_sheet" in result.warnings


@pytest.mark.parametrize(
    ("delimiter", "encoding"), [(",", "utf-8-sig"), ("\t", "gb18030"), (";", "utf-16")]
)
def test_a_text_on_its_side_is_read_column_by_column_and_told(
    send: Send, rows_of: Rows, tmp_path: Path, delimiter: str, encoding: str
) -> None:
    lines = (
        ["工单编号", "G1", "G2", "G3"],
        ["来电时间", "2026-11-03", "2026-11-04", "2026-11-05"],
        ["事发地址", "示例花园3号楼", '"春岭街97号,二楼"', "春岭街98号"],
        ["备注", "", "急"],
    )
    path = tmp_path / "横表.csv"
    path.write_text("\n".join(delimiter.join(line) for line in lines) + "\n", encoding=encoding)
    result = send("complaints", path)
    assert rows_of("complaints", "raw_address", by="ticket_no") == [
        "示例花园3号楼", "春岭街97号,二楼", "春岭街98号",
    ]  # fmt: skip
    assert (result.accepted, "turned_sheet" in result.warnings) == (3, True)


def test_a_sheet_whose_first_record_looks_like_fields_is_not_turned(
    send: Send, rows_of: Rows
) -> None:
    result = send("complaints", [
        ["工单编号", "来电时间", "事发地址"], ["来电时间", "2026-11-03", "示例花园3号楼"],
        ["事发地址", "2026-11-04", "春岭街97号"],
    ])  # fmt: skip
    assert (result.accepted, "turned_sheet" in result.warnings) == (2, False)
    assert len(rows_of("complaints", "raw_address")) == 2


def test_text_in_big5_is_read_with_headers_in_traditional_characters(
    send: Send, rows_of: Rows, tmp_path: Path
) -> None:
    path = tmp_path / "投訴.csv"
    text = "來電時間,事發地址,訴求內容\n2026-11-03,示例花園3號樓,晚上有學生補課\n"
    path.write_text(text, encoding="big5")
    assert find_encoding(path) == "cp950"
    send("complaints", path)
    assert rows_of("complaints", "raw_address") == ["示例花園3號樓"]


@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "utf-8"])
def test_other_encodings_are_not_taken_for_big5(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "投诉.csv"
    for text in ("来电时间,事发地址\n示例花园,镕鑫名邸", "來電時間,事發地址\n示例花園,補課"):
        path.write_text(text, encoding=encoding)
        assert find_encoding(path) != "cp950"


def test_headers_in_traditional_characters_are_kept_from_what_may_not_be_held() -> None:
    assert may_not_be_held("身份證號碼")
    assert may_not_be_held("學生身份證")


def test_a_cell_that_says_ditto_says_what_the_row_above_it_does(send: Send, rows_of: Rows) -> None:
    lines = ["检查时间,小区,楼号,存在问题", "同上,示例花园,1,无证办学", "2026-11-03,同上,2,无",
             "〃,〃,3,〃", "2026-11-05,阳光小区,4,"]  # fmt: skip
    result = send("inspections", lines)
    assert rows_of("inspections", "raw_address", "result") == [
        ("示例花园2号楼", "未发现异常"), ("示例花园3号楼", "未发现异常"), ("阳光小区4号楼", None),
    ]  # fmt: skip
    assert result.reasons == {"unreadable_date": 1}, "nothing stands above the first"
    assert result.warned_about["ditto_marks"] == ["检查时间、小区、存在问题"]


def test_parts_of_an_address_may_be_called_by_what_is_done_there(send: Send, rows_of: Rows) -> None:
    send("inspections", ["日期,巡查小区,巡查楼栋,有无问题", "2026-11-03,示例花园,3号楼,无"])
    assert rows_of("inspections", "raw_address", "result") == [("示例花园3号楼", "未发现异常")]
