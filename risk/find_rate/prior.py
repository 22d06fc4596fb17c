"""What is believed before any visit: the prior of level, weights and effects of how one is made.

The level of the office is log-normal about policy's. Of ln λ, n visits at rate λ tell with variance
1/(nλ), so that a prior worth `ModelConfig.level_visits` of them at policy's rate has that variance;
a place of the training rows departs from it as policy's weights say.

How firmly a weight is held goes by how far its column varies among the places that are scored, or
among those visited, whichever is farther: a kind of building that one visit in a thousand went to
and one building in ten is would else be given any effect at all. Nor by less than a part of how far
places scored, and a place of which nothing is known, lie from those visited: a column that hardly
varies among these, far from 0, would else be given any weight, and the level take it back.

Whether kinds of building differ is doubtful in another way: with a few dozen finds weights that
hold them alike rank buildings no worse than weights that let each be what it is, and are much too
sure of it. So intervals know both (`let_kinds_differ`, `risk.find_rate.likelihood`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd

from risk.arrays import Bools, Floats
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
"""Standard deviation of the log of what a kind of building multiplies a rate by, if they differ:
it may well double or halve it."""
_DIGITS: Final = 9


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


def prior_of_terms(
    columns: Sequence[str],
    policy: Floats,
    scale: tuple[Floats, Floats],
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
