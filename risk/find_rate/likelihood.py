"""Weights of the find rate: mode, covariance and evidence under a Normal prior with bounds.

A visit of effort a to a place of rate θ finds something with probability

    P = 1 - exp(-a·θ),   ln θ = offset + b0 + Σ β_j x_j

(complementary log-log link with the log of the effort as offset; McCullagh and Nelder 1989,
Generalized Linear Models, 2nd ed., section 4.3). The prior of β_j is Normal about policy's weight,
with the precision penalty·spread_j²: so many expected finds at unit variance. The penalty is that
with the highest evidence in Laplace's approximation (MacKay 1992, Neural Computation 4, 415-447).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from risk.arrays import Codes, Floats, one_thread
from risk.models.penalised import LARGEST_LOG_MEAN, minimise

_LEAST_MEAN: Final = 1e-12
_MOST_MEAN: Final = 700.0
_DIGITS: Final = 9
_NO_SHARE: Final = 10.0
"""A prior of so much less log evidence than another has no part in what is known."""
_ROWS_AT_ONCE: Final = 8_192
"""So many rows are worked through at a time: few enough to stay near a processor between two
products, and many beside what each call costs."""


@dataclass(frozen=True, kw_only=True)
class Prior:
    """Normal prior and bounds of each term, all shape (k,); precision 0 is no prior."""

    mean: Floats
    precision: Floats
    lower: Floats
    upper: Floats
    coupling: Floats | None = None
    """Further precision of terms and between them, shape (k, k), positive semidefinite."""

    def times(self, penalty: float, penalised: Floats) -> Prior:
        """Return the same with the precision of the penalised terms (1 or 0) multiplied."""
        factor = np.where(penalised > 0, penalty, 1.0)
        return replace(self, precision=self.precision * factor)

    def matrix(self) -> Floats:
        """Return the whole precision, shape (k, k)."""
        of_each = np.diag(self.precision)
        return of_each if self.coupling is None else of_each + self.coupling

    def loss(self, b: Floats) -> tuple[float, Floats]:
        """Return minus the log density of terms, up to a constant, and its gradient."""
        away = b - self.mean
        value, pull = 0.5 * (self.precision * away**2).sum(), self.precision * away
        if self.coupling is not None:
            further = self.coupling @ away
            value, pull = value + 0.5 * away @ further, pull + further
        return float(value), pull

    def log_volume(self, terms: Codes) -> float:
        """Return half the log determinant of the precision of some of the terms."""
        if self.coupling is not None:
            return float(0.5 * np.linalg.slogdet(self.matrix()[np.ix_(terms, terms)])[1])
        believed = self.precision[terms]
        return float(0.5 * np.log(believed[believed > 0]).sum())


@dataclass(frozen=True, kw_only=True)
class Mode:
    """The most probable terms."""

    terms: Floats
    """Shape (k,)."""
    covariance: Floats
    """Inverse of the curvature there, shape (k, k); 0 for a term held at a bound."""
    evidence: float
    """Log marginal likelihood in Laplace's approximation, up to a constant."""


def fit_mode(
    x: Floats, y: Floats, *, offset: Floats, prior: Prior, start: Floats | None = None
) -> Mode:
    """Find the mode of terms given what visits found.

    ``x``: shape (visits, k).
    ``y``: what was found: 1, 0, or a share where only suspected; shape (visits,).
    ``offset``: log of effort and level, shape (visits,).
    ``start``: terms to start from.
    """
    with one_thread():
        return _fit_mode(x, y, offset, prior, prior.mean if start is None else start)


def _fit_mode(x: Floats, y: Floats, offset: Floats, prior: Prior, start: Floats) -> Mode:
    lower, upper = prior.lower, prior.upper
    posterior = _Posterior(x, y, offset, prior)
    first = np.clip(start, lower, upper)
    diagonal = np.maximum(posterior.diagonal(first), 1e-9)
    found = minimise(posterior.loss, first, lower=lower, upper=upper, curvature=diagonal)
    b = np.clip(np.round(found, _DIGITS), lower, upper)
    inside = np.flatnonzero((b > lower) & (b < upper))
    part = posterior.curvature(b)[np.ix_(inside, inside)]
    covariance = np.zeros((len(b), len(b)))
    covariance[np.ix_(inside, inside)] = np.linalg.inv(part)
    evidence = -posterior.loss(b)[0] - 0.5 * np.linalg.slogdet(part)[1]
    return Mode(terms=b, covariance=covariance,
                evidence=float(evidence + prior.log_volume(inside)))  # fmt: skip


def information(x: Floats, y: Floats, *, offset: Floats, terms: Floats) -> Floats:
    """Return the curvature of minus the log likelihood in the terms, shape (k, k)."""
    nothing = np.zeros(len(terms))
    free = Prior(mean=nothing, precision=nothing, lower=nothing, upper=nothing)
    with one_thread():
        return _Posterior(x, y, offset, free).curvature(terms)


def climb(
    first: Mode,
    beliefs: Sequence[tuple[float, float]],
    mode_at: Callable[[float, Floats], Mode],
) -> tuple[float, Mode]:
    """Return a number of at most 1 of which the next smaller one is less likely, and its mode.

    ``first``: the mode at 1.
    ``beliefs``: smaller numbers, the greatest first, each with its log density beside that of 1.
    ``mode_at``: gives the mode at a number, from terms to start from.
    """
    best, height = (1.0, first), first.evidence
    for value, belief in beliefs:
        mode = mode_at(value, best[1].terms)
        if mode.evidence + belief <= height:
            break
        best, height = (value, mode), mode.evidence + belief
    return best


def with_doubt_of_prior(
    best: Mode, by_penalty: Mapping[float, Mode], refit: Callable[[float, Mode], Mode]
) -> Mode:
    """Return a mode with the covariance about it of all priors, each as probable as it is.

    With few visits the evidence hardly tells how firmly policy's weights are to be held to, and the
    firmest of the priors must not pass for knowledge.

    ``by_penalty``: the mode of each prior; of those with hardly any share nothing is taken.
    ``refit``: gives the mode that is taken instead of one of a penalty.
    """
    least = max(mode.evidence for mode in by_penalty.values()) - _NO_SHARE
    modes = [refit(*each) for each in by_penalty.items() if each[1].evidence >= least]
    evidence = np.array([mode.evidence for mode in modes])
    weight = np.exp(evidence - evidence.max())
    covariance = np.zeros_like(best.covariance)
    for mode, share in zip(modes, weight / weight.sum(), strict=True):
        away = mode.terms - best.terms
        covariance += share * (mode.covariance + np.outer(away, away))
    return replace(best, covariance=covariance)


@dataclass(frozen=True, slots=True)
class _Posterior:
    """Minus its logarithm, with derivatives, added up over some rows after the others."""

    x: Floats
    y: Floats
    offset: Floats
    prior: Prior

    def loss(self, b: Floats) -> tuple[float, Floats]:
        value, gradient = 0.0, np.zeros(len(b))
        for each, found, mean in self._parts(b):
            some = np.flatnonzero(found)  # most visits found nothing, and need half the work
            residual = (1.0 - found) * mean
            lost = residual.copy()
            lost[some] -= found[some] * np.log(-np.expm1(-mean[some]))
            residual[some] -= found[some] * _pull(mean[some])
            value += lost.sum()
            gradient += each.T @ residual
        apart, pull = self.prior.loss(b)
        return float(value + apart), gradient + pull

    def curvature(self, b: Floats) -> Floats:
        total = np.zeros((len(b), len(b)))
        for each, _, mean in self._parts(b):
            total += each.T @ (each * (mean * _pull(mean))[:, None])
        return np.asarray(total + self.prior.matrix())

    def diagonal(self, b: Floats) -> Floats:
        """Return that of the curvature."""
        total = np.diag(self.prior.matrix()).copy()
        for each, _, mean in self._parts(b):
            total += np.einsum("ij,ij,i->j", each, each, mean * _pull(mean))
        return total

    def _parts(self, b: Floats) -> Iterator[tuple[Floats, Floats, Floats]]:
        """Yield x, y and mean of some rows after the others."""
        for begin in range(0, len(self.y), _ROWS_AT_ONCE):
            rows = slice(begin, begin + _ROWS_AT_ONCE)
            x = self.x[rows]
            mean = np.exp(np.minimum(self.offset[rows] + x @ b, LARGEST_LOG_MEAN))
            yield x, self.y[rows], np.maximum(mean, _LEAST_MEAN)


def _pull(mean: Floats) -> Floats:
    """Return d/dη of ln(1 - e^-μ), μ/(e^μ - 1); of -μ it is -μ: their product is the curvature."""
    return np.asarray(mean / np.expm1(np.minimum(mean, _MOST_MEAN)))
