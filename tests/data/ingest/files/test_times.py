"""Times with a zone become the office's, and nothing has happened after the import."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from data.ingest.quarantine.store import read_quarantined
from data.ingest.quarantine.workbook import write_quarantine
from data.ingest.results import ImportResult
from data.workspace.folder import Workspace

Send = Callable[..., ImportResult]
Rows = Callable[..., list[Any]]
HEADER = "工单编号,来电时间,事发地址,办结时间"


def test_times_as_databases_write_them_are_turned_into_the_offices_zone(
    send: Send, rows_of: Rows
) -> None:
    spelt = (
        *("2026-11-03 15:20:00+08", "2026-11-03 07:20:00+00", "2026-11-03 15:20+08"),
        *("2026-11-03 15:20:00+0800", "2026-11-03T07:20:00+00:00", "2026-11-03T07:20:00.000Z"),
        *("2026-11-03 02:20:00.000000-05", "2026-11-03 07:20:00.0000000 +00:00"),
        *("2026-11-03 07:20:00 UTC", "20261103T072000Z"),
    )
    result = send("complaints", [HEADER, *(f"A{i:02d},{t},甲,{t}" for i, t in enumerate(spelt))])
    assert (result.rows_in, result.accepted) == (len(spelt), len(spelt))
    moment = datetime(2026, 11, 3, 15, 20)  # noqa: DTZ001 -- as the lake keeps it
    rows = rows_of("complaints", "received_at", "closed_at")
    assert rows == [(moment, moment)] * len(spelt)


def test_an_evening_in_utc_is_the_next_day_of_the_office(send: Send, rows_of: Rows) -> None:
    send("violations", ["案号,查处日期,违规地址", "1,2026-11-03 16:00:00+00,甲", "2,2026-11-03,乙"])
    days = rows_of("violations", "decided_on", by="decision_no")
    assert [day.day for day in days] == [4, 3]


@pytest.mark.parametrize(
    "line",
    ["1,2026-11-25,甲,", "1,2026-11-24 12:30,甲,", "1,2026-11-20,甲,2026-12-01",
     "1,2026-11-24 05:00:00+00,甲,"],
)  # fmt: skip
def test_what_lies_after_the_offices_now_is_refused(send: Send, line: str) -> None:
    result = send("complaints", [HEADER, line])
    assert (result.accepted, result.reasons) == (0, {"in_future": 1})


def test_what_happened_until_now_is_accepted(send: Send) -> None:
    now = ["1,2026-11-24,甲,2026-11-24 11:59", "2,2026-11-24 12:00,乙,"]
    assert send("complaints", [HEADER, *now]).accepted == 2


def test_a_refused_row_that_comes_back_unchanged_is_refused_again(
    workspace: Workspace, send: Send, tmp_path: Path
) -> None:
    numbers = (250912101108115001, 250912101108115002, 250912101108115003)
    rows = [[number, "2026-11-20", "甲"] for number in numbers]
    header = ["工单编号", "来电时间", "事发地址"]
    first = send("complaints", [header, *rows, [7, "2027-01-01", "甲"]])
    assert first.reasons == {"digits_lost": 3, "in_future": 1}

    (tmp_path / "marked.xlsx").write_bytes(write_quarantine(read_quarantined(workspace)[0]))
    unchanged = send("complaints", tmp_path / "marked.xlsx", dry_run=True)
    assert (unchanged.accepted, unchanged.reasons) == (0, first.reasons)

    right = corrected(tmp_path / "marked.xlsx", "工单编号", "250912101108115001")
    again = send("complaints", right)
    assert (again.accepted, again.reasons) == (1, {"digits_lost": 2, "in_future": 1})


def test_a_row_with_too_many_cells_that_comes_back_unchanged_is_refused_again(
    workspace: Workspace, send: Send, tmp_path: Path
) -> None:
    whole = [f"{i},2026-11-20,甲," for i in range(2, 6)]
    send("complaints", [HEADER, "1,2026-11-20,甲,,多,了", *whole])
    (tmp_path / "marked.xlsx").write_bytes(write_quarantine(read_quarantined(workspace)[0]))
    again = send("complaints", tmp_path / "marked.xlsx", dry_run=True)
    assert (again.accepted, again.reasons) == (0, {"too_many_cells": 1})
    right = corrected(tmp_path / "marked.xlsx", "事发地址", "甲多了")
    assert send("complaints", right).accepted == 1


def test_a_row_whose_number_another_has_comes_back_unchanged_and_is_refused_again(
    workspace: Workspace, send: Send, tmp_path: Path
) -> None:
    first = send("complaints", [HEADER, "1,2026-11-20,甲,", "1,2026-11-21,乙,", "2,2026-11-20,丙,"])
    assert (first.accepted, first.reasons) == (2, {"conflicting_key": 1})
    waiting = read_quarantined(workspace)[0]
    (tmp_path / "marked.xlsx").write_bytes(write_quarantine(waiting))
    again = send("complaints", tmp_path / "marked.xlsx")
    assert (again.accepted, again.reasons) == (0, first.reasons)
    (still,) = read_quarantined(workspace)
    told = [each.problems.select(["code", "seen", "expected"]) for each in (waiting, still)]
    assert told[0].equals(told[1])

    (tmp_path / "marked.xlsx").write_bytes(write_quarantine(still))
    right = corrected(tmp_path / "marked.xlsx", "工单编号", "3")
    assert send("complaints", right).accepted == 1


def corrected(marked: Path, column: str, value: str) -> Path:
    """Correct a cell of the first row in a workbook of what was refused; return the file."""
    book = openpyxl.load_workbook(marked)
    sheet = book["待更正"]
    sheet.cell(3, [cell.value for cell in sheet[2]].index(column) + 1, value)
    book.save(marked.with_name("corrected.xlsx"))
    return marked.with_name("corrected.xlsx")


def test_the_sheets_of_a_workbook_may_write_their_days_in_different_orders(
    send: Send, rows_of: Rows, tmp_path: Path
) -> None:
    book = openpyxl.Workbook()
    for sheet, days in ((book.active, ["13/10/2026", "01/02/2026"]),
                        (book.create_sheet("b"), ["10/14/2026", "03/02/2026"])):  # fmt: skip
        for row in (["来电时间", "事发地址"], *([day, "甲"] for day in days)):
            sheet.append(row)
    book.save(tmp_path / "two.xlsx")
    assert send("complaints", tmp_path / "two.xlsx").accepted == 4
    days = [time.strftime("%m-%d") for time in rows_of("complaints", "received_at")]
    assert days == ["02-01", "03-02", "10-13", "10-14"]


def test_a_sheet_or_a_file_may_name_the_year_of_days_without_one(
    send: Send, rows_of: Rows, tmp_path: Path
) -> None:
    book = openpyxl.Workbook()
    book.active.title = "2024年"
    for row in (["来电时间", "事发地址"], ["3月15日", "甲"]):
        book.active.append(row)
    book.save(tmp_path / "days.xlsx")
    send("complaints", tmp_path / "days.xlsx")
    (tmp_path / "2023年信访台账.csv").write_text("来电时间,事发地址\n3.15,甲\n", encoding="utf-8")
    send("complaints", tmp_path / "2023年信访台账.csv")
    assert [time.year for time in rows_of("complaints", "received_at")] == [2023, 2024]


def test_a_day_without_a_year_has_that_of_its_column_and_is_told_by_year(
    send: Send, rows_of: Rows
) -> None:
    result = send("complaints", [
        ["投诉登记簿"], ["填报日期：2024年4月2日"], ["来电时间", "事发地址"],
        ["2023年12月20日", "甲"], ["12月28日", "乙"], ["1月5日 19:30", "丙"], ["3.09", "丁"],
    ])  # fmt: skip
    found = [f"{time:%Y-%m-%d %H:%M}" for time in rows_of("complaints", "received_at")]
    assert found == ["2023-12-20 00:00", "2023-12-28 00:00", "2024-01-05 19:30", "2024-03-09 00:00"]
    assert result.warned_about["guessed_years"] == ["2023 × 1 (Sheet!5)", "2024 × 2 (Sheet!6–7)"]


def test_a_sheet_without_any_year_has_that_of_the_day_on_which_it_was_written(
    send: Send, rows_of: Rows
) -> None:
    result = send("complaints", [
        ["填报日期：2025年1月5日"], ["来电时间", "事发地址"], ["12月28日", "甲"], ["1月3日", "乙"],
    ])  # fmt: skip
    found = [f"{time:%Y-%m-%d}" for time in rows_of("complaints", "received_at")]
    assert found == ["2024-12-28", "2025-01-03"]
    assert len(result.warned_about["guessed_years"]) == len(found)


def test_a_sheet_without_a_year_goes_on_where_the_one_before_it_ended(
    send: Send, rows_of: Rows, tmp_path: Path
) -> None:
    book = openpyxl.Workbook()
    for sheet, days in ((book.active, ["2023年12月20日", "12月30日"]),
                        (book.create_sheet("续"), ["1月3日", "1月9日"])):  # fmt: skip
        for row in (["来电时间", "事发地址"], *([day, "甲"] for day in days)):
            sheet.append(row)
    book.save(tmp_path / "two.xlsx")
    send("complaints", tmp_path / "two.xlsx")
    found = [f"{time:%Y-%m-%d}" for time in rows_of("complaints", "received_at")]
    assert found == ["2023-12-20", "2023-12-30", "2024-01-03", "2024-01-09"]


def test_a_sheet_without_a_day_behind_one_with_days_is_refused_row_by_row(
    send: Send, tmp_path: Path
) -> None:
    book = openpyxl.Workbook()
    for sheet, days in ((book.active, ["2023年12月20日", "12月30日"]),
                        (book.create_sheet("续"), ["昨天"])):  # fmt: skip
        for row in (["来电时间", "事发地址"], *([day, "甲"] for day in days)):
            sheet.append(row)
    book.save(tmp_path / "two.xlsx")
    result = send("complaints", tmp_path / "two.xlsx")
    assert (result.accepted, result.reasons) == (2, {"unreadable_date": 1})


def test_a_column_without_any_year_has_that_of_the_days_beside_it(
    send: Send, rows_of: Rows
) -> None:
    lines = [
        "来电时间,事发地址,办结时间",
        "12月28日,甲,2024-01-03",
        "1月5日,乙,2024-01-09",
        "2月1日,丙,",
    ]
    send("complaints", lines)
    found = [f"{time:%Y-%m-%d}" for time in rows_of("complaints", "received_at")]
    assert found == ["2023-12-28", "2024-01-05", "2024-02-01"]
    send("rentals", ["地址,起租日期,到期日期", "示例花园3号楼501,3月1日,2025-02-28"])
    assert [f"{day:%Y-%m-%d}" for day in rows_of("rentals", "start_date")] == ["2024-03-01"]


def test_a_refused_row_keeps_the_year_of_the_days_around_it(
    send: Send, workspace: Workspace
) -> None:
    send("complaints", ["来电时间,地址,诉求属实", "2024年3月1日,甲,是", "3月5日,乙,也许"])
    (refused,) = read_quarantined(workspace)
    assert refused.rows["来电时间"].to_pylist() == ["2024年3月5日"]


def test_days_that_a_spreadsheet_took_for_months_are_put_back(send: Send, rows_of: Rows) -> None:
    header = ["来电时间", "事发地址"]
    texts = [[f"{day}/05/2026", "甲"] for day in range(13, 18)]
    kept = [[f"2026-{day:02}-{month:02}", "甲"] for day in range(1, 11) for month in (3, 4)]
    result = send("complaints", [header, *texts, *kept])
    assert result.warned_about["exchanged_days"] == ["来电时间"]
    months = {time.month for time in rows_of("complaints", "received_at")}
    assert months == {3, 4, 5}, "the 1st to 10th of March and April"
    more = send("complaints", [header, *texts, *kept, ["2026-05-28", "甲"]])
    assert "exchanged_days" not in more.warned_about, "a 28th was no month"
