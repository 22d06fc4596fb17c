"""Recency and frequency of visits per place and purpose, and how many there were around it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, Protocol

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix

from risk import schema as c
from risk.arrays import Codes, Columns, Floats, Table
from risk.config.find_rate import ModelConfig
from risk.config.words import PURPOSES
from risk.design import names
from risk.design.relative_risks import Coded, Level
from risk.design.visit_table import CELL, PURPOSE
from risk.events.decay import decay_weights

VISIT_SCALE: Final = 4.0
_MIDDLE: Final = 6.0
"""Log of the days, some 400, about which times since a visit are squared."""


class Visits(Coded, Protocol):
    """Visits as `risk.design.visit_table.Facts` has them, in order of time."""

    @property
    def kernels(self) -> Mapping[float, csr_matrix]:
        """Weights between cells by bandwidth in metres."""

    @property
    def guesses_purposes(self) -> bool:
        """Whether purposes of visits are filled in (`risk.events.purposes.fill_in_purposes`)."""

    @property
    def once(self) -> Table:
        """Place, day and purpose of each time of going to a unit."""

    def with_results(self) -> Table:
        """Return codes and day of those that brought a result."""


def recency_columns(known: Visits, places: Table, *, cut: int, config: ModelConfig) -> Columns:
    """Return counts, ages and recency of visits of every purpose, per place.

    ``places``: with codes of unit, building and cell. The rest is that of
    `risk.design.relative_risks.outcome_columns`.
    """
    results, once = known.with_results(), known.once
    purposes = np.asarray(once[PURPOSE])
    units, buildings = (Level.of(name, known, once, places) for name in ("unit", "building"))
    age = _age(once, cut)
    of_units = _of_level(purposes, units, age, config)
    alike = buildings.is_like(units)  # where visits name no doors
    of_buildings = of_units if alike else _of_level(purposes, buildings, age, config)
    columns: Columns = {}
    for name, of_level in (("unit", of_units), ("building", of_buildings)):
        columns |= {column.format(name): values for column, values in of_level.items()}
    columns |= _results(known, results, places, cut, config)
    if known.guesses_purposes:
        columns |= squares_of(columns)
    return columns | _area_sizes(known, results, places)


def squares_of(columns: Mapping[str, Floats]) -> Columns:
    """Return the squares of the times since the last visit and the last result.

    Who is due is visited: where no visit says what it was for, a short or a long gap tells how
    often a place is due. ``columns``: the times, among others.
    """
    return {names.squared(name): square_time(columns[name]) for name in names.SINCE}


def square_time(log_days: Floats) -> Floats:
    """Return (ln(1 + days) - 6)²."""
    return np.asarray(np.square(log_days - _MIDDLE))


def _of_level(purposes: Codes, level: Level, age: Floats, config: ModelConfig) -> Columns:
    """Return how often and when places of a level were visited; in names ``{}`` is the level's."""
    return _by_purpose(purposes, level, age, config) | _ages(level, age, config)


def _by_purpose(purposes: Codes, level: Level, age: Floats, config: ModelConfig) -> Columns:
    """Return log(1 + 4·Σ 2^(-age/half-life)) by purpose: the log spreads low counts."""
    decay = decay_weights(age, half_life_days=config.visit_half_life_days)
    never = np.zeros(len(level.places))
    columns = {}
    for number, purpose in enumerate(PURPOSES):
        of_number = purposes == number
        recency = never
        if of_number.any():
            of_purpose = replace(level, rows=level.rows[of_number])
            recency = np.log1p(VISIT_SCALE * of_purpose.at_places(of_purpose.sum(decay[of_number])))
        columns[f"{names.VISITS}.{{}}.{purpose}"] = recency
    return columns


def _ages(level: Level, age: Floats, config: ModelConfig) -> Columns:
    since = level.at_places(level.last(age), unknown=np.nan)
    oldest = level.at_places(level.first(age), unknown=np.nan)
    return {
        "{}.known": (~np.isnan(since)).astype(np.float64),
        "{}.age": np.log1p(np.nan_to_num(oldest)),
        "{}.since": np.log1p(np.nan_to_num(since, nan=config.no_history_days)),
    }


def _results(
    known: Visits, results: Table, places: Table, cut: int, config: ModelConfig
) -> Columns:
    unit, building = (Level.of(name, known, results, places) for name in ("unit", "building"))
    since = unit.at_places(unit.last(_age(results, cut)), unknown=np.nan)
    since = np.nan_to_num(since, nan=config.no_history_days)
    of_building = building.count()
    if building.is_like(unit):  # where visits name no doors
        of_unit, units = of_building, np.minimum(of_building, 1.0)
    else:
        of_pair = unit.rows.astype(np.int64)
        pairs = pd.unique((of_pair + 1) * (building.size + 1) + building.rows + 1)
        of_unit = unit.count()
        units = replace(building, rows=pairs % (building.size + 1) - 1).count()
    return {
        "unit.results": np.log1p(of_unit),
        "building.results": np.log1p(of_building),
        "building.units": np.log1p(units),
        "unit.result_since": np.log1p(since),
    }


def _area_sizes(known: Visits, results: Table, places: Table) -> Columns:
    """Return the log of the results all around."""
    cells = Level.of(CELL, known, results, places)
    every = cells.sum(np.ones(len(cells.rows)))
    return {
        f"{names.AREA_SIZE}.{width:g}m": cells.at_places(np.log1p(kernel @ every))
        for width, kernel in known.kernels.items()
    }


def _age(visits: Table, cut: int) -> Floats:
    return np.subtract(cut, visits[c.DAY], dtype=np.float64)
