"""From features to points that add up, exactly, to the score.

The expected count of confirmed events of a building within the horizon is

    E = exposure · rate · exp(Σ β_j x_j)

and its score is 1000·E. What each factor contributes is split by the logarithmic mean Divisia index
(LMDI-I, Ang 2004, Energy Policy 32): with E0 = exposure · rate and L(a, b) = (a - b)/ln(a/b),

    points_j = 1000 · L(E, E0) · β_j x_j      and      points_exposure = 1000 · E0

add up to the score without a remainder, in whatever order the factors are listed. All points are
rounded to multiples of 2^-10, which floating point adds without error, so they still add up to the
last bit in buildings, and summed over buildings in cells, grids and communities.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

import numpy as np
import pandas as pd

from risk import schema as c
from risk.arrays import Floats
from risk.config.score import ScoreConfig
from risk.features.build import FeatureTable
from risk.features.exposure import typical_exposure
from risk.features.factors import BASE, FACTORS, check_weights, design_matrix

TICKS_PER_POINT = 1024.0
POINTS_PER_EVENT = 1000.0
POINT_COLUMNS = tuple(c.points_column(name) for name in (BASE, *(f.name for f in FACTORS)))
"""Columns of the points, base first."""
LARGEST_EFFECT = 10.0
"""All factors together multiply an expected count by at most e^10, and no less than e^-10."""


@dataclass(frozen=True, kw_only=True)
class Scored:
    """Points and scores.

    Parameters
    ----------
    buildings
        The features' buildings, in their order, with ``points_<factor>`` and ``score``.
    unlocated
        The features' unlocated events with the same columns: what they add to their cell, grid and
        community. Their ``points_exposure`` are 0.
    """

    buildings: pd.DataFrame
    unlocated: pd.DataFrame


@dataclass(frozen=True, kw_only=True)
class Scorecard:
    """Weights and a rate; everything needed to score features.

    Parameters
    ----------
    weights
        β by factor name; a factor not named weighs 0.
    rate
        Events per unit of exposure within the horizon where all x are 0, > 0.

    Raises
    ------
    FactorError
        On an unknown factor or a sign that policy forbids.
    """

    weights: Mapping[str, float]
    rate: float

    def __post_init__(self) -> None:
        """Check the weights against the factors."""
        check_weights(self.weights)

    @classmethod
    def of(
        cls,
        features: FeatureTable,
        config: ScoreConfig,
        weights: Mapping[str, float] | None = None,
    ) -> Scorecard:
        """Take weights, policy's when None, and update policy's rate by what the place has seen."""
        betas = asdict(config.weights) if weights is None else weights
        return cls(weights=betas, rate=estimate_rate(features, betas, config))

    def times(self, factor: float) -> Scorecard:
        """Return the same with every expectation multiplied, which moves no rank."""
        return replace(self, rate=self.rate * factor)

    def effects(self, frame: pd.DataFrame, exposure: Floats, usual: Mapping[str, float]) -> Floats:
        """Return β_j x_j, shape (rows, factors), all scaled down where their sum is too large."""
        betas = np.array([self.weights.get(factor.name, 0.0) for factor in FACTORS])
        x = design_matrix(frame, exposure=exposure, usual=usual)
        effects = x * betas
        total = np.abs(effects.sum(axis=1, keepdims=True))
        return np.asarray(effects * (LARGEST_EFFECT / np.maximum(total, LARGEST_EFFECT)))

    def score(self, features: FeatureTable) -> Scored:
        """Score every building, and what unlocated events add to the places they are sure of.

        An unlocated event counts as on a typical building about which nothing else is known.
        """
        exposure = features.buildings[c.EXPOSURE].to_numpy(np.float64)
        typical = np.full(len(features.unlocated), typical_exposure(exposure))
        base, points = self._points(features.buildings, exposure, features.usual)
        _, unlocated_points = self._points(features.unlocated, typical, features.usual)
        nothing = np.zeros((len(features.unlocated), 1))
        return Scored(
            buildings=self._assemble(features.buildings, np.column_stack([base, points])),
            unlocated=self._assemble(
                features.unlocated, np.column_stack([nothing, unlocated_points])
            ),
        )

    def _points(
        self, frame: pd.DataFrame, exposure: Floats, usual: Mapping[str, float]
    ) -> tuple[Floats, Floats]:
        expected = POINTS_PER_EVENT * self.rate * exposure
        effects = self.effects(frame, exposure, usual)
        points = round_points(split_points(expected, effects))
        score = round_points(expected * np.exp(effects.sum(axis=1)))
        # What rounding leaves over goes to the base, so that a score is never below 0.
        return score - points.sum(axis=1), points

    def _assemble(self, frame: pd.DataFrame, points: Floats) -> pd.DataFrame:
        added = dict(zip(POINT_COLUMNS, points.T, strict=True))
        return frame.assign(**added, **{c.SCORE: points.sum(axis=1)})


def split_points(base: Floats, effects: Floats) -> Floats:
    """Split base·exp(Σ effects) - base among the effects by LMDI-I.

    ``base``: shape (rows,), ≥ 0. ``effects``: β_j x_j, shape (rows, factors).

    The result: shape (rows, factors); a row sums to base·(exp(Σ effects) - 1).
    """
    total = effects.sum(axis=1)
    # L(E, E0) = E0 · (e^η - 1)/η, and E0 where η is 0.
    safe = np.where(total == 0.0, 1.0, total)
    mean = base * np.where(total == 0.0, 1.0, np.expm1(safe) / safe)
    return np.asarray(mean[:, None] * effects)


def round_points(points: Floats) -> Floats:
    """Round to multiples of 2^-10, whose sums are exact below 2^43; never -0."""
    return np.asarray(np.rint(points * TICKS_PER_POINT) / TICKS_PER_POINT + 0.0)


def estimate_rate(
    features: FeatureTable, weights: Mapping[str, float], config: ScoreConfig
) -> float:
    """Return the events per exposure and horizon where all x are 0: policy's, updated.

    A Gamma prior of ``base_rate_events`` events at policy's rate meets the n confirmed events of
    the last ``base_rate_window_days``: (a + n) / (a/rate0 + T·Σ exposure·e^η) with T the window in
    horizons. With much history, the scores so add up to about what the horizon has seen.
    """
    scorecard = Scorecard(weights=weights, rate=1.0)
    buildings, unlocated = features.buildings, features.unlocated
    exposure = buildings[c.EXPOSURE].to_numpy(np.float64)
    effects = scorecard.effects(buildings, exposure, features.usual)
    per_rate = exposure * np.exp(effects.sum(axis=1))
    events = int(buildings[c.RECENT_CONFIRMED].sum() + unlocated[c.RECENT_CONFIRMED].sum())
    horizons = config.base_rate_window_days / config.horizon_days
    prior = config.base_rate_events
    return float((prior + events) / (prior / config.base_rate + horizons * per_rate.sum()))
