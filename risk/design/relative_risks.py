"""Log ratios of found to expected by unit, operator, kind and area, from earlier visits.

For an outcome o, O is what visits brought (counts capped) and E what the office found on the
average around those days. At the first level, the kind and class of place, r = log((O + k)/(E + k))
of the kind then multiplies E by e^r, so that every further level tells of more than its kind's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Protocol

import numpy as np
import pandas as pd

from risk import schema as c
from risk.arrays import UNKNOWN, Codes, Columns, Floats, Table, is_blank
from risk.config.find_rate import OUTCOME_LEVELS, OUTCOMES, ModelConfig
from risk.design import names
from risk.design.visit_table import CELL, PURPOSE, WORDS, Facts, code_column
from risk.events.decay import decay_weights
from risk.features.empirical_bayes import (
    local_mean,
    log_ratio,
    prior_strength,
    shrinkage_strength,
    sum_by_code,
)

FAULT_SCORE: Final = "fault_score"
"""Column of visits: the grade of an inspection, turned so that more is worse."""
MOST_GRADE: Final = 4.0
_TURNS: Final = 20
WORD_STRENGTH: Final = 10.0
"""Expected finds that "operators with this word in their names are like others" is worth."""


class Coded(Protocol):
    """What has codes at some levels."""

    @property
    def sizes(self) -> Mapping[str, int]:
        """Number of codes of each level."""


@dataclass(frozen=True, kw_only=True)
class Level:
    """Codes of some rows and of the places asked for, at one level; -1 is unknown.

    Methods take a value per row, or per code, and return one per code, shape (size,), or per place.
    """

    rows: Codes
    places: Codes
    size: int

    @classmethod
    def of(cls, name: str, known: Coded, rows: Table, places: Table) -> Level:
        """Take the codes of a level of `risk.config.find_rate.OUTCOME_LEVELS`, or of cells."""
        column = code_column(name)
        return cls(
            rows=np.asarray(rows[column]),
            places=np.asarray(places[column]),
            size=known.sizes[name],
        )

    def has_rows_of(self, other: Level) -> bool:
        """Say whether rows have the same codes at another level; places may have others."""
        return self.size == other.size and np.array_equal(self.rows, other.rows)

    def is_like(self, other: Level) -> bool:
        """Say whether rows and places have the same codes at another level."""
        return np.array_equal(self.places, other.places) and self.has_rows_of(other)

    def sum(self, values: Floats | None = None) -> Floats:
        """Add up the values of each code's rows, or count them."""
        return sum_by_code(self.rows, values, self.size)

    def last(self, values: Floats) -> Floats:
        """Return the value of each code's last row, NaN without any."""
        of_code = np.full(self.size + 1, np.nan)
        of_code[self.rows] = values  # the unknown, -1, fall into the last place, which is cut off
        return of_code[: self.size]

    def first(self, values: Floats) -> Floats:
        """Return the value of each code's first row, NaN without any."""
        return replace(self, rows=self.rows[::-1]).last(values[::-1])

    def at_places(self, of_code: Floats, *, unknown: float = 0.0) -> Floats:
        """Return the value of each place's code."""
        return np.append(of_code, unknown)[self.places]

    def count(self) -> Floats:
        """Count the rows of each place's code."""
        return self.at_places(self.sum())


def outcome_columns(
    known: Facts, places: pd.DataFrame, *, cut: int, config: ModelConfig
) -> Columns:
    """Return the histories of every outcome that was ever recorded, per place.

    ``places``: with codes of levels and cell.
    """
    results = known.with_results()
    columns: Columns = {}
    for outcome in OUTCOMES:
        seen = results[outcome].notna().to_numpy()
        if seen.any():
            recorded = results if seen.all() else results[seen]
            columns |= _one_outcome(known, recorded, places, outcome, cut, config)
    graded = known.visits[known.visits[FAULT_SCORE].notna()]
    if len(graded) >= config.least_grades:
        columns |= grade_columns(known, graded, places, config)
    return columns


def grade_columns(
    known: Facts, graded: pd.DataFrame, places: pd.DataFrame, config: ModelConfig
) -> Columns:
    """Return how much worse than usual the grades of each level were, drawn to 0.

    Grades are standardised by purpose and by whether they are words or numbers (`_standardised`; at
    most 4 in size; purposes with few grades together); a level's mean departure d from the wider
    levels' is drawn to n·d/(n + k), with k = σ²/τ² from the variances within and between
    (`shrinkage_strength`).
    """
    day = graded[c.DAY].to_numpy(np.int64)
    levels = {name: Level.of(name, known, graded, places) for name in OUTCOME_LEVELS}
    surplus = _standardised(graded, levels["unit"], config.least_grades)
    surplus = surplus - local_mean(day, surplus, width_days=config.season_days)
    columns: Columns = {}
    for name, level in levels.items():
        count, total = level.sum(np.ones(len(surplus))), level.sum(surplus)
        drawn = total / (count + shrinkage_strength(surplus, level.rows))
        columns[names.history(names.FAULT, name)] = level.at_places(drawn)
        if name == OUTCOME_LEVELS[0]:
            surplus = surplus - np.append(drawn, 0.0)[level.rows]
    unit = levels["unit"]
    columns[names.last(names.FAULT)] = np.nan_to_num(unit.at_places(unit.last(surplus)))
    return columns


def _standardised(graded: pd.DataFrame, units: Level, least: float) -> Floats:
    """Return the grades over the standard deviation of their scale, about what is usual of it.

    What is usual of a purpose is told by places that were graded for several (a model with an
    effect of each place and of each scale, fitted by turns): a purpose that leads to worse places
    is no stricter scale. Where no place was, it is the scale's mean.
    """
    score = graded[FAULT_SCORE]
    in_words = graded["in_words"].astype(np.int64)
    scale = 2 * graded[PURPOSE].astype(np.int64) + in_words
    many = scale.map(scale.value_counts()) >= least
    scale = scale.where(many, in_words - 2)
    groups = score.groupby(scale)
    spread = groups.transform("std", ddof=0)
    values = (score / spread.where(spread > 0, 1.0)).to_numpy(np.float64)
    codes = pd.factorize(scale)[0].astype(np.int64)
    each, size = np.bincount(codes).astype(np.float64), int(codes.max()) + 1
    visits = np.maximum(units.sum(np.ones(len(values))), 1.0)
    usual = sum_by_code(codes, values, size) / each
    for _ in range(_TURNS):
        of_unit = np.append(units.sum(values - usual[codes]) / visits, 0.0)
        usual = sum_by_code(codes, values - of_unit[units.rows], size) / each
    return np.asarray(np.clip(values - usual[codes], -MOST_GRADE, MOST_GRADE))


def _one_outcome(
    known: Facts,
    results: pd.DataFrame,
    places: pd.DataFrame,
    outcome: str,
    cut: int,
    config: ModelConfig,
) -> Columns:
    day = results[c.DAY].to_numpy()
    found = np.minimum(results[outcome].to_numpy(np.float64), config.count_cap)
    expected = local_mean(day, found, width_days=config.season_days)
    levels = {name: Level.of(name, known, results, places) for name in (*OUTCOME_LEVELS, CELL)}
    columns: Columns = {}
    for name in OUTCOME_LEVELS:
        level = levels[name]
        if name == "unit" and level.is_like(levels["building"]):  # where visits name no doors
            columns[names.history(outcome, name)] = columns[names.history(outcome, "building")]
            continue
        o, e = level.sum(found), level.sum(expected)
        ratio = log_ratio(o, e, prior_strength(o, e))
        columns[names.history(outcome, name)] = level.at_places(ratio)
        if name == OUTCOME_LEVELS[0]:
            expected = expected * np.exp(np.append(ratio, 0.0)[level.rows])
    words = _words(known, Level.of(WORDS, known, results, places), places, found, expected)
    columns[names.history(outcome, WORDS)] = words
    units = levels["unit"]
    surplus = units.at_places(units.last(found - expected))  # rows are in order of time
    columns[names.last(outcome)] = np.nan_to_num(surplus)
    age = np.subtract(cut, day, dtype=np.float64)
    return columns | _areas(known, levels[CELL], outcome, (age, found, expected), config)


def _words(
    known: Facts, texts: Level, places: pd.DataFrame, found: Floats, expected: Floats
) -> Floats:
    """Return the summed log ratios of the words of each place's operator's name; 0 without any.

    Of a word, O and E are those of all visits to operators with it in their name. A name that
    nobody had yet is told by the words that others had.
    """
    incidence = known.words
    o, e = (incidence.T @ texts.sum(values) for values in (found, expected))
    ratio = log_ratio(o, e, WORD_STRENGTH)
    ratios = texts.at_places(incidence @ ratio)
    new = np.flatnonzero(texts.places == UNKNOWN)
    if not is_blank(places[WORDS]):
        ratios[new] = known.words_of(places[WORDS].iloc[new]) @ ratio
    return ratios


def _areas(
    known: Facts,
    cells: Level,
    outcome: str,
    visits: tuple[Floats, Floats, Floats],
    config: ModelConfig,
) -> Columns:
    """Return log((K·O + s)/(K·E + s)) with O and E decayed, K the kernel, per place."""
    age, found, expected = visits
    sums = []
    for half_life in config.area_half_lives_days:
        decay = decay_weights(age, half_life_days=half_life)
        sums += [cells.sum(found * decay), cells.sum(expected * decay)]
    columns: Columns = {}
    for width, kernel in known.kernels.items():
        around = kernel @ np.column_stack(sums)  # at once, since the kernel is large
        for number, half_life in enumerate(config.area_half_lives_days):
            o, e = around[:, 2 * number], around[:, 2 * number + 1]
            ratio = log_ratio(o, e, config.area_strength)
            columns[names.area(outcome, width, half_life)] = cells.at_places(ratio)
    return columns
