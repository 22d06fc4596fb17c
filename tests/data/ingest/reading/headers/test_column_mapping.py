"""Which column is which field, and where the header is."""

import time
import tomllib
from pathlib import Path

import pyarrow as pa
import pytest

from data.contracts.registry import TABLES
from data.ingest.reading.headers.column_mapping import (
    MappingError,
    guess_mapping,
    header_signature,
    normalise_header,
)
from data.ingest.reading.headers.header_match import known_headers
from data.ingest.reading.headers.header_rows import find_header

COMPLAINTS, RENTALS, BUILDINGS = (TABLES[t] for t in ("complaints", "rentals", "buildings"))


@pytest.mark.parametrize("contract", TABLES.values(), ids=TABLES.keys())
def test_no_spelling_of_a_header_means_two_fields(contract: object) -> None:
    assert contract in TABLES.values()
    seen: dict[str, str] = {}
    for field in contract.fields:  # type: ignore[attr-defined]
        for spelling in (field.header, field.name, *field.aliases):
            owner = seen.setdefault(normalise_header(spelling), field.name)
            assert owner == field.name, f"{spelling}: {owner} and {field.name}"


def test_headers_are_recognised_whatever_their_width_marks_and_brackets() -> None:
    columns = ["*工 单\n编号", "来电时间（年月日）：", "MAPX", "Ｍａｐｙ", "street_address"]
    assert guess_mapping(columns, COMPLAINTS).mapping == {
        "ticket_no": "*工 单\n编号",
        "received_at": "来电时间（年月日）：",
        "lon": "MAPX",
        "lat": "Ｍａｐｙ",
        "raw_address": "street_address",
    }


@pytest.mark.parametrize(
    ("table", "header", "field"),
    [
        ("complaints", "要求办结时间", "due_at"),
        ("complaints", "问题类型", "category"),
        ("complaints", "诉求概述", "content"),
        ("complaints", "核实结果", "handling"),
        ("complaints", "群众满意度", "satisfaction"),
        ("inspections", "检查对象", "party"),
        ("inspections", "走访人", "people"),
        ("inspections", "排查结果", "result"),
        ("inspections", "整改情况", "action"),
        ("violations", "行政相对人名称", "party"),
        ("violations", "行政处罚决定书文号", "decision_no"),
        ("violations", "违法行为类型", "form"),
        ("violations", "处罚类别", "penalty"),
        ("violations", "没收违法所得、没收非法财物的金额（万元）", "income"),
        ("violations", "公示情况", "published"),
        ("rentals", "租赁截止日期", "end_date"),
        ("rentals", "入住日期", "start_date"),
        ("rentals", "产权人", "lessor"),
        ("rentals", "建筑面积", "area_m2"),
        ("buildings", "所属小区", "estate"),
        ("persons", "到岗时间", "from_date"),
    ],
)
def test_headers_that_offices_use_are_known(table: str, header: str, field: str) -> None:
    assert guess_mapping([header], TABLES[table]).mapping == {field: header}


def test_of_usual_headers_those_that_no_field_takes_are_listed() -> None:
    usual = tomllib.loads(Path(__file__).with_name("usual_headers.toml").read_text("utf-8"))
    for table, headers in usual.items():
        every = [*headers["known"], *headers["unknown"]]
        unknown = [each for each in every if not guess_mapping([each], TABLES[table]).mapping]
        assert unknown == headers["unknown"], table


@pytest.mark.parametrize("unit", ["(", " (", "x(#", "x" + "#" * 99])
def test_no_long_header_takes_long_to_compare(unit: str) -> None:
    columns = ["工单编号", *(f"{unit * (20_000 // len(unit))}{number}" for number in range(9))]
    before = time.process_time()
    assert guess_mapping(columns, COMPLAINTS).mapping == {"ticket_no": "工单编号"}
    assert time.process_time() - before < 1


def test_a_heading_above_several_columns_goes_to_the_one_that_says_so_below() -> None:
    columns = ["工单信息/来电时间", "反映内容/反映地址", "反映内容/主要内容"]
    assert guess_mapping(columns, COMPLAINTS).mapping == {
        "received_at": "工单信息/来电时间",
        "content": "反映内容/主要内容",
        "raw_address": "反映内容/反映地址",
    }
    alone = guess_mapping(columns[:2], COMPLAINTS).mapping
    assert alone == {"received_at": "工单信息/来电时间", "raw_address": "反映内容/反映地址"}


def test_of_two_columns_for_a_field_the_one_with_cells_is_taken() -> None:
    rows = pa.table({"description": ["", None], "反映内容": ["补课", "办班"]})
    guess = guess_mapping(rows.column_names, COMPLAINTS, sample=rows)
    assert (guess.mapping["content"], guess.unmapped) == ("反映内容", ("description",))
    alone = guess_mapping(["description"], COMPLAINTS, sample=rows.select(["description"]))
    assert alone.mapping == {"content": "description"}


def test_the_surest_column_gets_the_field_and_the_other_is_shown_as_unmapped() -> None:
    guess = guess_mapping(["姓名", "诉求人", "来电时间"], COMPLAINTS)
    assert guess.mapping["reporter_name"] == "诉求人"
    assert guess.unmapped == ("姓名",)


def test_what_was_given_beats_what_was_remembered_beats_what_is_guessed() -> None:
    columns = ["来电时间", "登记时间", "甲", "乙"]
    guess = guess_mapping(
        columns,
        COMPLAINTS,
        remembered={"received_at": "登记时间", "title": "乙"},
        overrides={"title": "甲"},
    )
    assert guess.mapping == {"title": "甲", "received_at": "登记时间"}


def test_a_field_can_be_left_out_by_hand() -> None:
    guess = guess_mapping(["来电时间", "姓名"], COMPLAINTS, overrides={"reporter_name": ""})
    assert guess.mapping == {"received_at": "来电时间"}


def test_fields_are_given_by_name_or_header_and_columns_in_any_case() -> None:
    guess = guess_mapping(["when", "来电时间"], COMPLAINTS, overrides={"来电时间": "WHEN"})
    assert guess.mapping["received_at"] == "when"


@pytest.mark.parametrize("header", ["时间", "日期", "来件时间"])
def test_the_time_of_a_complaint_is_known_by_the_plainest_header(header: str) -> None:
    guess = guess_mapping([header, "办结时间", "内容"], COMPLAINTS)
    assert guess.mapping["received_at"] == header


def test_of_two_columns_for_a_result_the_one_with_words_of_the_list_is_taken() -> None:
    inspections = TABLES["inspections"]
    told = ["门口有六双鞋", "敲门后有人应答", "屋内多套桌椅"]
    rows = pa.table({"检查情况": told, "是否发现问题": ["未发现问题", "发现问题", "发现问题"]})
    found = guess_mapping(rows.column_names, inspections, sample=rows)
    assert found.mapping["result"] == "是否发现问题"
    shorter = rows.set_column(1, "是否发现问题", pa.array(["无", "有", "有"]))
    found = guess_mapping(rows.column_names, inspections, sample=shorter)
    assert found.mapping["result"] == "是否发现问题", "two words are asked about, not a text a row"


def test_an_account_of_a_visit_is_not_taken_for_its_result() -> None:
    inspections = TABLES["inspections"]
    accounts = [f"第{n}间教室有学生{n}名" for n in range(6)]
    rows = pa.table({"检查情况": accounts, "检查时间": ["2026-11-03"] * 6})
    assert "result" not in guess_mapping(rows.column_names, inspections, sample=rows).mapping
    few = rows.set_column(0, "检查情况", pa.array(["过关", "没过"] * 3))
    found = guess_mapping(few.column_names, inspections, sample=few)
    assert found.mapping["result"] == "检查情况", "two words are asked about"
    scores = rows.set_column(0, "检查情况", pa.array([f"{90 + n}分" for n in range(6)]))
    found = guess_mapping(scores.column_names, inspections, sample=scores)
    assert found.mapping["result"] == "检查情况", "a limit may make results of numbers"
    told = rows.rename_columns(["存在的问题", "检查时间"])
    assert guess_mapping(told.column_names, inspections, sample=told).mapping["result"]


def test_a_name_that_was_cut_is_the_field_that_alone_begins_so() -> None:
    guess = guess_mapping(["受理时…", "事发地…", "投诉…", "…"], COMPLAINTS)
    assert guess.mapping == {"received_at": "受理时…", "raw_address": "事发地…"}


def test_all_unknown_names_of_a_mapping_are_refused_together() -> None:
    with pytest.raises(MappingError) as caught:
        guess_mapping(["a"], COMPLAINTS, overrides={"colour": "a", "title": "b"})
    assert caught.value.facts["seen"] == ["colour", "b"]


def test_forbidden_columns_are_never_mapped() -> None:
    guess = guess_mapping(
        ["来电时间", "学生姓名"], COMPLAINTS, overrides={"reporter_name": "学生姓名"}
    )
    assert guess.mapping == {"received_at": "来电时间"}
    assert guess.forbidden == ("学生姓名",)


def test_the_signature_of_headers_ignores_order_and_spelling() -> None:
    assert header_signature(["工单编号", "时间"]) == header_signature(["时 间", "工单编号 "])
    assert header_signature(["工单编号"]) != header_signature(["时间"])


def test_pinyin_initials_of_police_exports_are_known() -> None:
    known = known_headers(BUILDINGS)
    found = {known[normalise_header(h)][0] for h in ("JZWDM", "XQMC", "DZMC", "MAPX", "SQJCWHDM")}
    assert found == {"building_id", "estate", "std_address", "lon", "community_code"}


def test_the_header_is_found_below_title_and_unit_lines() -> None:
    rows: list[list[str | None]] = [
        ["××街道投诉台账(2026年11月)", None, None],
        ["单位：件", None, "2026.11.24"],
        ["序号", "工单编号", "来电时间"],
        ["1", "25", "2026-11-20"],
    ]
    header = find_header(rows, COMPLAINTS)
    assert header is not None
    assert (header.first, header.names) == (2, ("序号", "工单编号", "来电时间"))
    assert "2026年11月" in header.heading


def test_a_header_of_two_levels_joins_what_is_merged_above() -> None:
    rows: list[list[str | None]] = [
        ["备案编号", "房屋坐落", "租期", None, "承租人", None],
        [None, None, "起", "止", "姓名", "证件号码"],
        ["1", "a", "2026-1-1", "2026-12-31", "李四", "x"],
    ]
    header = find_header(rows, RENTALS)
    assert header is not None
    assert (header.first, header.last) == (0, 1)
    assert header.names == (
        *("备案编号", "房屋坐落", "租期/起", "租期/止", "承租人/姓名", "承租人/证件号码"),
    )
    guess = guess_mapping(header.names, RENTALS)
    assert guess.mapping["start_date"] == "租期/起"
    assert guess.mapping["lessee"] == "承租人/姓名"
    assert guess.forbidden == ("承租人/证件号码",)


def test_without_known_words_the_first_full_row_of_words_is_the_header() -> None:
    header = find_header([["表", None, None], ["甲", "乙", "丙"], ["1", "2", "3"], ["4", "5", "6"]])
    assert header is not None
    assert header.names == ("甲", "乙", "丙")


def test_nothing_but_numbers_has_no_header() -> None:
    assert find_header([["1", "2"], ["3", "4"]], COMPLAINTS) is None


def test_columns_without_a_name_or_with_the_same_name_get_their_own() -> None:
    header = find_header(
        [["工单编号", None, "来电时间", "来电时间"], ["1", "x", "y", "z"]], COMPLAINTS
    )
    assert header is not None
    assert header.names == ("工单编号", "列2", "来电时间", "来电时间(2)")


def test_headers_of_petition_registers_are_known() -> None:
    columns = ["编号", "反映时间", "反映问题", "位置", "办理情况/承办社区", "办理情况/办结情况"]
    mapping = guess_mapping(columns, COMPLAINTS).mapping
    assert (mapping["content"], mapping["handler_org"], mapping["handling"]) == (
        "反映问题", "办理情况/承办社区", "办理情况/办结情况"
    )  # fmt: skip


def test_a_number_column_that_spans_both_levels_of_a_header_keeps_its_name() -> None:
    upper = ["序号", "工单", None, "办理", None]
    lower = [None, "工单编号", "来电时间", "事发地址", "办理情况"]
    found = find_header(
        [["登记表"], upper, lower, ["1", "T1", "2026-11-03", "甲", "已办"]], COMPLAINTS
    )
    assert found is not None
    assert (found.last, found.names[0]) == (2, "序号")
    assert guess_mapping(found.names, COMPLAINTS).missing == ()


def test_what_holds_today_goes_behind_what_each_visit_gave() -> None:
    columns = ["Current Grade", "Inspection Date", "Inspection Grade"]
    assert guess_mapping(columns, TABLES["inspections"]).mapping["grade"] == "Inspection Grade"
    assert guess_mapping(columns[:2], TABLES["inspections"]).mapping["grade"] == "Current Grade"


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        (["Routine Inspection", "1st Follow Up to 50 - 69", "Routine Inspection"], "Process"),
        (["日常检查", "日常检查", "投诉核查"], "Process"),
        (["例行稽查", "複查", "民眾陳情"], "Process"),
        (["Routine Inspection", "Return Inspection", "PROGRAMADA"], "Process"),
        (["Routine Inspection", "Routine Inspection", "Routine Inspection"], None),
        (["Routine", "no action", "complaint"], None),
    ],
)
def test_a_column_that_tells_what_visits_were_for_is_known_by_its_cells(
    cells: list[str], column: str | None
) -> None:
    sample = pa.table({"Process": cells, "date": ["2026-11-03"] * 3})
    guess = guess_mapping(["Process", "date"], TABLES["inspections"], sample=sample)
    assert guess.mapping.get("purpose") == column
    by_name = sample.append_column("检查事由", sample["date"])
    named = guess_mapping(by_name.column_names, TABLES["inspections"], sample=by_name)
    assert named.mapping["purpose"] == "检查事由"
    complaints = guess_mapping(["Process", "来电时间"], TABLES["complaints"], sample=sample)
    assert "purpose" not in complaints.mapping


def test_a_time_that_no_header_names_is_the_one_column_of_days() -> None:
    inspections = TABLES["inspections"]
    days = [f"{n}-AUG-26" for n in range(10, 16)]
    rows = pa.table({"地址": ["甲"] * 6, "insp_dt": days, "as_of": ["2026-11-01"] * 6})
    found = guess_mapping(rows.column_names, inspections, sample=rows)
    assert found.mapping["at"] == "insp_dt", "one day in all rows is when the file was made"
    several = rows.append_column("end_dt", pa.array(days))
    assert guess_mapping(several.column_names, inspections, sample=several).missing == ("at",)
    other = rows.rename_columns(["地址", "来电时间", "as_of"])
    found = guess_mapping(other.column_names, inspections, sample=other)
    assert found.missing == ("at",), "so complaints call it"


def test_results_that_no_header_names_are_told_by_cells_and_by_a_question() -> None:
    inspections = TABLES["inspections"]
    rows = pa.table({"检查时间": [f"2026-11-{n:02}" for n in range(1, 7)],
                     "Status": ["Violations Found", "No Violations Found"] * 3})  # fmt: skip
    found = guess_mapping(rows.column_names, inspections, sample=rows)
    assert found.mapping["result"] == "Status"
    for header, cells in (("是否发现 违规培训", ["√", "×"] * 3), ("Grade", ["Pass", "Fail"] * 3)):
        other = rows.drop_columns("Status").append_column(header, pa.array(cells))
        found = guess_mapping(other.column_names, inspections, sample=other)
        assert found.mapping["result"] == header
    alike = rows.set_column(1, "Status", pa.array(["Closed", "Open"] * 3))
    assert "result" not in guess_mapping(alike.column_names, inspections, sample=alike).mapping


def test_what_differs_among_the_rows_of_a_visit_is_not_its_result() -> None:
    rows = pa.table({"Date": [f"2026-11-{n // 2:02}" for n in range(2, 14)], "地址": ["甲"] * 12,
                     "item": ["Pass", "Fail"] * 6})  # fmt: skip
    found = guess_mapping(rows.column_names, TABLES["inspections"], sample=rows)
    assert "result" not in found.mapping


def test_a_point_is_found_by_its_cells_whatever_they_are_called() -> None:
    rows = pa.table({"Date": ["2026-11-03"] * 2, "where": ["9 Oak St\n(32.8, -96.7)"] * 2})
    found = guess_mapping(rows.column_names, TABLES["inspections"], sample=rows)
    assert found.mapping["point"] == "where"


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ([f"{street}katu {n}" for n, street in enumerate("ABCDE")], "Where"),
        ([f"서울특별시 {gu}로 12, 1층" for gu in ("종", "율곡", "세종", "성암", "은평")], "Where"),
        ([f"Cafe {n}" for n in range(5)], None),
    ],
)
def test_a_street_and_a_number_in_any_letters_are_an_address(
    cells: list[str], column: str | None
) -> None:
    sample = pa.table({"Where": cells, "date": ["2026-11-03"] * 5})
    guess = guess_mapping(["Where", "date"], TABLES["inspections"], sample=sample)
    assert guess.mapping.get("raw_address") == column


def test_counts_are_known_below_a_header_of_infractions() -> None:
    columns = ["Infractions/Critical", "Infractions/Non-critical"]
    assert guess_mapping(columns, TABLES["inspections"]).mapping == {
        "critical_count": columns[0],
        "other_count": columns[1],
    }
