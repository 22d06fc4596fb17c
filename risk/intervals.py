"""Intervals of expected counts, wider where fewer events support them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import gammaincinv

from risk import columns as c
from risk.config import ScoreConfig


def certainty_events(frame: pd.DataFrame, config: ScoreConfig) -> NDArray[np.float64]:
    """Return how many events of evidence each score stands on, policy's own included (> 0)."""
    seen = (
        config.ring_complaint * frame[c.COMPLAINTS]
        + frame[c.VIOLATIONS]
        + frame[c.FOUND]
        + frame.get(c.NOT_FOUND, 0.0)
    )
    return config.interval_events + seen.to_numpy(np.float64)


def gamma_interval(
    mean: NDArray[np.float64], variance: NDArray[np.float64], *, level: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the central interval of a Gamma distribution with the given moments.

    The expected count of a Poisson place with a Gamma prior is Gamma distributed (shape = prior
    events + events seen); a sum of places is taken as Gamma with the summed mean and variance.

    Parameters
    ----------
    mean, variance
        Shape (n,), ≥ 0; where either is 0 both ends are the mean.
    level
        Probability inside, 0 to 1.

    Returns
    -------
    low, high
        Shape (n,).
    """
    usable = (mean > 0) & (variance > 0)
    shape = np.divide(mean**2, variance, out=np.ones_like(mean), where=usable)
    scale = np.where(usable, mean / shape, 0.0)
    tail = (1 - level) / 2
    low, high = (gammaincinv(shape, tail) * scale, gammaincinv(shape, 1 - tail) * scale)
    return np.where(usable, low, mean), np.where(usable, high, mean)
