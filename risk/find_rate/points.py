"""From rates of places to points that add up, exactly, to the score of their building.

A full visit to a building goes to each of its places, so it finds something with probability

    P = 1 - exp(-Θ),   Θ = Σ θ_i over its places,

and its score is 100·P: of 100 such visits so many find something. Beside a place of which nothing
is known, of rate θ0, an effect e_j = β_j (x_j - x0_j) of place i adds L(θ_i, θ0)·e_ij to Θ, with
L(a, b) = (a - b)/ln(a/b) (LMDI-I, Ang 2004, Energy Policy 32), and Θ's part in P is that of the
chord between Θ0 and Θ. So

    points_j = 100·(P - P0)/(Θ - Θ0) · Σ_i L(θ_i, θ0)·e_ij     and     points_base = 100·P0

add up to the score in whatever order the factors are listed. Points are rounded to multiples of
2^-10, which floating point adds without error, in buildings and in sums over them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix

from risk import schema as c
from risk.arrays import Codes, Columns, Floats
from risk.config.score import ScoreConfig
from risk.features.empirical_bayes import sum_by_code
from risk.features.factors import BASE
from risk.find_rate.columns import REPORTED, factor_of, reference_of
from risk.find_rate.knowledge import Known
from risk.find_rate.model import FindRate

TICKS_PER_POINT: Final = 1024.0
_ALIKE: Final = 1e-12
VISITS: Final = 100.0
"""A score is told of so many full visits."""
FACTOR_NAMES: Final = (
    *REPORTED,
    *(c.UNVISITED, c.HISTORY_UNIT, c.HISTORY_OPERATOR, c.HISTORY_BUILDING, c.HISTORY_KIND),
    *(c.HISTORY_RING, c.HISTORY_AREA, c.VISITS_OTHER),
)
POINT_COLUMNS: Final = tuple(c.points_column(name) for name in (BASE, *FACTOR_NAMES))
"""Columns of the points, base first."""


def sum_places(rows: Codes, values: Floats, size: int) -> Floats:
    """Add up values of places by building, shape (size,)."""
    return sum_by_code(rows, values, size)


def sum_matrix(rows: Codes, size: int) -> csr_matrix:
    """Return the matrix that adds up values of places by building, in the order of the places."""
    place = np.flatnonzero(rows >= 0)
    place = place[np.argsort(rows[place], kind="stable")]
    starts = np.searchsorted(rows[place], np.arange(size + 1))
    return csr_matrix((np.ones(len(place)), place, starts), shape=(size, len(rows)))


def score_buildings(known: Known, rate: FindRate) -> pd.DataFrame:
    """Return the features' buildings with their points and score, in their order."""
    buildings = known.features.buildings
    scores = score_places(rate.values_of(known.x), rate, known.building_rows, len(buildings),
                        config=known.config)  # fmt: skip
    return pd.concat([buildings, pd.DataFrame(scores, index=buildings.index, copy=False)], axis=1)


def score_places(
    x: Sequence[Floats], rate: FindRate, rows: Codes, size: int, *, config: ScoreConfig
) -> Columns:
    """Return the points by `POINT_COLUMNS`, and the score, of the buildings of some places.

    ``x``: the columns that the rate uses, each shape (places,).
    ``rows``: number of each place's building, -1 for none.
    ``size``: how many buildings there are.
    """
    base = rate.intercept + float(reference_of(rate.columns, config) @ rate.weights)
    effects = _effects(x, rate, len(rows), config)
    total = _add_up(effects)
    safe = np.where(total == 0.0, 1.0, total)
    mean = np.exp(base) * np.where(total == 0.0, 1.0, np.expm1(safe) / safe)
    added = [sum_places(rows, mean * effect, size) for effect in effects]
    without = np.exp(base) * sum_places(rows, np.ones(len(rows)), size)
    whole = without + _add_up(added)
    before, after = -np.expm1(-without), -np.expm1(-whole)
    apart = np.abs(whole - without) > _ALIKE
    chord = np.where(apart, (after - before) / np.where(apart, whole - without, 1.0), 1 - before)
    score = round_points(VISITS * after)
    points = [round_points(VISITS * chord * part) for part in added[1:]]
    # Doors, and what rounding leaves over, go to the base.
    named = dict(zip(POINT_COLUMNS, [score - _add_up(points), *points], strict=True))
    return {**named, c.SCORE: score}


def _add_up(parts: Sequence[Floats]) -> Floats:
    """Add up arrays one after the other, so that no number depends on how many others there are."""
    total = np.zeros_like(parts[0])
    for part in parts:
        total += part
    return total


def _effects(x: Sequence[Floats], rate: FindRate, places: int, config: ScoreConfig) -> list[Floats]:
    """Return β(x - x0) summed by factor, base (doors) first, each shape (places,)."""
    effects = {name: np.zeros(places) for name in (BASE, *FACTOR_NAMES)}
    reference = reference_of(rate.columns, config)
    for number, values in enumerate(x):
        effect = (values - reference[number]) * rate.weights[number]
        effects[factor_of(rate.columns[number])] += effect
    return list(effects.values())


def round_points(points: Floats) -> Floats:
    """Round to multiples of 2^-10, whose sums are exact below 2^43; never -0."""
    return np.asarray(np.rint(points * TICKS_PER_POINT) / TICKS_PER_POINT + 0.0)
