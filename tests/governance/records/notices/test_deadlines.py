"""Clocks of notices: shipped with their sources, the office's own in their place."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.calendars.calendar import Calendar
from data.calendars.working_days import WorkingDays
from data.contracts.case_vocabulary import Outcome, Stage
from data.contracts.notice_vocabulary import NoticeClock, NoticeKind
from governance.cases.rules.deadlines import DeadlineError
from governance.records.notices.rules.deadlines import (
    MONTHS,
    NoticeDeadline,
    NoticeDeadlines,
)
from governance.records.notices.rules.decided import DecidedCase, free_from, why_not

DAYS = WorkingDays(Calendar.shipped())
CASE = DecidedCase(
    case_no="XS-2026-0001", stage=Stage.DECIDED, channel="网格上报", finding="属实",
    outcome=Outcome.FINE, decision_no="示教罚字〔2026〕第9号", decided_on=date(2026, 8, 31),
)  # fmt: skip


def test_every_shipped_deadline_says_who_says_so_and_since_when() -> None:
    for each in NoticeDeadline.shipped():
        assert each.source
        assert date.fromisoformat(each.since)


def test_the_office_writes_its_own_in_place_of_a_shipped_one() -> None:
    own = NoticeDeadline(clock="review", days=5, source="街道办会议纪要")
    table = NoticeDeadlines(NoticeDeadlines().with_own(own).changed_rows())
    found = table.find("review", kind=NoticeKind.LETTER)
    assert (found.days, found.own) == (5, True)
    assert len(table.rows) == len(NoticeDeadline.shipped())


def test_the_deadline_of_a_kind_goes_before_that_of_any() -> None:
    table = NoticeDeadlines().with_own(NoticeDeadline(clock="review", days=9, kind="致家长信"))
    assert table.find("review", kind="致家长信").days == 9
    assert table.find("review", kind="预警提示").days == 2


@pytest.mark.parametrize(
    "wrong", [{"clock": "x"}, {"days": -1}, {"unit": "weeks"}, {"kind": "文章"}, {"days": 5000}]
)
def test_a_deadline_that_cannot_hold_is_refused(wrong: dict[str, object]) -> None:
    told: dict[str, object] = {"clock": "review", "days": 2, **wrong}
    with pytest.raises(DeadlineError):
        NoticeDeadline(**told)


@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.integers(0, 60))
def test_months_on_is_the_same_day_or_the_last_of_a_shorter_month(start: date, months: int) -> None:
    end = NoticeDeadline(clock="wait", days=months, unit=MONTHS).end(start, DAYS)
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == months
    assert end.day == start.day or (end + timedelta(days=1)).day == 1


def test_a_decision_may_be_told_from_the_day_after_the_wait_alone() -> None:
    table, kind = NoticeDeadlines(), NoticeKind.EXPOSURE
    free = free_from(CASE.known_from, kind=kind, deadlines=table, calendar=DAYS)
    assert free == CASE.decided_on + timedelta(days=61)
    asked = {"kind": kind, "deadlines": table, "calendar": DAYS}
    assert why_not(CASE, today=free, **asked) == ""
    assert why_not(CASE, today=free - timedelta(days=1), **asked) == "too_early"


def test_a_list_that_is_handed_over_waits_for_six_months() -> None:
    free = free_from(
        date(2026, 8, 31), kind=NoticeKind.BLACKLIST, deadlines=NoticeDeadlines(), calendar=DAYS
    )
    assert date(2027, 2, 28).strftime("%a") == "Sun"  # so that the Monday is its last day
    assert free == date(2027, 3, 2)


@pytest.mark.parametrize(
    ("decided", "days"),
    [
        (date(2026, 8, 31), 61),
        (date(2026, 9, 1), 63),
        (date(2026, 9, 2), 62),
        (date(2026, 8, 4), 66),
    ],
)
def test_a_wait_that_ends_on_a_weekend_or_a_holiday_goes_on_to_a_working_day(
    decided: date, days: int
) -> None:
    free = free_from(decided, kind=NoticeKind.EXPOSURE, deadlines=NoticeDeadlines(), calendar=DAYS)
    assert DAYS.works_on(free - timedelta(days=1))
    assert (free - decided).days == days


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"stage": Stage.REFERRED}, "not_decided"),
        ({"decided_on": None}, "not_decided"),
        ({"served_on": date(2026, 12, 1)}, "too_early"),
        ({"finding": "不属实"}, "not_confirmed"),
        ({"outcome": Outcome.NO_PENALTY}, "no_penalty"),
        ({"outcome": Outcome.ELSEWHERE}, "no_penalty"),
        ({"decision_no": None}, "no_number"),
    ],
)
def test_only_a_decision_that_says_that_something_was_wrong_is_told(
    change: dict[str, object], why: str
) -> None:
    case = replace(CASE, **change)
    found = why_not(case, kind=NoticeKind.EXPOSURE, today=date(2027, 1, 1),
                    deadlines=NoticeDeadlines(), calendar=DAYS)  # fmt: skip
    assert found == why


def test_every_kind_that_names_a_decision_waits_and_expires() -> None:
    table = NoticeDeadlines()
    for kind in (NoticeKind.EXPOSURE, NoticeKind.BLACKLIST):
        assert table.find(NoticeClock.WAIT, kind=kind)
        assert table.find(NoticeClock.SHOWN, kind=kind)
