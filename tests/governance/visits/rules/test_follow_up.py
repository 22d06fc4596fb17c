"""Rules of what comes after a visit: another hour, another kind of day, never a punishment."""

from datetime import datetime
from typing import Any

import pytest

from data.calendars.calendar import Calendar
from data.contracts.vocabulary import NextStep
from data.workspace.sections import SettingsError
from data.workspace.settings import WorkspaceSettings, read_section
from governance.visits.rules.follow_up import propose_next_step
from governance.visits.rules.settings import VisitRules

RULES, CALENDAR = VisitRules(), Calendar.shipped()
TUESDAY_10 = datetime(2026, 11, 24, 10, 30)  # noqa: DTZ001 -- local times throughout
TUESDAY_20 = datetime(2026, 11, 24, 20, 0)  # noqa: DTZ001 -- the same
SATURDAY_10 = datetime(2026, 11, 28, 10, 0)  # noqa: DTZ001 -- the same
FRIDAY_16 = datetime(2026, 11, 27, 16, 0)  # noqa: DTZ001 -- the same


def proposed(result: str, at: datetime, rules: VisitRules = RULES) -> tuple[str, str]:
    told = propose_next_step(result, at, rules=rules, calendar=CALENDAR)
    return told.step, told.retry_at.isoformat(timespec="hours") if told.retry_at else ""


@pytest.mark.parametrize(
    ("result", "at", "step", "retry"),
    [
        ("未发现异常", TUESDAY_10, "none", ""),
        ("无人", TUESDAY_10, "again", "2026-11-24T19"),
        ("无人", TUESDAY_20, "again", "2026-11-28T10"),
        ("无人", SATURDAY_10, "again", "2026-11-30T19"),
        ("未能进入", TUESDAY_10, "again", "2026-11-24T19"),
        ("拒不开门", TUESDAY_10, "joint_team", "2026-11-27T10"),
        ("已不在", TUESDAY_10, "none", ""),
        ("疑似", FRIDAY_16, "chief_looks", "2026-12-01T10"),
        ("属实", TUESDAY_10, "refer", "2026-11-25T10"),
    ],
)
def test_what_comes_next(result: str, at: datetime, step: str, retry: str) -> None:
    assert proposed(result, at) == (step, retry)


def test_a_year_without_announced_holidays_goes_by_the_weekday() -> None:
    far = datetime(2031, 3, 5, 10, 0)  # noqa: DTZ001 -- a Wednesday
    assert proposed("疑似", far) == ("chief_looks", "2031-03-07T10")


def read(raw: dict[str, Any]) -> VisitRules:
    return read_section(WorkspaceSettings(sections={"visits": raw}), "visits", VisitRules)


def test_an_office_may_decide_otherwise() -> None:
    rules = read(
        {
            "next_step": {"refused": "chief_looks"},
            "retry_when": {"refused": "evening"},
            "evening_hour": 18,
        }
    )
    assert proposed("拒不开门", TUESDAY_10, rules) == ("chief_looks", "2026-11-24T18")


def test_everything_wrong_with_the_settings_is_told_at_once() -> None:
    with pytest.raises(SettingsError) as error:
        read({"next_step": {"found": "fine"}, "cadence": {"red": 0}, "most_a_day": 9999, "x": 1})
    assert len(error.value.facts["problems"]) == 4


def test_no_step_punishes() -> None:
    assert not any("fine" in step or "punish" in step for step in NextStep)
