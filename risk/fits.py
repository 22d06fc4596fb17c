"""Fit training windows and predict the next one; weights are per unit of each feature."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from risk.regression import fit_poisson

LEAST_LEVEL: Final = 1e-4
LEAST_SPREAD: Final = 1e-6


@dataclass(frozen=True, kw_only=True)
class TrainingWindow:
    """Rows of one window of the past: features as of its start, outcomes from inside it.

    Parameters
    ----------
    start, ended
        Days; the outcomes are known from ``ended`` on.
    x
        Features, one row per outcome.
    y
        Outcomes, ≥ 0.
    """

    start: int
    ended: int
    x: pd.DataFrame
    y: NDArray[np.float64]

    @property
    def level(self) -> float:
        """Mean outcome, never 0."""
        return max(float(self.y.mean()), LEAST_LEVEL) if len(self.y) else LEAST_LEVEL


@dataclass(frozen=True, kw_only=True)
class Fit:
    """log E(y) = log level + intercept + Σ weight · (feature - centre).

    Parameters
    ----------
    names
        The features; any other is left alone, and one that is missing reads 0.
    weights, prior
        What was learnt and what policy believed, per unit of each feature.
    centre, spread
        Mean and standard deviation of each feature in the training rows.
    intercept
        Log of what remains once the level of each window is taken out.
    level
        Mean outcome of the last window: where the office stands now.
    windows, rows, events
        What it was learnt from: first start and last end (days), rows, sum of outcomes.
    """

    names: tuple[str, ...]
    weights: NDArray[np.float64]
    prior: NDArray[np.float64]
    centre: NDArray[np.float64]
    spread: NDArray[np.float64]
    intercept: float
    level: float
    windows: tuple[int, int]
    rows: int
    events: float

    def log_mean(self, x: pd.DataFrame) -> NDArray[np.float64]:
        """Return the log expectation of each row."""
        values = x.reindex(columns=list(self.names), fill_value=0.0).to_numpy(np.float64)
        shift = float(self.centre @ self.weights)
        return np.asarray(np.log(self.level) + self.intercept - shift + values @ self.weights)


@dataclass(frozen=True, kw_only=True)
class Policy:
    """What is believed and allowed of a feature, by name.

    Parameters
    ----------
    prior
        Weight per unit of the feature.
    raised_only
        Whether the weight may not be below 0.
    """

    prior: Callable[[str], float]
    raised_only: Callable[[str], bool]


NO_POLICY: Final = Policy(prior=lambda _: 0.0, raised_only=lambda _: False)


def fit_windows(
    windows: Sequence[TrainingWindow],
    names: Sequence[str],
    *,
    penalty: float,
    policy: Policy,
    start: Fit | None = None,
) -> Fit:
    """Fit the outcomes of windows, each about its own level.

    Features are standardised on the training rows and the penalty pulls each standardised weight
    towards prior · spread, so that where little was learnt the weight is policy's.

    Parameters
    ----------
    windows
        At least one, oldest first.
    names
        Features to use.
    penalty
        See `risk.regression.fit_poisson`.
    policy
        Priors and signs.
    start
        An earlier fit to start from.
    """
    x = _stack(windows, names)
    y = np.concatenate([window.y for window in windows])
    offset = np.concatenate([np.full(len(w.y), np.log(w.level)) for w in windows])
    centre, spread = x.mean(axis=0), x.std(axis=0)
    spread[spread < LEAST_SPREAD] = 1.0
    prior = np.array([policy.prior(name) for name in names])
    fit = fit_poisson(
        (x - centre) / spread,
        y,
        offset=offset,
        penalty=penalty,
        prior=prior * spread,
        lower=np.array([0.0 if policy.raised_only(name) else -np.inf for name in names]),
        start=None if start is None else _start(start, names, prior) * spread,
    )
    return Fit(
        names=tuple(names),
        weights=fit.weights / spread,
        prior=prior,
        centre=centre,
        spread=spread,
        intercept=fit.intercept,
        level=windows[-1].level,
        windows=(windows[0].start, windows[-1].ended),
        rows=len(y),
        events=float(y.sum()),
    )


def union_of_names(frames: Sequence[pd.DataFrame]) -> list[str]:
    """List every column of any of the frames, in order of first appearance."""
    return list(dict.fromkeys(str(name) for frame in frames for name in frame.columns))


def _stack(windows: Sequence[TrainingWindow], names: Sequence[str]) -> NDArray[np.float64]:
    parts = [
        window.x.reindex(columns=list(names), fill_value=0.0).to_numpy(np.float64)
        for window in windows
    ]
    return np.concatenate(parts)


def _start(fit: Fit, names: Sequence[str], prior: NDArray[np.float64]) -> NDArray[np.float64]:
    """Take the weights of an earlier fit, policy's where the feature is new."""
    earlier = pd.Series(fit.weights, index=list(fit.names)).reindex(list(names)).to_numpy()
    return np.where(np.isnan(earlier), prior, earlier)
