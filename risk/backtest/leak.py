"""Stop a backtest in which anything could have known what it is asked to foresee."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from risk.history.facts import DAY, LEARNT, Facts
from risk.leaks import LeakError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd


class GuardedFacts(Facts):
    """Visits and complaints that check every slice of themselves before a method sees it."""

    def before(self, cut: int) -> Facts:
        """Return what had happened and was known on the day before ``cut``.

        Raises
        ------
        LeakError
            When a row from the day of the cut or later came through.
        """
        known = super().before(cut)
        guard({"inspections": known.visits, "complaints": known.complaints}, cut=cut)
        return known


def guard(tables: Mapping[str, pd.DataFrame], *, cut: int) -> None:
    """Check every row of every table that a method is about to read.

    Parameters
    ----------
    tables
        Frames with ``day`` and ``learnt``, whole days since 1970-01-01, by the table's name.
    cut
        The day of the origin.

    Raises
    ------
    LeakError
        With the number of rows per table that happened, or were learnt, on that day or later.
    """
    late = {
        name: int(((frame[DAY] >= cut) | (frame[LEARNT] >= cut)).sum())
        for name, frame in tables.items()
    }
    found = {name: count for name, count in late.items() if count}
    if found:
        rows = ", ".join(f"{name} {count}" for name, count in found.items())
        moment = np.datetime64(cut, "D").item().isoformat()
        raise LeakError("rows_from_after_the_cut", rows=rows, cut=moment)
