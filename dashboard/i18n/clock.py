"""How a clock that runs out is worded: its card, and the working days that are left or over."""

from dataclasses import dataclass

import pandas as pd

from dashboard.i18n import Translator


@dataclass(frozen=True, slots=True)
class ClockCard:
    """What is said of a clock: a word, and the tone of its card; both "" where nothing is due."""

    text: str
    tone: str


def clock_card(
    card: str, days_left: int | None, overdue_days: int, *, say: Translator
) -> ClockCard:
    """Word a clock: its card first, then the working days that are left or over.

    ``card``: one of `data.calendars.working_days.Card`.
    ``days_left``: None where no clock runs; below 0 for one that had run out when it was stopped.
    """
    if days_left is None or pd.isna(days_left):
        return ClockCard("", "")
    words = [say.name("case_card", card)] if card else []
    return ClockCard(" · ".join([*words, _left(int(days_left), overdue_days, say=say)]), card)


def _left(days_left: int, overdue_days: int, *, say: Translator) -> str:
    if count := overdue_days or max(-days_left, 0):
        return say("overdue by {count} {count:working day|working days}", count=count)
    if days_left == 0:
        return say("due today")
    return say("{count} {count:working day|working days} left", count=days_left)
