"""The calendar as the office sees and writes it; what nobody announced is said to be unknown."""

from datetime import date, datetime

import pytest

from data.calendars.calendar import DAY_COLUMNS, OFFICE_FILE
from data.calendars.read import EXAM, SCHOOL_BREAK, TERM, CalendarError, Span
from governance.access.permissions import Actor, NotAllowedError, Scope
from governance.office import Office
from tests.governance.patrols.results.afterwards_street import desk_of

NOW = datetime(2026, 11, 25, 12, 0)  # noqa: DTZ001 -- local
TERM_TIME = Span(first=date(2026, 9, 1), last=date(2027, 1, 22), kind=TERM, name="上学期")
BREAK = Span(first=date(2027, 1, 23), last=date(2027, 2, 21), kind=SCHOOL_BREAK, name="寒假")
EXAMS = Span(first=date(2027, 6, 7), last=date(2027, 6, 9), kind=EXAM, name="高考")


@pytest.fixture
def desk(office: Office) -> Office:
    return desk_of(office, at=NOW)


def test_days_have_names_and_unknown_years_are_unknown(desk: Office, actor: Actor) -> None:
    desk.calendar.save(actor, [TERM_TIME, BREAK])
    days = desk.calendar.days(actor, date(2026, 10, 1), date(2027, 1, 23)).set_index("day")
    assert tuple(days.reset_index().columns) == (*DAY_COLUMNS, "name")
    assert "国庆" in days.loc["2026-10-01", "name"]
    assert bool(days.loc["2026-10-01", "is_rest_day"])
    assert days.loc["2026-12-01", "name"] == ""
    assert not days.loc["2026-12-01", "school_break"]
    assert days.loc["2027-01-23", "name"] == "寒假"
    assert days["is_rest_day"].isna()["2027-01-01":].all()
    assert days["is_rest_day"].notna()[:"2026-12-31"].all()


def test_what_is_not_known_of_a_span_is_said(desk: Office, actor: Actor) -> None:
    gaps = desk.calendar.gaps(actor, date(2026, 12, 28), date(2027, 1, 3))
    assert gaps == ("holidays_unknown_2027", "school_term_unknown")
    desk.calendar.save(actor, [TERM_TIME])
    assert desk.calendar.gaps(actor, date(2026, 12, 1), date(2026, 12, 7)) == ()


def test_own_spans_stand_after_the_shipped_ones(desk: Office, actor: Actor) -> None:
    before = desk.calendar.spans(actor)
    assert not before["own"].any()
    version = desk.calendar.save(actor, [BREAK, EXAMS], version=before.attrs["version"])
    spans = desk.calendar.spans(actor)
    assert spans.attrs["version"] == version
    assert spans["own"].tolist() == [False] * len(before) + [True, True]
    assert spans.iloc[-1][["kind", "name"]].tolist() == ["exam", "高考"]
    assert spans["first"].iloc[-2].date() == BREAK.first


def test_saving_is_refused_whole_and_noted_once_done(desk: Office, actor: Actor) -> None:
    desk.calendar.save(actor, [BREAK])
    wrong = [Span(first=BREAK.last, last=BREAK.first, kind="party")]
    with pytest.raises(CalendarError) as refused:
        desk.calendar.save(actor, wrong)
    assert len(refused.value.facts["problems"]) == 2
    with pytest.raises(CalendarError) as late:
        desk.calendar.save(actor, [EXAMS], version="another")
    assert late.value.code == "calendar_changed"
    with desk._workspace.store.begin() as unit:
        told = [event.facts for event in unit.audit.newest()]
    assert [facts["spans"] for facts in told if facts.get("change") == "calendar"] == [1]
    assert desk.calendar.spans(actor)["own"].sum() == 1


def test_a_wrong_file_says_so_and_can_be_written_anew(desk: Office, actor: Actor) -> None:
    (desk._workspace.root / OFFICE_FILE).write_text("类型\n放假\n", encoding="utf-8")
    with pytest.raises(CalendarError) as refused:
        desk.calendar.spans(actor)
    assert refused.value.code == "calendar_file_wrong"
    desk.calendar.save(actor, [BREAK])
    assert desk.calendar.spans(actor)["own"].sum() == 1


def test_periods_that_cannot_be_shown_are_refused(desk: Office, actor: Actor) -> None:
    for last, code in ((date(2026, 1, 1), "period_ends"), (date(2036, 1, 1), "period_too_long")):
        with pytest.raises(CalendarError) as refused:
            desk.calendar.days(actor, date(2026, 1, 2), last)
        assert refused.value.code.startswith(code)


def test_only_who_plans_for_the_whole_street_changes_the_calendar(desk: Office) -> None:
    chief = Actor(id="c", name="", roles=("grid_chief",), scope=Scope.whole())
    part = Actor(id="p", name="", roles=("planner",), scope=Scope(grids=frozenset({"1"})))
    for who in (chief, part):
        assert len(desk.calendar.days(who, NOW.date(), NOW.date())) == 1
        with pytest.raises(NotAllowedError):
            desk.calendar.save(who, [BREAK])
    with pytest.raises(NotAllowedError):
        desk.calendar.spans(Actor(id="w", name="", roles=("warden",), scope=Scope.whole()))
