"""Dates as people and programs write them."""

from datetime import datetime, timedelta

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.ingest.checking.times.dates import read_dates
from data.ingest.checking.times.title_years import year_named

NOW = datetime(2026, 11, 24, 20, 0)  # noqa: DTZ001 -- the product's times are naive and local


def read(*texts: str | None, year: int | None = None) -> list[str | None]:
    found = read_dates(pa.array(texts, pa.large_string()), now=NOW, year=year)
    values = [None if v is None else v.isoformat(" ") for v in found.values.to_pylist()]
    return ["?" if lost else v for v, lost in zip(values, found.unreadable, strict=True)]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2026-11-24", "2026-11-24 00:00:00"),
        ("2026.11.24", "2026-11-24 00:00:00"),
        ("2026/11/4 9:05", "2026-11-04 09:05:00"),
        ("2026-11-24 19:42", "2026-11-24 19:42:00"),
        ("2026年11月24日", "2026-11-24 00:00:00"),
        ("二〇二六年十一月二十四日", "2026-11-24 00:00:00"),
        ("二○二六年三月五日 9:05", "2026-03-05 09:05:00"),
        ("2026年十月三十日（星期五）", "2026-10-30 00:00:00"),
        ("二零二六年二月廿日", "2026-02-20 00:00:00"),
        ("2026年11月24日19时42分", "2026-11-24 19:42:00"),
        ("2026/11/24 下午3:20", "2026-11-24 15:20:00"),
        ("2026-11-24（星期二） 8:05", "2026-11-24 08:05:00"),
        ("2026年11月24日晚", "2026-11-24 00:00:00"),
        ("11月23日晚上", "2026-11-23 00:00:00"),
        ("11月23日傍晚6点半", "2026-11-23 18:30:00"),
        ("2026年11月24日19时许", "2026-11-24 19:00:00"),
        ("2026-11-24 19:42左右", "2026-11-24 19:42:00"),
        ("2026-11-24 下午0:30", "2026-11-24 12:30:00"),
        ("２０２６－１１－２４", "2026-11-24 00:00:00"),
        ("20261124", "2026-11-24 00:00:00"),
        ("20261124194200", "2026-11-24 19:42:00"),
        ("2026-11-24T19:42:00.123", "2026-11-24 19:42:00.123000"),
        ("2026-11-24T11:42:00Z", "2026-11-24 19:42:00"),
        ("2026-11-24T19:42:00+08:00", "2026-11-24 19:42:00"),
        ("2026-11-24 19:42:00+08", "2026-11-24 19:42:00"),
        ("2026-11-24 11:42:00+00", "2026-11-24 19:42:00"),
        ("2026-11-24 19:42+08", "2026-11-24 19:42:00"),
        ("2026-11-24 19:42+0800", "2026-11-24 19:42:00"),
        ("2026-11-24 11:42:00.5+00:00", "2026-11-24 19:42:00.500000"),
        ("2026-11-24 06:42:00.123456-05", "2026-11-24 19:42:00.123456"),
        ("2026-11-24 11:42:00 UTC", "2026-11-24 19:42:00"),
        ("2026-11-24 19:42:00 +0800", "2026-11-24 19:42:00"),
        ("20261124T114200Z", "2026-11-24 19:42:00"),
        ("20261124194200.5", "2026-11-24 19:42:00.500000"),
        ("11/24/2026 07:42:10 PM", "2026-11-24 19:42:10"),
        ("Nov 24 2026  7:42PM", "2026-11-24 19:42:00"),
        ("Nov  4 2026 12:05:07:123AM", "2026-11-04 00:05:07.123000"),
        ("24-NOV-26 07.42.00.000000 PM", "2026-11-24 19:42:00"),
        ("24-11月-26 07.42.00.000000 下午", "2026-11-24 19:42:00"),
        ("24-11月-26 12.05.00 上午", "2026-11-24 00:05:00"),
        ("24 Nov 2026", "2026-11-24 00:00:00"),
        ("November 24th, 2026", "2026-11-24 00:00:00"),
        ("Tuesday, 24 November 2026", "2026-11-24 00:00:00"),
        ("2026년 11월 24일", "2026-11-24 00:00:00"),
        ("2026. 11. 24.", "2026-11-24 00:00:00"),
        ("24. 11. 2026", "2026-11-24 00:00:00"),
        ("26年11月24日", "2026-11-24 00:00:00"),
        ("24-NOV-26 11.42.00.000000 AM +00:00", "2026-11-24 19:42:00"),
        ("24-NOV-2026", "2026-11-24 00:00:00"),
        ("Tue Nov 24 19:42:00 CST 2026", "2026-11-24 19:42:00"),
        ("2026-11-24 19:42:00 +0800 CST", "2026-11-24 19:42:00"),
        ("1763984520", "2025-11-24 19:42:00"),
        ("1763984520123", "2025-11-24 19:42:00.123000"),
        ("45985", "2025-11-24 00:00:00"),
        ("45985.5", "2025-11-24 12:00:00"),
        ("45985.821527778", "2025-11-24 19:43:00"),
    ],
)
def test_a_date_is_read_however_it_is_written(text: str, meant: str) -> None:
    assert read(text) == [meant]


@pytest.mark.parametrize(
    "text",
    [
        *("1900-01-01", "1900/1/2", "1899-12-30", "1", "2", "0", "0000-00-00", "9999-12-31"),
        *("-2147483648", "-9223372036854775808", "-5877641-06-23", "无", "/", "", "1970-01-01"),
    ],
)
def test_a_date_that_stands_for_nothing_is_unknown_and_no_mistake(text: str) -> None:
    assert read(text) == [None]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "2026-02-30",
            "2026-13-01",
            "昨天",
            "上周三",
            "本月24日晚",
            "2026",
            "2026.11",
            "25:00",
            "2026-11-24 24:01",
            "108",
        ),
        *("2026-11-24 10:00-12", "2026-11-24 19:42:00+99"),
    ],
)
def test_what_is_no_date_is_unreadable(text: str) -> None:
    assert read(text) == ["?"]


def test_a_date_without_a_year_is_the_last_such_day_and_never_in_the_future() -> None:
    assert read("11月24日", "11月25日", "1月3日 8:30") == [
        "2026-11-24 00:00:00",
        "2025-11-25 00:00:00",
        "2026-01-03 08:30:00",
    ]


def test_the_year_of_the_title_counts_for_dates_without_one() -> None:
    assert read("11月25日", year=2024) == ["2024-11-25 00:00:00"]
    assert read("11.25", year=2024) == ["2024-11-25 00:00:00"]


def test_month_and_day_may_have_a_dot_between_them() -> None:
    assert read("11.24", "11.25", "９.０３", "9.4") == [
        "2026-11-24 00:00:00",
        "2025-11-25 00:00:00",
        "2026-09-03 00:00:00",
        "2026-09-04 00:00:00",
    ]


def test_what_a_sheet_makes_of_the_tenth_is_not_taken_for_the_first() -> None:
    assert read("11.1", "11.2", "11.3", "13.24", "11.32", "11.0") == ["?"] * 6


def test_days_come_before_months_only_where_the_column_says_so() -> None:
    assert read("03/04/2026") == ["2026-03-04 00:00:00"]
    assert read("03/04/2026", "24/04/2026")[0] == "2026-04-03 00:00:00"


def test_eight_figures_that_end_with_a_year_are_read_as_with_strokes_between_them() -> None:
    assert read("03042026") == ["2026-03-04 00:00:00"]
    assert read("03042026", "24042026") == ["2026-04-03 00:00:00", "2026-04-24 00:00:00"]
    assert read("20112012", "20121120") == ["2012-11-20 00:00:00"] * 2
    assert read("20202020", "31022026", "00112026") == ["?"] * 3


def test_before_a_dot_the_day_comes_first_unless_a_second_part_is_no_month() -> None:
    assert read("03.04.2026", "3.4.2026 8:30") == ["2026-04-03 00:00:00", "2026-04-03 08:30:00"]
    assert read("03.04.2026", "03.24.2026")[0] == "2026-03-04 00:00:00"


def test_years_of_three_digits_count_from_1912() -> None:
    assert read("民國115年11月4日", "115/11/04 8:30", "1151104", "115-2", "1154104") == [
        "2026-11-04 00:00:00",
        "2026-11-04 08:30:00",
        "2026-11-04 00:00:00",
        "?",
        "?",
    ]


@pytest.mark.parametrize(
    "text",
    ["2026年11月24日 9:30-10:20", "2026-11-24 9:30至10:20", "2026.11.24上午9:30—上午10:20",
     "2026/11/24 09:30~21:00"],
)  # fmt: skip
def test_of_a_time_from_and_until_the_beginning_counts(text: str) -> None:
    assert read(text) == ["2026-11-24 09:30:00"]


def test_years_of_an_emperor_count_from_his_first() -> None:
    assert read("令和8年11月3日", "R8.11.3", "平成31年4月30日", "令和元年5月1日", "R99.13.1") == [
        "2026-11-03 00:00:00",
        "2026-11-03 00:00:00",
        "2019-04-30 00:00:00",
        "2019-05-01 00:00:00",
        "?",
    ]


def test_one_impossible_day_does_not_spoil_the_column() -> None:
    assert read("2026-02-30", "2026-11-24 19:42") == ["?", "2026-11-24 19:42:00"]


def test_a_title_names_a_year_if_it_names_one() -> None:
    assert year_named("××街道投诉台账（2026年11月）") == 2026
    assert year_named("2025年至2026年台账") is None
    assert year_named("工单 20261124 汇总") is None


MOMENTS = st.datetimes(
    min_value=datetime(1955, 1, 1),  # noqa: DTZ001 -- naive by design
    max_value=datetime(2099, 12, 31),  # noqa: DTZ001 -- naive by design
).map(lambda moment: moment.replace(microsecond=0))
EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 -- naive by design
SPELLINGS = [
    lambda m: m.isoformat(" "),
    lambda m: f"{m.year}/{m.month}/{m.day} {m.hour}:{m.minute}:{m.second}",
    lambda m: f"{m.year}年{m.month}月{m.day}日 {m.hour}时{m.minute}分{m.second}秒",
    lambda m: m.strftime("%Y%m%d%H%M%S"),
    lambda m: repr((m - EPOCH) / timedelta(days=1)),
]


@settings(max_examples=40)
@given(st.lists(st.tuples(MOMENTS, st.sampled_from(SPELLINGS)), max_size=5))
def test_every_spelling_of_a_moment_reads_as_that_moment(
    moments: list[tuple[datetime, object]],
) -> None:
    known = [pair for pair in moments if pair[0].date().isoformat() != "1970-01-01"]
    texts = [spell(moment) for moment, spell in known]  # type: ignore[operator]
    assert read(*texts) == [moment.isoformat(" ") for moment, _ in known]


def test_where_a_column_has_both_orders_two_parts_up_to_12_say_no_day() -> None:
    both = read("25/03/2026", "26/03/2026", "03/27/2026", "04/05/2026", "05/05/2026")
    days = ["2026-03-25", "2026-03-26", "2026-03-27", "?", "2026-05-05"]
    assert [day.split()[0] for day in both if day] == days


def test_years_of_two_figures_are_read_where_a_column_shows_which_part_they_are() -> None:
    days = [f"2026-08-{day:02}" for day in (5, 9, 11, 13, 24)]
    for form in ("{m}/{d}/26", "{d}.{m}.26", "26/{m}/{d}", "26.{m}.{d}", "{m}-{d}-26 0:00"):
        texts = [form.format(m=8, d=int(day[-2:])) for day in days]
        assert [(day or "")[:10] for day in read(*texts)] == days
    unknown = ("24.3.5", "24.3.15")
    assert read(*unknown) == ["?", "?"], "few cells show nothing"
