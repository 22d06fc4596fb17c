"""Score an office as of a cut: the one way to it, for what is shown and for what is evaluated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import pandas as pd

from data.calendars.calendar import Calendar
from risk import schema as c
from risk.config.score import ScoreConfig
from risk.events.rows import FeatureSource
from risk.features.build import FeatureTable, build_features
from risk.models.season import NO_SEASON, learn_season
from risk.models.weights import Learning, learn_weights
from risk.scoring.aggregate import finish_buildings, sum_units
from risk.scoring.scorecard import Scorecard


@dataclass(frozen=True, kw_only=True)
class OfficeScore:
    """Every building and unit of an office, scored as of a cut.

    Parameters
    ----------
    buildings
        The features of every building with points, ``score``, interval, rates, rank and tier
        (`risk.scoring.aggregate.finish_buildings`), sorted by ``building_id``.
    units
        One row per (``unit_kind``, ``unit``) with the same (`risk.scoring.aggregate.sum_units`).
    weights_from
        ``policy`` where there was not enough history to learn from, ``learnt`` otherwise.
    rows_nowhere
        Decayed weight per signal of rows not even sure of a community: counted nowhere.
    facts
        What the score stands on, as plain values for the manifest of a snapshot.
    """

    buildings: pd.DataFrame
    units: pd.DataFrame
    weights_from: str
    rows_nowhere: Mapping[str, float]
    facts: Mapping[str, Any]


def score_as_of(
    source: FeatureSource,
    *,
    cut: datetime,
    config: ScoreConfig,
    calendar: Calendar | None = None,
) -> OfficeScore:
    """Score every building and unit with what was known before ``cut``.

    Parameters
    ----------
    source
        Where the current, placed rows come from: an engine, pinned to one view of the data.
    cut
        Local time; what was learnt, or happened, at or after it is not used.
    calendar
        Raises or lowers all scores alike by the days of the coming horizon
        (`risk.models.season`); without one every season is alike.
    """
    features = build_features(source, cut=cut, config=config)
    policy = asdict(config.weights)
    learning = learn_weights(source, cut=cut, policy=policy, config=config)
    season = NO_SEASON
    if calendar is not None and config.season:
        season = learn_season(source, cut=cut, config=config, calendar=calendar)
    scorecard = Scorecard.of(features, config, learning.posterior).times(season.factor)
    scored = scorecard.score(features)
    return OfficeScore(
        buildings=finish_buildings(scored, config),
        units=sum_units(scored, config, empty_grids=features.empty_grids),
        weights_from=learning.state,
        rows_nowhere=dict(features.rows_nowhere),
        facts=_facts(features, scorecard, learning, config) | {"season": season.facts()},
    )


def _facts(
    features: FeatureTable, scorecard: Scorecard, learning: Learning, config: ScoreConfig
) -> dict[str, Any]:
    return {
        "horizon_days": config.horizon_days,
        "scorecard": {
            "source": learning.state,
            "rate": scorecard.rate,
            "weights": dict(scorecard.weights),
            "learning": learning.facts(),
        },
        "buildings_without_cell": int((features.buildings[c.H3_R10] == "").sum()),
        "exposure_estimated": int((~features.buildings[c.EXPOSURE_KNOWN]).sum()),
        "rows_nowhere": dict(features.rows_nowhere),
    }
