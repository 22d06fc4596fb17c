"""The find rate of a place: what one full visit to it, made now, would find.

    P = 1 - exp(-a·θ),   ln θ = level(t) + b0 + Σ β_j x_j

with a the effort of a visit (1 is a full one), x the design of the place as of the cut, and level
the office's own finds per visit. The weights are learnt from the office's past visits, given that
they were made, so that where people go, and where they complain, decide nothing by themselves. At a
visit that a complaint led to they are s·β, s at most 1: where somebody saw something, less depends
on the place. A score is of a visit of the usual purpose, where they are β.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final, Literal

import numpy as np
import pandas as pd

from risk.arrays import Codes, Floats
from risk.config.find_rate import ModelConfig
from risk.config.score import ScoreConfig
from risk.events.rows import FeatureSource
from risk.find_rate.columns import choose_columns, prior_of, reference_of
from risk.find_rate.knowledge import Known
from risk.find_rate.level import Level, average_rate
from risk.find_rate.likelihood import Mode, Prior, climb, fit_mode, information, with_doubt_of_prior
from risk.find_rate.own_rate import NO_SUSPICIONS, Suspicions, learn_suspicions
from risk.find_rate.prior import (
    LEAST_SPREAD,
    Scale,
    are_kinds,
    covariance_per_unit,
    let_kinds_differ,
    policy_rate,
    policy_variance,
    prior_of_terms,
    scale_of,
    slope_beliefs,
    standardise,
    taught_priors,
    with_smaller_policy,
)
from risk.find_rate.training import CONDITIONS, TrainingRows, read_training_rows

State = Literal["policy", "learnt"]
_NOT_COUNTED: Final = 1e-12
"""Effort of a visit that nothing is learnt from."""
_MENTION: Final = 1.0
"""A difference in evidence worth no more than a bare mention (Kass and Raftery 1995, JASA 90)."""


@dataclass(frozen=True, kw_only=True)
class FindRate:
    """A fitted find rate.

    ``weights``, ``prior``: β and policy's β, per unit of each column, shape (k,).
    ``visits``, ``finds``: what was learnt from.
    ``penalty``, ``half_life_days``: chosen by their evidence; None in state ``policy``, and where
    no neighbourhoods are used.
    """

    state: State
    """``policy`` where no visit has a result yet, ``learnt`` otherwise."""
    columns: tuple[str, ...]
    """The columns of the design that are used."""
    intercept: float
    """Level and b0: ln θ where every x is 0."""
    weights: Floats
    prior: Floats
    covariance: Floats
    """Of (b0, β), shape (k + 1, k + 1)."""
    conditions: dict[str, float]
    """Effect of how a visit was made by name (`CONDITIONS`), on the log scale."""
    level_spread: float
    """Standard deviation of the log of a window's own level."""
    visits: int
    finds: float
    penalty: float | None
    half_life_days: float | None
    evening_share: float
    complaint_slope: float
    """How many times as much columns tell of visits that a complaint led to, 0 to 1."""
    suspicions: Suspicions
    """The share of suspicions in what a usual visit brings (`risk.find_rate.own_rate`)."""

    def values_of(self, x: pd.DataFrame) -> list[Floats]:
        """Return the columns used, each shape (places,); one that is not there reads 0."""
        absent = np.zeros(len(x))
        return [x[name].to_numpy(np.float64) if name in x else absent for name in self.columns]

    def log_rate(self, x: pd.DataFrame) -> Floats:
        """Return ln θ of each place."""
        # Column by column: a matrix product rounds a row by how many others there are.
        total = np.zeros(len(x))
        for values, weight in zip(self.values_of(x), self.weights, strict=True):
            total += values * weight
        return np.asarray(self.intercept + total)

    def facts(self) -> dict[str, Any]:
        """Return everything but the covariance as plain values, for the manifest."""
        errors = np.sqrt(np.diag(self.covariance))[1:]
        of_columns = {"weights": self.weights, "prior": self.prior, "standard_errors": errors}
        apart = {"columns", "covariance", *of_columns}
        return {name: value for name, value in vars(self).items() if name not in apart} | {
            name: dict(zip(self.columns, values.tolist(), strict=True))
            for name, values in of_columns.items()
        }


def learn_find_rate(
    source: FeatureSource, known: Known, *,
    config: ScoreConfig, outcome: str = "found", area: bool = True,
) -> FindRate:  # fmt: skip
    """Learn the find rate from the visits known at a cut.

    ``outcome``: ``found`` or ``critical``. ``area``: whether neighbourhoods are used.
    """
    rows = read_training_rows(source, known, config=config)
    half_lives: Sequence[float | None] = config.model.area_half_lives_days if area else (None,)
    if rows is None or not np.isfinite(rows.found[outcome]).any():
        return _from_policy(known, half_lives[0], outcome, config)
    middle = config.model.penalties[len(config.model.penalties) // 2]
    scored = scale_of(known.x)
    # One after the other, and the best once more: each holds all rows.
    modes = [_Fit.of(rows, outcome, each, config, scored).mode(middle) for each in half_lives]
    best = int(np.argmax([mode.evidence for mode in modes]))
    fit_at = partial(_Fit.of, rows, outcome, half_lives[best], config, scored)
    slopes = slope_beliefs(rows.finds_by_complaint(outcome))
    slope, mode = climb(modes[best], slopes, lambda s, start: fit_at(s).mode(middle, start))
    fit, start = fit_at(slope).levelled(mode), mode.terms
    by_penalty = {penalty: fit.mode(penalty, start) for penalty in config.model.penalties}
    penalty = max(by_penalty, key=lambda each: by_penalty[each].evidence)
    mode = fit.with_milder_limit(by_penalty[penalty], penalty, config.model)
    mode = with_doubt_of_prior(mode, by_penalty, fit.with_kinds_that_differ)
    return fit.result(mode, penalty)


def _from_policy(
    known: Known, half_life: float | None, outcome: str, config: ScoreConfig
) -> FindRate:
    columns = choose_columns(known.x, half_life_days=half_life, config=config)
    prior = np.array([prior_of(name, outcome, config) for name in columns])
    spread = [float(known.x[name].to_numpy().std()) for name in columns] if len(known.x) else 1.0
    precision = config.model.penalties[0] * np.maximum(spread, LEAST_SPREAD) ** 2
    variance = np.minimum(1.0 / precision, 1.0) * np.ones(len(columns))
    level = float(np.log(policy_rate(config.model)))
    return FindRate(
        state="policy", columns=tuple(columns), intercept=level, weights=prior, prior=prior,
        covariance=np.diag([policy_variance(config.model), *variance]),
        conditions=dict.fromkeys(CONDITIONS, 0.0), level_spread=0.0, visits=0, finds=0.0,
        penalty=None, half_life_days=half_life, evening_share=0.0, complaint_slope=1.0,
        suspicions=NO_SUSPICIONS,
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class _Fit:
    """Training rows in standardised columns: intercept, columns of places, conditions."""

    columns: list[str]
    x: Floats
    y: Floats
    milder: Floats | None
    """As in `TrainingRows.milder`; None where no limit cuts finds from grades."""
    effort: Floats
    window: Codes
    age_days: Floats
    scale: Scale
    prior: Prior
    penalised: Floats
    policy: Floats
    level: Level
    half_life: float | None
    evening_share: float
    slope: float

    @classmethod
    def of(
        cls, rows: TrainingRows, outcome: str, half_life: float | None, config: ScoreConfig,
        scored: Mapping[str, tuple[float, float]], slope: float = 1.0,
    ) -> _Fit:  # fmt: skip
        columns = choose_columns(rows.x, half_life_days=half_life, config=config)
        kept = np.isfinite(rows.found[outcome])
        y, effort = np.minimum(rows.found[outcome][kept], 1.0), rows.effort[kept]
        no, q = len(columns), rows.conditions.shape[1]
        x = rows.terms(columns, kept)
        scale = standardise(x[:, 1 : 1 + no])
        x[rows.after_complaint[kept], 1 : 1 + no] *= slope
        window, age_days = rows.window[kept], rows.age_days[kept]
        average = average_rate(y, effort, config.model)
        policy = np.array([prior_of(name, outcome, config) for name in columns])
        return cls(
            columns=columns,
            x=x,
            y=y,
            milder=rows.milder[outcome][kept] if outcome in rows.milder else None,
            effort=effort,
            window=window,
            age_days=age_days,
            scale=scale,
            prior=prior_of_terms(columns, policy, scale, conditions=q, scored=scored,
                                 reference=reference_of(columns, config), average=average,
                                 rule=config.model),
            penalised=np.concatenate([[0.0], np.ones(no), np.zeros(q)]),
            policy=policy,
            level=Level.of(y, effort * -np.expm1(-average), average, window, age_days),
            half_life=half_life,
            evening_share=rows.evening_share,
            slope=slope,
        )  # fmt: skip

    def levelled(self, mode: Mode) -> _Fit:
        """Return the same with the level of what a mode's columns do not tell.

        Counts and ages grow with the years: what they tell of a window is no level of it.
        """
        average = self.level.average
        expected = -np.expm1(-self.effort * average * np.exp(self.x @ mode.terms))
        level = Level.of(self.y, expected, average, self.window, self.age_days)
        return replace(self, level=level)

    @property
    def offset(self) -> Floats:
        """Log of effort and level of each visit."""
        return np.asarray(np.log(self.effort) + np.log(self.level.windows)[self.window])

    def mode(self, penalty: float, start: Floats | None = None) -> Mode:
        return self._mode_with(self.prior.times(penalty, self.penalised), start)

    def with_kinds_that_differ(self, penalty: float, alike: Mode) -> Mode:
        """Return the mode where kinds of building may differ; the same if none are known."""
        if not are_kinds(self.columns).any():
            return alike
        prior = self.prior.times(penalty, self.penalised)
        differing = let_kinds_differ(prior, self.columns, self.scale[1])
        return self._mode_with(differing, alike.terms)

    def with_milder_limit(self, best: Mode, penalty: float, rule: ModelConfig) -> Mode:
        """Return the mode with what a milder limit of grades tells of the weights, or the best.

        The evidence of the finds decides. Weights that are all smaller are no sign that the milder
        limit tells the truth, so it must pass what policy's own have if they are made smaller.
        """
        if self.milder is None:
            return best
        prior = self.prior.times(penalty, self.penalised)
        terms, seen = self._learn_of(self.milder, penalty, rule)
        taught = taught_priors(prior, terms, seen, self.scale)
        smaller = with_smaller_policy(self.prior, self.policy, self.scale)
        rivals = [smaller.times(each, self.penalised) for each in rule.penalties]
        modes = [self._mode_with(each, best.terms) for each in (*taught, *rivals)]
        first = max(modes[: len(taught)], key=lambda mode: mode.evidence)
        rival = max(mode.evidence for mode in (best, *modes[len(taught) :]))
        return first if first.evidence > rival + _MENTION else best

    def _mode_with(self, prior: Prior, start: Floats | None) -> Mode:
        return fit_mode(self.x, self.y, offset=self.offset, prior=prior, start=start)

    def _learn_of(self, outcome: Floats, penalty: float, rule: ModelConfig) -> tuple[Floats, ...]:
        """Return terms of another outcome, NaN where unknown, and the information in it."""
        known = np.isfinite(outcome)
        y, effort = np.where(known, outcome, 0.0), np.where(known, self.effort, _NOT_COUNTED)
        average = average_rate(y, effort, rule)
        level = Level.of(y, effort * -np.expm1(-average), average, self.window, self.age_days)
        fit = replace(self, y=y, effort=effort, level=level)
        first = fit.mode(penalty)
        fit = fit.levelled(first)
        terms = fit.mode(penalty, first.terms).terms
        return terms, information(fit.x, fit.y, offset=fit.offset, terms=terms)

    def result(self, mode: Mode, penalty: float) -> FindRate:
        k, (centre, spread) = len(self.columns), self.scale
        weights = mode.terms[1 : k + 1] / spread
        return FindRate(
            state="learnt",
            columns=tuple(self.columns),
            intercept=float(np.log(self.level.now) + mode.terms[0] - centre @ weights),
            weights=weights,
            prior=self.policy,
            covariance=covariance_per_unit(mode.covariance, self.scale),
            conditions=dict(zip(CONDITIONS, mode.terms[k + 1 :].tolist(), strict=True)),
            level_spread=self.level.spread,
            visits=len(self.y),
            finds=float(self.y.sum()),
            penalty=penalty,
            half_life_days=self.half_life,
            evening_share=self.evening_share,
            complaint_slope=self.slope,
            suspicions=self._suspicions(mode),
        )

    def _suspicions(self, mode: Mode) -> Suspicions:
        of_place = 1 + len(self.columns)
        purposes = self.x[:, of_place:-1]  # the last is the evening
        kept = (self.y > 0) & (purposes == 0).all(axis=1)
        log_rates = np.log(self.level.now) + self.x[kept, :of_place] @ mode.terms[:of_place]
        return learn_suspicions(self.y[kept], log_rates)
