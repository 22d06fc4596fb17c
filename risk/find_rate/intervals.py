"""Intervals of scores: what is not known of the weights, of the level, and of each place itself.

The weights are drawn from their posterior (Normal, Laplace's approximation) once for all places, so
that sums over many places keep what they have in common; a level of the coming weeks scatters as
past windows did; and each building departs from what its columns tell, partly as its neighbours do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from risk import schema as c
from risk.arrays import Codes, Floats
from risk.features.empirical_bayes import gamma_interval
from risk.features.neighbours import parent_cells
from risk.find_rate.knowledge import Known
from risk.find_rate.model import FindRate
from risk.find_rate.own_rate import own_variance
from risk.find_rate.points import VISITS, building_rows, sum_matrix, sum_places

DRAWS: Final = 128
_DRAWS_AT_ONCE: Final = 16
_UNITS_AT_ONCE: Final = 65_536
AREA_RESOLUTION: Final = 8
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
    variance
        Relative variance of each building's rate about what its columns tell, shape (buildings,)
        (`risk.find_rate.own_rate`).
    shared
        Share of it that the buildings of an area have in common.
    area
        Number of each building's area (H3 cell of resolution `AREA_RESOLUTION`).
    """

    chances: Floats
    variance: Floats
    shared: float
    area: Codes


def draw_chances(known: Known, rate: FindRate) -> Draws:
    """Draw the chance of every building, in the order of the features; always the same draws."""
    matrix = np.column_stack([np.ones(len(known.x)), rate.matrix(known.x)])
    normal = _normal_draws(matrix.shape[1] + 1)
    level = rate.level_spread * normal[-1]
    # One thread: on small matrices more of them only wait for each other.
    with threadpool_limits(limits=1, user_api="blas"):
        values, vectors = np.linalg.eigh(rate.covariance)
        # The symmetric root: the sign of an eigenvector is anybody's choice.
        root = (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
        off = root @ normal[:-1]
        whole = _sum_rates(known, rate, lambda these: matrix @ off[:, these] + level[these])
    buildings, rule = known.features.buildings, known.config.model
    cells = parent_cells(buildings[c.H3_R10], AREA_RESOLUTION)
    return Draws(
        chances=-np.expm1(-whole),
        variance=own_variance(buildings, has_reports=known.has_reports, rule=rule),
        shared=rule.shared,
        area=pd.factorize(cells)[0].astype(np.int64),
    )


def _sum_rates(known: Known, rate: FindRate, changes: Callable[[slice], Floats]) -> Floats:
    """Return the rate of every building under each draw, a few draws at a time to spare memory.

    ``changes``: the changes of the log rates of all places under some of the draws.
    """
    size = len(known.features.buildings)
    of_building = sum_matrix(building_rows(known), size)
    mean = np.exp(rate.log_rate(known.x))[:, None]
    whole = np.empty((size, DRAWS))
    for first in range(0, DRAWS, _DRAWS_AT_ONCE):
        these = slice(first, first + _DRAWS_AT_ONCE)
        change = changes(these)
        np.exp(np.clip(change, -_MOST_EFFECT, _MOST_EFFECT, out=change), out=change)
        change *= mean
        whole[:, these] = of_building @ change
    return whole


def _normal_draws(terms: int) -> Floats:
    """Return standard normal draws, shape (terms, `DRAWS`), with mean 0 and covariance 1 exactly.

    So the variance that they give a sum is that of the posterior, not of these draws. (With as many
    terms as draws there is no such thing, and they are as they come.)
    """
    drawn = np.random.default_rng(_SEED).standard_normal((terms, DRAWS))
    if terms >= DRAWS:
        return drawn
    drawn -= drawn.mean(axis=1, keepdims=True)
    with threadpool_limits(limits=1, user_api="blas"):
        return np.asarray(np.linalg.qr(drawn.T)[0].T * np.sqrt(DRAWS))


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
    common = _spread_of_sums(unit, draws.chances, size)
    # How far the chance moves with the log of a building's rate.
    slope = -np.log1p(-np.minimum(chance, _MOST_CHANCE)) * (1 - chance)
    spread = slope * np.sqrt(draws.variance)
    together = _sum_of_squares(unit, draws.area, spread, size)
    own = (1 - draws.shared) * sum_places(unit, spread**2, size) + draws.shared * together
    return _between(total, common**2 + own, sum_places(unit, np.ones(len(unit)), size), level)


def _spread_of_sums(unit: Codes, chances: Floats, size: int) -> Floats:
    """Return the standard deviation of the sums of each unit over the draws."""
    sums, spread = sum_matrix(unit, size), np.zeros(size)
    for first in range(0, size, _UNITS_AT_ONCE):
        some = slice(first, first + _UNITS_AT_ONCE)
        spread[some] = (sums[some] @ chances).std(axis=1)
    return spread


def _between(total: Floats, variance: Floats, count: Floats, level: float) -> tuple[Floats, Floats]:
    """Return the ends of a Gamma interval of the mean building's rate, so that none passes 1."""
    count = np.maximum(count, 1.0)
    mean = np.minimum(total / count, _MOST_CHANCE)
    rate = -np.log1p(-mean)
    variance = variance / (count * (1.0 - mean)) ** 2
    low, _ = gamma_interval(rate, variance, level=level)
    # Beyond some variance the upper end of a Gamma distribution of the same mean falls again.
    _, high = gamma_interval(rate, np.minimum(variance, _widest(level) * rate**2), level=level)
    high = np.maximum(high, rate)
    low, high = -VISITS * count * np.expm1(-low), -VISITS * count * np.expm1(-high)
    # A mean next to 1 is held below it for its logarithm; the sum itself is not.
    return np.minimum(low, VISITS * total), np.maximum(high, VISITS * total)


@cache
def _widest(level: float) -> float:
    """Return the relative variance at which the upper end of a Gamma interval lies highest."""
    variance = np.geomspace(0.01, 100.0, 400)
    _, high = gamma_interval(np.ones_like(variance), variance, level=level)
    return float(variance[np.argmax(high)])


def _sum_of_squares(unit: Codes, area: Codes, slope: Floats, size: int) -> Floats:
    """Return by unit the sum over its areas of the squared sum of the slopes in each."""
    areas = int(area.max(initial=0)) + 1
    pair = np.where(unit >= 0, unit * areas + area, -1)
    pairs, number = np.unique(pair, return_inverse=True)
    sums = np.bincount(number, slope, len(pairs)).astype(np.float64)
    units = np.where(pairs >= 0, pairs // areas, -1).astype(np.int64)
    return sum_places(units, sums**2, size)
