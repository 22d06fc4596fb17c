"""Penalised Poisson regression with signs: the only fitting that the score needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from geo.errors import GridwardenError
from risk.arrays import Floats
from risk.models.penalised import LARGEST_LOG_MEAN, minimise

_INTERCEPT_PENALTY: Final = 1e-6
_LEAST_SPREAD: Final = 1e-6


class RegressionError(GridwardenError):
    """A regression was given arrays that do not fit together, or numbers that are none."""


@dataclass(frozen=True, kw_only=True)
class PoissonFit:
    """Coefficients of log E(y) = offset + intercept + x·weights.

    Parameters
    ----------
    intercept
        Not penalised.
    weights
        Shape (features,).
    """

    intercept: float
    weights: Floats


def fit_poisson(
    x: Floats,
    y: Floats,
    *,
    offset: Floats,
    penalty: float,
    prior: Floats | float = 0.0,
    lower: Floats | float = -np.inf,
    start: Floats | None = None,
) -> PoissonFit:
    """Fit Poisson counts with a ridge towards prior weights and lower bounds.

    Minimises Σ (μ - y·log μ) + ½·penalty·|β - prior|² with log μ = offset + b0 + xβ, subject to
    β ≥ lower.

    Parameters
    ----------
    x
        Shape (rows, features), best standardised, since the penalty is the same for all.
    y
        Counts or shares of counts ≥ 0, shape (rows,).
    offset
        Log of the expectation where all x are 0, shape (rows,).
    penalty
        > 0; it is worth as much as that many expected events at unit variance.
    prior, lower
        Shape (features,), or one number for all; ``lower`` may be -inf.
    start
        Weights to start from.

    Raises
    ------
    RegressionError
        When shapes do not match or a number is not finite.
    """
    believed, least = (
        np.asarray(each) if np.ndim(each) else np.full(x.shape[1], each) for each in (prior, lower)
    )
    _check(x, y, offset, believed, least)
    z = np.column_stack([np.ones(len(x)), x])
    pull = np.concatenate([[_INTERCEPT_PENALTY], np.full(x.shape[1], float(penalty))])
    centre = np.concatenate([[0.0], believed])

    def means(b: Floats) -> tuple[Floats, Floats]:
        eta = np.minimum(z @ b + offset, LARGEST_LOG_MEAN)
        return eta, np.exp(eta)

    def loss(b: Floats) -> tuple[float, Floats]:
        eta, mean = means(b)
        value = (mean - y * eta).sum() + 0.5 * (pull * (b - centre) ** 2).sum()
        return float(value), z.T @ (mean - y) + pull * (b - centre)

    bounds = np.concatenate([[-np.inf], least])
    first = np.maximum(centre if start is None else np.concatenate([[0.0], start]), bounds)
    curvature = means(first)[1] @ z**2 + pull
    b = minimise(loss, first, lower=bounds, curvature=curvature)
    return PoissonFit(intercept=float(b[0]), weights=b[1:])


def fit_standardised(
    x: Floats,
    y: Floats,
    *,
    offset: Floats,
    penalty: float,
    prior: Floats | float = 0.0,
    lower: Floats | float = -np.inf,
    start: Floats | None = None,
) -> PoissonFit:
    """Fit as `fit_poisson`, each column brought to mean 0 and variance 1 before it is penalised.

    ``prior``, ``start`` and the fit returned are per unit of ``x``; ``lower`` is 0 or -inf.
    """
    centre, spread = x.mean(axis=0), x.std(axis=0)
    spread[spread < _LEAST_SPREAD] = 1.0
    fit = fit_poisson(
        (x - centre) / spread,
        y,
        offset=offset,
        penalty=penalty,
        prior=prior * spread,
        lower=lower,
        start=None if start is None else start * spread,
    )
    weights = fit.weights / spread
    return PoissonFit(intercept=fit.intercept - float(centre @ weights), weights=weights)


def _check(*arrays: Floats) -> None:
    x, y, offset, prior, lower = arrays
    shapes = [array.shape for array in arrays]
    expected = [(len(x), x.shape[1]), (len(x),), (len(x),), (x.shape[1],), (x.shape[1],)]
    if shapes != expected or not len(x):
        raise RegressionError("regression_shapes", seen=str(shapes), expected=str(expected))
    if (
        not all(np.isfinite(array).all() for array in (x, y, offset, prior))
        or np.isnan(lower).any()
    ):
        raise RegressionError("regression_not_finite", what_to_do="Leave unknown values out.")
