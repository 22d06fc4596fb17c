"""What is believed before any visit: the prior of level, weights and effects of how one is made.

The level of the office is log-normal about policy's. Of ln λ, n visits at rate λ tell with variance
1/(nλ), so that a prior worth `ModelConfig.level_visits` of them at policy's rate has that variance;
a place of the training rows departs from it as policy's weights say.

How firmly a weight is held goes by how far its column varies among the places that are scored, or
among those visited, whichever is farther: a kind of building that one visit in a thousand went to
and one building in ten is would else be given any effect at all. Nor by less than a part of how far
places scored, and a place of which nothing is known, lie from those visited: a column that hardly
varies among these, far from 0, would else be given any weight, and the level take it back.

How far kinds of building differ is another matter: with a few dozen finds weights that hold them
alike rank buildings no worse than weights that let each be what it is, and are much too sure of it.
So scores are of the first, and intervals of the second, however the evidence of so few finds comes
out (`let_kinds_differ`, `risk.find_rate.likelihood`).

Where a limit cuts finds from grades, visits without a find are beyond a milder limit or not, which
tells of the same weights and is independent of the finds given these: with a complementary log-log
link several limits with the same weights are as many models of who is beyond the next limit among
those beyond none so far (Läärä and Matthews 1985, Biometrika 72, 206-207). What the milder limit
tells is so a prior of the weights of finds (`taught_by`), of which the evidence of the finds is
that of what they had not been asked yet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd

from risk.arrays import Bools, Floats, one_thread
from risk.config.find_rate import ModelConfig
from risk.find_rate.columns import KIND, bounds_of
from risk.find_rate.likelihood import Prior

_CONDITION_SPREAD: Final = 1.0
"""Standard deviation of the prior of an effect of how a visit was made, on the log scale."""
_UNSUPPORTED: Final = 10.0
"""How many times as firmly as the others a column is held of which policy says nothing, at 0."""
_FARTHEST: Final = 20.0
"""Places scored, on average, and one of which nothing is known lie at most so many deviations of a
column from those visited: where they lie farther it is held as if it varied by so much more."""
_KINDS_DIFFER: Final = float(np.log(2.0))
"""Standard deviation of the log of what a kind of building multiplies a rate by: it may well double
or halve it."""
_DIGITS: Final = 9
_SLOPES: Final = (0.85, 0.7, 0.6, 0.5, 0.4, 0.3)
"""Candidates of how many times as much columns tell of visits that a complaint led to."""
_SLOPE_SPREAD: Final = 0.3
"""Standard deviation of the prior of its log, about 0."""
_LEAST_FINDS: Final = 10.0
_FACTORS: Final = (1.0, 1.4, 2.0)
"""How many times as large weights of finds may be as those of a milder limit."""
_SMALLER: Final = 0.5
"""Where policy's weights times this explain finds better, a milder limit must, too."""
LEAST_SPREAD: Final = 1e-6
"""Standard deviation below which a column keeps its scale."""
_BLOCK_ROWS: Final = 65_536
Scale = tuple[Floats, Floats]
"""Centre and standard deviation of columns, both shape (k,)."""


def policy_rate(rule: ModelConfig) -> float:
    """Return policy's rate of a full visit to a place of which nothing is known."""
    return float(-np.log1p(-rule.level))


def policy_variance(rule: ModelConfig) -> float:
    """Return the variance of the log of an office's level about policy's."""
    return 1.0 / (rule.level_visits * policy_rate(rule))


def scale_of(x: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """Return mean and deviation of each column, the same in whatever order the rows are."""
    if not len(x):
        return {}
    columns = {str(name): x[name].to_numpy(np.float64) for name in x}
    return {
        name: (round(float(values.mean()), _DIGITS), round(float(values.std()), _DIGITS))
        for name, values in columns.items()
    }


def standardise(values: Floats) -> Scale:
    """Change columns in place to mean 0 and deviation 1; return both as they were.

    As ``(values - values.mean(axis=0)) / values.std(axis=0)``, to the bit, without another array of
    their size. ``values``: shape (rows, k), rows after each other in memory; a column that hardly
    varies keeps its scale.
    """
    centre = values.mean(axis=0)
    values -= centre
    squares = np.zeros(values.shape[1])
    step = _BLOCK_ROWS if values.shape[1] > 1 else len(values)  # one alone is added up in pairs
    for first in range(0, len(values), step):
        block = values[first : first + step] ** 2
        block[0] += squares  # added up in the order of rows, as by a sum of all
        squares = block.sum(axis=0)
    spread = np.sqrt(squares / len(values))
    spread[spread < LEAST_SPREAD] = 1.0
    values /= spread
    return centre, spread


def prior_of_terms(
    columns: Sequence[str],
    policy: Floats,
    scale: Scale,
    *,
    conditions: int,
    scored: Mapping[str, tuple[float, float]],
    reference: Floats,
    average: float,
    rule: ModelConfig,
) -> Prior:
    """Return the prior of intercept, standardised columns and conditions, at penalty 1.

    ``policy``: Policy's weights per unit of each column, shape (k,).
    ``scale``: centre and standard deviation of the columns in the training rows, both shape (k,).
    ``conditions``: how many terms tell how a visit was made.
    ``scored``: the same of each column among the places that are scored, by its name.
    ``reference``: each column of a place of which nothing is known, shape (k,).
    ``average``: the rate that the intercept is the log of a ratio to.
    """
    centre, spread = scale
    mean, deviation = np.array([scored.get(name, (0.0, 0.0)) for name in columns]).reshape(-1, 2).T
    away = np.maximum(np.abs(mean - centre), np.abs(reference - centre)) / _FARTHEST
    broad = np.maximum.reduce([spread, deviation, away])
    lower, upper = bounds_of(columns, broad)
    free = np.full(conditions, np.inf)
    firm = np.where(policy == 0, _UNSUPPORTED, 1.0) * (broad / spread) ** 2
    of_conditions = np.full(conditions, _CONDITION_SPREAD**-2)
    level = np.log(policy_rate(rule) / average) + policy @ centre
    return Prior(
        mean=np.concatenate([[level], policy * spread, np.zeros(conditions)]),
        precision=np.concatenate([[1.0 / policy_variance(rule)], firm, of_conditions]),
        lower=np.concatenate([[-np.inf], lower * spread, -free]),
        upper=np.concatenate([[np.inf], upper * spread, free]),
    )


def slope_beliefs(finds: tuple[float, float]) -> list[tuple[float, float]]:
    """Return slopes below 1, the greatest first, with their log density beside that of 1.

    ``finds``: of visits that a complaint led to, and of others. With too few of either there is no
    slope but 1.
    """
    slopes = _SLOPES if min(finds) >= _LEAST_FINDS else ()
    return [(each, -0.5 * float(np.log(each) / _SLOPE_SPREAD) ** 2) for each in slopes]


def covariance_per_unit(covariance: Floats, scale: Scale) -> Floats:
    """Return the covariance of intercept and weights per unit of each column, shape (1 + k, 1 + k).

    ``covariance``: of intercept, standardised columns and conditions. ``scale``: as of
    `prior_of_terms`.
    """
    centre, spread = scale
    matrix = np.zeros((1 + len(spread), len(covariance)))
    matrix[0, 0] = 1.0
    matrix[0, 1 : 1 + len(spread)] = -centre / spread
    matrix[1:, 1 : 1 + len(spread)] = np.diag(1.0 / spread)
    return np.asarray(matrix @ covariance @ matrix.T)


def with_smaller_policy(prior: Prior, policy: Floats, scale: Scale) -> Prior:
    """Return a prior as firm about half of policy's weights.

    ``prior``: of intercept, standardised columns and conditions. ``policy``, ``scale``: as of
    `prior_of_terms`.
    """
    centre, spread = scale
    mean = prior.mean.copy()
    mean[0] += (_SMALLER - 1.0) * policy @ centre
    mean[1 : 1 + len(policy)] += (_SMALLER - 1.0) * policy * spread
    return replace(prior, mean=mean)


def taught_priors(prior: Prior, terms: Floats, seen: Floats, scale: Scale) -> list[Prior]:
    """Return what a milder limit taught (`taught_by`), for each factor between the weights."""
    return [taught_by(prior, terms, seen, scale, factor=each) for each in _FACTORS]


def taught_by(prior: Prior, terms: Floats, seen: Floats, scale: Scale, *, factor: float) -> Prior:
    """Return a prior that knows what another outcome of the same places told of the weights.

    ``prior``: of intercept, standardised columns and conditions; the other outcome was learnt with
    it as well.
    ``terms``, ``seen``: what was learnt of the other outcome, and the information in it.
    ``scale``: as of `prior_of_terms`.
    ``factor``: how many times as large the weights are as those of the other outcome.
    """
    centre, spread = scale
    columns = np.arange(1, 1 + len(spread))
    others = np.setdiff1d(np.arange(len(terms)), columns)
    believed = np.diag(prior.precision[columns])
    with one_thread():
        # What is not known of the other outcome's level and conditions is no knowledge of weights.
        free = seen[np.ix_(others, others)] + np.diag(prior.precision[others])
        across = seen[np.ix_(others, columns)]
        of_weights = seen[np.ix_(columns, columns)] - across.T @ np.linalg.solve(free, across)
        pull = of_weights @ terms[columns] + believed @ (terms[columns] - prior.mean[columns])
        of_weights = (of_weights + of_weights.T) / (2.0 * factor**2)
        weights = np.linalg.solve(
            believed + of_weights, believed @ prior.mean[columns] + pull / factor
        )
    weights = np.clip(weights, prior.lower[columns], prior.upper[columns])
    mean, coupling = prior.mean.copy(), np.zeros_like(seen)
    mean[0] += (weights - mean[columns]) / spread @ centre
    mean[columns], coupling[np.ix_(columns, columns)] = weights, of_weights
    return replace(prior, mean=mean, coupling=coupling)


def are_kinds(columns: Sequence[str]) -> Bools:
    """Say which columns mark a kind of building, shape (k,)."""
    return np.array([name.startswith(f"{KIND}.") for name in columns], dtype=bool)


def let_kinds_differ(prior: Prior, columns: Sequence[str], spread: Floats) -> Prior:
    """Return a prior by which each kind of building may be what it is, whatever the penalty.

    ``prior``: of intercept, standardised columns and conditions. ``spread``: the standard deviation
    of each column in the training rows, shape (k,).
    """
    kinds = are_kinds(columns)
    precision = prior.precision.copy()
    precision[1 : 1 + len(columns)][kinds] = (_KINDS_DIFFER * spread[kinds]) ** -2.0
    return replace(prior, precision=precision)
