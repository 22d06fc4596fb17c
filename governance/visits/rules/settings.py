"""The ``[visits]`` section of ``gridwarden.toml``: how often, what next, how late, how many."""

from dataclasses import field
from typing import Final, Literal

from data.contracts.vocabulary import NextStep
from data.workspace.sections import number, section

SECTION: Final = "visits"
When = Literal["never", "working_day", "other", "evening", "rest_day"]
TIERS: Final = {"红": "red", "橙": "orange", "黄": "yellow", "蓝": "blue", "": "unscored"}


@section
class Cadence:
    """After how many days a building of a tier is due again."""

    red: int = number(7, low=1, high=366)
    orange: int = number(14, low=1, high=366)
    yellow: int = number(30, low=1, high=366)
    blue: int = number(90, low=1, high=366)
    unscored: int = number(90, low=1, high=366)


@section
class NextSteps:
    """What is proposed after each result, named as its member of `VisitResult`."""

    nothing: NextStep = NextStep.NONE
    suspected: NextStep = NextStep.CHIEF_LOOKS
    found: NextStep = NextStep.REFER
    refused: NextStep = NextStep.JOINT_TEAM
    nobody: NextStep = NextStep.AGAIN
    no_entry: NextStep = NextStep.AGAIN
    gone: NextStep = NextStep.NONE


@section
class RetryWhen:
    """When the next step is proposed for; one of `When`.

    ``other`` is another hour and another kind of day: in vain by day, the evening; in vain on a
    working evening, the next rest day; in vain on a rest day, the next working evening.
    """

    nothing: When = "never"
    suspected: When = "working_day"
    found: When = "working_day"
    refused: When = "working_day"
    nobody: When = "other"
    no_entry: When = "other"
    gone: When = "never"


@section
class RetryDays:
    """Within how many working days (``working_day``), or at the latest after how many days."""

    nothing: int = number(0, low=0, high=366)
    suspected: int = number(2, low=0, high=366)
    found: int = number(1, low=0, high=366)
    refused: int = number(3, low=0, high=366)
    nobody: int = number(7, low=0, high=366)
    no_entry: int = number(7, low=0, high=366)
    gone: int = number(0, low=0, high=366)


@section
class VisitRules:
    """Everything about visits that an office can set."""

    cadence: Cadence = field(default_factory=Cadence)
    next_step: NextSteps = field(default_factory=NextSteps)
    retry_when: RetryWhen = field(default_factory=RetryWhen)
    retry_days: RetryDays = field(default_factory=RetryDays)
    revisit_days: int = number(30, low=1, high=366)
    """A building where something was found or suspected is looked at again after this."""
    day_hour: int = number(10, low=6, high=17)
    evening_hour: int = number(19, low=17, high=22)
    """Hours that a next step is proposed for, by day and in the evening."""
    night_from_hour: int = number(18, low=17, high=23)
    night_until_hour: int = number(6, low=0, high=10)
    late_days: int = number(7, low=0, high=60)
    """How old a visit may be when it is recorded."""
    undo_hours: int = number(24, low=0, high=168)
    correct_days: int = number(7, low=0, high=60)
    """Unused; files of before may say it."""
    joint_minutes: int = number(30, low=0, high=240)
    """Two people's records of one building within this are one joint visit."""
    most_minutes: int = number(60, low=1, high=480)
    """A longer gap between two records says nothing about how long the visit took."""
    most_a_day: int = number(25, low=1, high=200)
    draw_a_day: float = number(0.02, high=1)
    """Share of all buildings that chance puts on the lists of a day: the random arm."""
    least_days_between: int = number(5, low=0, high=366)
    """No list has a building again sooner after a visit, whatever it would be on it for, unless
    that was agreed at the visit or a plan published before says so."""
    least_ordinary: int = number(2, low=0, high=50)
    """How many buildings that are not due a list has at least, so that none stands alone."""
    note_characters: int = number(300, low=0, high=5_000)
    photos_a_visit: int = number(6, low=0, high=50)

    def cadence_days(self, tier: str) -> int:
        """Return after how many days a building of a tier is due."""
        days: int = getattr(self.cadence, TIERS.get(tier, "unscored"))
        return days
