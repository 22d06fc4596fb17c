from __future__ import annotations

import math
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risk.config.score import ScoreConfig
from risk.features.build import FeatureTable
from risk.features.factors import FACTORS, FactorError
from risk.scoring.scorecard import POINT_COLUMNS, Scorecard, round_points, split_points

WEIGHTS = Scorecard(weights={f.name: 0.5 * (f.sign or 1) for f in FACTORS}, rate=1e-3)
EFFECTS = st.lists(st.floats(-3, 3), min_size=1, max_size=12)
MASSES = st.floats(0, 1e6)


def table_of(buildings: pd.DataFrame, cut: datetime | None = None) -> FeatureTable:
    unlocated = pd.DataFrame(
        {"h3_r10": [], "grid_code": [], "community_code": [], "recent_confirmed_events": []}
    )
    return FeatureTable(
        cut=cut,
        buildings=buildings,
        unlocated=unlocated,
        usual={},
        rows_nowhere={},
        empty_grids=pd.DataFrame(),
    )  # type: ignore[arg-type]


def one_building(**features: float) -> FeatureTable:
    return table_of(pd.DataFrame({"building_id": ["B"], "exposure": [10.0]} | features, index=[0]))


def score_of(**features: float) -> float:
    return float(WEIGHTS.score(one_building(**features)).buildings["score"].iloc[0])


@given(st.floats(0, 1e4), EFFECTS)
def test_points_add_up_to_what_the_factors_change(base: float, effects: list[float]) -> None:
    points = split_points(np.array([base]), np.array([effects]))
    change = base * math.expm1(math.fsum(effects))
    assert points.sum() == pytest.approx(change, rel=1e-9, abs=1e-9 * (1 + base))


@given(st.floats(0.1, 1e4), EFFECTS)
def test_points_have_the_sign_of_their_effect(base: float, effects: list[float]) -> None:
    points = split_points(np.array([base]), np.array([effects]))[0]
    assert (np.sign(points) * np.sign(effects) >= 0).all()


@given(st.floats(0.1, 1e4), EFFECTS, st.randoms())
def test_the_order_of_factors_changes_no_points(
    base: float, effects: list[float], random: Any
) -> None:
    order = list(range(len(effects)))
    random.shuffle(order)
    straight = split_points(np.array([base]), np.array([effects]))[0]
    shuffled = split_points(np.array([base]), np.array([[effects[i] for i in order]]))[0]
    np.testing.assert_allclose(shuffled, straight[order], rtol=1e-9, atol=1e-12)


@given(st.dictionaries(st.sampled_from([f.name for f in FACTORS]), MASSES))
def test_points_of_a_building_sum_exactly_to_its_score(features: dict[str, float]) -> None:
    row = WEIGHTS.score(one_building(**features)).buildings.iloc[0]
    assert sum(float(row[name]) for name in POINT_COLUMNS) == row["score"]
    assert row["score"] >= 0


@given(st.lists(st.floats(-1e6, 1e6), min_size=1))
def test_rounded_points_are_multiples_of_the_tick(points: list[float]) -> None:
    rounded = round_points(np.array(points))
    assert (rounded * 1024 == np.rint(rounded * 1024)).all()
    assert np.abs(rounded - points).max() <= 1 / 2048
    assert not np.signbit(rounded[rounded == 0]).any()


@pytest.mark.parametrize("factor", [f for f in FACTORS if f.sign], ids=lambda f: f.name)
@settings(max_examples=20)
@given(few=MASSES, more=MASSES)
def test_a_factor_moves_the_score_only_the_way_policy_allows(
    factor: Any, few: float, more: float
) -> None:
    scores = [score_of(**{factor.name: value}) for value in sorted((few, more))]
    assert (scores[1] - scores[0]) * factor.sign >= 0


def test_the_expected_count_grows_in_proportion_to_exposure() -> None:
    frame = pd.DataFrame({"building_id": ["A", "B"], "exposure": [10.0, 20.0], "violations": 3.0})
    scores = WEIGHTS.score(table_of(frame)).buildings["score"]
    assert scores[1] == pytest.approx(2 * scores[0], abs=1e-3)


def test_the_same_events_at_more_doors_say_less_about_each_door() -> None:
    frame = pd.DataFrame({"building_id": ["A", "B"], "exposure": [10.0, 1000.0], "violations": 5.0})
    features = table_of(frame)
    usual = FeatureTable(
        cut=features.cut,
        buildings=frame,
        unlocated=features.unlocated,
        usual={"violations": 0.01},
        rows_nowhere={},
        empty_grids=features.empty_grids,
    )
    small, large = WEIGHTS.score(usual).buildings["score"] / frame["exposure"]
    assert small > large > 1


def test_what_is_unknown_has_no_effect() -> None:
    assert score_of(violations=float("nan")) == score_of() == 10.0


def test_a_wrong_sign_and_an_unknown_factor_are_refused_together() -> None:
    with pytest.raises(FactorError) as raised:
        Scorecard(weights={"colour": 1, "violations": -0.5}, rate=1)
    assert raised.value.facts["unknown"] == ["colour"]
    assert raised.value.facts["wrong_sign"] == ["violations -0.5"]


def test_every_weight_of_the_configuration_has_its_factor(baseline: FeatureTable) -> None:
    scorecard = Scorecard.of(baseline, ScoreConfig())
    assert list(scorecard.weights) == [factor.name for factor in FACTORS]


def test_without_history_the_rate_is_policys_and_with_much_it_is_the_places(
    baseline: FeatureTable,
) -> None:
    features = baseline
    sure = ScoreConfig(base_rate=1e-3, base_rate_events=1e9)
    unsure = ScoreConfig(base_rate=1e-3, base_rate_events=1e-6)
    assert Scorecard.of(features, sure).rate == pytest.approx(1e-3)
    total = Scorecard.of(features, unsure).score(features).buildings["score"].sum()
    in_a_horizon = features.buildings["recent_confirmed_events"].sum() * 90 / 365
    assert total / 1000 == pytest.approx(in_a_horizon, rel=1e-3)


def test_a_loose_event_counts_as_on_a_typical_building(
    baseline: FeatureTable,
) -> None:
    features = baseline
    scorecard = Scorecard(weights={"complaints": 0.6}, rate=1e-3)
    unlocated = scorecard.score(features).unlocated
    mass = features.unlocated["complaints"].to_numpy()
    typical = float(np.median(features.buildings["exposure"]))
    surplus = mass / (1 + features.usual["complaints"] * typical)
    expected = 1000 * 1e-3 * typical * ((1 + surplus) ** 0.6 - 1)
    np.testing.assert_allclose(unlocated["score"], expected, atol=1e-3)
    assert (unlocated["points_exposure"] == 0).all()
