"""The visit model: finds per visit, from what the place's own history supports.

For a place with features x at a cut, a visit is expected to bring

    E = level · exp(b0 + Σ β_j (x_j - centre_j))

finds, with level what visits brought in the last window. The weights β are the mode of a Poisson
likelihood over windows that ended before the cut and a Normal prior around policy's weights; those
of histories may not be negative. Half-life and penalty are chosen at each cut
(`risk.models.selection`) on earlier windows alone. Who visited is no feature. Nothing here is
fitted on what it is judged by.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pandas as pd

from risk.arrays import Floats
from risk.config.visit_model import ModelConfig
from risk.models.selection import Track, log_likelihood
from risk.models.visit_propensity import PropensityChoice, PropensityForms, sum_by_kind
from risk.models.windows import Fit, TrainingWindow, fit_windows, union_of_names
from risk.visit_design.names import is_raised_only, prior_weight, risk_features
from risk.visit_design.timeline import Timeline
from risk.visit_design.units import rows_of_visits


class Setting(NamedTuple):
    """What is tuned: half-life of neighbourhoods (None: no neighbourhoods) and penalty."""

    half_life_days: float | None
    penalty: float


@dataclass(frozen=True, kw_only=True)
class OriginScores:
    """Scores of every place at one origin.

    Parameters
    ----------
    places
        One row per place (`risk.visit_design.units.places_of`).
    risk
        Expected finds per visit, > 0, in the order of the places.
    propensity
        Expected visits within the horizon by kind of unit (`risk.models.visit_propensity.SUMMED`);
        empty where it was not asked for or nothing could be learnt.
    fit
        The weights used; None where there was too little history, and all risks are alike.
    """

    places: pd.DataFrame
    risk: Floats
    propensity: Mapping[str, Floats]
    fit: Fit | None

    def risk_of(self, visits: pd.DataFrame) -> Floats:
        """Return the risk of the unit of each visit; the average where the unit is no place."""
        average = float(self.risk.mean()) if len(self.risk) else 0.0
        # Row -1 reads the last entry.
        return np.append(self.risk, average)[rows_of_visits(self.places, visits)]

    def expected(self, by: str) -> pd.DataFrame:
        """Return ``unit`` and its expected finds ``expected``, summed over its places.

        ``by``: a kind of `risk.models.visit_propensity.SUMMED`.
        """
        propensity = self.propensity.get(by, np.ones(len(self.places)))
        sums = sum_by_kind(self.places, by, self.risk * propensity)
        return sums.rename("expected").rename_axis("unit").reset_index()


def settings_of(config: ModelConfig, *, area: bool) -> tuple[Setting, ...]:
    """Return every setting that is tried."""
    half_lives: tuple[float | None, ...] = config.area_half_lives_days if area else (None,)
    return tuple(
        Setting(half_life_days=half_life, penalty=penalty)
        for half_life in half_lives
        for penalty in config.penalties
    )


def score_origins(
    timeline: Timeline,
    *,
    event: str = "found",
    area: bool | None = None,
    propensity: PropensityForms | None = None,
    report_progress: Callable[[int, int], None] | None = None,
) -> dict[int, OriginScores]:
    """Score the places of each origin by the visit model, sharing fits between origins.

    Parameters
    ----------
    timeline
        Facts, recipe and origins. Each origin reads only what was known before it, besides the list
        of units to be visited (`ModelConfig.targets`).
    event
        ``found`` or ``critical``.
    area
        Whether neighbourhoods are used; the recipe's choice where not given.
    propensity
        Forms of the chance of a visit (of the same timeline), where visits are predicted too.
    report_progress
        Called as (done, total) before each moment; what it raises ends the work.

    The result: by origin.
    """
    run = _Run(
        timeline=timeline,
        event=event,
        settings=settings_of(timeline.config, area=timeline.config.area if area is None else area),
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
    """Walk through time once, fitting at each cut and scoring at each moment."""

    timeline: Timeline
    event: str
    settings: tuple[Setting, ...]
    propensity: PropensityChoice | None
    windows: list[TrainingWindow] = field(default_factory=list)
    fits: dict[Setting, Fit] = field(default_factory=dict)
    track: Track = field(default_factory=Track)
    fitted_at: int = -1

    def pass_by(self, moment: int) -> OriginScores:
        """Fit if this is a cut, score, and keep the window that begins here."""
        is_cut = moment in self.timeline.cuts
        if is_cut:
            self._fit(moment)
        scored = self._score(moment)
        if is_cut:
            self._learn(moment, self.timeline.end_of(moment))
        if is_cut and self.propensity is not None:
            self.propensity.judge(scored.risk, cut=moment)
        return scored

    def _fit(self, cut: int) -> None:
        self.fitted_at = cut
        config = self.timeline.config
        events = sum(float(window.y.sum()) for window in self.windows)
        if len(self.windows) < config.least_windows or events < config.least_events:
            return
        every = union_of_names(self.windows)
        for setting in self.settings:
            names = risk_features(every, half_life_days=setting.half_life_days, config=config)
            self.fits[setting] = fit_windows(
                self.windows,
                names,
                penalty=setting.penalty,
                prior=np.array([prior_weight(n, self.event, config.prior) for n in names]),
                lower=np.where([is_raised_only(name) for name in names], 0.0, -np.inf),
                start=self.fits.get(setting),
            )

    def _score(self, moment: int) -> OriginScores:
        places, x = self.timeline.at(moment)
        fit = self.fits.get(self.track.best(self.settings, self.fitted_at))
        propensity = (
            None if self.propensity is None else self.propensity.choose(moment, cut=self.fitted_at)
        )
        return OriginScores(
            places=places,
            risk=np.ones(len(places)) if fit is None else np.exp(fit.log_mean(x)),
            propensity=propensity or {},
            fit=fit,
        )

    def _learn(self, start: int, end: int | None) -> None:
        """Keep the visits of [start, end) that were known by its end, and judge the settings."""
        if end is None:
            return
        places, x = self.timeline.at(start)
        visits = self.timeline.facts.before(end).visits_between(start, end)
        visits = visits[visits[self.event].notna()]
        rows = rows_of_visits(places, visits)
        inside = rows >= 0
        if not inside.any():
            return
        features = x.iloc[rows[inside]].reset_index(drop=True)
        y = visits[self.event].to_numpy(np.float64)[inside]
        self.windows.append(TrainingWindow(x=features, y=y))
        for setting, fit in self.fits.items():
            likelihood = log_likelihood(y, fit.log_mean(features))
            self.track.note(setting, known_from=end, likelihood=likelihood)
