"""The chance of a find per visit: fitted right, honest about what it stands on, and leak-free."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import minimize

from risk.config.score import ScoreConfig
from risk.visit_yield.fit import fit_find_chance, learn_find_chance
from risk.visit_yield.model import MOST_CHANCE, FindModel, FindsError
from risk.visit_yield.rules import FindRules
from risk.visit_yield.training import PastScores, read_find_visits, unreported_visits
from tests.risk.conftest import CUT, days_before, make_engine, random_office, small_office

RULES = FindRules()
CONFIG = ScoreConfig()
WEIGHTS = {"complaints": 0.6, "ring": 0.3}


def simulate(
    seed: int, *, count: int, level: float = 0.05, slope: float = 0.8, evening: float = 0.0,
    revisit: float = 0.0, waiting: float = 0.0, week: float = 0.0,
) -> pd.DataFrame:  # fmt: skip
    """Make visits whose finds follow the model, over half a year."""
    rng = np.random.default_rng(seed)
    z = rng.normal(0.0, 1.5, count)
    late, again = rng.random(count) < 0.3, rng.random(count) < 0.2
    number, told = rng.integers(26, size=count), rng.random(count) < 0.1
    factor = np.exp(week * rng.standard_normal(26))[number]
    mean = level * factor * np.exp(slope * z + evening * late + revisit * again + waiting * told)
    return pd.DataFrame(
        {
            "expected": 0.05 * np.exp(z),
            "found": rng.random(count) < -np.expm1(-mean),
            "evening": late.astype(float),
            "revisit": again,
            "waiting": told,
            "week": pd.Timestamp("2026-05-25") + pd.to_timedelta(7 * number, unit="D"),
        }
    )


def test_much_history_teaches_slope_evening_revisits_and_reports_that_wait() -> None:
    visits = simulate(1, count=40_000, slope=0.7, evening=0.9, revisit=0.5, waiting=1.2)
    model = fit_find_chance(visits, rules=RULES, typical=1.0)
    assert model.state == "learnt"
    assert model.terms[1:] == pytest.approx([0.7, 0.9, 0.5, 1.2], abs=0.1)
    assert model.terms[0] - model.terms[1] * np.log(0.05 / model.reference) == pytest.approx(
        np.log(0.05) + 0.9 * model.evening_share, abs=0.1
    )


def mode(visits: pd.DataFrame, model: FindModel, *, least_slope: float) -> NDArray[np.float64]:
    """Find the mode of the terms by an optimiser that is told no derivative."""
    y = visits["found"].to_numpy()
    x = np.column_stack(
        [
            np.ones(len(y)),
            np.log(visits["expected"] / model.reference),
            visits["evening"] - model.evening_share,
            visits["revisit"].astype(float),
            visits["waiting"].astype(float),
        ]
    )
    prior = np.array([np.log(RULES.level), RULES.slope, 0.0, 0.0, np.log(RULES.waiting)])
    spread = np.array([RULES.level_spread, RULES.slope_spread, *[RULES.effect_spread] * 3])

    def loss(b: NDArray[np.float64]) -> float:
        mean = np.exp(x @ b)
        told = np.where(y, np.log(-np.expm1(-mean)), -mean)
        return float(-told.sum() + 0.5 * (((b - prior) / spread) ** 2).sum())

    bounds = [(None, None), (least_slope, None), *[(None, None)] * 3]
    options = {"xatol": 1e-8, "fatol": 1e-10, "maxiter": 8_000, "maxfev": 8_000}
    best = minimize(loss, prior, method="Nelder-Mead", bounds=bounds, options=options)
    return np.asarray(best.x)


def test_the_fit_is_the_mode_that_a_general_minimiser_finds() -> None:
    visits = simulate(2, count=800, evening=0.5)
    model = fit_find_chance(visits, rules=RULES, typical=1.0)
    assert model.terms == pytest.approx(mode(visits, model, least_slope=-9.0), abs=1e-4)


def test_where_scores_point_the_wrong_way_the_other_terms_are_the_best_beside_the_least_slope() -> (
    None
):
    visits = simulate(2, count=400, level=0.15, slope=-0.6, evening=-0.4)
    rules = replace(RULES, least_told=1.0)
    model = fit_find_chance(visits, rules=rules, typical=1.0)
    assert model.terms[1] == 0.05
    assert model.terms == pytest.approx(mode(visits, model, least_slope=0.05), abs=1e-4)
    assert not model.covariance[1].any()
    assert not model.covariance[:, 1].any()
    assert (np.linalg.eigvalsh(np.delete(np.delete(model.covariance, 1, 0), 1, 1)) > 0).all()


def test_with_few_finds_policy_stays_and_says_so() -> None:
    visits = simulate(3, count=100, level=0.03)
    model = fit_find_chance(visits, rules=RULES, typical=1.0)
    assert (model.state, model.visits) == ("policy", 100)
    assert 0 < model.finds < RULES.least_finds == model.finds_needed
    at_reference = model.chance(np.array([model.reference]))
    assert at_reference == pytest.approx(1 - np.exp(-RULES.level))


def test_without_any_visit_the_typical_building_has_policys_chance() -> None:
    model = fit_find_chance(simulate(4, count=0), rules=RULES, typical=0.2)
    assert (model.reference, model.visits, model.trained_from) == (0.2, 0, None)


def test_an_effect_that_few_finds_tell_of_stays_policys() -> None:
    visits = simulate(5, count=2_000).assign(evening=0.0, revisit=False, waiting=False)
    model = fit_find_chance(visits, rules=RULES, typical=1.0)
    assert model.state == "learnt"
    assert model.terms[2:].tolist() == [0.0, 0.0, np.log(RULES.waiting)]
    everywhere = model.chance(np.array([0.1]), evening=True)
    assert everywhere == pytest.approx(model.chance(np.array([0.1])))


@pytest.fixture(scope="module")
def model() -> FindModel:
    return fit_find_chance(simulate(6, count=3_000, evening=0.8), rules=RULES, typical=1.0)


@settings(max_examples=40)
@given(st.lists(st.floats(0, 1e4), min_size=2, max_size=20))
def test_a_higher_score_never_has_a_smaller_chance(model: FindModel, expected: list[float]) -> None:
    e = np.sort(np.array(expected))
    chance = model.chance(e)
    assert (np.diff(chance) >= 0).all()
    assert ((chance >= 0) & (chance <= MOST_CHANCE)).all()


def test_what_is_unknown_stays_unknown_and_a_count_below_0_is_refused(model: FindModel) -> None:
    assert np.isnan(model.chance(np.array([np.nan, 0.1]))).tolist() == [True, False]
    with pytest.raises(FindsError, match="Expected count negative"):
        model.chance(np.array([-0.1]))


def test_the_usual_mix_lies_between_day_and_evening(model: FindModel) -> None:
    e = np.array([0.05, 0.5])
    assert (model.chance(e, evening=False) < model.chance(e)).all()
    assert (model.chance(e) < model.chance(e, evening=True)).all()


@pytest.mark.parametrize(("history", "week"), [(1_000, 0.0), (1_000, 0.4)])
def test_the_interval_of_a_list_holds_what_is_found_as_often_as_it_says(
    history: int, week: float
) -> None:
    """Learn from one simulated past each, then let a week of visits happen by the same law."""
    inside = []
    for seed in range(40):
        past = simulate(1_000 + seed, count=history, week=week)
        model = fit_find_chance(past, rules=RULES, typical=1.0)
        rng = np.random.default_rng(seed)
        e = 0.05 * np.exp(rng.normal(1.0, 1.0, 120))
        mean = 0.05 * np.exp(week * rng.standard_normal()) * (e / 0.05) ** 0.8
        found = (rng.random(120) < -np.expm1(-mean)).sum()
        low, high = model.interval(model.chance(e), 0.8)
        inside.append(low <= found <= high)
    assert 0.72 <= np.mean(inside) <= 0.93


def by_drawing_terms(model: FindModel, e: NDArray[np.float64], **said: Any) -> list[float]:
    """Return the ends of the 80 % interval by drawing all terms, then every visit."""
    rng = np.random.default_rng(5)
    found = []
    for terms in rng.multivariate_normal(model.terms, model.covariance, size=4_000):
        chance = replace(model, terms=terms).chance(e, **said)
        found.append((rng.random(len(e)) < chance).sum())
    return np.quantile(found, [0.1, 0.9]).tolist()


@pytest.mark.parametrize("moved", [*range(5), None])
def test_the_interval_of_a_list_is_that_of_terms_drawn_from_their_covariance(
    model: FindModel, moved: int | None
) -> None:
    """One uncertain term at a time, then all, correlated."""
    rng = np.random.default_rng(4)
    spread = np.where([moved in (each, None) for each in range(5)], 0.5, 0.0)
    mixed = np.eye(5) + 0.3
    known = replace(
        model,
        terms=np.array([np.log(0.08), 0.8, 0.7, 0.4, 1.1]),
        covariance=mixed * np.outer(spread, spread),
        week_spread=0.0,
    )
    e = known.reference * np.exp(rng.normal(0.0, 0.7, 150))
    said = {name: rng.random(150) < 0.5 for name in ("evening", "revisit", "waiting")}
    ends = known.interval(known.chance(e, **said), 0.8, **said)
    assert ends == pytest.approx(by_drawing_terms(known, e, **said), abs=2.0, rel=0.06)


def test_intervals_of_higher_levels_hold_the_lower_ones_and_the_expectation(
    model: FindModel,
) -> None:
    chances = model.chance(0.05 * np.exp(np.linspace(-2, 2, 80)))
    narrow, wide = model.interval(chances, 0.5), model.interval(chances, 0.95)
    assert wide[0] <= narrow[0] <= chances.sum() <= narrow[1] <= wide[1]
    assert model.interval(chances, 0.5) == narrow


def test_a_list_without_a_chance_finds_nothing_and_a_wrong_one_is_refused(
    model: FindModel,
) -> None:
    assert model.interval(np.array([]), 0.8) == (0.0, 0.0)
    assert model.interval(np.array([0.0, np.nan]), 0.8) == (0.0, 0.0)
    for chances, level in (([1.2], 0.8), ([-0.1], 0.8), ([0.1], 1.0)):
        with pytest.raises(FindsError, match="Chance out of range"):
            model.interval(np.array(chances), level)


def visited(*rows: dict[str, Any]) -> Any:
    """Make the small office with these inspections and no others."""
    return make_engine(small_office() | {"inspections": list(rows)})


def test_reported_visits_leads_and_sweeps_teach_nothing() -> None:
    at, result = days_before(5), "属实"
    engine = visited(
        {"building_id": "B1", "event_at": at, "result": result, "purpose": "投诉核查"},
        {"building_id": "B2", "event_at": at, "result": result, "purpose": "线索核查"},
        {"building_id": "B3", "event_at": at, "result": result, "mode": "拉网"},
        {"building_id": "B4", "event_at": at, "result": result, "mode": "抽检"},
        {"building_id": "B5", "event_at": at, "result": "无人", "mode": "日查"},
        {"building_id": "B6", "event_at": at, "result": "疑似", "purpose": "回头看"},
        {"building_id": "elsewhere", "event_at": at, "result": result},
    )
    visits = unreported_visits(engine, cut=CUT, config=CONFIG, rules=RULES)
    assert visits["building_id"].tolist() == ["B4", "B5", "B6"]
    assert visits["found"].tolist() == [True, False, False]
    assert visits["revisit"].tolist() == [False, False, True]


def test_a_joint_visit_and_several_rooms_count_once() -> None:
    noon = CUT - timedelta(days=5, hours=12)
    evening, day_only = noon + timedelta(hours=7), CUT - timedelta(days=9)
    row = {"building_id": "B1", "result": "未发现异常"}
    engine = visited(
        row | {"event_at": noon, "inspection_id": "a"},
        row | {"event_at": noon + timedelta(minutes=10), "inspection_id": "b", "result": "属实"},
        row | {"event_at": evening, "inspection_id": "c", "unit_id": "1-101"},
        row | {"event_at": evening, "inspection_id": "d", "unit_id": "1-102"},
        row | {"event_at": day_only, "inspection_id": "e"},
    )
    visits = unreported_visits(engine, cut=CUT, config=CONFIG, rules=RULES)
    told = visits.sort_values(["day", "evening"])
    assert told["found"].tolist() == [False, True, False]
    assert told["evening"].fillna(-1).tolist() == [-1, 0, 1]


def learn(engine: Any, **more: Any) -> FindModel:
    rules = FindRules(windows=2, window_days=90, least_finds=3, least_told=1)
    return learn_find_chance(engine, cut=CUT, config=CONFIG, weights=WEIGHTS, rules=rules, **more)


@pytest.fixture(scope="module")
def busy() -> Any:
    return make_engine(random_office(np.random.default_rng(11), buildings=40, events=300))


def test_nothing_learnt_after_the_cut_and_no_order_of_rows_moves_the_chance(busy: Any) -> None:
    before = learn(busy)
    assert before.state == "learnt"
    late = {"building_id": "B1", "event_at": days_before(3), "result": "属实"}
    more = busy.with_rows("inspections", [late | {"learnt_at": CUT + timedelta(days=1)}])
    for again in (more, busy.shuffled(np.random.default_rng(1))):
        np.testing.assert_equal(asdict(learn(again)), asdict(before))


def test_a_visit_is_held_against_the_score_before_its_window(busy: Any) -> None:
    rules = FindRules(windows=1, window_days=60)

    def expected(engine: Any) -> pd.Series:
        visits, _ = read_find_visits(engine, cut=CUT, config=CONFIG, weights=WEIGHTS, rules=rules)
        return visits.groupby("building_id")["expected"].first()

    at = days_before(30)
    complaints = [{"building_id": "B1", "event_at": at, "reporter_key": f"r{n}"} for n in range(9)]
    before, after = expected(busy), expected(busy.with_rows("complaints", complaints))
    assert len(before)
    assert after.tolist() == before.tolist()


def test_scores_kept_from_the_past_are_read_as_they_are(busy: Any) -> None:
    ids = [f"B{number}" for number in range(1, 41)]
    past = [
        PastScores(cut=days_before(days), expected=pd.Series(worth, index=ids))
        for days, worth in ((60, 0.1), (30, 0.2), (20, 0.3), (-5, 9.0), (2_000, 9.0))
    ]
    visits, typical = read_find_visits(
        busy, cut=CUT, config=CONFIG, weights=WEIGHTS, rules=RULES, past=past
    )
    by_day = visits.set_index("day")["expected"]
    assert set(by_day[by_day.index < pd.Timestamp(days_before(30))]) == {0.1}
    assert set(by_day[by_day.index >= pd.Timestamp(days_before(20))]) == {0.3}
    assert set(by_day) == {0.1, 0.2, 0.3}
    assert typical == pytest.approx(0.3)


def test_with_too_few_kept_scores_they_are_worked_out() -> None:
    engine = visited({"building_id": "B1", "event_at": days_before(5), "result": "属实"})
    alone = [PastScores(cut=days_before(10), expected=pd.Series({"B1": 7.0}))]
    visits, _ = read_find_visits(
        engine, cut=CUT, config=CONFIG, weights=WEIGHTS, rules=RULES, past=alone
    )
    assert len(visits) == 1
    assert visits["expected"].item() != 7.0
