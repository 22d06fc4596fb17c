"""What a score promises, held against simulated offices whose truth is known."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from risk import schema as c
from risk.config.score import ScoreConfig
from risk.evaluation.metrics import area_under_curve
from risk.features.cache import RememberedSource
from risk.features.neighbours import parent_cells
from risk.find_rate.intervals import draw_chances, interval_of_sums
from risk.find_rate.points import VISITS, sum_places
from risk.scoring.score_as_of import score_as_of
from simulation.offices.office import make_office
from simulation.sources import MemorySource

CONFIG = ScoreConfig()


@cache
def scored(kind: str, *, grades: bool = True) -> tuple[Any, pd.DataFrame, np.ndarray]:
    """Score an office on its last day; return the score and the true chances of its buildings."""
    office = make_office(kind, seed=2, buildings=700)
    tables = dict(office.tables)
    if not grades:
        rows = tables["inspections"]
        at = rows.schema.get_field_index("grade")
        tables["inspections"] = rows.set_column(at, "grade", pa.nulls(len(rows), pa.float64()))
    last = office.today - timedelta(days=1)
    cut = datetime.combine(last, time.min)
    score = score_as_of(RememberedSource(MemorySource(tables)), cut=cut, config=CONFIG)
    truth = office.truth.buildings_at(last).set_index("building_id")["chance"]
    return score, score.buildings, truth.reindex(score.buildings[c.BUILDING]).to_numpy()


def coverage(score: Any, buildings: pd.DataFrame, truth: np.ndarray, units: pd.Series) -> float:
    """Return how many units have their true sum within the interval."""
    there = truth > 0  # a building without any place of the truth is none that visits go to
    codes = np.where(there & (units != "").to_numpy(), pd.factorize(units)[0], -1).astype(np.int64)
    size = int(codes.max()) + 1
    draws = draw_chances(score.known, score.rate)
    low, high = interval_of_sums(buildings[c.SCORE].to_numpy(), draws, codes, size, level=0.8)
    total = sum_places(codes, truth * VISITS, size)
    some = np.bincount(codes[codes >= 0], minlength=size) > 0
    return float(((low <= total) & (total <= high))[some].mean())


@pytest.mark.parametrize("kind", ["graded", "random"])
def test_four_intervals_in_five_hold_the_truth_at_every_level(kind: str) -> None:
    score, buildings, truth = scored(kind)
    levels = {
        "building": buildings[c.BUILDING],
        "cell": parent_cells(buildings[c.H3_R10], 9),
        "grid": buildings[c.GRID],
    }
    held = {name: coverage(score, buildings, truth, units) for name, units in levels.items()}
    # With few finds an interval is rather too wide than too narrow.
    assert all(0.70 <= share <= 0.98 for share in held.values()), held
    assert 0.74 <= held["building"] <= 0.92, held


def test_grades_tell_more_than_finds_alone() -> None:
    _, graded, truth = scored("graded")
    _, ungraded, _ = scored("graded", grades=False)
    happens = np.random.default_rng(1).random((20, len(truth))) < truth

    def area(buildings: pd.DataFrame) -> float:
        chances = buildings[c.SCORE].to_numpy()
        return float(np.mean([area_under_curve(each, chances) for each in happens]))

    assert area(graded) > area(ungraded) + 0.001
