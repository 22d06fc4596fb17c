"""Every version of the visits of several cuts, read at once and taken apart by cut."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from risk import schema as c
from risk.config.score import ScoreConfig
from risk.events.cuts import VERSION_TIMES, Cuts, list_cuts
from risk.events.fetch import day_of
from risk.events.rows import FeatureSource, known_rows
from risk.visit_design.read import read_visit_rows
from risk.visit_design.visit_table import CELL, LEARNT, Facts, code_column, make_facts, rows_before

_NO_REPORTS: Final = {
    **dict.fromkeys(("building", CELL, "h3_r10", c.ROW_KEY), "str"),
    **dict.fromkeys((c.DAY, LEARNT), "int64"),
}


@dataclass(frozen=True, kw_only=True)
class History:
    """Visits as they were known at one cut or several.

    Parameters
    ----------
    facts
        Every version of every visit.
    learnt, later
        From when each version is known, and until when it held (NaT: it still does),
        ``datetime64[us]``, shape (visits,).
    """

    facts: Facts
    learnt: NDArray[np.datetime64]
    later: NDArray[np.datetime64]

    def at(self, cut: datetime, *, cells: Collection[str]) -> Facts:
        """Return what was known at one of the cuts (`Facts.before`).

        ``cells``: of resolution 9, that are known at the cut besides those of its visits.
        """
        moment = np.datetime64(cut, "us")
        held = (self.learnt < moment) & (np.isnat(self.later) | (self.later >= moment))
        visits = self.facts.visits
        visits = rows_before(visits if held.all() else visits[held], day_of(cut))
        facts = replace(self.facts, visits=visits).before(day_of(cut))
        known = np.zeros(len(facts.names[CELL]) + 1, dtype=bool)
        known[facts.names[CELL].get_indexer(pd.Index(list(cells)))] = True
        known[facts.visits[code_column(CELL)]] = True  # the unknown, -1, is cut off
        return replace(facts, known_cells=known[:-1])


def read_history(
    source: FeatureSource, *, cut: Cuts, config: ScoreConfig, cells: Collection[str]
) -> History:
    """Read the visits of one cut or several at once; nothing is read of complaints.

    ``cells``: of resolution 9, that neighbourhoods reach besides those of the visits.
    """
    last = max(list_cuts(cut))
    if isinstance(cut, datetime):
        visits = read_visit_rows(known_rows(source, "inspections", cut), config=config)
        learnt = np.full(len(visits), np.datetime64(0, "us"))
        later = np.full(len(visits), np.datetime64("NaT", "us"))
    else:
        table = known_rows(source, "inspections", last, versions=True)
        visits = read_visit_rows(table, config=config, times=VERSION_TIMES)
        learnt, later = (
            visits.pop(name).to_numpy().astype("datetime64[us]") for name in VERSION_TIMES
        )
    reports = pd.DataFrame(columns=list(_NO_REPORTS)).astype(_NO_REPORTS)
    facts = make_facts(visits, reports, config=config.model, cells=pd.Series(list(cells)))
    return History(facts=facts, learnt=learnt, later=later)
