"""A workbook that leaves holds what was shown, as text where it was text."""

import io
from datetime import datetime

import openpyxl
import pandas as pd
import pytest
from refusals import refused_as

from dashboard.documents import workbook as documents_workbook
from dashboard.documents.workbook import Sheet, workbook


def opened(sheet: Sheet) -> openpyxl.worksheet.worksheet.Worksheet:
    return openpyxl.load_workbook(io.BytesIO(workbook([sheet]))).worksheets[0]


def test_a_ticket_number_keeps_its_last_digits() -> None:
    table = pd.DataFrame({"ticket_no": ["250912101108115409"]})
    cell = opened(Sheet("工单", table))["A4"]
    assert cell.value == "250912101108115409"
    assert cell.data_type == "s"


def test_text_that_looks_like_a_formula_stays_text() -> None:
    table = pd.DataFrame({"name": ["=1+1", "@SUM(A1)", "https://example.org"]})
    page = opened(Sheet("名单", table))
    assert [page.cell(row, 1).data_type for row in (4, 5, 6)] == ["s"] * 3
    assert page["A4"].value == "=1+1"
    assert page["A6"].hyperlink is None


def test_a_title_that_looks_like_an_address_is_no_link() -> None:
    page = opened(Sheet("http://gw.invalid", pd.DataFrame({"a": ["1"], "b": ["2"]})))
    assert (page["A1"].value, page["A1"].hyperlink) == ("http://gw.invalid", None)


def test_a_text_longer_than_a_cell_holds_is_cut_and_not_lost() -> None:
    assert opened(Sheet("名单", pd.DataFrame({"a": ["长" * 40_000]})))["A4"].value == "长" * 32_767


def test_more_rows_than_a_sheet_holds_are_refused_and_none_is_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(documents_workbook, "_MOST_ROWS", 3)
    assert opened(Sheet("日志", pd.DataFrame({"n": range(3)})))["A6"].value == 2
    with refused_as("export_too_long", expected=3):
        workbook([Sheet("日志", pd.DataFrame({"n": range(4)}))])


def test_it_prints_on_a4_landscape_one_page_wide_with_its_header_repeated() -> None:
    page = opened(Sheet("名单", pd.DataFrame({"a": [1], "b": ["x"]})))
    assert page.page_setup.paperSize == 9
    assert page.page_setup.orientation == "landscape"
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert page.print_title_rows == "$3:$3"


def test_title_note_and_headers_are_there() -> None:
    table = pd.DataFrame({"score": [1.5], "at": [datetime(2026, 11, 1, 8, 30)]})  # noqa: DTZ001 -- local
    page = opened(Sheet("排序", table, headers={"score": "得分"}, note="截至 2026-11-01"))
    assert page["A1"].value == "排序"
    assert page["A2"].value == "截至 2026-11-01"
    assert [page["A3"].value, page["B3"].value] == ["得分", "at"]
    assert page["A4"].value == 1.5
    assert page["B4"].value == datetime(2026, 11, 1, 8, 30)  # noqa: DTZ001 -- local


def test_numbers_of_a_column_have_the_same_places_and_whole_ones_no_point() -> None:
    table = pd.DataFrame({"rank": [1, 12], "score": [69.0, 48.25], "share": [0.2234, None]})
    page = opened(Sheet("排序", table))
    formats = [[cell.number_format for cell in row] for row in page["A4:C4"]]
    assert formats == [["#,##0", "#,##0.00", "#,##0.000"]]
    assert page["B5"].number_format == "#,##0.00"


def test_unknown_values_stay_empty_and_an_empty_table_still_opens() -> None:
    table = pd.DataFrame({"a": [None, float("nan")], "t": pd.to_datetime([None, "2026-01-02"])})
    page = opened(Sheet("空", table))
    assert page["A4"].value is None
    assert page["B4"].value is None
    assert opened(Sheet("空", pd.DataFrame({"a": []})))["A3"].value == "a"


def test_a_sheets_name_loses_what_excel_forbids() -> None:
    assert (
        opened(Sheet("风险[排序]: 2026/11", pd.DataFrame({"a": [1]}))).title
        == "风险 排序   2026 11"
    )
