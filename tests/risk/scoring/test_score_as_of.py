"""Adverts are one more column of the score, where any is known; else the score is as without."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from risk import schema as c
from risk.config.find_rate import ModelConfig
from risk.config.score import ScoreConfig
from risk.scoring.score_as_of import OfficeScore, score_as_of
from tests.risk.conftest import days_before

CONFIG = ScoreConfig(model=ModelConfig(windows=3, area_half_lives_days=(60.0,)))


def scored(engine: Any, cut: datetime) -> OfficeScore:
    return score_as_of(engine, cut=cut, config=CONFIG)


@pytest.fixture(scope="module")
def without(random_engine: Callable[[int], Any]) -> Any:
    """Return an office that keeps no adverts."""
    return random_engine(3).without("adverts")


@pytest.fixture(scope="module")
def ours(without: Any, cut: datetime) -> OfficeScore:
    return scored(without, cut)


def assert_same(one: OfficeScore, other: OfficeScore) -> None:
    pd.testing.assert_frame_equal(one.buildings, other.buildings, check_exact=True)
    pd.testing.assert_frame_equal(one.units, other.units, check_exact=True)
    assert one.facts == other.facts


def test_a_building_that_is_visited_as_a_whole_is_no_place_within_it(ours: OfficeScore) -> None:
    assert len(ours.known.places)
    assert ours.places().empty


def test_adverts_that_are_not_known_or_not_of_tutoring_change_no_bit_of_a_score(
    without: Any, ours: OfficeScore, cut: datetime
) -> None:
    assert c.ADVERTS not in ours.known.x
    assert c.ADVERTS not in ours.known.features.buildings
    assert c.ADVERTS not in ours.rate.columns
    later = {"learnt_at": cut, "event_at": days_before(9)}
    rows = [
        {"building_id": "B1", "tutoring": True} | later,
        {"building_id": "B1", "tutoring": False, "event_at": days_before(9)},
    ]
    assert_same(ours, scored(without.with_rows("adverts", rows), cut))


def test_an_advert_raises_its_building_with_points_that_add_up(
    without: Any, ours: OfficeScore, cut: datetime
) -> None:
    row = {"building_id": "B1", "event_at": days_before(1), "contact_key": "c1"}
    engine = without.with_rows("adverts", [row])
    theirs = scored(engine, cut)
    before, after = (each.buildings.set_index(c.BUILDING) for each in (ours, theirs))
    points = c.points_column(c.ADVERTS)
    weights = theirs.rate.facts()["weights"]
    assert weights[c.ADVERTS] == pytest.approx(CONFIG.weights.adverts, rel=1e-6)
    assert after.loc["B1", points] > 0
    assert (after[points].drop("B1") == 0).all()
    assert after.loc["B1", c.SCORE] > before.loc["B1", c.SCORE]
    told = after[c.point_columns(after)].sum(axis=1).to_numpy()
    np.testing.assert_array_equal(told, after[c.SCORE].to_numpy())


def test_an_advert_counts_from_when_it_was_seen_and_not_from_when_it_was_published(
    without: Any,
) -> None:
    row = {"building_id": "B1", "event_at": days_before(30), "learnt_at": days_before(2)}
    engine = without.with_rows("adverts", [row])
    seen = days_before(2)
    assert_same(scored(without, seen), scored(engine, seen))
    assert c.ADVERTS in scored(engine, seen + timedelta(microseconds=1)).known.x
