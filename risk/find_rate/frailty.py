"""How far places depart from what their columns tell: the strength of a Gamma frailty.

A place of expected rate μ has the rate Z·μ with Z ~ Gamma(k, k), mean 1 and variance 1/k. Given
visits with expectations E_1, E_2, … it has found nothing by the j-th with probability

    S_j = (k / (k + E_1 + … + E_j))^k

so that k shows in how much rarer finds become after visits that found nothing (Vaupel, Manton and
Stallard 1979, Demography 16, 439-454). What comes after a first find says nothing of it: what was
found is closed.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from risk.arrays import Codes, Floats

STRENGTHS: Final = 2.0 ** np.arange(-3, 8)
"""Candidate strengths k, in expected finds."""
_LOG_SPREAD: Final = 1.0
"""Standard deviation of the log of k in its prior."""
_LEAST: Final = 1e-12


def place_strength(y: Floats, expected: Floats, place: Codes, *, believed: float) -> float:
    """Return the most probable of `STRENGTHS`.

    Parameters
    ----------
    y
        What each visit found, 0 to 1; from a half on it counts as a find, shape (visits,).
    expected
        Rate expected of each visit without the place's own past, shape (visits,).
    place
        Number of each visit's place; the visits of a place in order of time.
    believed
        k that is believed before, > 0.
    """
    order = np.argsort(place, kind="stable")
    found, place = (y >= 0.5)[order], place[order]  # noqa: PLR2004 -- a half
    expected = expected[order] * (y.sum() / max(float(expected.sum()), _LEAST))
    first = np.concatenate([[True], place[1:] != place[:-1]])
    starts = np.flatnonzero(first)
    number = np.cumsum(first) - 1
    total = np.cumsum(expected)
    upto = total - (total - expected)[starts][number]
    finds_before = np.cumsum(found) - found
    at_risk = finds_before - finds_before[starts][number] == 0
    counted = at_risk & (found | np.concatenate([first[1:], [True]]))
    before, after, hit = (upto - expected)[counted], upto[counted], found[counted]

    def survival(e: Floats, k: float) -> Floats:
        return np.exp(-k * np.log1p(e / k))

    def log_posterior(k: float) -> float:
        here = np.where(hit, survival(before, k) - survival(after, k), survival(after, k))
        prior = -0.5 * (np.log(k / believed) / _LOG_SPREAD) ** 2
        return float(np.log(np.maximum(here, _LEAST)).sum() + prior)

    return float(max(STRENGTHS, key=log_posterior))
