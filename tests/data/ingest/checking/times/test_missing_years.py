"""Rules of the year of days that are written without one."""

from datetime import datetime

import numpy as np
import pyarrow as pa
import pytest

from data.ingest.batches import CheckOptions
from data.ingest.checking.times.missing_years import days_of
from data.ingest.checking.times.title_years import day_named, year_named
from data.ingest.checking.times.year_order import segments_of, years_by_order

NOW = datetime(2026, 12, 3, 12, 0)  # noqa: DTZ001 -- local times throughout


def years(*texts: str, title: int | None = None) -> list[int] | None:
    """Return the year of each day of a column from top to bottom."""
    sent = pa.array(texts, pa.large_string())
    found = days_of(sent, np.arange(len(texts)), CheckOptions(now=NOW), ("", ""))
    read = years_by_order(found, title=title, limit=(NOW.year, (NOW.month - 1) * 31 + NOW.day))
    return None if read is None else read.tolist()


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("2024年3月1日", "3月5日", "3.19", "12月13日"), [2024, 2024, 2024, 2024]),
        (("11月28日", "12.20", "1月6日", "2024年1月15日"), [2023, 2023, 2024, 2024]),
        (("2023年12月20日", "12月31日", "1月2日", "12月30日", "1月4日", "9月1日"),
         [2023, 2023, 2024, 2023, 2024, 2024]),
        (("2024年2月1日", "1月20日", "1月3日", "12月28日", "11月30日"),
         [2024, 2024, 2024, 2023, 2023]),
        (("2022.7.15", "8月3日", "2023年2月11日", "12月23日", "3月9日"),
         [2022, 2022, 2023, 2023, 2024]),
    ],
    ids=["below", "above", "around_new_year", "newest_first", "few_days"],
)  # fmt: skip
def test_a_day_without_a_year_has_that_of_the_days_around_it_turned_at_new_year(
    texts: tuple[str, ...], expected: list[int]
) -> None:
    assert years(*texts) == expected


def test_a_day_that_came_late_does_not_move_the_days_below_it() -> None:
    days = ["2025-10-20", "10月28日", "11月3日", "3月5日", "11月6日", "11月9日"]
    assert years(*days) == [2025] * 6
    days = ["2025-02-10", "2月28日", "3月4日", "12月30日", "3月6日", "3月9日"]
    assert years(*days) == [2025, 2025, 2025, 2024, 2025, 2025]


def test_a_lone_year_between_two_others_that_it_does_not_fit_is_a_slip() -> None:
    read = years("2024-03-01", "2014-03-04", "3月5日", "2024-03-08")
    assert read is not None
    assert read[2] == 2024


def test_a_column_in_no_order_has_the_year_that_was_written_above() -> None:
    days = ["2024-03-01", "11月5日", "4月9日", "8月20日", "3月7日", "5月1日", "2月2日", "1月9日"]
    assert years(*days) == [2024] * 8


def test_the_year_of_a_title_is_that_of_most_days_and_holds_unless_most_cells_say_another() -> None:
    assert years("12月28日", "1月3日", "1月6日", title=2024) == [2023, 2024, 2024]
    late = years("1月5日", "2023年12月30日", "2月4日", "3月4日", title=2024)
    assert late is not None
    assert late[2:] == [2024, 2024]
    assert years("2022.7.15", "2022.8.3", "9月4日", title=2024) == [2022, 2022, 2022]


def test_no_day_is_in_the_future_unless_written_days_are() -> None:
    assert years("2026-11-30", "12月20日") == [2026, 2025]
    assert years("2027-02-28", "8月31日") == [2027, 2026]


def test_without_any_year_nothing_is_told() -> None:
    assert years("3月5日", "3.19") is None


def test_where_rows_are_numbered_anew_the_commonest_year_holds_for_all() -> None:
    rows = np.array([3, 4, 5, 3, 4])
    decided = segments_of(rows, np.array([2023, 2024, 2024, 2024, 2024]))
    assert decided.at(rows).tolist() == [2024] * 5


@pytest.mark.parametrize(
    ("title", "year", "day"),
    [
        ("2024年投诉台账 填报日期：2025年1月5日", 2024, (2025, 1, 5)),
        ("填报单位：永福街道 填报日期：2024.7.2", None, (2024, 7, 2)),
        ("2024.1.1-2024.12.31", 2024, (2024, 12, 31)),
        ("2023-2024学年", None, None),
        ("夜查记录（2024年12月—2025年2月）", None, (2025, 2, 28)),
        ("2024年13月—2025年台账", None, None),
    ],
)
def test_the_day_on_which_a_sheet_was_written_is_no_year_of_its_days(
    title: str, year: int | None, day: tuple[int, int, int] | None
) -> None:
    named = day_named(title)
    assert (year_named(title), named and (named.year, named.month, named.day)) == (year, day)
