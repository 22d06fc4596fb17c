"""Baseline ``smoothed_rate``: finds per visit, each place drawn to its building, area and kind.

The plainest model that is no strawman. With O the decayed finds of a level's visits and E what the
wider levels expect of the same visits, each level multiplies the rate by (O + k)/(E + k)
(`risk.features.empirical_bayes`), from the kind of place over the area and the building down to
the place itself. The strength k of each level is the likeliest of what is known; the half-life is
the one that predicted earlier windows best.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pandas as pd

from risk import schema as c
from risk.arrays import Floats
from risk.evaluation.methods.training import WindowRows, visit_windows
from risk.features.empirical_bayes import posterior_ratio, prior_strength
from risk.models.selection import Track, log_likelihood
from risk.models.visit_propensity import PropensityChoice, PropensityForms
from risk.models.visit_risk import OriginScores
from risk.visit_design.relative_risks import Level
from risk.visit_design.timeline import Timeline
from risk.visit_design.visit_table import CELL, Facts

LEVELS: Final = ("kind_class", CELL, "building", "unit")
"""Whose visits are smoothed, widest first; cells of resolution 9."""
HALF_LIVES_DAYS: Final = (np.inf, 730.0, 365.0, 180.0, 90.0)
"""After how many days a visit counts half; the first is used before any window has ended."""
LEAST_RATE: Final = 1e-9

Progress = Callable[[int, int], None]


def smoothed_rates(
    known: Facts, places: pd.DataFrame, *, event: str, cut: int, half_life_days: float
) -> Floats:
    """Return the expected finds per visit of each place, > 0.

    ``known``: facts of before the cut. ``places``: rows of `risk.visit_design.units`, with codes.
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


def score_by_smoothed_rate(
    timeline: Timeline,
    *,
    event: str,
    propensity: PropensityForms | None = None,
    report_progress: Progress | None = None,
) -> dict[int, OriginScores]:
    """Score the places of each origin by their smoothed rate.

    Parameters are those of `risk.models.visit_risk.score_origins`.
    """
    run = _Run(
        timeline=timeline,
        event=event,
        propensity=None if propensity is None else PropensityChoice(forms=propensity),
    )
    scores = {}
    for done, moment in enumerate(timeline.moments):
        if report_progress:
            report_progress(done, len(timeline.moments))
        scores[moment] = run.pass_by(moment)
    return {origin: scores[origin] for origin in timeline.origins}


@dataclass(kw_only=True)
class _Run:
    """Walk through time once; at each cut note how well each half-life predicts its window."""

    timeline: Timeline
    event: str
    propensity: PropensityChoice | None
    track: Track = field(default_factory=Track)
    last_cut: int = -1
    windows: dict[int, WindowRows] = field(init=False)

    def __post_init__(self) -> None:
        """Read the windows once."""
        windows = visit_windows(self.timeline, event=self.event)
        self.windows = {window.start: window for window in windows}

    def pass_by(self, moment: int) -> OriginScores:
        """Score the places of a moment, then learn from the window that begins there."""
        is_cut = moment in self.timeline.cuts
        self.last_cut = moment if is_cut else self.last_cut
        places, _ = self.timeline.at(moment)
        known = self.timeline.facts.before(moment)

        def rates(half_life_days: float) -> Floats:
            return smoothed_rates(
                known, places, event=self.event, cut=moment, half_life_days=half_life_days
            )

        risk = rates(self.track.best(HALF_LIVES_DAYS, moment))
        expected = {}
        if self.propensity is not None:
            expected = self.propensity.choose(moment, cut=self.last_cut)
            if is_cut:
                self.propensity.judge(risk, cut=moment)
        if is_cut and (window := self.windows.get(moment)):
            for half_life in HALF_LIVES_DAYS:
                likelihood = log_likelihood(window.y, np.log(rates(half_life)[window.rows]))
                self.track.note(half_life, known_from=window.end, likelihood=likelihood)
        return OriginScores(places=places, risk=risk, propensity=expected, fit=None)
