"""Penalised Poisson regression with signs: the only fitting that the score needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from geo.errors import GridwardenError

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_STEPS: Final = 50
LARGEST_LOG_MEAN: Final = 30.0
_INTERCEPT_PENALTY: Final = 1e-6
_JITTER: Final = 1e-9
_SUFFICIENT: Final = 1e-4
_SHORTEST: Final = 1e-6


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
    objective
        Penalised negative log-likelihood at the solution, up to a constant.
    steps
        Newton steps taken.
    """

    intercept: float
    weights: NDArray[np.float64]
    objective: float
    steps: int


def fit_poisson(  # noqa: PLR0913 -- everything but the data has a name at the call
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    *,
    offset: NDArray[np.float64],
    penalty: float,
    prior: NDArray[np.float64],
    lower: NDArray[np.float64],
    row_weights: NDArray[np.float64] | None = None,
    start: NDArray[np.float64] | None = None,
    tolerance: float = 1e-7,
) -> PoissonFit:
    """Fit Poisson counts with a ridge towards prior weights and lower bounds.

    Minimises Σ w(μ - y·log μ) + ½·penalty·|β - prior|² with log μ = offset + b0 + xβ, subject to
    β ≥ lower, by projected Newton steps (Bertsekas 1982, SIAM J. Control Optim. 20, 221-246):
    weights that the gradient holds at their bound leave the step.

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
        Shape (features,); ``lower`` may be -inf.
    row_weights
        What each row counts, ≥ 0; 1 where not given.
    start
        Weights to start from.
    tolerance
        Stop when a step gains less than this share of the objective.

    Raises
    ------
    RegressionError
        When shapes do not match or a number is not finite.
    """
    _check(x, y, offset, prior, lower)
    problem = _Problem(
        z=np.column_stack([np.ones(len(x)), x]),
        y=np.asarray(y, np.float64),
        offset=np.asarray(offset, np.float64),
        worth=np.ones(len(y)) if row_weights is None else np.asarray(row_weights, np.float64),
        penalty=np.concatenate([[_INTERCEPT_PENALTY], np.full(x.shape[1], float(penalty))]),
        prior=np.concatenate([[0.0], prior]),
        lower=np.concatenate([[-np.inf], lower]),
    )
    first = problem.prior if start is None else np.concatenate([[0.0], start])
    b = np.maximum(first, problem.lower)
    value, mean = problem.value(b)
    gain, steps = np.inf, 0
    while gain > tolerance * abs(value) and steps < MOST_STEPS:
        before = value
        b, value, mean = problem.step(b, value, mean)
        gain, steps = before - value, steps + 1
    return PoissonFit(intercept=float(b[0]), weights=b[1:], objective=value, steps=steps)


@dataclass(frozen=True, kw_only=True)
class _Problem:
    z: NDArray[np.float64]
    y: NDArray[np.float64]
    offset: NDArray[np.float64]
    worth: NDArray[np.float64]
    penalty: NDArray[np.float64]
    prior: NDArray[np.float64]
    lower: NDArray[np.float64]

    def value(self, b: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        eta = np.minimum(self.z @ b + self.offset, LARGEST_LOG_MEAN)
        mean = np.exp(eta)
        loss = (self.worth * (mean - self.y * eta)).sum()
        return float(loss + 0.5 * (self.penalty * (b - self.prior) ** 2).sum()), mean

    def step(
        self, b: NDArray[np.float64], value: float, mean: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], float, NDArray[np.float64]]:
        """Take one projected Newton step, halved until it descends enough."""
        gradient = self.z.T @ (self.worth * (mean - self.y)) + self.penalty * (b - self.prior)
        free = ~((b <= self.lower) & (gradient > 0))
        half = self.z[:, free] * np.sqrt(self.worth * mean)[:, None]
        hessian = half.T @ half
        hessian[np.diag_indices(len(hessian))] += self.penalty[free] + _JITTER
        direction = np.zeros(len(b))
        direction[free] = cho_solve(cho_factor(hessian), gradient[free])
        length = 1.0
        while length > _SHORTEST:
            tried = np.maximum(b - length * direction, self.lower)
            new, new_mean = self.value(tried)
            if new <= value - _SUFFICIENT * float(gradient @ (b - tried)):
                return tried, new, new_mean
            length /= 2
        return b, value, mean


def _check(*arrays: NDArray[np.float64]) -> None:
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
