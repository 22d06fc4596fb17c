"""The office's own find rate, window by window and in the coming weeks.

Of E expected finds of a window O came. Its rate is the average times a ratio 1 + u, and

    O/E - 1 = u + noise,   cov(u_i, u_j) = σ² 2^(-|t_i - t_j| / h),   var(noise) = V/E²

with V the variance of the finds by chance. Of the windows, and of the weeks to come, u has the best
linear prediction and its variance (credibility with correlated risks; Jewell 1975, ASTIN Bulletin
8; with independent windows it is (O + k)/(E + k), k = 1/σ²). How far windows scatter, σ, and how
fast they forget, h, are averaged over their posterior on a grid, given how past windows moved.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from risk.arrays import Codes, Floats, one_thread
from risk.config.find_rate import ModelConfig
from risk.features.empirical_bayes import LEAST_EXPECTED

_COMING_AGE_DAYS: Final = -15.0
"""The middle of the coming month."""
_MOST_LEVEL: Final = 0.9
_POLICY_VISITS: Final = 5.0
_LEAST_RATIO: Final = 0.05
_POLICY_SPREAD: Final = 0.3
"""Scale of the half-normal prior of σ."""
_SPREADS: Final = np.geomspace(0.02, 1.5, 12)
_HALF_LIVES_DAYS: Final = (30.0, 90.0, 180.0, 365.0, 1_095.0)
"""Candidates of h, alike before anything was seen."""
_DIGITS: Final = 9


@dataclass(frozen=True, kw_only=True)
class Level:
    """The office's own find rate, window by window and now."""

    average: float
    """Rate of a full visit on the average."""
    windows: Floats
    """The same in each window, shape (windows,)."""
    now: float
    """The same in the weeks after the cut."""
    spread: float
    """Standard deviation of the log of the coming weeks' rate about that."""

    @classmethod
    def of(
        cls, y: Floats, expected: Floats, average: float, window: Codes, age_days: Floats
    ) -> Level:
        """Estimate it from what visits found and what was expected of each at the average."""
        size = int(window.max()) + 1
        found, looked = np.bincount(window, y, size), np.bincount(window, expected, size)
        chance = np.bincount(window, expected * (1 - np.minimum(expected, 1)), size)
        age = np.bincount(window, age_days, size) / np.maximum(np.bincount(window, None, size), 1)
        seen = looked > LEAST_EXPECTED
        looked, found = looked[seen], found[seen]
        # Where more is found than was expected chance scatters it more as well.
        scatter = chance[seen] * max(1.0, float(found.sum() / looked.sum()))
        noise = np.maximum(scatter, LEAST_EXPECTED) / looked**2
        with one_thread():
            u, variance = _predict(found / looked - 1, noise, age[seen])
        ratio = np.asarray(np.round(np.maximum(1 + u, _LEAST_RATIO), _DIGITS), dtype=np.float64)
        windows = np.full(size, average)
        windows[seen] *= ratio[:-1]
        return cls(
            average=average,
            windows=windows,
            now=float(average * ratio[-1]),
            spread=float(np.round(np.sqrt(np.log1p(variance)), _DIGITS)),
        )


def average_rate(y: Floats, effort: Floats, rule: ModelConfig) -> float:
    """Return the rate of a full visit, to which levels are ratios; a few visits more are policy's.

    What is believed of the level beforehand is the prior's matter (`risk.find_rate.prior`).
    """
    policy = -np.log1p(-rule.level)
    average = (y.sum() + _POLICY_VISITS * policy) / (effort.sum() + _POLICY_VISITS)
    return float(-np.log1p(-min(average, _MOST_LEVEL)))


def _predict(off: Floats, noise: Floats, age: Floats) -> tuple[Floats, float]:
    """Return u of each window and of the weeks to come, and the variance of the last.

    ``off``: O/E - 1. ``noise``: its variance by chance. ``age``: days, all shape (windows,).
    """
    times = np.append(age, _COMING_AGE_DAYS)
    half_life, spread = (each.ravel() for each in np.meshgrid(_HALF_LIVES_DAYS, _SPREADS))
    alike = 2.0 ** (-np.abs(times[:, None] - times) / half_life[:, None, None])
    # One matrix for each σ and h: windows and, last, the weeks to come.
    covariance = spread[:, None, None] ** 2 * alike
    seen, coming = covariance[:, :-1, :-1] + np.diag(noise), covariance[:, :-1, -1]
    observed = np.broadcast_to(off, coming.shape)
    pull, share = np.moveaxis(np.linalg.solve(seen, np.stack([observed, coming], axis=-1)), -1, 0)
    log = -0.5 * (pull @ off + np.linalg.slogdet(seen)[1])
    # The grid is even in log σ, whose density is σ times that of σ.
    log += np.log(spread) - 0.5 * (spread / _POLICY_SPREAD) ** 2
    weight = np.exp(log - log.max())
    weight /= weight.sum()
    u = np.einsum("gij,gj->gi", covariance[:, :, :-1], pull)
    variance = spread**2 - (coming * share).sum(axis=1)
    mean = weight @ u
    return mean, float(weight @ (variance + (u[:, -1] - mean[-1]) ** 2))
