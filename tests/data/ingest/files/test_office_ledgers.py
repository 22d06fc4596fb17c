"""Ledgers as clerks keep them: form lines, names over several columns, sums between the rows."""

from collections.abc import Callable
from typing import Any

import pytest

from data.ingest.results import ImportResult

Send = Callable[..., ImportResult]
Rows = Callable[..., list[Any]]


def test_a_filled_in_line_of_a_form_is_no_level_of_the_header(send: Send, rows_of: Rows) -> None:
    result = send("complaints", [
        ["投诉登记表"], ["填报单位：", "永福街道", None, "填报人：赵某", None, "电话：6211234"],
        ["来电时间", "小区", "楼栋", "单元", "房号", "诉求内容"],
        ["2026-11-03", "示例花园", "3号楼", "2单元", "501", "补课"],
    ])  # fmt: skip
    assert result.mapping == {
        "received_at": "来电时间", "content": "诉求内容",
        "raw_address": "地址（小区、楼栋、单元、房号）",
    }  # fmt: skip
    assert rows_of("complaints", "raw_address") == ["示例花园3号楼2单元501"]


def test_a_second_level_that_fills_the_gaps_beside_one_name_belongs_to_the_header(
    send: Send, rows_of: Rows
) -> None:
    send("buildings", [
        ["小区", "楼栋号", "户数", None, None], [None, None, "总户数", "自住", "出租"],
        ["示例花园", "3号楼", 36, 27, 9],
    ])  # fmt: skip
    assert rows_of("buildings", "household_count", "rental_count") == [(36, 9)]


def test_of_counts_below_one_name_the_total_is_taken_whatever_its_place(
    send: Send, rows_of: Rows
) -> None:
    header = [["小区", "楼号", "户数", None, None], [None, None, "自住", "出租", "合计"]]
    send("buildings", [*header, ["示例花园", "3号楼", 27, 9, 36]])
    assert rows_of("buildings", "household_count", "rental_count") == [(36, 9)]


def test_counts_below_one_name_without_a_total_are_summed_and_told(
    send: Send, rows_of: Rows
) -> None:
    result = send("buildings", [
        ["小区", "楼号", "户数", None, "备注"], [None, None, "自住", "出租", None],
        ["示例花园", "3号楼", 25, "9户", "含单位宿舍"], ["示例花园", "5号楼", 20, None, None],
    ])  # fmt: skip
    assert rows_of("buildings", "building_no", "household_count", "rental_count") == [
        ("3号楼", 34, 9), ("5号楼", 20, None),
    ]  # fmt: skip
    assert result.warned_about["joined_columns"] == ["户数/自住、户数/出租"]
    assert "std_address" not in result.mapping, "a remark is no address"


@pytest.mark.parametrize(
    "header",
    [
        [["地址", "租赁期限", None, "租金"], [None, "起", "止", None]],
        [["地址", "合同起止时间", None, "租金"], [None, "自", "至", None]],
        [["地址", "租赁期限", None, "租金"]],
        [["地址", "起租日期", "到期日期", "租金"]],
        [["地址", "起始时间", "终止日期", "租金"]],
    ],
    ids=["from_until", "other_words", "one_name_over_both", "two_names", "other_names"],
)
def test_a_lease_in_two_columns_has_its_beginning_and_its_end(
    send: Send, rows_of: Rows, header: list[list[str | None]]
) -> None:
    send("rentals", [
        *header, ["示例花园3号楼2单元501", "2024.3.1", "2025.2.28", 1800],
        ["示例花园3号楼2单元502", "2024年5月", "2025年4月", 1800],
        ["示例花园3号楼2单元503", "2024-8-1", "长期", 1800],
    ])  # fmt: skip
    found = [
        [f"{day:%Y-%m-%d}" if day else None for day in days]
        for days in rows_of("rentals", "start_date", "end_date")
    ]
    assert found == [
        ["2024-03-01", "2025-02-28"], ["2024-05-01", "2025-04-30"], ["2024-08-01", None],
    ]  # fmt: skip


def test_an_address_that_is_an_estate_alone_is_joined_with_the_house_in_other_columns(
    send: Send, rows_of: Rows
) -> None:
    result = send("inspections", [
        "日期,巡查地点,楼栋,单元/楼道,门牌,巡查情况", "2026-11-03,示例花园,3号楼,2单元,501,正常",
        "2026-11-04,示例花园,５,甲,101,正常", '2026-11-05,锦绣家园,"4号楼\n（北区）",,,正常',
    ])  # fmt: skip
    assert rows_of("inspections", "raw_address", by="at") == [
        "示例花园3号楼2单元501", "示例花园5号楼甲单元101", "锦绣家园4号楼（北区）",
    ]  # fmt: skip
    assert result.unmapped == ()


def test_a_day_without_a_year_and_its_hour_in_two_columns_are_one_time(
    send: Send, rows_of: Rows
) -> None:
    days = ["3月5日,19:30,甲", "4.12,18:00,乙", "2025/4/13,18:30,丙"]
    send("complaints", ["2025年随手拍", "上报日期,时间,事发地址", *days])
    found = [f"{time:%Y-%m-%d %H:%M}" for time in rows_of("complaints", "received_at")]
    assert found == ["2025-03-05 19:30", "2025-04-12 18:00", "2025-04-13 18:30"]


def test_of_several_days_the_one_in_front_of_the_hour_has_it(send: Send, rows_of: Rows) -> None:
    days = ["2026-11-03,19:30,甲,11月5日", "2026-11-04,8:05,乙,11月9日"]
    send("complaints", ["来电日期,时间,事发地址,办结日期", *days])
    found = [f"{time:%m-%d %H:%M}" for time in rows_of("complaints", "received_at")]
    assert found == ["11-03 19:30", "11-04 08:05"]


@pytest.mark.parametrize(
    "header",
    [
        [["日期", None, "事发地址"], ["月", "日", None]],
        [["来电时间", None, "事发地址"], ["月份", "日", None]],
        [["月", "日", "事发地址"]],
    ],
)
def test_month_and_day_in_two_columns_are_one_date(
    send: Send, rows_of: Rows, header: list[list[str | None]]
) -> None:
    result = send(
        "complaints", [["2024年信访登记簿"], *header, [1, 8, "锦绣家园"], [3, "20日", "示例花园"]]
    )
    found = [f"{time:%Y-%m-%d}" for time in rows_of("complaints", "received_at")]
    assert found == ["2024-01-08", "2024-03-20"]
    assert result.unmapped == ()


def test_a_year_in_a_column_of_its_own_is_that_of_the_days_beside_it(
    send: Send, rows_of: Rows
) -> None:
    result = send("violations", [
        ["年度", "查处日期", "地址"], [2022, "3月5日", "甲"], ["2023年", "4.15", "乙"],
        [None, "2024-05-06", "丙"], ["注：", "以决定书为准", None],
    ])  # fmt: skip
    found = [f"{day:%Y-%m-%d}" for day in rows_of("violations", "decided_on")]
    assert found == ["2022-03-05", "2023-04-15", "2024-05-06"]
    assert "guessed_years" not in result.warnings, "no year is guessed"


@pytest.mark.parametrize(
    "line",
    [
        [None, "小  计", "2栋", 45],
        ["合计（5起）", None, None, 45],
        ["示例花园小计", None, None, 45],
        [3, "合计", None, 45],
        [None, "示例花园", "小计", 45],
        ["本页小计：2件", None, None, None],
        ["总 计：", None, None, 45],
    ],
)
def test_a_line_of_sums_is_no_row_wherever_its_word_stands_and_is_counted(
    send: Send, rows_of: Rows, line: list[Any]
) -> None:
    header, first = ["序号", "小区", "楼号", "户数"], [1, "示例花园", "3号楼", 25]
    result = send("buildings", [header, first, line, [2, "示例花园", "5号楼", 20]])
    assert rows_of("buildings", "building_no") == ["3号楼", "5号楼"]
    assert (result.rows_in, result.skipped) == (2, {"total": 1})


def test_a_line_of_signatures_is_no_row_and_is_counted(send: Send) -> None:
    signed = ["网格员签字：", None, "社区负责人签章（手写）："]
    result = send(
        "complaints", [["来电时间", "地址", "内容"], ["2026-11-03", "甲", "补课"], signed]
    )
    assert (result.rows_in, result.skipped) == (1, {"footer": 1})


def test_a_day_that_a_sheet_may_have_cut_is_refused_with_both_days_it_may_be(send: Send) -> None:
    result = send("complaints", ["来电时间,事发地址", "2024-04-03,甲", "4.1,乙"])
    assert result.reasons == {"ambiguous_day": 1}
    assert result.examples["ambiguous_day"].seen == "4.1"


def test_numbers_of_buildings_are_kept_on_one_line_in_half_width(send: Send, rows_of: Rows) -> None:
    rows = [["示例花园", "4号楼\n（北区）"], ["示例花园", "１２号楼"], ["示例花园", "Ａ座"]]
    send("buildings", [["小区", "楼号"], *rows])
    assert set(rows_of("buildings", "building_no")) == {"4号楼（北区）", "12号楼", "A座"}


def test_results_written_as_sentences_are_read_and_told_and_others_wait(
    send: Send, rows_of: Rows
) -> None:
    result = send("inspections", [
        "检查日期,检查地点,检查情况",
        "2026-11-03,示例花园1号楼,发现3名学生正在上数学课，已制止".replace("课，", "课；"),
        "2026-11-04,示例花园2号楼,未发现违规",
        "2026-11-05,示例花园3号楼,大门紧锁",
        "2026-11-06,示例花园4号楼,门口张贴有招生海报",
        "2026-11-07,示例花园5号楼,现场为艺术培训",
        "2026-11-08,示例花园6号楼,未发现学生上课",
    ])  # fmt: skip
    assert rows_of("inspections", "result", by="at") == [
        "属实", "未发现异常", "无人", "疑似", "未发现异常",
    ]  # fmt: skip
    assert result.quarantined == 1
    assert result.noted_rows == {
        "found_in_sentence": ["2", "5"], "not_found_in_sentence": ["4", "7"],
    }, "a spelling of a list is no sentence"  # fmt: skip


def test_an_account_of_each_visit_in_sentences_is_its_result(send: Send, rows_of: Rows) -> None:
    """No two agree, so that they were taken for remarks."""
    accounts = [f"未发现{floor}楼有学生补课" for floor in range(2, 9)]
    accounts += [f"发现{count}名学生在补课" for count in range(2, 9)]
    lines = [f"2026-11-03,示例花园{n}号楼,{text}" for n, text in enumerate(accounts, 1)]
    result = send("inspections", ["检查日期,检查地点,检查情况", *lines])
    assert result.mapping["result"] == "检查情况"
    assert sorted(rows_of("inspections", "result")) == ["属实"] * 7 + ["未发现异常"] * 7


def test_what_a_person_says_a_sentence_means_goes_before_it(send: Send, rows_of: Rows) -> None:
    lines = ["检查日期,检查地点,检查情况", "2026-11-03,示例花园1号楼,发现学生在补课"]
    send("inspections", lines, values={"result": {"发现学生在补课": "疑似"}})
    assert rows_of("inspections", "result") == ["疑似"]


def test_tickets_of_long_ago_that_nothing_ends_are_told(send: Send) -> None:
    result = send("complaints", [
        "来电时间,事发地址,工单状态,办结时间", "2024-03-05,示例花园1号楼,,",
        "2024-03-05,示例花园2号楼,已办结,", "2024-03-05,示例花园3号楼,,2024-03-09",
    ])  # fmt: skip
    assert result.noted_rows == {"old_without_status": ["2"]}
