"""Recency and frequency of visits per place and purpose, and visit intensity around it."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from risk.columns import DAY
from risk.decay import decay_weights
from risk.history import names
from risk.history.config import PURPOSES, ModelConfig
from risk.history.facts import CELL, SOURCE_KEYS, UNKNOWN, Facts, code_column
from risk.history.outcomes import Columns, look_up, sum_by_code

DUE_STEP_DAYS: Final = 60.0
DUE_MOST_STEPS: Final = 4.0
PACE_HALF_LIVES_DAYS: Final = (30.0, 90.0)
PACE_RECENT, PACE_EVERY = 1.0, 5.0
"""What is added to recent and to all visits before their ratio, so that 0 visits say nothing."""
VISIT_SCALE: Final = 4.0


def recency_columns(
    known: Facts, places: pd.DataFrame, *, cut: int, config: ModelConfig
) -> Columns:
    """Return counts, ages and recency of visits of every purpose, per place.

    Parameters are those of `risk.history.outcomes.outcome_columns`.
    """
    results = known.with_results()
    # Two results of one day and purpose were one time of going there.
    once = known.visits.drop_duplicates(list(SOURCE_KEYS))
    columns: Columns = {}
    for level in ("unit", "building"):
        columns |= _by_purpose(known, once, places, level, cut, config)
        columns |= _ages(known, once, places, level, cut, config)
    columns |= _results(known, results, places, cut, config)
    return columns | _pace_and_size(known, results, places, cut)


def _by_purpose(
    known: Facts,
    once: pd.DataFrame,
    places: pd.DataFrame,
    level: str,
    cut: int,
    config: ModelConfig,
) -> Columns:
    """Return log(1 + 4·Σ 2^(-age/half-life)) by purpose: the log spreads low counts."""
    codes = once[code_column(level)].to_numpy(np.int64)
    here = places[code_column(level)].to_numpy(np.int64)
    age = (cut - once[DAY].to_numpy(np.int64)).astype(np.float64)
    purposes = once["purpose"].to_numpy()
    columns: Columns = {}
    for half_life, prefix in (
        (config.visit_half_life_days, names.VISITS),
        (config.reach_half_life_days, names.propensity(names.VISITS)),
    ):
        decay = decay_weights(age, half_life_days=half_life)
        for purpose in PURPOSES:
            total = sum_by_code(
                codes, np.where(purposes == purpose, decay, 0.0), known.sizes[level]
            )
            columns[f"{prefix}.{level}.{purpose}"] = np.log1p(VISIT_SCALE * look_up(total, here))
    return columns


def _ages(
    known: Facts,
    once: pd.DataFrame,
    places: pd.DataFrame,
    level: str,
    cut: int,
    config: ModelConfig,
) -> Columns:
    days = once[DAY].to_numpy(np.int64)
    codes = once[code_column(level)].to_numpy(np.int64)
    here = places[code_column(level)].to_numpy(np.int64)
    newest = cut - _edge(codes, days, known.sizes[level])
    oldest = cut - _edge(codes[::-1], days[::-1], known.sizes[level])
    seen = np.isfinite(newest)
    age = look_up(np.where(seen, oldest, 0.0), here)
    since = np.where(seen, newest, 0.0)
    met = look_up(seen.astype(np.float64), here)
    return {
        f"{level}.known": met,
        f"{level}.age": np.log1p(age),
        f"{level}.since": np.log1p(np.where(met > 0, look_up(since, here), config.no_history_days)),
    }


def _results(
    known: Facts, results: pd.DataFrame, places: pd.DataFrame, cut: int, config: ModelConfig
) -> Columns:
    units = results[code_column("unit")].to_numpy(np.int64)
    buildings = results[code_column("building")].to_numpy(np.int64)
    unit_here = places[code_column("unit")].to_numpy(np.int64)
    building_here = places[code_column("building")].to_numpy(np.int64)
    newest = cut - _edge(units, results[DAY].to_numpy(np.int64), known.sizes["unit"])
    seen = np.isfinite(newest)
    met = look_up(seen.astype(np.float64), unit_here) > 0
    since = np.where(met, look_up(np.where(seen, newest, 0.0), unit_here), config.no_history_days)
    distinct = results.drop_duplicates(["unit", "building"])[code_column("building")]
    counts = {
        "unit.results": (units, unit_here, "unit"),
        "building.results": (buildings, building_here, "building"),
        "building.units": (distinct.to_numpy(np.int64), building_here, "building"),
    }
    columns = {
        name: np.log1p(look_up(sum_by_code(codes, np.ones(len(codes)), known.sizes[level]), here))
        for name, (codes, here, level) in counts.items()
    }
    columns["unit.result_since"] = np.log1p(since)
    for knot in config.due_knots_days:
        steps = (since - knot) / DUE_STEP_DAYS
        columns[names.propensity(names.DUE, f"{knot:g}d")] = np.clip(steps, 0.0, DUE_MOST_STEPS)
    return columns


def _pace_and_size(known: Facts, results: pd.DataFrame, places: pd.DataFrame, cut: int) -> Columns:
    """Return the log of the visits all around, and how many of them were lately."""
    cells = results[code_column(CELL)].to_numpy(np.int64)
    here = places[code_column(CELL)].to_numpy(np.int64)
    age = (cut - results[DAY].to_numpy(np.int64)).astype(np.float64)
    size = known.sizes[CELL]
    every = sum_by_code(cells, np.ones(len(cells)), size)
    columns: Columns = {}
    for width, kernel in known.kernels.items():
        around = kernel @ every
        columns[f"{names.AREA_SIZE}.{width:g}m"] = look_up(np.log1p(around), here)
        for half_life in PACE_HALF_LIVES_DAYS:
            lately = sum_by_code(cells, decay_weights(age, half_life_days=half_life), size)
            pace = np.log((kernel @ lately + PACE_RECENT) / (around + PACE_EVERY))
            columns[names.propensity(names.PACE, f"{width:g}m", f"{half_life:g}d")] = look_up(
                pace, here
            )
    return columns


def _edge(codes: NDArray[np.int64], days: NDArray[np.int64], size: int) -> NDArray[np.float64]:
    """Return the day that comes last in the order given, by code; NaN where there is none."""
    found = np.full(size + 1, np.nan)
    found[codes] = days  # the unknown, -1, fall into the last place, which is cut off
    return found[:size]


__all__ = ["UNKNOWN", "recency_columns"]
