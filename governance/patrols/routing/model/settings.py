"""The ``[patrols]`` section of ``gridwarden.toml``: how many, how long, how often, worth what."""

from collections.abc import Mapping
from dataclasses import field
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from data.workspace.sections import SettingProblem, SettingsError, number, section, wrong_setting
from data.workspace.settings import SETTINGS_FILE
from governance.visits.rules.settings import Cadence
from risk.config.words import EVENING_FROM_HOUR

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
Hour = Annotated[float, Field(ge=0, le=_MIDNIGHT)]


def _from_before_until(hours: tuple[float, ...]) -> tuple[float, ...]:
    if hours[0] >= hours[1] or hours[2] >= hours[3]:
        raise wrong_setting("from_before_until")
    return hours


FourHours = Annotated[
    tuple[Hour, ...], Field(min_length=4, max_length=4), AfterValidator(_from_before_until)
]


@section
class Minutes:
    """How long a visit takes, by its kind, in minutes.

    Where chance or company took less than a look, a team could read off its times what is what.
    """

    look: int = number(12, low=1, high=240)
    joint: int = number(30, low=1, high=240)
    random: int = number(12, low=1, high=240)
    ordinary: int = number(12, low=1, high=240)


@section
class When:
    """What a visit is worth by day and hour, beside one at the best time of the term.

    ``before_exam`` multiplies the others in the weeks before an exam.
    """

    term_day: float = number(0.6, high=10)
    term_evening: float = number(1.0, high=10)
    rest_day: float = number(1.0, high=10)
    rest_evening: float = number(0.7, high=10)
    break_day: float = number(1.0, high=10)
    break_evening: float = number(0.6, high=10)
    before_exam: float = number(1.2, high=10)


@section
class Hours:
    """When a visit makes sense, by kind of building.

    Four hours each: from and until on working days in term, from and until on rest days and in
    school breaks.
    """

    home: FourHours = (16.0, 21.0, 9.0, 21.0)
    mixed: FourHours = (9.0, 21.0, 9.0, 21.0)
    office: FourHours = (9.0, 21.0, 9.0, 18.0)
    shop: FourHours = (9.0, 21.0, 9.0, 21.0)
    hotel: FourHours = (9.0, 22.0, 9.0, 22.0)
    factory: FourHours = (9.0, 20.0, 9.0, 18.0)
    public: FourHours = (9.0, 21.0, 9.0, 18.0)
    other: FourHours = (9.0, 21.0, 9.0, 21.0)

    def of_kind(self, kind: str) -> tuple[float, ...]:
        """Return the four hours of a kind of building as the register calls it."""
        hours: tuple[float, ...] = getattr(self, BUILDING_KINDS.get(kind, "other"))
        return hours


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


def _readable(shift: str) -> str:
    if parse_shift(shift) is None:
        raise wrong_setting("shift", choices=[*DAY_KINDS, *"1234567"], other=list(PARTS))
    return shift


Shift = Annotated[str, AfterValidator(_readable)]


@section
class PatrolRules:
    """Everything about plans that an office can set."""

    minutes: Minutes = field(default_factory=Minutes)
    floor: Mapping[str, int] = field(default_factory=dict)
    """What a file of before says of the coverage floor, which is ``visits.cadence`` now; it may say
    nothing else (`check_floor`)."""
    when: When = field(default_factory=When)
    hours: Hours = field(default_factory=Hours)
    teams: int = number(3, low=1, high=100)
    """How many teams go out where the office has named none ..."""
    people: int = number(2, low=1, high=50)
    """... of how many people each ..."""
    shifts: tuple[Shift, ...] = ("2/day", "3/evening", "5/evening", "6/day")
    """... and when: weekday (1 to 7) or kind of day, and part of the day."""
    shift_minutes: int = number(150, low=10, high=720)
    """Longest way from leaving to the last visit's end."""
    day_from_hour: float = number(14.0, low=6, high=20)
    day_until_hour: float = number(17.0, low=7, high=21)
    evening_from_hour: float = number(EVENING_FROM_HOUR, low=15, high=22)
    evening_until_hour: float = number(21.0, low=16, high=24)
    random_share: float = number(0.1, high=1)
    """Share of the stops that chance alone chooses."""
    top_share: float = number(0.25, high=1)
    """Share of the stops that is kept for the buildings of highest score that can be visited."""
    company_m: float = number(200.0, low=0, high=5_000)
    """How near another stop must be to be company, an ordinary one to one with a complaint behind
    it, metres in a straight line; 0 for none."""
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
    """Nobody comes again within so many days of any visit, but for an appointment."""
    least_days_between_stops: int = number(12, low=0, high=366)
    """No building is on a plan again within so many days of its stop on an earlier published one,
    but for an appointment or the ledger. Sooner, routes tell a warden where complaints are."""
    most_candidates: int = number(600, low=10, high=5_000)
    """How many buildings the solver is given at most."""
    solve_seconds: float = number(20.0, low=0.1, high=3_600)
    interval_level: float = number(0.8, low=0.5, high=0.99)

    def __post_init__(self) -> None:
        """Check that no part of the day ends before it begins."""
        for part in PARTS:
            if self.window(part)[0] >= self.window(part)[1]:
                raise wrong_setting(
                    "more_than_other",
                    key=f"{part}_until_hour",
                    seen=getattr(self, f"{part}_until_hour"),
                    other=f"{part}_from_hour",
                )

    @property
    def rest_days(self) -> dict[str, int]:
        """Return how many days to wait after what a column of `BUILDING_COLUMNS` tells."""
        return {"last_at": self.least_days_between, "last_stop_on": self.least_days_between_stops}

    def window(self, part: str) -> tuple[int, int]:
        """Return from when until when a part of the day lasts, minutes after midnight."""
        hours = getattr(self, f"{part}_from_hour"), getattr(self, f"{part}_until_hour")
        return round(hours[0] * 60), round(hours[1] * 60)


def check_floor(rules: PatrolRules, cadence: Cadence) -> None:
    """Refuse a ``[patrols.floor]`` of before that says other days than ``[visits.cadence]``.

    Raises `SettingsError`: ``settings_invalid``, naming every tier whose days differ, or that is
    none.
    """
    problems = [
        SettingProblem(
            section=f"{SECTION}.floor",
            key=tier,
            seen=str(days),
            expected="same_as_cadence",
            facts={"other": getattr(cadence, tier, "–")},
        )
        for tier, days in rules.floor.items()
        if getattr(cadence, tier, None) != days
    ]
    if problems:
        raise SettingsError("settings_invalid", file=SETTINGS_FILE, problems=problems)
