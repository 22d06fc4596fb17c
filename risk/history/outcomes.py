"""Log ratios of found to expected by unit, operator, kind and area, from earlier visits.

For an outcome o, O is what visits brought (counts capped) and E what the office found on the
average around those days. At the first level, the kind and class of place, r = log((O + k)/(E + k))
of the kind then multiplies E by e^r, so that every further level tells of more than its kind's.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from risk.columns import DAY
from risk.decay import decay_weights
from risk.empirical_bayes import local_mean, log_ratio, prior_strength
from risk.history import names
from risk.history.config import OUTCOME_LEVELS, OUTCOMES, ModelConfig
from risk.history.facts import CELL, UNKNOWN, Facts, code_column

Columns = dict[str, "NDArray[np.float64]"]


def look_up(values: NDArray[np.float64], codes: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the value of each code, 0 for what is not known."""
    if not len(values):
        return np.zeros(len(codes))
    return np.where(codes == UNKNOWN, 0.0, values[np.maximum(codes, 0)])


def sum_by_code(
    codes: NDArray[np.int64], values: NDArray[np.float64], size: int
) -> NDArray[np.float64]:
    """Add up values by code, shape (size,); the unknown belong nowhere."""
    known = codes != UNKNOWN
    return np.bincount(codes[known], values[known], size).astype(np.float64)


def outcome_columns(
    known: Facts, places: pd.DataFrame, *, cut: int, config: ModelConfig
) -> Columns:
    """Return the histories of every outcome that was ever recorded, per place.

    Parameters
    ----------
    known
        Facts of before the cut.
    places
        With codes of levels and cell.
    cut
        Day.
    config
        Recipe.
    """
    results = known.with_results()
    columns: Columns = {}
    for outcome in OUTCOMES:
        seen = results[outcome].notna().to_numpy()
        if seen.any():
            columns |= _one_outcome(known, results[seen], places, outcome, cut, config)
    return columns


def _one_outcome(
    known: Facts,
    results: pd.DataFrame,
    places: pd.DataFrame,
    outcome: str,
    cut: int,
    config: ModelConfig,
) -> Columns:
    day = results[DAY].to_numpy(np.int64)
    found = np.minimum(results[outcome].to_numpy(np.float64), config.count_cap)
    expected = local_mean(day, found, width_days=config.season_days)
    columns: Columns = {}
    for level in OUTCOME_LEVELS:
        codes = results[code_column(level)].to_numpy(np.int64)
        size = known.sizes[level]
        o, e = sum_by_code(codes, found, size), sum_by_code(codes, expected, size)
        ratio = log_ratio(o, e, prior_strength(o, e))
        here = places[code_column(level)].to_numpy(np.int64)
        columns[names.history(outcome, level)] = look_up(ratio, here)
        if level == OUTCOME_LEVELS[0]:
            expected = expected * np.exp(look_up(ratio, codes))
    units = results[code_column("unit")].to_numpy(np.int64)
    surplus = np.zeros(known.sizes["unit"] + 1)
    surplus[units] = found - expected  # in order of time, so that the last visit stays
    here = places[code_column("unit")].to_numpy(np.int64)
    columns[names.last(outcome)] = look_up(surplus[:-1], here)
    age = (cut - day).astype(np.float64)
    cells = results[code_column(CELL)].to_numpy(np.int64)
    return columns | _areas(known, places, outcome, (cells, age, found, expected), config)


def _areas(
    known: Facts,
    places: pd.DataFrame,
    outcome: str,
    visits: tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]],
    config: ModelConfig,
) -> Columns:
    """Return log((K·O + s)/(K·E + s)) with O and E decayed, K the kernel, per place."""
    cells, age, found, expected = visits
    here = places[code_column(CELL)].to_numpy(np.int64)
    columns: Columns = {}
    for half_life in config.area_half_lives_days:
        left = decay_weights(age, half_life_days=half_life)
        o = sum_by_code(cells, found * left, known.sizes[CELL])
        e = sum_by_code(cells, expected * left, known.sizes[CELL])
        for width, kernel in known.kernels.items():
            ratio = log_ratio(kernel @ o, kernel @ e, config.area_strength)
            columns[names.area(outcome, width, half_life)] = look_up(ratio, here)
    return columns
