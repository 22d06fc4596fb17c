"""Rules of who is out when, and what a time is worth."""

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from governance.patrols.routing.model.settings import DAY, EVENING, PatrolRules
from governance.patrols.routing.model.shifts import (
    Team,
    TeamError,
    default_teams,
    shifts_of,
    slots_of,
    usual_worth,
)
from tests.governance.patrols.routing.small_office import CALENDAR, MONDAY, SUNDAY, team

RULES = PatrolRules()


def out(team_: Team, first: date = MONDAY, last: date = SUNDAY) -> list[str]:
    shifts = shifts_of((team_,), first, last, CALENDAR, RULES)
    return [f"{shift.day:%m-%d}/{shift.part}" for shift in shifts]


def test_a_team_is_out_on_its_weekdays() -> None:
    assert out(team(shifts=((6, EVENING), (2, DAY)))) == ["12-01/day", "12-05/evening"]


def test_a_team_is_out_on_the_kinds_of_day_that_it_names() -> None:
    assert out(team(shifts=(("rest", DAY),))) == ["12-05/day", "12-06/day"]
    assert len(out(team(shifts=(("working", EVENING),)))) == 5
    breaks = out(team(shifts=(("break", DAY),)), date(2027, 1, 22), date(2027, 1, 24))
    assert breaks == ["01-23/day", "01-24/day"]


def test_a_day_of_two_kinds_has_one_shift_of_a_part() -> None:
    assert out(team(shifts=((6, DAY), ("rest", DAY)))) == ["12-05/day", "12-06/day"]


def test_a_made_up_working_day_is_none_of_rest() -> None:
    sunday = date(2026, 2, 14)  # worked in exchange for the Spring Festival
    assert out(team(shifts=(("rest", DAY),)), sunday, sunday) == []
    assert out(team(shifts=(("working", DAY),)), sunday, sunday) == ["02-14/day"]


def test_a_shift_has_its_team_s_hours_start_and_officers() -> None:
    police = team(officers=2, people=3, lon=117.3, lat=36.0)
    afternoon, evening = shifts_of((police,), MONDAY, SUNDAY, CALENDAR, RULES)
    assert afternoon.shift_id == "T1/2026-12-01/day"
    assert (afternoon.from_minute, afternoon.until_minute, afternoon.minutes) == (840, 1020, 150)
    assert (evening.from_minute, evening.until_minute) == (1080, 1260)
    assert (evening.lon, evening.lat, evening.joint) == (117.3, 36.0, True)


def test_one_officer_alone_is_no_joint_team() -> None:
    assert not team(officers=1).joint


def test_where_the_office_named_no_team_the_settings_say_how_many_and_when() -> None:
    teams = default_teams(PatrolRules(teams=2, people=3, shifts=("rest/day",)))
    assert [(each.team_id, each.people, each.shifts) for each in teams] == [
        ("T1", 3, (("rest", "day"),)),
        ("T2", 3, (("rest", "day"),)),
    ]
    assert len(default_teams(RULES, count=7)) == 7


@pytest.mark.parametrize(
    ("facts", "named"),
    [
        ({"team_id": "a/b"}, "team_id"),
        ({"people": 0}, "people"),
        ({"officers": 3}, "officers"),
        ({"lon": 117.3}, "half a place"),
        ({"lon": 36.0, "lat": 117.3}, "starts at"),
        ({"shifts": ((8, DAY),)}, "out on"),
        ({"shifts": ((1, "night"),)}, "out on"),
    ],
)
def test_a_team_that_cannot_be_is_refused(facts: dict[str, Any], named: str) -> None:
    with pytest.raises(TeamError) as refused:
        team(**facts)
    assert any(named in problem for problem in refused.value.facts["problems"])


def test_a_team_is_kept_whole() -> None:
    whole = team(
        members=("p1", "p2"), departments=("教育", "公安"), officers=2, lon=1.0, lat=2.0,
        shifts=(("break", EVENING), (6, DAY)),
    )  # fmt: skip
    assert Team.of_content(whole.content()) == whole


def test_the_kind_of_time_follows_day_and_part() -> None:
    weekend, spring = date(2026, 12, 5), date(2027, 1, 25)
    every = team(shifts=tuple((day, part) for day in range(1, 8) for part in (DAY, EVENING)))
    kinds = [
        slots_of(shifts_of((every,), day, day, CALENDAR, RULES), CALENDAR, RULES)["slot_kind"]
        for day in (MONDAY, weekend, spring)
    ]
    assert [each.tolist() for each in kinds] == [
        ["term_day", "term_evening"],
        ["rest_day", "rest_evening"],
        ["break_day", "break_evening"],
    ]


def test_before_an_exam_a_visit_is_worth_more() -> None:
    days = date(2027, 5, 18), date(2027, 6, 8)  # weeks before, and five days before
    slots = [
        slots_of(shifts_of((team(),), day, day, CALENDAR, RULES), CALENDAR, RULES) for day in days
    ]
    assert [slot["before_exam"].tolist() for slot in slots] == [[False], [True]]
    far, close = (slot["worth"].iloc[0] for slot in slots)
    assert close == pytest.approx(far * RULES.when.before_exam)


def test_no_shifts_have_no_slots() -> None:
    assert len(slots_of((), CALENDAR, RULES)) == 0


def test_past_visits_are_worth_the_mean_of_their_times() -> None:
    def at(day: int, hour: int) -> datetime:
        return datetime(2026, 12, day, hour)  # noqa: DTZ001 -- local times

    def worth(*visits: datetime, **effects: Any) -> list[float]:
        usual = usual_worth(visits, CALENDAR, RULES, **effects)
        return [usual.of_part(DAY), usual.of_part(EVENING)]

    assert worth() == [1.0, 1.0]
    assert worth(at(1, 15)) == [RULES.when.term_day] * 2
    mixed = (at(1, 15), at(1, 19), at(5, 20))
    assert worth(*mixed) == pytest.approx([(0.6 + 1.0 + 0.7) / 3] * 2)
    # With learnt effects an evening of the usual kind is worth e^effect of the usual mix.
    by_part = worth(*mixed, effects=(-0.4, 0.2))
    assert by_part == pytest.approx([0.6 / np.exp(-0.4), 0.85 / np.exp(0.2)])
    assert worth(at(1, 15), effects=(-0.4, 0.2)) == [RULES.when.term_day] * 2


def test_past_visits_are_worth_the_same_in_whatever_order_they_are_read() -> None:
    first, rng = datetime(2026, 11, 1, 9), np.random.default_rng(1)  # noqa: DTZ001 -- local times
    visits = [first + timedelta(hours=5 * number) for number in range(200)]
    orders = [rng.permutation(len(visits)) for _ in range(20)]
    worths = {usual_worth([visits[at] for at in order], CALENDAR, RULES) for order in orders}
    assert len(worths) == 1
