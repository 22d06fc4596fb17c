"""Methods that score places: the score itself, as shown as of an origin, and learnt baselines."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from risk import schema as c
from risk.arrays import Floats
from risk.config.score import ScoreConfig
from risk.design.units import UNIT
from risk.evaluation.methods.registry import SCORE, SCORES, TREES, Method
from risk.evaluation.methods.smoothed_rate import choose_half_life, smoothed_rates
from risk.evaluation.methods.trees import grow_trees
from risk.evaluation.targets.geography import BUILDING, CELLS, PLACE
from risk.evaluation.targets.questions import INSPECTED
from risk.evaluation.view import View
from risk.events.rows import FeatureSource
from risk.features.neighbours import parent_cells
from risk.find_rate.knowledge import Known, known_at
from risk.find_rate.points import VISITS, sum_places
from risk.find_rate.training import read_training_rows
from risk.scoring.score_as_of import OfficeScore, score_as_of


@dataclass(frozen=True, kw_only=True)
class OriginScore:
    """Finds expected of one full visit to every place, building and cell of an origin."""

    by_name: Mapping[str, pd.Series]
    """Per kind of unit and name; a cell has the sum of its buildings."""
    means: Mapping[str, pd.Series]
    """Per kind of cell the mean of its buildings that had been visited by then; of all its
    buildings where none had been.
    """
    listed: Callable[[pd.DataFrame], pd.Series]
    """Gives the same of places that a list of visits names for the first time."""

    @classmethod
    def shown(cls, score: OfficeScore) -> Self:
        """Read what a snapshot of the date holds."""
        units = score.units.set_index(c.UNIT)
        cells = {kind: units.loc[units[c.UNIT_KIND] == kind, c.SCORE] / VISITS for kind in CELLS}
        buildings = score.buildings.set_index(c.BUILDING)[c.SCORE] / VISITS
        return cls(
            by_name={BUILDING: buildings, PLACE: score.chance_of_places(), **cells},
            means=_means_of_visited(score.buildings, buildings),
            listed=score.chance_of_listed,
        )

    @classmethod
    def of_rates(cls, known: Known, rates: Callable[[pd.DataFrame, pd.DataFrame], Floats]) -> Self:
        """Take the rate of every place: ``rates`` gives it for places and their design."""
        buildings = known.features.buildings
        rate = rates(known.places, known.x)
        chance = -np.expm1(-sum_places(known.building_rows, rate, len(buildings)))
        of_building = pd.Series(chance, index=pd.Index(buildings[c.BUILDING]))
        cells = {
            kind: _by_cell(buildings, of_building, resolution).sum()
            for kind, resolution in CELLS.items()
        }

        def listed(visits: pd.DataFrame) -> pd.Series:
            places = known.listed(visits)
            new = rates(places, known.design(places)) if len(places) else np.zeros(0)
            return pd.Series(-np.expm1(-new), index=places[UNIT].to_numpy(object))

        named = pd.Series(-np.expm1(-rate), index=known.places[UNIT].to_numpy(object))
        return cls(
            by_name={BUILDING: of_building, PLACE: named, **cells},
            means=_means_of_visited(buildings, of_building),
            listed=listed,
        )

    def read_off(self, view: View) -> Floats:
        """Return the finds expected of one visit to each unit of a view.

        Among inspected cells, where the question is what one visit finds, a cell has the mean of
        its buildings visited before. A place that the list of visits names for the first time has
        what the list says beforehand. What was not shown at the origin has the mean of the others
        among inspected units, and 0 among all.
        """
        level, among = view.question.level, view.question.among
        scores = self.by_name[level]
        if level in CELLS and among == INSPECTED:
            scores = self.means[level]
        elif level == PLACE and len(view.listed):
            listed = self.listed(view.listed)
            scores = pd.concat([scores, listed[~listed.index.isin(scores.index)]])
        found = scores.reindex(view.names).to_numpy(np.float64)
        shown = ~np.isnan(found)
        typical = float(found[shown].mean()) if among == INSPECTED and shown.any() else 0.0
        return np.where(shown, found, typical)


def _by_cell(buildings: pd.DataFrame, chance: pd.Series, resolution: int) -> Any:  # noqa: ANN401 -- a groupby
    cell = parent_cells(buildings[c.H3_R10], resolution).to_numpy()
    return pd.Series(chance.to_numpy()[cell != ""]).groupby(cell[cell != ""])


def _means_of_visited(buildings: pd.DataFrame, chance: pd.Series) -> dict[str, pd.Series]:
    visited = buildings[c.DAYS_SINCE_VISIT].notna().to_numpy()
    means = {}
    for kind, resolution in CELLS.items():
        every = _by_cell(buildings, chance, resolution).mean()
        known = _by_cell(buildings[visited], chance[visited], resolution).mean()
        means[kind] = known.reindex(every.index).fillna(every)
    return means


def score_origin(
    source: FeatureSource, name: str, origin: int, *, config: ScoreConfig, outcome: str
) -> OriginScore:
    """Score an office as of an origin by one of `BY_PLACE`.

    ``origin``: days since 1970-01-01. ``outcome``: ``found`` or ``critical``.
    """
    cut = pd.Timestamp(origin, unit="D").to_pydatetime()
    if name in SCORES:
        area = name == SCORE
        return OriginScore.shown(
            score_as_of(source, cut=cut, config=config, outcome=outcome, area=area)
        )
    known = known_at(source, cut=cut, config=config)
    if name == TREES:
        predict = grow_trees(read_training_rows(source, known, config=config), outcome)
        return OriginScore.of_rates(known, lambda _, x: predict(x))
    half_life = choose_half_life(source, known, config=config, outcome=outcome)
    return OriginScore.of_rates(
        known,
        lambda places, _: smoothed_rates(
            known.facts, places, event=outcome, cut=origin, half_life_days=half_life
        ),
    )


def score_method(name: str, origins: Mapping[int, OriginScore]) -> Method:
    """Return one of `BY_PLACE` as a method; ``origins`` holds it at every origin asked for."""
    return Method(
        name=name,
        score=lambda view: origins[view.question.cut].read_off(view),
        expects_finds=True,
    )
