"""The score as a method: at each origin what scoring as of that origin shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from risk import schema as c
from risk.arrays import Floats
from risk.config.score import ScoreConfig
from risk.evaluation.methods.registry import Method
from risk.evaluation.targets.geography import BUILDING, CELLS, PLACE
from risk.evaluation.targets.questions import INSPECTED
from risk.evaluation.view import View
from risk.events.rows import FeatureSource
from risk.features.neighbours import parent_cells
from risk.find_rate.points import VISITS
from risk.scoring.score_as_of import OfficeScore, score_as_of


@dataclass(frozen=True, kw_only=True)
class OriginScore:
    """The score of one origin, and what is read off it.

    Parameters
    ----------
    score
        As a snapshot of that date holds it.
    by_name
        Finds expected of one full visit to each building, place or cell (its buildings together).
    means
        Per kind of cell the mean of its buildings that had been visited by then; of all its
        buildings where none had been.
    """

    score: OfficeScore
    by_name: Mapping[str, pd.Series]
    means: Mapping[str, pd.Series]

    @classmethod
    def of(cls, score: OfficeScore) -> OriginScore:
        """Read a score."""
        buildings = score.buildings.set_index(c.BUILDING)
        units = score.units.set_index(c.UNIT)
        cells = {kind: units.loc[units[c.UNIT_KIND] == kind, c.SCORE] / VISITS for kind in CELLS}
        return cls(
            score=score,
            by_name={
                BUILDING: buildings[c.SCORE] / VISITS,
                PLACE: score.chance_of_places(),
                **cells,
            },
            means={kind: _mean_of_visited(buildings, CELLS[kind]) / VISITS for kind in CELLS},
        )

    def read_off(self, view: View) -> Floats:
        """Return the finds expected of one visit to each unit of a view.

        A building has its score, a cell the sum of its buildings, and among inspected cells, where
        the question is what one visit finds, the mean of those visited. A place has its own; one
        that the list of visits names for the first time what the model says of it by what the list
        says beforehand. What was not shown at the origin has the mean of the others among inspected
        units, and 0 among all.
        """
        level, among = view.question.level, view.question.among
        scores = self.by_name[level]
        if level in CELLS and among == INSPECTED:
            scores = self.means[level]
        elif level == PLACE and len(view.listed):
            listed = self.score.chance_of_listed(view.listed)
            scores = pd.concat([scores, listed[~listed.index.isin(scores.index)]])
        found = scores.reindex(view.names).to_numpy(np.float64)
        shown = ~np.isnan(found)
        typical = float(found[shown].mean()) if among == INSPECTED and shown.any() else 0.0
        return np.where(shown, found, typical)


def _mean_of_visited(buildings: pd.DataFrame, resolution: int) -> pd.Series:
    cell = parent_cells(buildings[c.H3_R10], resolution)
    scores, inside = buildings[c.SCORE], cell != ""
    visited = inside & buildings[c.DAYS_SINCE_VISIT].notna()
    every = scores[inside].groupby(cell[inside]).mean()
    return scores[visited].groupby(cell[visited]).mean().reindex(every.index).fillna(every)


def score_at(
    source: FeatureSource, origin: int, *, config: ScoreConfig, outcome: str, area: bool
) -> OriginScore:
    """Score an office as of an origin (days since 1970-01-01), as `score_as_of` does."""
    midnight = pd.Timestamp(origin, unit="D").to_pydatetime()
    return OriginScore.of(
        score_as_of(source, cut=midnight, config=config, outcome=outcome, area=area)
    )


def score_method(name: str, origins: Mapping[int, OriginScore]) -> Method:
    """Return the score as a method; ``origins`` holds that of every origin asked for."""
    return Method(
        name=name,
        score=lambda view: origins[view.question.cut].read_off(view),
        expects_finds=True,
    )
