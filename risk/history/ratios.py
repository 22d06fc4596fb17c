"""Empirical-Bayes ratios of found to expected, with their strength from the data themselves."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

STRENGTHS: Final = 2.0 ** np.arange(-1, 10)
"""Candidate strengths of the prior, in expected events."""
LEAST_EXPECTED: Final = 1e-9
WIDTHS_ADDED: Final = 3


def prior_strength(found: NDArray[np.float64], expected: NDArray[np.float64]) -> float:
    """Return the strength k of the Gamma prior with the highest marginal likelihood.

    Given its own relative risk θ ~ Gamma(k, k), a place's count is Poisson(θE); marginally it is
    negative binomial with log-likelihood (up to a constant)

        Σ lnΓ(O + k) - lnΓ(k) + k ln(k/(k + E)) + O ln(E/(k + E)).

    (Clayton and Kaldor 1987, Biometrics 43, 671-681.)

    Parameters
    ----------
    found, expected
        O and E of each place; places without expectation are left out.

    Returns
    -------
    float
        One of `STRENGTHS`; the largest where there is nothing to learn from.
    """
    there = expected > LEAST_EXPECTED
    if not there.any():
        return float(STRENGTHS[-1])
    o, e, k = found[there][:, None], expected[there][:, None], STRENGTHS[None]
    each = gammaln(o + k) - gammaln(k) + k * np.log(k / (k + e)) + o * np.log(e / (k + e))
    return float(STRENGTHS[each.sum(axis=0).argmax()])


def log_ratio(
    found: NDArray[np.float64], expected: NDArray[np.float64], strength: float
) -> NDArray[np.float64]:
    """Return log((O + k)/(E + k)), the log of the posterior mean of the relative risk.

    0 where nothing is known, and where exactly the expected was found.
    """
    return np.asarray(np.log((found + strength) / (expected + strength)))


def local_mean(
    day: NDArray[np.int64],
    found: NDArray[np.float64],
    *,
    width_days: float,
    looked: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """Return the office's mean outcome around each visit's day.

    A Gaussian average in time over the visits given, itself included, so that a lean year or a
    strict month is nobody's history.

    Parameters
    ----------
    day
        Whole days, shape (visits,).
    found
        Outcome of each visit.
    width_days
        Standard deviation of the window; it is cut off at three of them.
    looked
        How thoroughly each visit looked, > 0; the mean is then of finds per looking. 1 where not
        given.
    """
    if not len(day):
        return np.zeros(0)
    first, days = int(day.min()), int(np.ptp(day)) + 1
    half = int(np.ceil(WIDTHS_ADDED * width_days))
    lags = np.arange(-half, half + 1)
    window = np.exp(-0.5 * (lags / width_days) ** 2)

    def smooth(sums: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.convolve(np.pad(sums, half), window, "valid")

    up = smooth(np.bincount(day - first, found, days).astype(np.float64))
    down = smooth(np.bincount(day - first, looked, days).astype(np.float64))
    level = np.divide(up, down, out=np.zeros(days), where=down > LEAST_EXPECTED)
    return np.asarray(level[day - first])
