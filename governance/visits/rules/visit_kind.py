"""How a visit was made, derived from what is known anyway: nobody is asked, nobody checks in."""

from datetime import datetime, timedelta
from typing import Final

from data.contracts.vocabulary import VisitKind, VisitOrigin
from governance.visits.rules.settings import VisitRules

KINDS: Final = (
    VisitKind.DAY, VisitKind.NIGHT, VisitKind.JOINT, VisitKind.DRAWN, VisitKind.REVISIT,
)  # fmt: skip
"""The kinds that are derived here; files know others as well."""


def kind_of_visit(at: datetime, *, origin: str, joint: bool, rules: VisitRules) -> str:
    """Return the way of a visit, one of `KINDS`: why it was made, then with whom, then when."""
    if origin == VisitOrigin.RANDOM:
        return VisitKind.DRAWN
    if origin == VisitOrigin.REVISIT:
        return VisitKind.REVISIT
    if joint:
        return VisitKind.JOINT
    return VisitKind.NIGHT if is_night(at, rules) else VisitKind.DAY


def is_night(at: datetime, rules: VisitRules) -> bool:
    """Say whether a visit was by night."""
    return at.hour >= rules.night_from_hour or at.hour < rules.night_until_hour


def minutes_since(previous: datetime | None, at: datetime, *, rules: VisitRules) -> int | None:
    """Return how long a visit took at most: the gap to the same person's record before.

    Unknown after a pause, and at the first record of a round.
    """
    if previous is None:
        return None
    gap = (at - previous) / timedelta(minutes=1)
    return max(1, round(gap)) if 0 < gap <= rules.most_minutes else None
