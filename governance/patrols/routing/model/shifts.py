"""Who is out when: teams, their shifts from the first day to the last, and what kinds of time."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any, Final

import numpy as np
import pandas as pd

from data.calendars.calendar import Calendar
from geo.errors import GridwardenError
from governance.patrols.routing.model.problem import Shift
from governance.patrols.routing.model.settings import (
    BREAK,
    DAY,
    DAY_KINDS,
    EVENING,
    PARTS,
    REST,
    WORKING,
    PatrolRules,
    parse_shift,
)
from governance.visits.rules.follow_up import is_rest_day

JOINT_OFFICERS: Final = 2
"""Law has two officers or more go where somebody is to be made to open."""
SLOT_COLUMNS: Final = ("shift_id", "slot_kind", "is_rest_day", "before_exam", "worth")
_DAY = timedelta(days=1)
_EVENING_HOUR: Final = 17


class TeamError(GridwardenError):
    """A team cannot be as it is said to be; ``problems`` lists everything that is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """People who go together.

    Parameters
    ----------
    team_id, name
        Its code, and what people call it.
    members
        Persons or accounts of this office; strangers of other departments need not be listed.
    people, officers
        How many they are, and how many of them hold an enforcement card.
    departments
        Whom they come from, such as 教育, 市场监管, 公安, 消防, 社区.
    lon, lat
        Where its shifts start, WGS-84; None: at the first stop.
    shifts
        When it is out: weekday 1 (Monday) to 7, or ``working``, ``rest``, ``break``; and the part
        of the day.
    """

    team_id: str
    name: str
    members: tuple[str, ...] = ()
    people: int = 2
    officers: int = 0
    departments: tuple[str, ...] = ()
    lon: float | None = None
    lat: float | None = None
    shifts: tuple[tuple[int | str, str], ...] = ()

    def __post_init__(self) -> None:
        """Refuse what no team can be; all faults are named at once."""
        if problems := [*_team_problems(self)]:
            raise TeamError("team_wrong", team=self.name or self.team_id, problems=problems)

    @property
    def joint(self) -> bool:
        """Whether it may go where law needs officers."""
        return self.officers >= JOINT_OFFICERS

    def content(self) -> dict[str, Any]:
        """Return what is kept, as JSON."""
        return asdict(self) | {
            "members": list(self.members),
            "departments": list(self.departments),
            "shifts": [list(each) for each in self.shifts],
        }

    @classmethod
    def of_content(cls, content: Mapping[str, Any]) -> Team:
        """Return the team that `content` described; other keys are left aside."""
        said = {each.name: content[each.name] for each in fields(cls) if each.name in content}
        lists = {name: tuple(said[name]) for name in ("members", "departments") if name in said}
        shifts = tuple((on, part) for on, part in said.get("shifts", ()))
        return cls(**said | lists | {"shifts": shifts})


def default_teams(rules: PatrolRules, *, count: int | None = None) -> tuple[Team, ...]:
    """Return the teams that are planned with where the office has named none, T1 and up."""
    shifts = tuple(each for text in rules.shifts if (each := parse_shift(text)))
    return tuple(
        Team(team_id=f"T{number}", name=f"{number}", people=rules.people, shifts=shifts)
        for number in range(1, (rules.teams if count is None else count) + 1)
    )


def shifts_of(
    teams: Iterable[Team], first: date, last: date, calendar: Calendar, rules: PatrolRules
) -> tuple[Shift, ...]:
    """Return all shifts from the first day to the last, by team, day and part.

    A day can be of more kinds than one – a working day in a school break is both – and a team is
    out once for each part all the same. In a year whose holidays are not announced the weekday
    says what is a rest day; where school terms are unknown no day is in a break.
    """
    days = [first + _DAY * number for number in range((last - first).days + 1)]
    kinds = kinds_of_days(days, calendar)
    return tuple(
        _shift(team, day, part, rules)
        for team in teams
        for day in days
        for part in PARTS
        if any(on in kinds[day] and part == p for on, p in team.shifts)
    )


def kinds_of_day(day: date, calendar: Calendar) -> frozenset[int | str]:
    """Return what a day is to a team: its weekday, working or rest, and whether in a break."""
    return kinds_of_days([day], calendar)[day]


def kinds_of_days(days: Sequence[date], calendar: Calendar) -> dict[date, frozenset[int | str]]:
    """Return the same of several days."""
    on_break = calendar.day_kinds(days)["school_break"].fillna(value=False).astype(bool)
    kinds: dict[date, frozenset[int | str]] = {}
    for day, off in zip(days, on_break, strict=True):
        rest = REST if is_rest_day(day, calendar) else WORKING
        kinds[day] = frozenset([day.isoweekday(), rest, *([BREAK] if off else [])])
    return kinds


def slot_kind(shift: Shift, calendar: Calendar) -> str:
    """Return the kind of time of a shift, a key of ``[patrols.when]``."""
    return _slot(kinds_of_day(shift.day, calendar), shift.part)


def slots_of(shifts: Sequence[Shift], calendar: Calendar, rules: PatrolRules) -> pd.DataFrame:
    """Return `SLOT_COLUMNS`, one row per shift: the kind of time, and what a visit is worth then.

    ``is_rest_day`` is of the day (breaks count as rest: `Hours` has one table for both);
    ``worth`` is the setting of the slot times ``before_exam`` where that is known to hold.
    """
    days = sorted({shift.day for shift in shifts})
    kinds = kinds_of_days(days, calendar)
    exams = calendar.day_kinds(days)["before_exam"].fillna(value=False).astype(bool)
    before = dict(zip(days, exams, strict=True))
    slots = [_slot(kinds[shift.day], shift.part) for shift in shifts]
    return pd.DataFrame(
        {
            "shift_id": [shift.shift_id for shift in shifts],
            "slot_kind": slots,
            "is_rest_day": [bool(kinds[shift.day] & {REST, BREAK}) for shift in shifts],
            "before_exam": [before[shift.day] for shift in shifts],
            "worth": [
                slot_worth(slot, before_exam=before[shift.day], rules=rules)
                for slot, shift in zip(slots, shifts, strict=True)
            ],
        },
        columns=list(SLOT_COLUMNS),
    )


def slot_worth(slot: str, *, before_exam: bool, rules: PatrolRules) -> float:
    """Return what a visit is worth in a kind of time, beside one at the best time of the term."""
    worth: float = getattr(rules.when, slot)
    return worth * rules.when.before_exam if before_exam else worth


def usual_worth(visits: Sequence[datetime], calendar: Calendar, rules: PatrolRules) -> float:
    """Return the mean worth of the times at which past visits were made; 1 where there were none.

    A chance learnt from those visits is a chance at such times; one at a better time is higher in
    proportion.
    """
    at = pd.DatetimeIndex([*visits])
    if not len(at):
        return 1.0
    kinds = calendar.day_kinds(at.to_numpy())
    weekend = kinds["weekday"] > 5  # noqa: PLR2004 -- Saturday and Sunday
    rest = kinds["is_rest_day"].fillna(weekend).astype(bool).to_numpy()
    known = {name: kinds[name].fillna(value=False).to_numpy(bool)
             for name in ("school_break", "before_exam")}  # fmt: skip
    day = np.select([known["school_break"], rest], ["break", "rest"], "term")
    part = np.where(at.hour >= _EVENING_HOUR, EVENING, DAY)
    worths = [
        slot_worth(f"{kind}_{time}", before_exam=bool(before), rules=rules)
        for kind, time, before in zip(day, part, known["before_exam"], strict=True)
    ]
    # Visits come in any order: a plain sum of them would differ in its last digit.
    return math.fsum(worths) / len(worths) or 1.0


def _slot(kinds: frozenset[int | str], part: str) -> str:
    when = "break" if BREAK in kinds else "rest" if REST in kinds else "term"
    return f"{when}_{part}"


def _shift(team: Team, day: date, part: str, rules: PatrolRules) -> Shift:
    begins, ends = rules.window(part)
    return Shift(
        shift_id=f"{team.team_id}/{day.isoformat()}/{part}",
        team_id=team.team_id,
        day=day,
        part=part,
        from_minute=begins,
        until_minute=ends,
        minutes=min(rules.shift_minutes, ends - begins),
        lon=team.lon,
        lat=team.lat,
        joint=team.joint,
    )


def _team_problems(team: Team) -> Iterable[str]:
    if not team.team_id or "/" in team.team_id:
        yield f"team_id is {team.team_id!r}; expected a code without a slash"
    if team.people < 1:
        yield f"people is {team.people}; expected 1 or more"
    if not 0 <= team.officers <= team.people:
        yield f"officers is {team.officers}; expected 0 to {team.people}"
    if (team.lon is None) != (team.lat is None):
        yield f"it starts at half a place: {team.lon}, {team.lat}"
    elif team.lon is not None and team.lat is not None and not _on_earth(team.lon, team.lat):
        yield f"it starts at {team.lon}, {team.lat}; expected degrees of longitude and latitude"
    for on, part in team.shifts:
        if part not in PARTS or not (on in DAY_KINDS or on in range(1, 8)):
            days, parts = ", ".join(DAY_KINDS), " or ".join(PARTS)
            yield f"it is out on {on!r}, {part!r}; expected 1 to 7 or {days}, and {parts}"


def _on_earth(lon: float, lat: float) -> bool:
    return -180 <= lon <= 180 and -90 <= lat <= 90  # noqa: PLR2004 -- degrees
