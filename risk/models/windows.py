"""Fit training windows and predict the next one; weights are per unit of each feature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from risk.arrays import Floats
from risk.models.poisson import fit_standardised

LEAST_LEVEL: Final = 1e-4


@dataclass(frozen=True, kw_only=True)
class TrainingWindow:
    """Rows of one window of the past: features as of its start, outcomes ≥ 0 from inside it."""

    x: pd.DataFrame
    y: Floats

    @property
    def level(self) -> float:
        """Mean outcome, never 0."""
        return max(float(self.y.mean()), LEAST_LEVEL) if len(self.y) else LEAST_LEVEL


@dataclass(frozen=True, kw_only=True)
class Fit:
    """log E(y) = intercept + Σ weight · feature.

    Parameters
    ----------
    names
        The features; any other is left alone, and one that is missing reads 0.
    intercept
        At the level of the last window: where the office stands now.
    """

    names: tuple[str, ...]
    weights: Floats
    intercept: float

    def log_mean(self, x: pd.DataFrame) -> Floats:
        """Return the log expectation of each row."""
        # Row by row: a matrix product rounds a row by how many others there are.
        terms = _values(x, self.names) * self.weights
        return np.asarray(self.intercept + terms.sum(axis=1))


def fit_windows(
    windows: Sequence[TrainingWindow],
    names: Sequence[str],
    *,
    penalty: float,
    prior: Floats | float = 0.0,
    lower: Floats | float = -np.inf,
    start: Fit | None = None,
) -> Fit:
    """Fit the outcomes of windows, each about its own level.

    The penalty pulls each weight, per standard deviation of its feature, towards the prior, so that
    where little was learnt the weight is policy's.

    Parameters
    ----------
    windows
        At least one, oldest first.
    names
        Features to use.
    penalty, prior, lower
        See `risk.models.poisson.fit_standardised`; in the order of the names.
    start
        An earlier fit to start from.
    """
    first = None
    if start is not None:
        earlier = pd.Series(start.weights, index=list(start.names)).reindex(list(names))
        first = np.where(earlier.isna(), prior, earlier)  # policy's where the feature is new
    fit = fit_standardised(
        np.concatenate([_values(window.x, names) for window in windows]),
        np.concatenate([window.y for window in windows]),
        offset=np.concatenate([np.full(len(w.y), np.log(w.level)) for w in windows]),
        penalty=penalty,
        prior=prior,
        lower=lower,
        start=first,
    )
    level = float(np.log(windows[-1].level))
    return Fit(names=tuple(names), weights=fit.weights, intercept=level + fit.intercept)


def union_of_names(windows: Sequence[TrainingWindow]) -> list[str]:
    """List every feature of any of the windows, in order of first appearance."""
    return list(dict.fromkeys(str(name) for window in windows for name in window.x.columns))


def _values(x: pd.DataFrame, names: Sequence[str]) -> Floats:
    return x.reindex(columns=list(names), fill_value=0.0).to_numpy(np.float64)
