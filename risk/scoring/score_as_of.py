"""Score an office as of a cut: the one way to it, for what is shown and for what is evaluated."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from risk import schema as c
from risk.config.score import ScoreConfig
from risk.design.units import UNIT
from risk.events.rows import FeatureSource
from risk.find_rate.intervals import draw_chances
from risk.find_rate.knowledge import Known, is_whole, known_at
from risk.find_rate.model import FindRate, learn_find_rate
from risk.find_rate.points import VISITS, round_points, score_buildings
from risk.scoring.aggregate import finish_office


@dataclass(frozen=True, kw_only=True)
class OfficeScore:
    """Every building and unit of an office, scored as of a cut.

    ``known``, ``rate``: what was known at the cut, and the model learnt from it.
    """

    buildings: pd.DataFrame
    """The features of every building with points, ``score``, interval, rates, rank and tier
    (`risk.scoring.aggregate.finish_office`), sorted by ``building_id``.
    """
    units: pd.DataFrame
    """One row per (``unit_kind``, ``unit``) with the same."""
    known: Known
    rate: FindRate
    facts: Mapping[str, Any]
    """What the score stands on, as plain values for the manifest of a snapshot."""

    def chance_of_places(self) -> pd.Series:
        """Return the chance that a full visit finds something, by name of the place."""
        chance = -np.expm1(-np.exp(self.rate.log_rate(self.known.x)))
        return pd.Series(chance, index=self.known.places[UNIT].to_numpy(object))

    def places(self) -> pd.DataFrame:
        """Return the flats, licences and firms that visits named, with the score of each by itself.

        The frame: ``unit``, ``building_id``, ``score`` (0 to 100) and ``rank`` within the building,
        sorted by building and rank. A building visited as a whole is not among them.
        """
        places = self.known.places
        frame = pd.DataFrame(
            {
                c.UNIT: places[UNIT],
                c.BUILDING: places["building"],
                c.SCORE: round_points(VISITS * self.chance_of_places().to_numpy(np.float64)),
            }
        )[~is_whole(places) & (places["building"] != "")]
        order = frame.sort_values([c.BUILDING, c.SCORE, c.UNIT], ascending=[True, False, True])
        rank = order.groupby(c.BUILDING).cumcount() + 1
        return order.assign(**{c.RANK: rank}).reset_index(drop=True)

    def chance_of_listed(self, visits: pd.DataFrame) -> pd.Series:
        """Return the same of the places that a list of visits names for the first time.

        ``visits``: what a list says beforehand (`risk.find_rate.knowledge.Known.listed`).
        """
        places = self.known.listed(visits)
        chance = -np.expm1(-np.exp(self.rate.log_rate(self.known.design(places))))
        return pd.Series(chance, index=places[UNIT].to_numpy(object))


def score_as_of(
    source: FeatureSource,
    *,
    cut: datetime,
    config: ScoreConfig,
    outcome: str = "found",
    area: bool = True,
) -> OfficeScore:
    """Score every building and unit with what was known before ``cut``.

    ``source``: where the current, placed rows come from: an engine, pinned to one view of the data.
    ``cut``: local time; what was learnt, or happened, at or after it is not used.
    ``outcome``: ``found``, what is shown, or ``critical``: a find of that weight.
    ``area``: whether neighbourhoods are used, where the office uses them at all
    (`ModelConfig.area`).
    """
    known = known_at(source, cut=cut, config=config)
    area = area and config.model.area
    rate = learn_find_rate(source, known, config=config, outcome=outcome, area=area)
    scored, draws = score_buildings(known, rate), draw_chances(known, rate)
    features = known.features
    buildings, units = finish_office(
        scored, draws, config, unlocated=features.unlocated, empty_grids=features.empty_grids
    )
    return OfficeScore(
        buildings=buildings,
        units=units,
        known=known,
        rate=rate,
        facts={
            "score": rate.facts()
            | {"visits_told_of": VISITS, "has_reports": known.has_reports}
            | ({"guesses_purposes": True} if known.facts.guesses_purposes else {}),
            "buildings_without_cell": int((features.buildings[c.H3_R10] == "").sum()),
            "exposure_estimated": int((~features.buildings[c.EXPOSURE_KNOWN]).sum()),
            "rows_nowhere": dict(features.rows_nowhere),
        },
    )
