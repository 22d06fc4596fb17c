"""Who is out when: teams, their shifts from the first day to the last, and what kinds of time."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import TypeAdapter

from data.calendars.calendar import Calendar
from geo.errors import GridwardenError
from governance.patrols.routing.model.problem import Bools, Floats, Shift
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

JOINT_OFFICERS: Final = 2
"""Law has two officers or more go where somebody is to be made to open."""
SLOT_COLUMNS: Final = ("shift_id", "slot_kind", "is_rest_day", "before_exam", "worth")
_EVENING_HOUR: Final = 17


class TeamError(GridwardenError):
    """A team cannot be as it is said to be; ``problems`` lists everything that is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """People who go together.

    ``team_id``, ``name``: its code, and what people call it.
    ``people``, ``officers``: how many they are, and how many of them hold an enforcement card.
    ``lon``, ``lat``: where its shifts start, WGS-84; None: at the first stop.
    """

    team_id: str
    name: str
    members: tuple[str, ...] = ()
    """Persons or accounts of this office; strangers of other departments need not be listed."""
    people: int = 2
    officers: int = 0
    departments: tuple[str, ...] = ()
    """Whom they come from, such as 教育, 市场监管, 公安, 消防, 社区."""
    lon: float | None = None
    lat: float | None = None
    shifts: tuple[tuple[int | str, str], ...] = ()
    """When it is out: weekday 1 (Monday) to 7, ``working``, ``rest``, ``break``, or a single day
    such as ``2026-12-01``; and the part of the day.
    """

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
        content: dict[str, Any] = _TEAM.dump_python(self, mode="json")
        return content

    @classmethod
    def of_content(cls, content: Mapping[str, Any]) -> Team:
        """Return the team that `content` described; other keys are left aside."""
        return _TEAM.validate_python(content)


_TEAM: Final = TypeAdapter(Team)


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
    days = [date.fromordinal(day) for day in range(first.toordinal(), last.toordinal() + 1)]
    kinds = [_kinds_of(*facts) for facts in _day_facts(days, calendar).itertuples(index=False)]
    return tuple(
        _shift(team, day, part, rules)
        for team in teams
        for day, kinds_of_day in zip(days, kinds, strict=True)
        for part in PARTS
        if any(on in {*kinds_of_day, day.isoformat()} and part == p for on, p in team.shifts)
    )


def shift_id_of(team: Team, day: date, part: str) -> str:
    """Return the id of a team's shift, such as ``T2/2026-12-01/day``."""
    return f"{team.team_id}/{day.isoformat()}/{part}"


def slots_of(shifts: Sequence[Shift], calendar: Calendar, rules: PatrolRules) -> pd.DataFrame:
    """Return `SLOT_COLUMNS`, one row per shift: the kind of time, and what a visit is worth then.

    ``is_rest_day`` is of the day (breaks count as rest: `Hours` has one table for both);
    ``worth`` is the setting of the slot times ``before_exam`` where that is known to hold.
    """
    days = np.array([shift.day for shift in shifts], dtype="datetime64[D]")
    evening = np.array([shift.part == EVENING for shift in shifts], dtype=bool)
    slots = _slots(days, evening, calendar, rules)
    return slots.assign(shift_id=[shift.shift_id for shift in shifts])[list(SLOT_COLUMNS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class UsualWorth:
    """Worth of a time, by part of the day, at which a learnt chance of a find holds; above 0."""

    day: float = 1.0
    evening: float = 1.0

    def of_part(self, part: str) -> float:
        """Return that of ``day`` or ``evening``."""
        return self.evening if part == EVENING else self.day


def usual_worth(
    visits: pd.Series | Sequence[datetime],
    calendar: Calendar,
    rules: PatrolRules,
    *,
    effects: tuple[float, float] | None = None,
) -> UsualWorth:
    """Return the worth of the times at which a chance holds that was learnt from past visits.

    A visit at a better time finds in proportion. Without ``effects`` that is the mean worth of all
    visits' times, 1 where there were none, and the settings alone say what the evening is worth.

    ``effects``: learnt effects of day and evening beside the usual mix of both, log scale. With
    them the settings only tell the kinds of days apart, within each part of the day.
    """
    at = pd.DatetimeIndex(visits if isinstance(visits, pd.Series) else [*visits])
    if not len(at):
        return UsualWorth()
    late = np.asarray(at.hour >= _EVENING_HOUR)
    worths = _slots(at.to_numpy(), late, calendar, rules)["worth"].to_numpy(float)
    usual = _plain_mean(worths)
    if effects is None or not (late.any() and (~late).any()):
        return UsualWorth(day=usual, evening=usual)
    by_day, by_evening = (_plain_mean(worths[part]) for part in (~late, late))
    return UsualWorth(day=by_day / math.exp(effects[0]), evening=by_evening / math.exp(effects[1]))


def _plain_mean(worths: Floats) -> float:
    # Visits come in any order: a plain sum of them would differ in its last digit.
    return math.fsum(worths) / len(worths) or 1.0


def is_rest_or_break(days: NDArray[np.datetime64], calendar: Calendar) -> Bools:
    """Say which days are ones of rest or in a school break, shape (n,)."""
    return _day_facts(days, calendar)[["rest", "on_break"]].any(axis=1).to_numpy(bool)


def _day_facts(days: Sequence[date] | NDArray[np.datetime64], calendar: Calendar) -> pd.DataFrame:
    """Return ``weekday, rest, on_break, before_exam`` of days; what is unknown is not so.

    But for ``rest`` in a year whose holidays are not announced: there the weekday says it.
    """
    kinds = calendar.day_kinds(days)
    known = kinds.assign(
        is_rest_day=kinds["is_rest_day"].fillna(kinds["weekday"] > 5),  # noqa: PLR2004 -- Friday
        school_break=kinds["school_break"].fillna(value=False),
        before_exam=kinds["before_exam"].fillna(value=False),
    )
    names = {"is_rest_day": "rest", "school_break": "on_break", "before_exam": "before_exam"}
    return known[["weekday", *names]].astype(dict.fromkeys(names, bool)).rename(columns=names)


def _kinds_of(weekday: int, rest: bool, on_break: bool, _: bool) -> set[int | str]:  # noqa: FBT001 -- a row
    return {weekday, REST if rest else WORKING, *([BREAK] if on_break else [])}


def _slots(
    days: NDArray[np.datetime64], evening: Bools, calendar: Calendar, rules: PatrolRules
) -> pd.DataFrame:
    """Return `SLOT_COLUMNS` of days and parts of the day, but for ``shift_id``."""
    each, of_visit = np.unique(days.astype("datetime64[D]"), return_inverse=True)
    facts = _day_facts(each, calendar).iloc[of_visit].reset_index(drop=True)
    kind = np.select([facts["on_break"], facts["rest"]], [2, 1], 0)
    names = np.array([f"{k}_{part}" for k in ("term", "rest", "break") for part in (DAY, EVENING)],
                     dtype=object)  # fmt: skip
    slots = names[2 * kind + evening].tolist()
    worth_of = np.array([getattr(rules.when, name) for name in names], dtype=np.float64)
    worths = worth_of[2 * kind + evening]
    return pd.DataFrame(
        {
            "slot_kind": slots,
            "is_rest_day": facts["rest"] | facts["on_break"],
            "before_exam": facts["before_exam"],
            "worth": np.where(facts["before_exam"], worths * rules.when.before_exam, worths),
        }
    )


def _shift(team: Team, day: date, part: str, rules: PatrolRules) -> Shift:
    begins, ends = rules.window(part)
    return Shift(
        shift_id=shift_id_of(team, day, part),
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
        if part not in PARTS or not (on in DAY_KINDS or on in range(1, 8) or _is_day(on)):
            days, parts = ", ".join(DAY_KINDS), " or ".join(PARTS)
            yield f"it is out on {on!r}, {part!r}; expected 1 to 7, a day or {days}, and {parts}"


def _is_day(on: int | str) -> bool:
    try:
        return date.fromisoformat(str(on)).isoformat() == on
    except ValueError:
        return False


def _on_earth(lon: float, lat: float) -> bool:
    return -180 <= lon <= 180 and -90 <= lat <= 90  # noqa: PLR2004 -- degrees
