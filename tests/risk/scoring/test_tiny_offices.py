"""Offices of a few buildings, visited often or hardly ever: nothing runs away from so little."""

from __future__ import annotations

import warnings
from datetime import timedelta
from typing import Any

import numpy as np
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from risk import schema as c
from risk.config.find_rate import ModelConfig
from risk.config.score import ScoreConfig
from risk.find_rate.columns import reference_of
from risk.find_rate.points import POINT_COLUMNS
from risk.find_rate.prior import policy_rate
from risk.scoring.score_as_of import OfficeScore, score_as_of
from tests.risk.conftest import CUT, a_building, days_before, make_engine

CONFIG = ScoreConfig(model=ModelConfig(windows=1, area_half_lives_days=(30.0, 60.0)))
POLICY = float(np.log(policy_rate(CONFIG.model)))
PURPOSES = {
    "none": (None,),
    "rounds": ("例行巡查",),
    "revisits": ("复查",),
    "some": (None, "复查", "投诉", "例行巡查"),
}


def office_score(
    rng: np.random.Generator, *, buildings: int, every: float, share: float, purposes: str
) -> OfficeScore:
    """Score an office whose few buildings are visited in turn, one far worse than the others."""
    worst, texts, rows = rng.integers(buildings), PURPOSES[purposes], []
    for number in range(int(520 / every)):
        at = days_before(520 - every * number) + timedelta(hours=9)
        building = number % buildings
        found = rng.random() < share * (1.0 if building == worst else 0.2)
        rows.append({
            "building_id": f"B{building + 1}", "event_at": at, "learnt_at": at,
            "result": "属实" if found else "未发现异常", "purpose": texts[number % len(texts)],
        })  # fmt: skip
    register = [a_building(number + 1) for number in range(buildings)]
    engine = make_engine({"buildings": register, "inspections": rows})
    return score_as_of(engine, cut=CUT, config=CONFIG)


def log_rates(score: OfficeScore) -> dict[str, Any]:
    """Return ln θ of a place of which nothing is known, and of the places there are."""
    rate = score.rate
    unknown = rate.intercept + reference_of(rate.columns, CONFIG) @ rate.weights
    return {"unknown": float(unknown), "places": rate.log_rate(score.known.x)}


def assert_nothing_runs_away(score: OfficeScore) -> None:
    rate, scores = score.rate, score.buildings[c.SCORE].to_numpy()
    assert np.isfinite(scores).all()
    assert ((scores >= 0) & (scores <= 100)).all()
    assert (score.buildings[list(POINT_COLUMNS)].sum(axis=1).to_numpy() == scores).all()
    assert (np.abs(score.buildings[list(POINT_COLUMNS)]) <= 100).to_numpy().all()
    seen = np.log(-np.log1p(-(rate.finds + 0.5) / (rate.visits + 1))) if rate.visits else POLICY
    least, most = min(POLICY, seen) - 3, max(POLICY, seen) + 3
    for values in log_rates(score).values():
        assert np.all(values > least), (values, least)
        assert np.all(values < most), (values, most)


@settings(
    max_examples=4, deadline=None, phases=[Phase.generate], suppress_health_check=[*HealthCheck]
)
@given(
    seed=st.integers(0, 10_000), buildings=st.integers(1, 5),
    every=st.sampled_from([0.5, 1.0, 2.0, 7.0, 40.0]),
    share=st.sampled_from([0.0, 0.3, 1.0]), purposes=st.sampled_from(list(PURPOSES)),
)  # fmt: skip
def test_nothing_runs_away_in_an_office_of_a_few_buildings(
    seed: int, buildings: int, every: float, share: float, purposes: str
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        score = office_score(np.random.default_rng(seed), buildings=buildings, every=every,
                             share=share, purposes=purposes)  # fmt: skip
    assert_nothing_runs_away(score)


def test_two_buildings_visited_every_other_day_say_little_of_a_third() -> None:
    """Neighbourhoods of both are alike to a part in a hundred thousand."""
    score = office_score(np.random.default_rng(0), buildings=2, every=2.0, share=0.6,
                         purposes="none")  # fmt: skip
    assert 5 < score.rate.visits < 20
    assert_nothing_runs_away(score)
