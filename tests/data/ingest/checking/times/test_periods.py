"""Rules of spans of time in one cell."""

from datetime import datetime

import pyarrow as pa
import pytest

from data.ingest.checking.times.periods import read_spans


def span(text: str) -> tuple[str, str | None] | None:
    """Return beginning and end of a span, None where it is none."""
    read = read_spans(pa.array([text], pa.large_string()))
    start: datetime | None = read.start[0].as_py()
    end: datetime | None = read.end[0].as_py()
    assert bool(read.unreadable[0]) == (start is None)
    return start and (f"{start:%Y-%m-%d}", end and f"{end:%Y-%m-%d}")


@pytest.mark.parametrize(
    "text",
    [
        "2024.3.1-2025.2.28",
        "2024年3月1日至2025年2月28日",
        "自2024年3月1日起至2025年2月28日止",
        "2024-03-01 至 2025-02-28",
        "2024/3/1—2025/2/28",
        "24.3.1-25.2.28",
        "20240301-20250228",
        "２０２４．３．１～２０２５．２．２８（一年）",
        "2024年3月1日\n2025年2月28日",
        "2024.3-2025.2",
        "2024.3.1起一年",
        "2024年3月1日，租期12个月",
        "2024.3.1（共1年）",
    ],
)
def test_a_span_is_read_however_its_ends_are_written(text: str) -> None:
    assert span(text) == ("2024-03-01", "2025-02-28")


def test_an_end_without_a_year_is_the_first_such_day_after_the_beginning() -> None:
    assert span("2024.9.1-12.31") == ("2024-09-01", "2024-12-31")
    assert span("2024年9月1日至2月28日") == ("2024-09-01", "2025-02-28")


def test_a_span_may_have_no_end() -> None:
    assert span("2024.3.1-长期") == span("2024年3月1日至今") == ("2024-03-01", None)


def test_a_length_runs_to_the_day_before_also_from_the_end_of_a_month() -> None:
    assert span("2024.1.31起1个月") == ("2024-01-31", "2024-02-28")


@pytest.mark.parametrize("text", ["一年", "2024.13.1-2025.2.28", "2024.3.1", "长期", "面议"])
def test_what_names_no_beginning_or_no_day_is_refused(text: str) -> None:
    assert span(text) is None
