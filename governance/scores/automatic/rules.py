"""When an office scores by itself, and which of those scores it keeps; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from data.results.run_log import Run
from data.workspace.sections import number, section

SECTION: Final = "scoring"
FIRST_RETRY: Final = timedelta(minutes=5)
LONGEST_RETRY: Final = timedelta(hours=1)
REST: Final = 4
"""So many times as long as the last score took, the next one is put off: where scoring takes
minutes it may use a fifth of one processor."""


@section
class ScoringRules:
    """The ``[scoring]`` section of ``gridwarden.toml``."""

    automatic: bool = True
    """Whether the server scores by itself after a change and every day."""
    quiet_seconds: int = number(60, low=1, high=3_600)
    """How long nothing more must have changed before it does."""
    longest_wait_minutes: int = number(10, low=1, high=1_440)
    """How long a change waits at most, whatever else changes meanwhile."""
    keep_all_hours: int = number(24, low=1, high=744)
    """For how long each such score is kept although the same day has a newer one."""
    keep_daily_days: int = number(90, low=7, high=36_500)
    """For how many days the last one of each day is kept; before that, the last of each week."""


@dataclass(frozen=True, kw_only=True)
class Wait:
    """Changes that wait to be scored.

    ``first``, ``last``: when a change was first noticed, and when another came to it; aware.
    """

    first: datetime
    last: datetime
    seen: Mapping[str, str]
    """The versions of the inputs, as last noticed."""

    def due_at(self, rules: ScoringRules) -> datetime:
        """Return when the wait is over, if nothing more comes."""
        quiet = self.last + timedelta(seconds=rules.quiet_seconds)
        return min(quiet, self.first + timedelta(minutes=rules.longest_wait_minutes))


def wait_on(before: Wait | None, seen: Mapping[str, str], *, now: datetime) -> Wait:
    """Return the wait after it was noticed how the inputs are now."""
    if before is None:
        return Wait(first=now, last=now, seen=seen)
    return before if before.seen == seen else replace(before, last=now, seen=seen)


def pause_after(failures: int) -> timedelta:
    """Return how long not to try again after so many failures in a row, one or more."""
    return min(FIRST_RETRY * (1 << min(failures - 1, 10)), LONGEST_RETRY)


def changed_inputs(
    runs: Sequence[Run], present: Mapping[str, str], *, today: date
) -> tuple[str, ...]:
    """Name what the newest score of today does not rest on; empty where it rests on all.

    ``runs``: oldest first.
    ``present``: the versions of the inputs, by kind.

    Returns ``kinds``: those of ``present``; ``day`` where today has no score yet, ``first`` where
    no day has.
    """
    if not runs:
        return ("first",)
    of_today = [run for run in runs if run.day == today]
    last = (of_today or runs)[-1]
    changed = tuple(kind for kind in present if last.rests_on.get(kind) != present[kind])
    return changed if of_today else ("day", *changed)
