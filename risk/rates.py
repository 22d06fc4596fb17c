"""Empirical-Bayes rates: rates of small areas, shrunk towards the mean by their size."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class SmoothedRates:
    """Raw and smoothed rates of n places.

    Parameters
    ----------
    raw
        Events per exposure, shape (n,); NaN where the exposure is 0.
    smoothed
        weight · raw + (1 - weight) · mean.
    weight
        How much the place's own rate counts, 0 to 1.
    mean
        Events per exposure of all places together; 0 where there is no exposure at all.
    """

    raw: NDArray[np.float64]
    smoothed: NDArray[np.float64]
    weight: NDArray[np.float64]
    mean: float


def smooth_rates(events: NDArray[np.float64], exposure: NDArray[np.float64]) -> SmoothedRates:
    """Smooth rates by empirical Bayes with the moments of Marshall (1991).

    With r_i = e_i/n_i, mean m = Σe/Σn, variance s² = Σ n_i (r_i - m)² / Σn and A = s² - m/mean(n),
    the weight of place i is A / (A + m/n_i), and 0 for all where A is not positive: the places then
    differ no more than chance lets them. (Marshall 1991, Applied Statistics 40(2); the model is
    Clayton and Kaldor's of 1987, Biometrics 43. ``esda.smoothing.Empirical_Bayes`` agrees where
    A > 0.)

    Parameters
    ----------
    events
        Counts, shape (n,), ≥ 0.
    exposure
        Exposure of the same places, ≥ 0. A place without exposure has no raw rate, weighs nothing
        and is given the mean.

    Returns
    -------
    SmoothedRates
    """
    events = np.asarray(events, dtype=np.float64)
    exposure = np.asarray(exposure, dtype=np.float64)
    there = exposure > 0
    if not there.any():
        unknown = np.full(events.shape, np.nan)
        return SmoothedRates(
            raw=unknown, smoothed=np.zeros_like(unknown), weight=np.zeros_like(unknown), mean=0.0
        )
    total = exposure[there].sum()
    mean = float(events[there].sum() / total)
    raw = np.divide(events, exposure, out=np.full(events.shape, np.nan), where=there)
    variance = float((exposure[there] * (raw[there] - mean) ** 2).sum() / total)
    between = variance - mean / float(exposure[there].mean())
    weight = np.zeros(events.shape)
    if between > 0:
        weight[there] = between / (between + mean / exposure[there])
    smoothed = np.where(there, weight * np.nan_to_num(raw) + (1 - weight) * mean, mean)
    return SmoothedRates(raw=raw, smoothed=smoothed, weight=weight, mean=mean)
