from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from risk.config.visit_model import ModelConfig
from risk.evaluation.metrics import area_under_curve
from risk.models.visit_propensity import SUMMED, PropensityForms
from risk.models.visit_risk import OriginScores, score_origins
from risk.visit_design.timeline import Timeline
from risk.visit_design.visit_table import Facts

Make = Callable[..., Facts]
ORIGINS = [15_500, 15_560, 15_620]
MODEL = ModelConfig(penalties=(20.0, 100.0), area_half_lives_days=(60.0,), window_days=120)


def run(facts: Facts, **options: object) -> dict[int, OriginScores]:
    timeline = Timeline(facts=facts, config=MODEL, origins=ORIGINS)
    return score_origins(timeline, **options)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def facts(city_facts: Make) -> Facts:
    return city_facts()


@pytest.fixture(scope="module")
def scores(facts: Facts) -> dict[int, OriginScores]:
    return run(facts)


def test_outcomes_dealt_at_random_teach_nothing(city_facts: Make) -> None:
    def deal(visits: pd.DataFrame) -> pd.DataFrame:
        order = np.random.default_rng(9).permutation(len(visits))
        outcomes = ["found", "critical", "other"]
        return visits.assign(**{name: visits[name].to_numpy()[order] for name in outcomes})

    facts = city_facts(change=deal)
    scores = run(facts)
    reached = []
    for origin in ORIGINS:
        visits = facts.visits_between(origin, origin + 60)
        reached.append(
            area_under_curve((visits["found"] > 0).to_numpy(), scores[origin].risk_of(visits))
        )
    assert np.mean(reached) == pytest.approx(0.5, abs=0.06)


def test_an_outcome_learnt_only_later_teaches_only_later(city_facts: Make) -> None:
    def late(visits: pd.DataFrame) -> pd.DataFrame:
        held = visits["day"].between(15_300, 15_400)
        return visits.assign(learnt=visits["learnt"].where(~held, 15_490))

    def gone(visits: pd.DataFrame) -> pd.DataFrame:
        return visits[~visits["day"].between(15_300, 15_400)].reset_index(drop=True)

    origins = [15_480]
    timeline = [
        Timeline(facts=city_facts(change=f), config=MODEL, origins=origins) for f in (late, gone)
    ]
    runs = [score_origins(each) for each in timeline]
    known = runs[1][15_480].places.loc[runs[1][15_480].places["known"], "unit"]
    risks = [
        pd.Series(each[15_480].risk, index=each[15_480].places["unit"]).reindex(known)
        for each in runs
    ]
    assert np.allclose(risks[0], risks[1])


def test_with_too_little_history_all_risks_are_alike_and_it_is_said(facts: Facts) -> None:
    model = ModelConfig(least_events=1e6)
    timeline = Timeline(facts=facts, config=model, origins=ORIGINS)
    one = score_origins(timeline)[ORIGINS[0]]
    assert one.fit is None
    assert set(one.risk) == {1.0}


def test_what_was_found_before_never_lowers_a_risk(
    scores: dict[int, OriginScores],
) -> None:
    fit = scores[ORIGINS[-1]].fit
    assert fit is not None
    histories = [name.startswith(("history.", "last.", "area.")) for name in fit.names]
    assert sum(histories) > 5
    assert (fit.weights[histories] >= 0).all()


def test_reach_is_a_share_of_units_and_sums_over_their_buildings(facts: Facts) -> None:
    timeline = Timeline(facts=facts, config=MODEL, origins=ORIGINS)
    scores = score_origins(timeline, propensity=PropensityForms(timeline=timeline))
    one = scores[ORIGINS[-1]]
    assert set(one.propensity) == set(SUMMED)
    known = one.places["known"].to_numpy()
    for kind in SUMMED:
        sums = one.expected(kind)
        assert sums["expected"].sum() == pytest.approx(
            (one.risk * one.propensity[kind])[known].sum()
        )
        assert sums["unit"].is_monotonic_increasing
    assert 0.2 < one.propensity["building"][known].mean() < 1.2


def test_a_building_of_the_register_where_nobody_went_is_a_place(facts: Facts) -> None:
    """It is ranked among all at what its surroundings say, and told apart once visited."""
    far = facts.visits["h3_r10"].iloc[0]
    texts = {"building": ["NEW", "LATER", "MADE", "B1"], "h3_r10": far}
    register = pd.DataFrame(texts).astype("str")
    register = register.assign(made=[False, False, True, False], learnt=[0, 99_999, 0, 0])
    timeline = Timeline(facts=facts, config=MODEL, origins=ORIGINS, register=register)
    forms = PropensityForms(timeline=timeline)
    run = score_origins(timeline, propensity=forms)
    without = score_origins(Timeline(facts=facts, config=MODEL, origins=ORIGINS))
    for origin in ORIGINS:
        expected = run[origin].expected("building").set_index("unit")["expected"]
        assert 0 < expected["NEW"] < expected.median()
        assert not {"LATER", "MADE"} & set(expected.index)
        assert (run[origin].places["building"] == "NEW").sum() == 1
        visits = facts.visits_between(origin, origin + 60)
        assert np.array_equal(run[origin].risk_of(visits), without[origin].risk_of(visits))
