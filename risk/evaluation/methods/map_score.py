"""The score on the map as a method: at each origin, what scoring as of that origin shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import numpy as np
import pandas as pd

from data.calendars.calendar import Calendar
from risk import schema as c
from risk.arrays import Floats
from risk.config.score import ScoreConfig
from risk.evaluation.methods.registry import MAP_SCORE, Method
from risk.evaluation.targets.geography import BUILDING, CELLS, PLACE
from risk.evaluation.targets.questions import INSPECTED
from risk.evaluation.view import View
from risk.events.rows import FeatureSource
from risk.features.cache import RememberedSource
from risk.features.neighbours import parent_cells
from risk.scoring.score_as_of import OfficeScore, score_as_of
from risk.scoring.scorecard import POINTS_PER_EVENT


@dataclass(frozen=True, kw_only=True)
class OriginScore:
    """Scores at one origin, by name of building or cell.

    Parameters
    ----------
    sums
        Per kind of unit the scores as the map shows them.
    means
        Per kind of cell the mean score of its buildings that had been visited by then; of all its
        buildings where none had been.
    """

    sums: Mapping[str, pd.Series]
    means: Mapping[str, pd.Series]

    @classmethod
    def of(cls, score: OfficeScore) -> OriginScore:
        """Keep what the backtest reads of a score."""
        buildings = score.buildings.set_index(c.BUILDING)
        units = score.units.set_index(c.UNIT)
        cells = {kind: units.loc[units[c.UNIT_KIND] == kind, c.SCORE] for kind in CELLS}
        return cls(
            sums={BUILDING: buildings[c.SCORE], **cells},
            means={kind: _mean_of_visited(buildings, CELLS[kind]) for kind in CELLS},
        )


def _mean_of_visited(buildings: pd.DataFrame, resolution: int) -> pd.Series:
    cell = parent_cells(buildings[c.H3_R10], resolution)
    scores, inside = buildings[c.SCORE], cell != ""
    visited = inside & buildings[c.DAYS_SINCE_VISIT].notna()
    every = scores[inside].groupby(cell[inside]).mean()
    return scores[visited].groupby(cell[visited]).mean().reindex(every.index).fillna(every)


def score_at_origins(
    source: FeatureSource,
    origins: Sequence[int],
    *,
    config: ScoreConfig,
    calendar: Calendar | None = None,
    report_progress: Callable[[int, int], None] | None = None,
) -> dict[int, OriginScore]:
    """Score an office at each origin; features at one cut are built once for all of them.

    ``source``: an engine, pinned to one view of the data. ``origins``: days since 1970-01-01.
    ``report_progress``: called as (done, total) before each origin; what it raises ends the work.

    The result: by origin.
    """
    remembered, scores = RememberedSource(source), {}
    ordered = sorted(set(origins))
    for done, origin in enumerate(ordered):
        if report_progress:
            report_progress(done, len(ordered))
        remembered.keep_only(_cuts(ordered[done:], config))
        score = score_as_of(remembered, cut=_midnight(origin), config=config, calendar=calendar)
        scores[origin] = OriginScore.of(score)
    return scores


def _midnight(day: int) -> datetime:
    """Return the first moment of a day, in local time."""
    return pd.Timestamp(day, unit="D").to_pydatetime()


def _cuts(origins: Sequence[int], config: ScoreConfig) -> frozenset[datetime]:
    """Return every time as of which features may be needed: origins and windows before them."""
    step = timedelta(days=config.horizon_days)
    return frozenset(
        _midnight(origin) - step * number
        for origin in origins
        for number in range(config.learning.windows + 1)
    )


def map_score(scores: Mapping[int, OriginScore], *, config: ScoreConfig) -> Method:
    """Return the map's score as a method; ``scores`` are those of every origin.

    A building's score is the one that a snapshot as of the origin holds, a cell's that of its row:
    the sum of its buildings and of events there without a building. A place (flat, licence) has its
    building's. Among inspected cells, where the question is how much one visit finds and not how
    much there is, a cell has the mean of its inspected buildings (`OriginScore.means`). Of what the
    map did not show at the origin nothing is expected among all units; among inspected ones it has
    the mean of the others.

    A score is 1000 times the confirmed events expected at a unit within the horizon, not finds of a
    visit: it is compared with what came among all units alone, with finds or decisions, whichever
    are more.
    """
    return Method(
        name=MAP_SCORE,
        score=lambda view: _read_off(scores[view.question.cut], view),
        expects_counts=False,
        expects_confirmed=partial(_confirmed_expected, horizon_days=config.horizon_days),
    )


def _read_off(origin: OriginScore, view: View) -> Floats:
    level, among = view.question.level, view.question.among
    names, scores = view.names, origin.sums
    if level == PLACE:
        level, names = BUILDING, view.buildings
    elif level in CELLS and among == INSPECTED:
        scores = origin.means
    found = scores[level].reindex(names).to_numpy(np.float64)
    shown = ~np.isnan(found)
    typical = float(found[shown].mean()) if among == INSPECTED and shown.any() else 0.0
    return np.where(shown, found, typical)


def _confirmed_expected(view: View, score: Floats, *, horizon_days: int) -> Floats:
    return score / POINTS_PER_EVENT * (view.question.days / horizon_days)
