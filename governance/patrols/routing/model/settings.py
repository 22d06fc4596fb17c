"""The ``[patrols]`` section of ``gridwarden.toml``: how many, how long, how often, worth what."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from governance.visits.rules.settings import TIERS
from risk.settings_reader import ScoreConfigError, find_problems, number, numbers, read_section

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

SECTION: Final = "patrols"
DAY, EVENING = PARTS = ("day", "evening")
WORKING, REST, BREAK = DAY_KINDS = ("working", "rest", "break")
"""Kinds of day that a team can be out on, besides weekdays 1 (Monday) to 7."""
BUILDING_KINDS: Final = {
    "住宅": "home",
    "商住": "mixed",
    "商务楼宇": "office",
    "商铺": "shop",
    "酒店": "hotel",
    "厂房": "factory",
    "公建": "public",
}
"""Kinds of building, each with what the settings call it; all others are ``other``."""
_MIDNIGHT: Final = 24
_HOURS: Final = 4


class _Checked:
    _path = SECTION

    def __post_init__(self) -> None:
        problems = find_problems(self, self._path)
        problems += [] if problems else self._extra_problems()
        if problems:
            raise ScoreConfigError(problems)

    def _extra_problems(self) -> list[str]:
        return []


@dataclass(frozen=True, kw_only=True)
class Minutes(_Checked):
    """How long a visit takes, by its kind, in minutes.

    Where chance or company took less than a look, a team could read off its times what is what.
    """

    _path = f"{SECTION}.minutes"

    look: int = number(12, low=1, high=240)
    joint: int = number(30, low=1, high=240)
    random: int = number(12, low=1, high=240)
    ordinary: int = number(12, low=1, high=240)


@dataclass(frozen=True, kw_only=True)
class Floor(_Checked):
    """Within how many days every building of a tier is visited at least once."""

    _path = f"{SECTION}.floor"

    red: int = number(14, low=1, high=3660)
    orange: int = number(30, low=1, high=3660)
    yellow: int = number(90, low=1, high=3660)
    blue: int = number(180, low=1, high=3660)
    unscored: int = number(180, low=1, high=3660)


@dataclass(frozen=True, kw_only=True)
class When(_Checked):
    """What a visit is worth by day and hour, beside one at the best time of the term.

    ``before_exam`` multiplies the others in the weeks before an exam.
    """

    _path = f"{SECTION}.when"

    term_day: float = number(0.6, high=10)
    term_evening: float = number(1.0, high=10)
    rest_day: float = number(1.0, high=10)
    rest_evening: float = number(0.7, high=10)
    break_day: float = number(1.0, high=10)
    break_evening: float = number(0.6, high=10)
    before_exam: float = number(1.2, high=10)


def _hours(*hours: float) -> Any:  # noqa: ANN401 -- stands for the field's value
    return numbers(hours, low=0, high=_MIDNIGHT)


@dataclass(frozen=True, kw_only=True)
class Hours(_Checked):
    """When a visit makes sense, by kind of building.

    Four hours each: from and until on working days in term, from and until on rest days and in
    school breaks.
    """

    _path = f"{SECTION}.hours"

    home: tuple[float, ...] = _hours(16.0, 21.0, 9.0, 21.0)
    mixed: tuple[float, ...] = _hours(9.0, 21.0, 9.0, 21.0)
    office: tuple[float, ...] = _hours(9.0, 21.0, 9.0, 18.0)
    shop: tuple[float, ...] = _hours(9.0, 21.0, 9.0, 21.0)
    hotel: tuple[float, ...] = _hours(9.0, 22.0, 9.0, 22.0)
    factory: tuple[float, ...] = _hours(9.0, 20.0, 9.0, 18.0)
    public: tuple[float, ...] = _hours(9.0, 21.0, 9.0, 18.0)
    other: tuple[float, ...] = _hours(9.0, 21.0, 9.0, 21.0)

    def _extra_problems(self) -> list[str]:
        return [
            f"{self._path}.{name} is {list(hours)}; expected four hours, each from before its until"
            for name, hours in vars(self).items()
            if len(hours) != _HOURS or hours[0] >= hours[1] or hours[2] >= hours[3]
        ]

    def of_kind(self, kind: str) -> tuple[float, ...]:
        """Return the four hours of a kind of building as the register calls it."""
        hours: tuple[float, ...] = getattr(self, BUILDING_KINDS.get(kind, "other"))
        return hours


@dataclass(frozen=True, kw_only=True)
class PatrolRules(_Checked):
    """Everything about plans that an office can set."""

    minutes: Minutes = field(default_factory=Minutes)
    floor: Floor = field(default_factory=Floor)
    when: When = field(default_factory=When)
    hours: Hours = field(default_factory=Hours)
    teams: int = number(3, low=1, high=100)
    """How many teams go out where the office has named none ..."""
    people: int = number(2, low=1, high=50)
    """... of how many people each ..."""
    shifts: tuple[str, ...] = ("2/day", "3/evening", "5/evening", "6/day")
    """... and when: weekday (1 to 7) or kind of day, and part of the day."""
    shift_minutes: int = number(150, low=10, high=720)
    """Longest way from leaving to the last visit's end."""
    day_from_hour: float = number(14.0, low=6, high=20)
    day_until_hour: float = number(17.0, low=7, high=21)
    evening_from_hour: float = number(18.0, low=15, high=22)
    evening_until_hour: float = number(21.0, low=16, high=24)
    random_share: float = number(0.1, high=1)
    """Share of the stops that chance alone chooses."""
    company_m: float = number(200.0, low=0, high=5_000)
    """How near an ordinary stop must be to be company to one with a complaint behind it, metres in
    a straight line."""
    walk_m_a_minute: float = number(70.0, low=10, high=1_000)
    walk_factor: float = number(1.35, low=1, high=5)
    """Metres to walk for each metre of a straight line."""
    km_worth: float = number(0.005, high=10)
    """Finds that a kilometre of walking must bring: little, since a team's hours are spent anyhow
    and a long walk already costs the visits that they had been enough for."""
    floor_share: float = number(0.3, high=1)
    """Share of the stops that is kept for what is due (by the floor, or to be looked at again),
    most late first; where more is due, the rest is visited only where it is likely."""
    due_worth: float = number(0.3, high=10)
    """Finds that a visit of that share is worth: the more, the longer a detour for it may be."""
    late_worth: float = number(0.05, high=10)
    """Finds that being late by a whole floor is worth, within that share."""
    jitter: float = number(0.15, high=1)
    """By which share chance moves what a building is worth, within its tier."""
    least_days_between: int = number(5, low=0, high=366)
    """Nobody comes again within so many days, but for an appointment."""
    most_candidates: int = number(600, low=10, high=5_000)
    """How many buildings the solver is given at most."""
    solve_seconds: float = number(20.0, low=0.1, high=3_600)
    interval_level: float = number(0.8, low=0.5, high=0.99)

    @classmethod
    def from_mapping(cls, raw: Mapping[str, Any]) -> PatrolRules:
        """Read the section; what is absent keeps its default.

        Raises
        ------
        ScoreConfigError
            Naming every key that cannot be used.
        """
        return read_section(cls, raw, SECTION)

    def floor_days(self, tier: str) -> int:
        """Return within how many days a building of a tier is visited at least once."""
        days: int = getattr(self.floor, TIERS.get(tier, "unscored"))
        return days

    def window(self, part: str) -> tuple[int, int]:
        """Return from when until when a part of the day lasts, minutes after midnight."""
        hours = getattr(self, f"{part}_from_hour"), getattr(self, f"{part}_until_hour")
        return round(hours[0] * 60), round(hours[1] * 60)

    def _extra_problems(self) -> list[str]:
        problems = [
            f"{SECTION}.{part}_until_hour is {getattr(self, f'{part}_until_hour')!r}; expected an "
            f"hour after {part}_from_hour"
            for part in PARTS
            if self.window(part)[0] >= self.window(part)[1]
        ]
        return problems + [
            f"{SECTION}.shifts has {text!r}; expected a weekday 1 to 7, {', '.join(DAY_KINDS)}, "
            f"a slash, and one of {', '.join(PARTS)}"
            for text in self.shifts
            if parse_shift(text) is None
        ]


def parse_shift(text: str) -> tuple[int | str, str] | None:
    """Return the weekday or kind of day, and the part, of a text such as ``6/day``.

    None where it says neither.
    """
    on, _, part = text.partition("/")
    if part not in PARTS:
        return None
    if on in DAY_KINDS:
        return on, part
    return (int(on), part) if on in {*"1234567"} else None
