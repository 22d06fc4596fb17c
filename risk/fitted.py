"""The scorecard that learns: finds per visit, from what the place's own history supports.

For a place with features x at a cut, a visit is expected to bring

    E = level · exp(b0 + Σ β_j (x_j - centre_j))

finds, with level what visits brought in the last window. The weights β are the mode of a Poisson
likelihood over windows that ended before the cut and a Normal prior around policy's weights; those
of histories may not be negative. Half-life and penalty are chosen at each cut (`risk.tuning`) on
earlier windows alone. Who visited is no feature. Nothing here is fitted on what it is judged by.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from risk.fits import Fit, Policy, Window, fit_windows, union_of_names
from risk.history.design import build_design
from risk.history.facts import DAY, LEARNT, Facts
from risk.history.names import is_raised_only, prior_weight, risk_features
from risk.history.places import places_of, rows_of_visits
from risk.reach import ReachModel, sum_by_kind
from risk.tuning import Track, lay_cuts, log_likelihood

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from risk.history.config import ModelConfig


class Setting(NamedTuple):
    """What is tuned: half-life of neighbourhoods (None: no neighbourhoods) and penalty."""

    half_life_days: float | None
    penalty: float


@dataclass(frozen=True, kw_only=True)
class OriginScores:
    """Scores of every place at one origin.

    Parameters
    ----------
    origin
        Day; nothing learnt on it or later was used.
    places
        One row per place (`risk.history.places.places_of`).
    features
        The design matrix behind the scores.
    risk
        Expected finds per visit, > 0, in the order of the places.
    reach
        Expected visits within the horizon by kind of unit (`risk.reach.SUMMED`); empty where it was
        not asked for or nothing could be learnt.
    fit
        The weights used; None where there was too little history, and all risks are alike.
    setting
        What tuning chose.
    likelihoods
        Log-likelihood of each setting over the windows that had ended.
    """

    origin: int
    places: pd.DataFrame
    features: pd.DataFrame
    risk: NDArray[np.float64]
    reach: Mapping[str, NDArray[np.float64]]
    fit: Fit | None
    setting: Setting
    likelihoods: Mapping[Any, float]

    @property
    def chosen(self) -> dict[str, Any]:
        """What was chosen, and from what, as plain values."""
        facts: dict[str, Any] = {"fitted": self.fit is not None}
        if self.fit is not None:
            facts |= self.setting._asdict()
            first, last = self.fit.windows
            facts |= {
                "trained_from": str(np.datetime64(first, "D")),
                "trained_until": str(np.datetime64(last, "D")),
                "rows": self.fit.rows,
                "events": self.fit.events,
            }
        return facts

    @property
    def weights(self) -> pd.DataFrame:
        """Prior and posterior weight of each feature, per unit of it."""
        if self.fit is None:
            return pd.DataFrame({"feature": [], "prior": [], "posterior": []})
        return pd.DataFrame(
            {
                "feature": list(self.fit.names),
                "prior": self.fit.prior,
                "posterior": self.fit.weights,
            }
        )

    def risk_of(self, visits: pd.DataFrame) -> NDArray[np.float64]:
        """Return the risk of the unit of each visit; the average where the unit is no place."""
        rows = rows_of_visits(self.places, visits)
        average = float(self.risk.mean()) if len(self.risk) else 0.0
        if not len(self.risk):
            return np.zeros(len(visits))
        return np.where(rows < 0, average, self.risk[np.maximum(rows, 0)])

    def expected(self, by: str) -> pd.DataFrame:
        """Return ``unit``, expected finds ``expected`` and expected visits ``reach``, summed.

        Parameters
        ----------
        by
            A kind of `risk.reach.SUMMED`.
        """
        reach = self.reach.get(by, np.ones(len(self.places)))
        sums = sum_by_kind(self.places, by, {"expected": self.risk * reach, "reach": reach})
        return sums.rename_axis("unit").reset_index()


@dataclass(frozen=True, kw_only=True)
class FittedScorecard:
    """Fits and scores origins from one set of facts.

    Parameters
    ----------
    config
        Recipe, grids, priors.
    """

    config: ModelConfig

    def settings(self, *, area: bool) -> tuple[Setting, ...]:
        """Every setting that is tried."""
        half_lives: tuple[float | None, ...] = self.config.area_half_lives_days if area else (None,)
        return tuple(
            Setting(half_life_days=half_life, penalty=penalty)
            for half_life in half_lives
            for penalty in self.config.penalties
        )

    def fit_through(  # noqa: PLR0913 -- everything but the data has a name at the call
        self,
        facts: Facts,
        *,
        origins: Sequence[int],
        event: str = "found",
        area: bool | None = None,
        reach: bool = False,
        horizon_days: int = 90,
    ) -> dict[int, OriginScores]:
        """Score the places of each origin, sharing fits between origins.

        Parameters
        ----------
        facts
            Everything up to the last day that is to be evaluated; each origin reads only what was
            known before it, besides the list of units to be visited (`ModelConfig.targets`).
        origins
            Days.
        event
            ``found`` or ``critical``.
        area
            Whether neighbourhoods are used; the configuration's choice where not given.
        reach
            Whether to foretell visits too.
        horizon_days
            How far the list of visits and the reach look ahead.

        Returns
        -------
        dict
            By origin.
        """
        config = self.config
        results = facts.visits.loc[facts.visits["found"].notna(), DAY]
        first = int(results.min()) if len(results) else min(origins)
        cuts = lay_cuts(
            origins, first_day=first + config.burn_in_days, window_days=config.window_days
        )
        run = _Run(
            card=self,
            facts=facts,
            event=event,
            settings=self.settings(area=config.area if area is None else area),
            reach=ReachModel(config=config, horizon_days=horizon_days) if reach else None,
            look_ahead_days=max(horizon_days, config.window_days + 1),
        )
        ends = dict(zip(cuts, [*cuts[1:], None], strict=True))
        scores: dict[int, OriginScores] = {}
        for moment in sorted({*cuts, *origins}):
            scored = run.pass_by(moment, is_cut=moment in ends, end=ends.get(moment))
            if moment in set(origins):
                scores[moment] = scored
        return scores


class _Run:
    """Walk through time once, fitting at each cut and scoring at each origin."""

    def __init__(  # noqa: PLR0913 -- everything has a name at the call
        self,
        *,
        card: FittedScorecard,
        facts: Facts,
        event: str,
        settings: tuple[Setting, ...],
        reach: ReachModel | None,
        look_ahead_days: int,
    ) -> None:
        self._config = card.config
        self._facts = facts
        self._event = event
        self._settings = settings
        self._reach = reach
        self._look_ahead = look_ahead_days
        self._policy = Policy(
            prior=partial(prior_weight, event=event, prior=card.config.prior),
            raised_only=is_raised_only,
        )
        self._windows: list[Window] = []
        self._fits: dict[Setting, Fit] = {}
        self._track = Track()
        self._fitted_at = -1

    def pass_by(self, moment: int, *, is_cut: bool, end: int | None) -> OriginScores:
        """Fit if this is a cut, score, and keep the window that begins here."""
        until = max(moment + self._look_ahead, end or 0)
        places = places_of(self._facts, cut=moment, until=until, config=self._config)
        x = build_design(self._facts.before(moment), places, cut=moment, config=self._config)
        if is_cut:
            self._fit(moment)
        scored = self._score(moment, places, x)
        if is_cut and end is not None:
            self._learn(places, x, start=moment, end=end)
        if is_cut and self._reach is not None:
            self._reach.judge(self._facts, places, x, scored.risk, cut=moment)
            self._reach.learn(self._facts, places, x, cut=moment)
        return scored

    def _fit(self, cut: int) -> None:
        self._fitted_at = cut
        if self._reach is not None:
            self._reach.fit(cut)
        past = [window for window in self._windows if window.ended <= cut]
        events = sum(float(window.y.sum()) for window in past)
        if len(past) < self._config.least_windows or events < self._config.least_events:
            return
        every = union_of_names([window.x for window in past])
        for setting in self._settings:
            names = risk_features(every, half_life_days=setting.half_life_days, config=self._config)
            self._fits[setting] = fit_windows(
                past,
                names,
                penalty=setting.penalty,
                policy=self._policy,
                start=self._fits.get(setting),
            )

    def _score(self, moment: int, places: pd.DataFrame, x: pd.DataFrame) -> OriginScores:
        setting = self._track.best(self._settings, self._fitted_at)
        fit = self._fits.get(setting)
        reach = {}
        if self._reach is not None:
            reach = self._reach.predict(places, x, cut=self._fitted_at)
        return OriginScores(
            origin=moment,
            places=places,
            features=x,
            risk=np.ones(len(places)) if fit is None else np.exp(fit.log_mean(x)),
            reach=reach,
            fit=fit,
            setting=setting,
            likelihoods=self._track.totals(self._fitted_at),
        )

    def _learn(self, places: pd.DataFrame, x: pd.DataFrame, *, start: int, end: int) -> None:
        """Keep the visits of [start, end) that were known by its end, and judge the settings."""
        visits = self._facts.before(end).visits_between(start, end)
        visits = visits[visits[self._event].notna() & (visits[LEARNT] < end)]
        rows = rows_of_visits(places, visits)
        inside = rows >= 0
        if not inside.any():
            return
        here = x.iloc[rows[inside]].reset_index(drop=True)
        y = visits[self._event].to_numpy(np.float64)[inside]
        self._windows.append(Window(start=start, ended=end, x=here, y=y))
        for setting, fit in self._fits.items():
            self._track.note(
                setting, known_from=end, likelihood=log_likelihood(y, fit.log_mean(here))
            )
