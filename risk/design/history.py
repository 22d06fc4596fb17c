"""Every version of the visits of several cuts, read at once and taken apart by cut."""

from __future__ import annotations

from collections.abc import Collection, Hashable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Final

import numpy as np
import pandas as pd

from risk import schema as c
from risk.arrays import among_texts, rows_of
from risk.config.score import ScoreConfig
from risk.design.read import read_row_keys, read_visit_rows
from risk.design.visit_table import CELL, Facts, code_column, make_facts
from risk.events.cuts import Cuts, held_in, list_cuts, version_times
from risk.events.fetch import day_of
from risk.events.known_from import LEARNT
from risk.events.repeats import mark_copies, once_per_visit
from risk.events.rows import FeatureSource, known_rows
from risk.features.cache import registers_at

_NO_REPORTS: Final = {
    **dict.fromkeys(("building", CELL, "h3_r10", c.ROW_KEY), "str"),
    **dict.fromkeys((c.DAY, LEARNT), "int64"),
}


@dataclass(frozen=True, kw_only=True)
class History:
    """Visits as they were known at one cut or several."""

    facts: Facts
    """Every version of every visit."""
    times: pd.DataFrame | None
    """When each version held and stood where it says (`risk.events.cuts.VERSION_TIMES`); None where
    all of them do at the one cut.
    """
    alike: bool
    """False where it is known that no visits are (`risk.events.repeats.any_alike`)."""
    registers: Hashable
    """The registers by which rows are placed (`risk.features.cache.registers_at`)."""

    def at(self, cut: datetime, *, cells: Collection[str], ended: Collection[str] = ()) -> Facts:
        """Return what was known at one of the cuts (`Facts.before`).

        ``cells``: of resolution 9, that are known at the cut besides those of its visits.
        ``ended``: buildings that no longer stood then: their visits are left out.
        """
        held = None if self.times is None else held_in(self.times, cut)
        if len(ended):
            names = among_texts(self.facts.names["building"], ended)
            stood = ~np.append(names, False)[self.facts.visits[code_column("building")]]
            held = stood if held is None else held & stood
        facts = self.facts.before(day_of(cut), held)
        known = np.zeros(len(facts.names[CELL]) + 1, dtype=bool)
        known[rows_of(pd.Index(cells), facts.names[CELL])] = True
        known[facts.visits[code_column(CELL)]] = True  # the unknown, -1, is cut off
        return replace(facts, known_cells=known[:-1])


def read_history(
    source: FeatureSource,
    *,
    cut: Cuts,
    config: ScoreConfig,
    cells: Collection[str],
    alike: bool = True,
) -> History:
    """Read the visits of one cut or several at once; nothing is read of complaints.

    ``cells``: of resolution 9, that neighbourhoods reach besides those of the visits. ``alike``:
    False where it is known that no visits are (`risk.events.repeats.any_alike`).
    """
    last, several = max(list_cuts(cut)), not isinstance(cut, datetime)
    table = known_rows(source, "inspections", last, versions=several)
    if alike:
        table = mark_copies(table) if several else once_per_visit(table)
    time_names = version_times(table) if several else []
    visits = read_visit_rows(table, config=config, times=time_names, with_keys=False)
    times = visits[time_names] if several else None
    reports = pd.DataFrame(columns=list(_NO_REPORTS)).astype(_NO_REPORTS)
    facts = make_facts(
        visits.drop(columns=time_names), reports, config=config.model, cells=pd.Series(list(cells))
    )
    facts = replace(facts, keys=partial(read_row_keys, table, config=config))
    registers = registers_at(source, last)
    return History(facts=facts, times=times, alike=alike, registers=registers)
