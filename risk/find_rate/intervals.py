"""Intervals of scores: what is not known of the weights, of the level, and of each place itself.

The weights are drawn from their posterior (Normal, Laplace's approximation) once for all places, so
that sums over many places keep what they have in common; a level of the coming weeks scatters as
past windows did; and each building departs from what its columns tell, partly as its neighbours do
(`risk.find_rate.own_rate`).

The level is the office's own, and buildings depart from what it tells: all of them together do not.
With D a sum of departures over a unit and over the office, and f the unit's share of the office's
expected finds, a unit departs by D_unit - f D_office, of which the variance is that of D_unit where
the unit is small and 0 where it is the whole office (as in sampling from a finite population;
Cochran 1977, Sampling Techniques, 3rd ed., section 2.6).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from risk import schema as c
from risk.arrays import Codes, Floats, one_thread
from risk.features.empirical_bayes import gamma_quantile
from risk.find_rate.knowledge import Known
from risk.find_rate.model import FindRate
from risk.find_rate.own_rate import own_variance, share_nearby
from risk.find_rate.points import VISITS, sum_matrix, sum_places

DRAWS: Final = 128
_BUILDINGS_AT_ONCE: Final = 8_192
_SEED: Final = 2_026
_MOST_EFFECT: Final = 5.0
_MOST_CHANCE: Final = 1.0 - 1e-9
_LEAST_SLOPE: Final = 1e-300
Singles = NDArray[np.float32]
"""Draws in single precision: they tell a spread, never a score."""
Ends = tuple[Floats, Floats]


@dataclass(frozen=True, kw_only=True)
class Draws:
    """Draws of the rate of every building.

    ``cell``, ``nearby``: of which cells each building has it
    (`risk.find_rate.own_rate.share_nearby`).
    """

    chances: Callable[[], Iterator[Singles]]
    """Gives, some buildings at a time and in their order, the chance that a full visit finds
    something under each draw of weights and level, shape (some buildings, `DRAWS`); always the same
    ones.
    """
    variance: Floats
    """Relative variance of each building's rate about what its columns tell, shape (buildings,)
    (`risk.find_rate.own_rate`).
    """
    shared: float
    """Share of it that buildings have in common with those next to them."""
    cell: Codes
    nearby: csr_matrix


@dataclass(frozen=True, kw_only=True)
class Units:
    """What buildings are summed into: the number of each one's unit, -1 for none, and how many."""

    of: Codes
    size: int


def draw_chances(known: Known, rate: FindRate) -> Draws:
    """Draw the chance of every building, in the order of the features; always the same draws."""
    normal = _normal_draws(len(rate.columns) + 2)
    level = rate.level_spread * normal[-1]
    with one_thread():
        values, vectors = np.linalg.eigh(rate.covariance)
        # The symmetric root: the sign of an eigenvector is anybody's choice.
        root = (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
        off = root @ normal[:-1]
    off[0] += level
    buildings, rule = known.features.buildings, known.config.model
    cell, nearby = share_nearby(buildings[c.H3_R10])
    of_places = np.exp(rate.log_rate(known.x))
    return Draws(
        chances=lambda: _chances(known, rate, of_places, off.astype(np.float32)),
        variance=own_variance(
            buildings,
            sum_places(known.building_rows, of_places, len(buildings)),
            suspicions=rate.suspicions,
            has_reports=known.has_reports,
            learnt_from=rate.visits,
            rule=rule,
        ),
        shared=rule.shared,
        cell=cell,
        nearby=nearby,
    )


def _chances(known: Known, rate: FindRate, of_places: Floats, off: Singles) -> Iterator[Singles]:
    """Give the chances of some buildings at a time, which is all that memory must hold.

    ``of_places``: the rate of each place, shape (places,).
    ``off``: how far intercept and weights are off under each draw, shape (1 + columns, `DRAWS`).
    """
    buildings = len(known.features.buildings)
    of_building = sum_matrix(known.building_rows, buildings).astype(np.float32)
    mean = of_places.astype(np.float32)
    columns = rate.values_of(known.x)
    for first in range(0, buildings, _BUILDINGS_AT_ONCE):
        sums = of_building[first : first + _BUILDINGS_AT_ONCE]
        places, at = np.unique(sums.indices, return_inverse=True)
        values = np.stack([column[places] for column in columns], axis=1, dtype=np.float32)
        change = values @ off[1:]
        change += off[0]
        np.exp(np.clip(change, -_MOST_EFFECT, _MOST_EFFECT, out=change), out=change)
        change *= mean[places, None]
        shape = (sums.shape[0], len(places))
        whole = csr_matrix((sums.data, at, sums.indptr), shape=shape) @ change
        yield -np.expm1(-whole, out=whole)


def _normal_draws(terms: int) -> Floats:
    """Return standard normal draws, shape (terms, `DRAWS`), with mean 0 and covariance 1 exactly.

    So the variance that they give a sum is that of the posterior, not of these draws. (With as many
    terms as draws there is no such thing, and they are as they come.)
    """
    drawn = np.random.default_rng(_SEED).standard_normal((terms, DRAWS))
    if terms >= DRAWS:
        return drawn
    drawn -= drawn.mean(axis=1, keepdims=True)
    with one_thread():
        return np.asarray(np.linalg.qr(drawn.T)[0].T * np.sqrt(DRAWS))


def interval_of_sums(score: Floats, draws: Draws, units: Units, *, level: float) -> Ends:
    """Return the interval of the summed scores of each unit (`intervals_of_sums`)."""
    (ends,) = intervals_of_sums(score, draws, [units], level=level)
    return ends


def intervals_of_sums(
    score: Floats, draws: Draws, kinds: Sequence[Units | None], *, level: float
) -> list[Ends]:
    """Return the intervals of the summed scores of the units of several kinds, in one pass.

    ``score``: score of each building, 0 to 100.
    ``kinds``: units of each kind; None for the buildings, each by itself.
    ``level``: probability that an interval is meant to hold.

    The result: low and high of each kind, both shape (units,).
    """
    chance = score / VISITS
    # How far the chance moves with the log of a building's rate.
    slope = -np.log1p(-np.minimum(chance, _MOST_CHANCE)) * (1 - chance)
    ends = []
    with one_thread():
        spreads = _spreads_of_sums(draws, kinds)
    apart, one = _Apart.of(draws, slope), np.ones(len(chance))
    for units, common in zip(kinds, spreads, strict=True):
        variance = common**2 + apart.variance(units)
        if units is None:
            ends.append(_between(chance, variance, one, level))
            continue
        total, count = (sum_places(units.of, each, units.size) for each in (chance, one))
        ends.append(_between(total, variance, count, level))
    return ends


def _spreads_of_sums(draws: Draws, kinds: Sequence[Units | None]) -> list[Floats]:
    """Return the standard deviation of the sums of each unit over the draws, by kind."""
    summed = {at: units for at, units in enumerate(kinds) if units is not None}
    sums = {at: np.zeros((units.size, DRAWS), np.float32) for at, units in summed.items()}
    alone, first = [], 0
    for chances in draws.chances():
        alone.append(_spread(chances))
        for at, units in summed.items():
            of = units.of[first : first + len(chances)]
            reached, row = np.unique(of, return_inverse=True)
            adding = csr_matrix((np.ones(len(of), np.float32), (row, np.arange(len(of)))))
            inside = reached >= 0
            sums[at][reached[inside]] += (adding @ chances)[inside]
        first += len(chances)
    by_itself = np.concatenate(alone) if alone else np.zeros(0)
    return [by_itself if units is None else _spread(sums[at]) for at, units in enumerate(kinds)]


def _spread(drawn: Singles) -> Floats:
    """Return the standard deviation of each row; of draws that are all alike it is 0."""
    spread = np.zeros(len(drawn))
    for first in range(0, len(drawn), _BUILDINGS_AT_ONCE):  # what it takes on the way is as large
        some = slice(first, first + _BUILDINGS_AT_ONCE)
        spread[some] = (drawn[some] - drawn[some, :1]).std(axis=1)
    return spread


def _between(total: Floats, variance: Floats, count: Floats, level: float) -> Ends:
    """Return the ends of a Gamma interval of the mean building's rate, so that none passes 1."""
    count = np.maximum(count, 1.0)
    mean = np.minimum(total / count, _MOST_CHANCE)
    rate = -np.log1p(-mean)
    variance = variance / (count * (1.0 - mean)) ** 2
    tail = (1 - level) / 2
    low = gamma_quantile(rate, variance, tail)
    # Beyond some variance the upper end of a Gamma distribution of the same mean falls again.
    highest = np.minimum(variance, _widest(level) * rate**2)
    high = np.maximum(gamma_quantile(rate, highest, 1 - tail), rate)
    low, high = -VISITS * count * np.expm1(-low), -VISITS * count * np.expm1(-high)
    # A mean next to 1 is held below it for its logarithm; the sum itself is not.
    return np.minimum(low, VISITS * total), np.maximum(high, VISITS * total)


@cache
def _widest(level: float) -> float:
    """Return the relative variance at which the upper end of a Gamma interval lies highest."""
    variance = np.geomspace(0.01, 100.0, 400)
    high = gamma_quantile(np.ones_like(variance), variance, (1 + level) / 2)
    return float(variance[np.argmax(high)])


@dataclass(frozen=True, kw_only=True)
class _Apart:
    """What buildings are beyond their columns, in chances, and what all of them are together."""

    draws: Draws
    slope: Floats
    spread: Floats
    with_all: Floats
    """Covariance of what comes from about each cell, at spread 1, with that of all buildings."""
    all_near: float
    all_own: float

    @classmethod
    def of(cls, draws: Draws, slope: Floats) -> _Apart:
        """``slope``: how far the chance of each building moves with the log of its rate."""
        spread = slope * np.sqrt(draws.variance)
        nearby = draws.nearby
        coming = nearby.T @ np.bincount(draws.cell, spread, nearby.shape[0])
        return cls(
            draws=draws,
            slope=slope,
            spread=spread,
            with_all=nearby @ coming,
            all_near=float(coming @ coming),
            all_own=float(spread @ spread),
        )

    def variance(self, units: Units | None) -> Floats:
        """Return the variance of each unit's sum; of each building's if there are no units."""
        cell, shared = self.draws.cell, self.draws.shared
        each = self.spread**2
        crossing = self.spread * self.with_all[cell]
        if units is None:
            of_sum, near, share = each, each, self.slope
        else:
            of_sum, crossing, share = (
                sum_places(units.of, part, units.size) for part in (each, crossing, self.slope)
            )
            near = self._near(units)
        share = share / max(float(self.slope.sum()), _LEAST_SLOPE)
        of_sum = of_sum * (1 - 2 * share) + share**2 * self.all_own
        near = near - 2 * share * crossing + share**2 * self.all_near
        return np.maximum((1 - shared) * of_sum + shared * near, 0.0)

    def _near(self, units: Units) -> Floats:
        """Return the variance of the sum of what the buildings of each unit have from about."""
        inside = units.of >= 0
        places = (units.of[inside], self.draws.cell[inside])
        shape = (units.size, self.draws.nearby.shape[0])
        coming = csr_matrix((self.spread[inside], places), shape=shape) @ self.draws.nearby
        square = csr_matrix((coming.data**2, coming.indices, coming.indptr), shape=coming.shape)
        return np.asarray(square.sum(axis=1), dtype=np.float64).ravel()
