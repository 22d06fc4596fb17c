"""Baseline ``smoothed_rate``: finds per visit, each place drawn to its building, area and kind.

The plainest model that is no strawman. With O the decayed finds of a level's visits and E what the
wider levels expect of the same visits, each level multiplies the rate by (O + k)/(E + k)
(`risk.features.empirical_bayes`), from the kind of place over the area and the building down to
the place itself. The strength k of each level is the likeliest of what is known; the half-life is
the one that predicted earlier windows best.
"""

from typing import Final

import numpy as np
import pandas as pd

from risk import schema as c
from risk.arrays import Floats
from risk.config.score import ScoreConfig
from risk.design.relative_risks import Level
from risk.design.visit_table import CELL, Facts
from risk.events.rows import FeatureSource
from risk.features.empirical_bayes import posterior_ratio, prior_strength
from risk.find_rate.knowledge import Known
from risk.find_rate.training import read_windows

LEVELS: Final = ("kind_class", CELL, "building", "unit")
"""Whose visits are smoothed, widest first; cells of resolution 9."""
HALF_LIVES_DAYS: Final = (np.inf, 730.0, 365.0, 180.0, 90.0)
"""After how many days a visit counts half; the first is used before any window has ended."""
LEAST_RATE: Final = 1e-9
WINDOWS_JUDGED: Final = 6


def smoothed_rates(
    known: Facts, places: pd.DataFrame, *, event: str, cut: int, half_life_days: float
) -> Floats:
    """Return the expected finds per visit of each place, > 0.

    ``known``: facts of before the cut. ``places``: rows of `risk.design.units`, with codes.
    ``event``: ``found`` or ``critical``.
    """
    visits = known.visits[known.visits[event].notna()]
    age = (cut - visits[c.DAY].to_numpy(np.int64)).astype(np.float64)
    weight = np.exp2(-age / half_life_days)
    found = weight * visits[event].to_numpy(np.float64)
    mean = max(float(found.sum() / weight.sum()), LEAST_RATE) if len(visits) else LEAST_RATE
    expected, rate = mean * weight, np.full(len(places), mean)
    for name in LEVELS:
        level = Level.of(name, known, visits, places)
        o, e = level.sum(found), level.sum(expected)
        ratio = posterior_ratio(o, e, prior_strength(o, e))
        expected = expected * np.append(ratio, 1.0)[level.rows]
        rate = rate * level.at_places(ratio, unknown=1.0)
    return rate


def choose_half_life(
    source: FeatureSource, known: Known, *, config: ScoreConfig, outcome: str
) -> float:
    """Return the half-life that predicted the last windows best; the first listed of equals."""
    totals = dict.fromkeys(HALF_LIVES_DAYS, 0.0)
    for window in [*read_windows(source, known, config=config)][-WINDOWS_JUDGED:]:
        y = window.visits[outcome].to_numpy(np.float64)
        seen = np.isfinite(y)
        for half_life in totals:
            rate = smoothed_rates(
                window.known.facts, window.places, event=outcome, cut=window.start,
                half_life_days=half_life,
            )[window.rows][seen]  # fmt: skip
            if len(rate):
                totals[half_life] += float(y[seen] @ np.log(rate / rate.mean()))
    return max(totals, key=lambda half_life: totals[half_life])
