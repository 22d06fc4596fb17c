"""What earlier windows teach about the places that were known when each began."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from risk.arrays import Codes, Floats
from risk.models.windows import LEAST_LEVEL
from risk.visit_design.timeline import Timeline
from risk.visit_design.units import IS_KNOWN, NEVER_VISITED, UNIT, rows_of_visits


@dataclass(frozen=True, kw_only=True)
class WindowRows:
    """Outcomes of one window of the past.

    Parameters
    ----------
    start, end
        First day, and first day after it; outcomes are known from ``end`` on.
    rows
        Of each outcome the row of its place among ``timeline.at(start)``.
    y
        The outcomes, ≥ 0.
    """

    start: int
    end: int
    rows: Codes
    y: Floats

    @property
    def level(self) -> float:
        """Mean outcome, never 0."""
        return max(float(self.y.mean()), LEAST_LEVEL) if len(self.y) else LEAST_LEVEL


def visit_windows(timeline: Timeline, *, event: str) -> list[WindowRows]:
    """Return what each visit brought, between one cut and the next, oldest first.

    ``event``: ``found`` or ``critical``. A window holds what was known at its end; a visit whose
    unit was no place at its start is left out.
    """
    windows = []
    for start, end in zip(timeline.cuts, timeline.cuts[1:], strict=False):
        visits = timeline.facts.before(end).visits_between(start, end)
        visits = visits[visits[event].notna()]
        rows = rows_of_visits(timeline.at(start)[0], visits)
        y = visits[event].to_numpy(np.float64)
        if (rows >= 0).any():
            windows.append(WindowRows(start=start, end=end, rows=rows[rows >= 0], y=y[rows >= 0]))
    return windows


def find_windows(timeline: Timeline, *, event: str) -> list[WindowRows]:
    """Return what was found at each known place within the horizon from each cut, oldest first.

    As `visit_windows`; a place where nobody went brought nothing.
    """
    windows = []
    for start in timeline.cuts:
        end = start + timeline.horizon_days
        if end > max(timeline.origins):
            break
        places = timeline.at(start)[0]
        visits = timeline.facts.before(end).visits_between(start, end)
        finds = visits[visits[event] > 0]
        at = _rows_of_finds(places, finds)
        sums = np.bincount(at[at >= 0], finds[event].to_numpy(np.float64)[at >= 0], len(places))
        rows = np.flatnonzero(places[IS_KNOWN].to_numpy(bool))
        y = sums[rows].astype(np.float64)
        windows.append(WindowRows(start=start, end=end, rows=rows, y=y))
    return windows


def _rows_of_finds(places: pd.DataFrame, finds: pd.DataFrame) -> Codes:
    """Return the row of each find's unit, or of its building where no unit of it was known."""
    known = np.append(places[IS_KNOWN].to_numpy(bool), False)  # the last one is of no place
    unit = rows_of_visits(places, finds)
    building = pd.Index(places[UNIT]).get_indexer(pd.Index(NEVER_VISITED + finds["building"]))
    return np.where(known[unit], unit, building)
