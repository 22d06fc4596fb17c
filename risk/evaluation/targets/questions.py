"""Prediction targets: event, unit level and candidates at an origin, and the rows that answer."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from risk import schema as c
from risk.arrays import Bools, Floats
from risk.config.score import CONFIRMED
from risk.evaluation.targets.geography import BUILDING, number_column
from risk.evaluation.targets.tables import Tables

ALL, INSPECTED = "all", "inspected"
VIOLATIONS, FOUND, CRITICAL = "violations", "inspections:found", "inspections:critical"
EVENTS: Final = (VIOLATIONS, FOUND, CRITICAL)
OUTCOMES: Final = {VIOLATIONS: "found", FOUND: "found", CRITICAL: "critical"}
"""What a visit must have brought to count as one that found something."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked at one origin.

    ``cut``, ``end``: the window: first day, and first day after it, since 1970-01-01.
    """

    event: str
    """One of `EVENTS`."""
    level: str
    """``place`` or one of `risk.evaluation.targets.geography.UNITS`: what is ranked."""
    among: str
    """``all``: every unit known at the origin, by how much will be found there. ``inspected``:
    those that were inspected within the window, by how much a visit finds.
    """
    cut: int
    end: int

    @property
    def days(self) -> int:
        """Length of the window."""
        return self.end - self.cut


def window_visits(tables: Tables, question: Question) -> pd.DataFrame:
    """Return the window's visits with a known result, whatever it was."""
    rows, _ = results(tables.units_as_of(question.cut), question.event)
    return in_window(rows, question)


def found_something(visits: pd.DataFrame, tables: Tables, question: Question) -> Bools:
    """Mark the visits that found what is asked for.

    For decided violations, which are no visits, a visit counts where its building has a violation
    within the window, before or after: to ask for one after the visit would favour early visits.
    """
    if question.event != VIOLATIONS:
        return (visits[OUTCOMES[question.event]] >= CONFIRMED).to_numpy()
    column = number_column(BUILDING)
    decided = in_window(tables.violations, question)[column]
    return (visits[column].isin(decided) & (visits[column] >= 0)).to_numpy()


def event_rows(tables: Tables, event: str) -> pd.DataFrame:
    """Return the rows that are events of a kind."""
    if event == VIOLATIONS:
        return tables.violations
    visits = tables.facts.visits
    return visits[visits[OUTCOMES[event]] >= CONFIRMED]


def results(tables: Tables, event: str) -> tuple[pd.DataFrame, Floats]:
    """Return the visits with a known result, and which of them found what is asked for (1, 0)."""
    visits = tables.facts.visits
    visits = visits[visits[OUTCOMES[event]].notna()]
    return visits, (visits[OUTCOMES[event]] >= CONFIRMED).to_numpy().astype(np.float64)


def in_window(rows: pd.DataFrame, question: Question) -> pd.DataFrame:
    """Keep the rows of the window."""
    return rows[(rows[c.DAY] >= question.cut) & (rows[c.DAY] < question.end)]
