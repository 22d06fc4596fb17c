"""Recency and frequency of visits per place and purpose, and visit intensity around it."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from risk import schema as c
from risk.arrays import Floats, Texts
from risk.config.visit_model import ModelConfig
from risk.config.words import PURPOSES
from risk.events.decay import decay_weights
from risk.visit_design import names
from risk.visit_design.relative_risks import Columns, Level
from risk.visit_design.visit_table import CELL, SOURCE_KEYS, Facts

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

    Parameters are those of `risk.visit_design.relative_risks.outcome_columns`.
    """
    results = known.with_results()
    # Two results of one day and purpose were one time of going there.
    once = known.visits.drop_duplicates(list(SOURCE_KEYS))
    columns: Columns = {}
    for name in ("unit", "building"):
        level, age = Level.of(name, known, once, places), _age(once, cut)
        columns |= _by_purpose(once["purpose"].to_numpy(), level, name, age, config)
        columns |= _ages(level, name, age, config)
    columns |= _results(known, results, places, cut, config)
    return columns | _pace_and_size(known, results, places, cut)


def _by_purpose(
    purposes: Texts, level: Level, name: str, age: Floats, config: ModelConfig
) -> Columns:
    """Return log(1 + 4·Σ 2^(-age/half-life)) by purpose: the log spreads low counts."""
    columns: Columns = {}
    for half_life, prefix in (
        (config.visit_half_life_days, names.VISITS),
        (config.reach_half_life_days, names.propensity(names.VISITS)),
    ):
        decay = decay_weights(age, half_life_days=half_life)
        for purpose in PURPOSES:
            total = level.at_places(level.sum(np.where(purposes == purpose, decay, 0.0)))
            columns[f"{prefix}.{name}.{purpose}"] = np.log1p(VISIT_SCALE * total)
    return columns


def _ages(level: Level, name: str, age: Floats, config: ModelConfig) -> Columns:
    since = level.at_places(level.last(age), unknown=np.nan)
    oldest = level.at_places(level.first(age), unknown=np.nan)
    return {
        f"{name}.known": (~np.isnan(since)).astype(np.float64),
        f"{name}.age": np.log1p(np.nan_to_num(oldest)),
        f"{name}.since": np.log1p(np.nan_to_num(since, nan=config.no_history_days)),
    }


def _results(
    known: Facts, results: pd.DataFrame, places: pd.DataFrame, cut: int, config: ModelConfig
) -> Columns:
    unit = Level.of("unit", known, results, places)
    distinct = results.drop_duplicates(["unit", "building"])
    since = unit.at_places(unit.last(_age(results, cut)), unknown=np.nan)
    since = np.nan_to_num(since, nan=config.no_history_days)
    columns = {
        "unit.results": np.log1p(unit.count()),
        "building.results": np.log1p(Level.of("building", known, results, places).count()),
        "building.units": np.log1p(Level.of("building", known, distinct, places).count()),
        "unit.result_since": np.log1p(since),
    }
    for knot in config.due_knots_days:
        steps = (since - knot) / DUE_STEP_DAYS
        columns[names.propensity(names.DUE, f"{knot:g}d")] = np.clip(steps, 0.0, DUE_MOST_STEPS)
    return columns


def _pace_and_size(known: Facts, results: pd.DataFrame, places: pd.DataFrame, cut: int) -> Columns:
    """Return the log of the visits all around, and how many of them were lately."""
    cells, age = Level.of(CELL, known, results, places), _age(results, cut)
    every = cells.sum(np.ones(len(age)))
    columns: Columns = {}
    for width, kernel in known.kernels.items():
        around = kernel @ every
        columns[f"{names.AREA_SIZE}.{width:g}m"] = cells.at_places(np.log1p(around))
        for half_life in PACE_HALF_LIVES_DAYS:
            recent = cells.sum(decay_weights(age, half_life_days=half_life))
            pace = np.log((kernel @ recent + PACE_RECENT) / (around + PACE_EVERY))
            name = names.propensity(names.PACE, f"{width:g}m", f"{half_life:g}d")
            columns[name] = cells.at_places(pace)
    return columns


def _age(visits: pd.DataFrame, cut: int) -> Floats:
    return (cut - visits[c.DAY].to_numpy(np.int64)).astype(np.float64)
