"""Regression of yes and no by the complementary log-log link: p = 1 - exp(-μ), ln μ = Σ βx.

The likelihood of at least one of a Poisson number of events (McCullagh and Nelder 1989, Generalized
Linear Models, 2nd ed., section 4.3), with a Normal prior on each term.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from risk.arrays import Bools, Floats
from risk.models.penalised import LARGEST_LOG_MEAN, minimise

_DIGITS: Final = 9
_LEAST_MEAN: Final = 1e-12
_MOST_MEAN: Final = 700.0
_LEAST_WEEKS: Final = 4


def chance_of(eta: Floats) -> Floats:
    """Return p = 1 - exp(-exp(η)), the inverse of the complementary log-log link."""
    return np.asarray(-np.expm1(-np.exp(np.minimum(eta, 5.0))))


def fit_terms(
    x: Floats, y: Bools, *, prior: Floats, spread: Floats, free: Bools, least: float
) -> tuple[Floats, Floats]:
    """Find the mode of the terms under a Normal prior, and the inverse of the curvature there.

    Where the slope is held at its bound the other terms are the best beside that slope, and the
    slope has no variance and no covariance.

    Parameters
    ----------
    x, y
        Columns of each trial, the slope's second, shape (n, k), and whether it succeeded, (n,).
    prior, spread
        Mean and standard deviation of each term's prior, shape (k,).
    free
        Which terms are learnt, the first two among them; any other stays at its prior's mean.
    least
        The slope is not let below.

    The result: terms, shape (k,), and their covariance, shape (k, k).
    """
    offset = x[:, ~free] @ prior[~free]
    x, centre, precision = x[:, free], prior[free], spread[free] ** -2.0

    def means(b: Floats) -> tuple[Floats, Floats]:
        mean = np.exp(np.minimum(offset + x @ b, LARGEST_LOG_MEAN))
        # d/dη of ln(1 - e^-μ) is μ/(e^μ - 1), of -μ is -μ; the expected curvature is their product.
        return mean, mean / np.expm1(np.clip(mean, _LEAST_MEAN, _MOST_MEAN))

    def loss(b: Floats) -> tuple[float, Floats]:
        mean, pull = means(b)
        happened = np.log(-np.expm1(-np.maximum(mean, _LEAST_MEAN)))
        value = np.where(y, -happened, mean).sum() + 0.5 * (precision * (b - centre) ** 2).sum()
        return float(value), precision * (b - centre) - x.T @ np.where(y, pull, -mean)

    def curvature(b: Floats) -> Floats:
        mean, pull = means(b)
        return np.asarray(x.T @ (x * (mean * pull)[:, None]) + np.diag(precision))

    bounds = np.full(len(centre), -np.inf)
    bounds[1] = least
    b = minimise(loss, centre, lower=bounds, curvature=np.diag(curvature(centre)))
    terms, covariance = prior.copy(), np.zeros((len(prior), len(prior)))
    terms[free] = np.round(b, _DIGITS)
    inside = np.flatnonzero(free)[b > bounds]
    covariance[np.ix_(inside, inside)] = np.linalg.inv(curvature(b)[np.ix_(b > bounds, b > bounds)])
    return terms, covariance


def measure_spread(week: pd.Series, y: Bools, chance: Floats) -> float:
    """Measure how weeks scatter beyond chance, by moments: σ² = Σ ((O - E)² - V) / Σ E².

    O successes, E = Σ p and V = Σ p(1 - p) of each week; at least 0, and 0 with few weeks.
    """
    columns = {"o": y.astype(np.float64), "e": chance, "v": chance * (1 - chance)}
    sums = pd.DataFrame(columns, index=week.index).groupby(week).sum()
    if len(sums) < _LEAST_WEEKS:
        return 0.0
    beyond = float(((sums["o"] - sums["e"]) ** 2 - sums["v"]).sum())
    return float(np.sqrt(max(beyond / float((sums["e"] ** 2).sum()), 0.0)))
