"""Holidays, working days and what is not known about them."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.calendars.calendar import OFFICE_FILE, SHIPPED_FILE, Calendar, calendar_notes
from data.calendars.read import KINDS, TEMPLATE, CalendarError, Span, read_spans
from data.workspace.folder import Workspace

OFFICE = """起始日期,截止日期,类型,名称,来源
# 2026-01-01,2026-12-31,学期,这一行不读,
2026/3/2,2026年7月3日,学期,下学期,教育局通知
2026.7.4,2026.8.31,暑假,,教育局通知
2026-06-07,2026-06-09,高考,,
"""


def days_of_2026() -> st.SearchStrategy[date]:
    return st.dates(date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture(scope="module")
def china() -> Calendar:
    return Calendar.shipped()


def written(workspace: Workspace, text: str, *, encoding: str = "utf-8") -> Calendar:
    (workspace.root / OFFICE_FILE).write_text(text, encoding=encoding)
    return Calendar.read(workspace)


def test_the_shipped_table_knows_the_announced_days_of_2026(china: Calendar) -> None:
    """Written down by hand from the announced arrangement, not from the package."""
    days = pd.date_range("2026-01-01", "2026-12-31").to_numpy()
    kinds = china.day_kinds(days)
    makeup = kinds.loc[kinds["is_makeup_workday"], "day"].dt.strftime("%m-%d").tolist()
    assert makeup == ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"]
    assert kinds["is_holiday"].sum() == 3 + 9 + 3 + 5 + 3 + 3 + 7
    assert kinds["is_rest_day"].sum() == 365 - 248


def test_every_year_from_2004_to_2026_is_known_and_2027_is_not(china: Calendar) -> None:
    assert china.unknown_years(2003, 2028) == [2003, 2027, 2028]
    kinds = china.day_kinds([date(2027, 1, 1), date(2027, 1, 3)])
    assert kinds[["is_holiday", "is_makeup_workday", "is_rest_day"]].isna().all(axis=None)
    assert kinds["weekday"].tolist() == [5, 7]


def test_what_the_office_did_not_write_about_school_is_unknown(china: Calendar) -> None:
    kinds = china.day_kinds([date(2026, 7, 20)])
    assert kinds[["school_break", "before_exam"]].isna().all(axis=None)


def test_the_office_writes_terms_breaks_and_exams(workspace: Workspace) -> None:
    calendar = written(workspace, OFFICE)
    days = [date(2026, 3, 1), date(2026, 4, 1), date(2026, 6, 6), date(2026, 6, 8),
            date(2026, 7, 4), date(2026, 9, 1)]  # fmt: skip
    kinds = calendar.day_kinds(days)
    assert kinds["school_break"].tolist() == [pd.NA, False, False, False, True, pd.NA]
    assert kinds["before_exam"].tolist() == [pd.NA, pd.NA, True, False, pd.NA, pd.NA]


def test_a_year_announced_since_can_be_added_by_the_office(workspace: Workspace) -> None:
    calendar = written(
        workspace, "from,to,kind\n2027-01-01,2027-01-03,holiday\n2027-01-01,2027-12-31,announced\n"
    )
    assert calendar.unknown_years(2026, 2027) == []
    assert [calendar.is_working_day(date(2027, 1, day)) for day in (1, 4)] == [False, True]


def test_a_file_saved_by_an_old_spreadsheet_is_read(workspace: Workspace) -> None:
    calendar = written(workspace, OFFICE, encoding="gbk")
    assert calendar.day_kinds([date(2026, 7, 4)])["school_break"].tolist() == [True]


def test_all_wrong_rows_are_reported_at_once(workspace: Workspace) -> None:
    text = "起始日期,截止日期,类型\n昨天,,节假日\n2026-01-02,2026-01-01,调休\n2026-01-02,,庙会\n"
    with pytest.raises(CalendarError) as refusal:
        written(workspace, text)
    problems = refusal.value.facts["problems"]
    assert [problem.split(":")[0] for problem in problems] == ["line 2", "line 3", "line 4"]


def test_a_file_without_a_known_header_is_refused(workspace: Workspace) -> None:
    with pytest.raises(CalendarError, match="起始日期"):
        written(workspace, "甲,乙\n1,2\n")
    with pytest.raises(CalendarError, match="header"):
        written(workspace, "")


def test_the_template_states_nothing_as_a_fact(workspace: Workspace) -> None:
    assert written(workspace, TEMPLATE) == Calendar.shipped()


def test_a_holiday_passes_without_work_and_a_made_up_saturday_with_it(china: Calendar) -> None:
    october = [day for day in range(1, 15) if china.is_working_day(date(2026, 10, day))]
    assert october == [8, 9, 10, 12, 13, 14]  # the 10th is a Saturday


def test_a_year_that_is_not_announced_has_no_working_days_to_tell(china: Calendar) -> None:
    with pytest.raises(CalendarError) as refusal:
        china.is_working_day(date(2027, 1, 4))
    assert refusal.value.facts["year"] == 2027


@given(day=days_of_2026())
def test_a_working_day_is_a_day_that_is_no_rest_day(china: Calendar, day: date) -> None:
    rest = bool(china.day_kinds([day])["is_rest_day"].iloc[0])
    assert china.is_working_day(day) is not rest


def test_times_count_for_their_day(china: Calendar) -> None:
    moment = np.array(["2026-10-01T23:59:59"], dtype="datetime64[us]")
    assert china.day_kinds(moment)["is_holiday"].tolist() == [True]


def test_each_shipped_row_names_its_source_and_no_day_is_both_free_and_worked() -> None:
    spans = read_spans(SHIPPED_FILE)
    assert all(span.source for span in spans)
    assert {span.kind for span in spans} <= set(KINDS)
    free = {span.first for span in spans if span.kind == "holiday"}
    assert not free & {span.first for span in spans if span.kind == "makeup_workday"}


def test_the_later_of_two_rows_about_one_day_holds() -> None:
    day = date(2026, 5, 9)
    rows = [
        Span(first=day, last=day, kind=kind) for kind in ("announced", "holiday", "makeup_workday")
    ]
    assert Calendar(spans=tuple(rows)).is_working_day(day)
    assert not Calendar(spans=(rows[0], rows[2], rows[1])).is_working_day(day)


def test_what_is_not_known_of_days_is_said(workspace: Workspace, china: Calendar) -> None:
    known = written(workspace, "起始日期,截止日期,类型\n2026-11-30,2026-12-06,学期\n")
    first, last = date(2026, 11, 30), date(2026, 12, 6)
    assert calendar_notes(first, last, known) == []
    assert calendar_notes(first, last, china) == ["school_term_unknown"]
    assert calendar_notes(date(2027, 12, 31), date(2028, 1, 1), known) == [
        "holidays_unknown_2027",
        "holidays_unknown_2028",
        "school_term_unknown",
    ]
