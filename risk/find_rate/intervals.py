"""Intervals of scores: what is not known of the weights, of the level, and of each place itself.

The weights are drawn from their posterior (Normal, Laplace's approximation) once for all places, so
that sums over many places keep what they have in common; a level of the coming weeks scatters as
past windows did; and each building departs from its columns by a frailty of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from risk.arrays import Codes, Floats
from risk.features.empirical_bayes import gamma_interval
from risk.find_rate.knowledge import Known
from risk.find_rate.model import FindRate
from risk.find_rate.points import VISITS, building_rows, sum_places

DRAWS: Final = 128
_SEED: Final = 2_026
_MOST_EFFECT: Final = 5.0
_MOST_CHANCE: Final = 1.0 - 1e-9


@dataclass(frozen=True, kw_only=True)
class Draws:
    """Draws of the rate of every building.

    Parameters
    ----------
    chances
        Chance that a full visit finds something under each draw of weights and level, shape
        (buildings, `DRAWS`).
    strength
        k of the Gamma(k, k) distribution of a building's own departure.
    """

    chances: Floats
    strength: float


def draw_chances(known: Known, rate: FindRate) -> Draws:
    """Draw the chance of every building, in the order of the features; always the same draws."""
    rng = np.random.default_rng(_SEED)
    values, vectors = np.linalg.eigh(rate.covariance)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    off = root @ rng.standard_normal((len(root), DRAWS))
    level = rate.level_spread * rng.standard_normal(DRAWS)
    matrix = np.column_stack([np.ones(len(known.x)), rate.matrix(known.x)])
    change = np.clip(matrix @ off + level, -_MOST_EFFECT, _MOST_EFFECT)
    rates = np.exp(rate.log_rate(known.x))[:, None] * np.exp(change)
    whole = sum_places(building_rows(known), rates, len(known.features.buildings))
    return Draws(chances=-np.expm1(-whole), strength=rate.strength)


def interval_of_sums(
    score: Floats, draws: Draws, unit: Codes, size: int, *, level: float
) -> tuple[Floats, Floats]:
    """Return the interval of the summed scores of each unit, both shape (size,).

    Parameters
    ----------
    score
        Score of each building, 0 to 100.
    unit
        Number of each building's unit, -1 for none.
    level
        Probability that an interval is meant to hold.
    """
    chance = score / VISITS
    total = sum_places(unit, chance, size)
    common = sum_places(unit, draws.chances, size).std(axis=1)
    # How far the chance moves with the log of a building's rate.
    slope = -np.log1p(-np.minimum(chance, _MOST_CHANCE)) * (1 - chance)
    own = sum_places(unit, slope**2 / draws.strength, size)
    return _between(total, common**2 + own, sum_places(unit, np.ones(len(unit)), size), level)


def _between(total: Floats, variance: Floats, count: Floats, level: float) -> tuple[Floats, Floats]:
    """Return the ends of a Gamma interval of the mean building's rate, so that none passes 1."""
    count = np.maximum(count, 1.0)
    mean = np.minimum(total / count, _MOST_CHANCE)
    rate = -np.log1p(-mean)
    low, high = gamma_interval(rate, variance / (count * (1.0 - mean)) ** 2, level=level)
    return -VISITS * count * np.expm1(-low), -VISITS * count * np.expm1(-high)
