"""Weights of the find rate: mode, covariance and evidence under a Normal prior with bounds.

A visit of effort a to a place of rate θ finds something with probability

    P = 1 - exp(-a·θ),   ln θ = offset + b0 + Σ β_j x_j

(complementary log-log link with the log of the effort as offset; McCullagh and Nelder 1989,
Generalized Linear Models, 2nd ed., section 4.3). The prior of β_j is Normal about policy's weight,
with the precision penalty·spread_j²: so many expected finds at unit variance. The penalty is that
with the highest evidence in Laplace's approximation (MacKay 1992, Neural Computation 4, 415-447).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from threadpoolctl import threadpool_limits

from risk.arrays import Floats
from risk.models.penalised import LARGEST_LOG_MEAN, minimise

_LEAST_MEAN: Final = 1e-12
_MOST_MEAN: Final = 700.0
_DIGITS: Final = 9


@dataclass(frozen=True, kw_only=True)
class Prior:
    """Normal prior and bounds of each term, all shape (k,); precision 0 is no prior."""

    mean: Floats
    precision: Floats
    lower: Floats
    upper: Floats

    def times(self, penalty: float, penalised: Floats) -> Prior:
        """Return the same with the precision of the penalised terms (1 or 0) multiplied."""
        factor = np.where(penalised > 0, penalty, 1.0)
        return replace(self, precision=self.precision * factor)


@dataclass(frozen=True, kw_only=True)
class Mode:
    """The most probable terms.

    Parameters
    ----------
    terms
        Shape (k,).
    covariance
        Inverse of the curvature there, shape (k, k); 0 for a term held at a bound.
    evidence
        Log marginal likelihood in Laplace's approximation, up to a constant.
    """

    terms: Floats
    covariance: Floats
    evidence: float


def fit_mode(
    x: Floats, y: Floats, *, offset: Floats, prior: Prior, start: Floats | None = None
) -> Mode:
    """Find the mode of terms given what visits found.

    Parameters
    ----------
    x
        Shape (visits, k).
    y
        What was found: 1, 0, or a share where only suspected; shape (visits,).
    offset
        Log of effort and level, shape (visits,).
    start
        Terms to start from.
    """
    # Threads on matrices of this size only wait for each other, and add up in any order.
    with threadpool_limits(limits=1, user_api="blas"):
        return _fit_mode(x, y, offset, prior, prior.mean if start is None else start)


def _fit_mode(x: Floats, y: Floats, offset: Floats, prior: Prior, start: Floats) -> Mode:
    lower, upper = prior.lower, prior.upper
    first = np.clip(start, lower, upper)

    def means(b: Floats) -> tuple[Floats, Floats]:
        mean = np.exp(np.minimum(offset + x @ b, LARGEST_LOG_MEAN))
        mean = np.maximum(mean, _LEAST_MEAN)
        # d/dη of ln(1 - e^-μ) is μ/(e^μ - 1), of -μ is -μ; the expected curvature is their product.
        return mean, mean / np.expm1(np.minimum(mean, _MOST_MEAN))

    def loss(b: Floats) -> tuple[float, Floats]:
        mean, pull = means(b)
        value = ((1.0 - y) * mean - y * np.log(-np.expm1(-mean))).sum()
        value += 0.5 * (prior.precision * (b - prior.mean) ** 2).sum()
        gradient = x.T @ ((1.0 - y) * mean - y * pull) + prior.precision * (b - prior.mean)
        return float(value), gradient

    def curvature(b: Floats) -> Floats:
        mean, pull = means(b)
        return np.asarray(x.T @ (x * (mean * pull)[:, None]) + np.diag(prior.precision))

    mean, pull = means(first)
    diagonal = np.einsum("ij,ij,i->j", x, x, mean * pull) + prior.precision
    diagonal = np.maximum(diagonal, 1e-9)
    b = np.round(minimise(loss, first, lower=lower, upper=upper, curvature=diagonal), _DIGITS)
    b = np.clip(b, lower, upper)
    inside = np.flatnonzero((b > lower) & (b < upper))
    part = curvature(b)[np.ix_(inside, inside)]
    covariance = np.zeros((len(b), len(b)))
    covariance[np.ix_(inside, inside)] = np.linalg.inv(part)
    believed = prior.precision[inside]
    believed = believed[believed > 0]
    evidence = -loss(b)[0] - 0.5 * np.linalg.slogdet(part)[1] + 0.5 * np.log(believed).sum()
    return Mode(terms=b, covariance=covariance, evidence=float(evidence))
