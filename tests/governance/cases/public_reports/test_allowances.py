"""The bucket that drains evenly, against a plain list of what was let through."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from governance.cases.public_reports.allowances import Allowance

START = datetime(2026, 11, 24, 8, 0)  # noqa: DTZ001 -- the store's times are naive
HOUR = timedelta(hours=1)


@given(most=st.integers(1, 20), gaps=st.lists(st.integers(0, 5_000), max_size=120))
def test_no_hour_lets_through_twice_as_many_and_no_wait_is_in_vain(
    most: int, gaps: list[int]
) -> None:
    allowance = Allowance(most=most, per=HOUR)
    used, since, at, through = 0.0, START, START, list[datetime]()
    for gap in gaps:
        at += timedelta(seconds=gap)
        left = allowance.left(used, since=since, at=at)
        wait = allowance.wait(left)
        if wait is None:
            used, since = left + 1, at
            through.append(at)
        else:
            assert timedelta() < wait <= HOUR
            later = allowance.left(used, since=since, at=at + wait + timedelta(seconds=1))
            assert allowance.wait(later) is None
        assert sum(at - HOUR < each for each in through) <= 2 * most
    assert len(through) <= most + most * ((at - START) / HOUR) + 1e-6


def test_a_clock_that_went_back_frees_nothing() -> None:
    allowance = Allowance(most=2, per=HOUR)
    assert allowance.left(2, since=START, at=START - HOUR) == 2
