"""What an office's visits teach, and what policy says where there are none."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from risk import schema as c
from risk.config.find_rate import ModelConfig
from risk.config.score import ScoreConfig
from risk.find_rate import model as module
from risk.find_rate import prior as prior_module
from risk.find_rate.columns import MOST_EFFECT, WAITING, prior_of, reference_of, sign_of
from risk.find_rate.level import Level, average_rate
from risk.find_rate.model import FindRate, learn_find_rate
from risk.find_rate.points import score_buildings
from risk.find_rate.prior import policy_rate, policy_variance
from risk.find_rate.training import CONDITIONS, TrainingRows
from risk.scoring.ranking import add_ranks
from tests.risk.find_rate.made_up import known_of

CONFIG = ScoreConfig(
    model=ModelConfig(area_half_lives_days=(60.0,), penalties=(30.0,), level_visits=0.1)
)
COLUMNS = ("complaints", "history.found.unit", "inspections_not_found", "unit.known", WAITING)
"""In order of name, as they are learnt."""
EFFECTS = np.array([0.5, 0.6, -0.4, -0.3, 0.7])
CONDITION_EFFECTS = (0.0, 0.0, 0.8, -0.5, 0.0, 0.6)
few = settings(max_examples=5, deadline=None)


def visits(
    seed: int, *, count: int = 6_000, effects: Any = EFFECTS, windows: int = 6, level: float = 0.1,
    slope: float = 1.0,
) -> TrainingRows:  # fmt: skip
    """Simulate past visits by the model itself: places, effort, purposes and evenings.

    ``slope``: how many times as much columns tell of visits that a complaint led to.
    """
    rng = np.random.default_rng(seed)
    x = pd.DataFrame(rng.normal(size=(count, len(COLUMNS))), columns=list(COLUMNS))
    purposes = np.eye(5)[rng.integers(0, 5, count)] * [0, 1, 1, 1, 1]  # the first is the usual
    evening = (rng.random(count) < 0.4).astype(float)
    conditions = np.column_stack([purposes, evening - evening.mean()])
    effort = rng.uniform(0.3, 1.0, count)
    told = conditions @ np.array(CONDITION_EFFECTS)
    tells = np.where(purposes[:, 2] > 0, slope, 1.0) * (x.to_numpy() @ effects)
    chance = -np.expm1(-effort * level * np.exp(tells + told))
    found = (rng.random(count) < chance).astype(np.float64)
    window = np.sort(rng.integers(0, windows, count))
    return TrainingRows(
        x=x,
        conditions=conditions,
        effort=effort,
        found={"found": found, "critical": np.full(count, np.nan)},
        window=window.astype(np.int64),
        age_days=(windows - 0.5 - window) * 61.0,
        place=rng.integers(0, count // 4, count).astype(np.int64),
        evening_share=float(evening.mean()),
    )


def learnt_from(
    rows: TrainingRows | None, monkeypatch: pytest.MonkeyPatch, *, outcome: str = "found",
    config: ScoreConfig = CONFIG, known: Any = None,
) -> FindRate:  # fmt: skip
    monkeypatch.setattr(module, "read_training_rows", lambda *_, **__: rows)
    known = known or SimpleNamespace(x=pd.DataFrame() if rows is None else rows.x)
    return learn_find_rate(cast("Any", None), known, config=config, outcome=outcome)


def test_the_weights_that_made_the_finds_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    rate = learnt_from(visits(1, count=40_000), monkeypatch)
    assert rate.state == "learnt"
    assert rate.columns == COLUMNS
    np.testing.assert_allclose(rate.weights, EFFECTS, atol=0.08)
    assert rate.intercept == pytest.approx(np.log(0.1), abs=0.15)
    assert rate.complaint_slope == 1.0
    effects = [rate.conditions[name] for name in CONDITIONS]
    np.testing.assert_allclose(effects, CONDITION_EFFECTS, atol=0.15)
    errors = np.sqrt(np.diag(rate.covariance))[1:]
    assert (np.abs(rate.weights - EFFECTS) < 4 * errors).all()


def test_columns_that_tell_less_of_visits_led_by_complaints_make_no_weight_smaller(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = visits(1, count=20_000, slope=0.4)
    rate = learnt_from(rows, monkeypatch)
    assert rate.complaint_slope in {0.3, 0.4, 0.5}
    np.testing.assert_allclose(rate.weights, EFFECTS, atol=0.08)
    monkeypatch.setattr(module, "slope_beliefs", lambda _: [])
    assert np.abs(learnt_from(rows, monkeypatch).weights).sum() < np.abs(EFFECTS).sum() - 0.15


def test_with_few_finds_of_complaints_their_visits_tell_as_much_as_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = visits(1, count=20_000, slope=0.4)
    later = np.cumsum(rows.after_complaint) > 60
    rows.found["found"][rows.after_complaint & later] = 0.0
    assert 0 < rows.finds_by_complaint("found")[0] < 10
    assert learnt_from(rows, monkeypatch).complaint_slope == 1.0


def test_the_fit_is_that_of_the_plain_formula(monkeypatch: pytest.MonkeyPatch) -> None:
    """Standardising columns, and back again, is a matter of arithmetic alone."""
    rows = visits(2, count=1_500, windows=1)
    rate = learnt_from(rows, monkeypatch)
    fit = module._Fit.of(rows, "found", 60.0, CONFIG, {})
    level = fit.levelled(fit.mode(30.0)).level
    x, spread = rows.x.to_numpy(), rows.x.to_numpy().std(axis=0)
    prior = np.array([prior_of(name, "found", CONFIG) for name in COLUMNS])
    y = rows.found["found"]
    policy = np.log(policy_rate(CONFIG.model) / fit.level.average) + x.mean(axis=0) @ prior
    of_level = policy_variance(CONFIG.model)

    def loss(b: Any) -> float:
        b0, weights, conditions = b[0], b[1:6], b[6:]
        eta = np.log(rows.effort) + np.log(level.windows[0]) + b0
        eta = eta + (x - x.mean(axis=0)) @ weights + rows.conditions @ conditions
        chance = -np.expm1(-np.exp(eta))
        value = -(y * np.log(chance) + (1 - y) * np.log1p(-chance)).sum()
        firmness = np.where(prior == 0, 300.0, 30.0)
        drawn = firmness * ((weights - prior) * spread) ** 2
        off = (b0 - policy) ** 2 / of_level
        return float(value + 0.5 * (drawn.sum() + off + (conditions**2).sum()))

    signs = [sign_of(name) for name in COLUMNS]
    allowed = {1: (0, 5), -1: (-5, 0), 0: (-5, 5)}
    bounds = [(None, None), *(allowed[sign] for sign in signs), *[(None, None)] * 6]
    best = minimize(loss, np.concatenate([[0.0], prior, np.zeros(6)]), bounds=bounds)
    np.testing.assert_allclose(rate.weights, best.x[1:6], atol=2e-3)
    expected = np.log(level.now) + best.x[0] - x.mean(axis=0) @ best.x[1:6]
    assert rate.intercept == pytest.approx(expected, abs=5e-3)


@few
@given(st.integers(0, 2**32 - 1))
def test_no_weight_passes_its_sign_or_bound_whatever_is_found(seed: int) -> None:
    rng = np.random.default_rng(seed)
    with pytest.MonkeyPatch.context() as patch:
        rate = learnt_from(visits(seed, count=800, effects=rng.normal(0, 2, 5)), patch)
    spread = visits(seed, count=800).x.to_numpy().std(axis=0)
    signs = np.array([sign_of(name) for name in COLUMNS])
    assert (rate.weights * signs >= 0).all()
    assert (np.abs(rate.weights) * spread <= MOST_EFFECT + 1e-9).all()
    assert np.isfinite(rate.covariance).all()
    assert (np.linalg.eigvalsh(rate.covariance) >= -1e-9).all()


def test_an_effect_against_policys_sign_is_held_at_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rate = learnt_from(visits(3, effects=np.array([-0.8, 0.5, 0.8, 0.5, 0.5])), monkeypatch)
    assert rate.weights[[0, 2]].tolist() == [0.0, 0.0]


def test_with_few_visits_the_weights_are_policys_and_with_many_the_offices(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    away = [
        np.abs(rate.weights - rate.prior).max()
        for rate in (
            learnt_from(visits(4, count=count), monkeypatch) for count in (20, 40_000)
        )
    ]  # fmt: skip
    assert away[0] < 0.1 < away[1]


def test_the_order_of_visits_moves_no_score(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = visits(5)
    turned = np.random.default_rng(0).permutation(rows.count)
    other = replace(
        rows,
        x=rows.x.iloc[turned].reset_index(drop=True),
        conditions=rows.conditions[turned],
        effort=rows.effort[turned],
        found={name: values[turned] for name, values in rows.found.items()},
        window=rows.window[turned],
        age_days=rows.age_days[turned],
        place=rows.place[turned],
    )
    known = known_of(np.random.default_rng(1), buildings=20, places=60)
    one, two = (
        score_buildings(known, learnt_from(each, monkeypatch))[c.SCORE].to_numpy()
        for each in (rows, other)
    )
    np.testing.assert_allclose(one, two, atol=2.0**-10)


def test_a_visit_without_the_outcome_teaches_nothing_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    known = known_of(np.random.default_rng(1), buildings=20, places=60)
    nothing = learnt_from(visits(6), monkeypatch, outcome="critical", known=known)
    assert (nothing.state, nothing.visits) == ("policy", 0)
    rows = visits(6)
    half = np.arange(rows.count) % 2 == 0
    some = replace(rows, found={"found": np.where(half, rows.found["found"], np.nan)})
    assert learnt_from(some, monkeypatch).visits == half.sum()


def test_an_office_without_a_visit_has_policys_weights_and_level(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = known_of(np.random.default_rng(1), buildings=20, places=60)
    rate = learnt_from(None, monkeypatch, known=known, config=known.config)
    assert (rate.state, rate.visits, rate.finds, rate.penalty) == ("policy", 0, 0.0, None)
    assert rate.weights.tolist() == rate.prior.tolist()
    assert set(rate.conditions.values()) == {0.0}
    typical = reference_of(rate.columns, known.config)
    unknown = rate.intercept + (0.0 * typical) @ rate.weights
    assert -np.expm1(-np.exp(unknown)) == pytest.approx(known.config.model.level)


def test_where_nothing_tells_buildings_apart_none_is_red(monkeypatch: pytest.MonkeyPatch) -> None:
    """An office without any visit or report: its scores are alike, and ties make no top."""
    known = known_of(np.random.default_rng(1), buildings=300, places=300)
    places = known.features.buildings[[c.BUILDING]].rename(columns={c.BUILDING: "building"})
    alike = replace(known, places=places, x=known.x * 0.0)
    rate = learnt_from(None, monkeypatch, known=alike, config=known.config)
    scored = score_buildings(alike, rate).assign(**{c.EXPOSURE: np.arange(300.0)})
    assert len(set(scored[c.SCORE])) == 1
    ranked = add_ranks(scored, key=c.BUILDING, shares=known.config.tier_shares)
    assert set(ranked[c.TIER]) == {"蓝"}


def test_facts_are_plain_numbers_that_give_every_score_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rate = learnt_from(visits(7, count=500), monkeypatch)
    facts = rate.facts()
    again = replace(
        rate,
        weights=np.array([facts["weights"][name] for name in facts["weights"]]),
        intercept=facts["intercept"],
    )
    x = visits(8, count=50).x
    assert again.log_rate(x).tolist() == rate.log_rate(x).tolist()
    assert set(facts["standard_errors"]) == set(facts["prior"]) == set(COLUMNS)


def level_of(found: Any, visits_each: int = 400, *, days: float = 61.0, **rule: Any) -> Level:
    """Return the level of windows of so many days with so many finds in each."""
    y = np.concatenate([np.arange(visits_each) < each for each in found]).astype(np.float64)
    window = np.repeat(np.arange(len(found)), visits_each)
    age = (len(found) - 0.5 - window) * days
    average = average_rate(y, np.ones(len(y)), ModelConfig(**rule))
    return Level.of(y, np.full(len(y), -np.expm1(-average)), average, window, age)


def test_a_steady_office_has_one_level() -> None:
    level, other = level_of([40] * 8), level_of([40] * 80)
    assert other.spread < level.spread < 0.3, "the more windows, the less of policy's spread"
    np.testing.assert_allclose(level.windows, -np.log(0.9), rtol=0.02)
    assert level.now == pytest.approx(-np.log(0.9), rel=0.02)


def test_the_level_follows_the_office_and_its_spread_what_windows_differ_by() -> None:
    up, down = level_of([10, 10, 10, 80, 80, 80]), level_of([80, 80, 80, 10, 10, 10])
    assert up.now > 1.5 * down.now
    assert up.windows[-1] > 3 * up.windows[0]
    # The average, drawn to policy's a little, is all that tells them apart.
    assert up.spread == pytest.approx(down.spread, rel=1e-3)
    assert up.spread > 0.3


def test_what_grows_with_the_years_is_told_by_its_column_or_by_the_level_not_by_both(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = visits(5, count=40_000, effects=np.zeros(len(COLUMNS)), windows=8)
    grown = rows.x.assign(**{WAITING: rows.window / 4.0})
    told = rows.conditions @ np.array(CONDITION_EFFECTS)
    rate = 0.1 * 2.0 ** grown[WAITING].to_numpy()
    chance = -np.expm1(-rows.effort * rate * np.exp(told))
    found = (np.random.default_rng(6).random(rows.count) < chance).astype(np.float64)
    learnt = learnt_from(replace(rows, x=grown, found=rows.found | {"found": found}), monkeypatch)
    last = rows.window == rows.window.max()
    ratio = np.exp(learnt.log_rate(grown[last])).mean() / rate[last].mean()
    assert 0.7 < ratio < 1.1, "the level follows with half a year's delay, and never twice"


def like_policy(count: int, finds: int) -> TrainingRows:
    """Return full visits of the usual kind to places of which nothing is known."""
    rows = visits(9, count=count, effects=np.zeros(len(COLUMNS)))
    found = np.arange(count) % max(count // max(finds, 1), 1) < (finds > 0)
    return replace(
        rows, x=0.0 * rows.x, conditions=0.0 * rows.conditions, effort=np.ones(count),
        found={"found": found.astype(np.float64)},
    )  # fmt: skip


def test_few_visits_say_little_against_policys_level(monkeypatch: pytest.MonkeyPatch) -> None:
    """And many say all, whatever policy's level is worth."""
    unknown = like_policy(4, 0).x[:1]
    rates = {
        (count, worth): learnt_from(
            like_policy(count, count // 5), monkeypatch,
            config=ScoreConfig(model=ModelConfig(level_visits=worth)),
        ).log_rate(unknown)[0]
        for count in (10, 20_000) for worth in (1.0, 1_000.0)
    }  # fmt: skip
    policy, seen = np.log(policy_rate(ModelConfig())), np.log(-np.log1p(-0.2))
    assert rates[10, 1_000.0] == pytest.approx(policy, abs=0.3)
    assert rates[10, 1.0] == pytest.approx(seen, abs=0.3)
    np.testing.assert_allclose([rates[20_000, 1.0], rates[20_000, 1_000.0]], seen, atol=0.1)


def test_visits_that_find_nothing_lower_the_level_without_a_jump(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    unknown = like_policy(4, 0).x[:1]
    before = learnt_from(None, monkeypatch, known=SimpleNamespace(x=unknown))
    told = [float(before.log_rate(unknown)[0])]
    told += [
        float(learnt_from(like_policy(count, 0), monkeypatch, config=ScoreConfig())
              .log_rate(unknown)[0])
        for count in (4, 40, 400)
    ]  # fmt: skip
    assert told == sorted(told, reverse=True)
    assert told[1] > told[0] - 0.3
    assert told[3] < told[0] - 1.0


def test_a_column_that_hardly_any_visit_had_is_held_to_policy_where_many_places_have_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One find in the one visit to a kind of building says little of a tenth of all buildings."""
    rows = visits(10, count=2_000, effects=np.zeros(len(COLUMNS)))
    rare = (np.arange(rows.count) == 0).astype(np.float64)
    rows = replace(rows, x=rows.x.assign(**{"unit.known": rare}),
                   found={"found": np.maximum(rows.found["found"], rare)})  # fmt: skip
    few = SimpleNamespace(x=rows.x)
    many = SimpleNamespace(x=rows.x.assign(**{"unit.known": np.arange(rows.count) % 10 == 0}))
    at = COLUMNS.index("unit.known")
    free, held = (learnt_from(rows, monkeypatch, known=each) for each in (few, many))
    assert abs(held.weights[at]) < 0.2 * abs(free.weights[at])
    assert held.covariance[at + 1, at + 1] < 0.1 * free.covariance[at + 1, at + 1]


def test_a_kind_of_building_moves_no_weight_by_what_it_may_be_and_is_less_sure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Beside a column of which policy says as little: the same weight, and more doubt of it."""
    rows = visits(11, count=400, effects=np.zeros(len(COLUMNS)))
    few = (np.arange(rows.count) % 40 == 0).astype(np.float64)

    def told_of(column: str) -> tuple[float, float]:
        named = replace(rows, x=rows.x.assign(**{column: few}))
        rate = learnt_from(named, monkeypatch)
        at = rate.columns.index(column)
        return float(rate.weights[at]), float(np.sqrt(rate.covariance[at + 1, at + 1]))

    other, kind = told_of("age.a"), told_of("building_kind.a")
    assert kind[0] == pytest.approx(other[0], abs=1e-6)
    assert kind[1] > 1.3 * other[1]


def test_a_kind_of_building_that_nobody_visited_may_double_or_halve_a_rate(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """However probable the finds of others make it that kinds are alike."""
    name, rows = "building_kind.a", visits(11, count=400)
    rows = replace(rows, x=rows.x.assign(**{name: 0.0}))
    scored = rows.x.assign(**{name: np.arange(rows.count) % 4 == 0})
    rate = learnt_from(rows, monkeypatch, known=SimpleNamespace(x=scored))
    at = rate.columns.index(name) + 1
    assert rate.covariance[at, at] == pytest.approx(np.log(2.0) ** 2, rel=1e-6)


def test_suspicions_are_learnt_from_visits_of_the_usual_purpose(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """There they come as often whatever the place is like; after complaints all are suspicions."""
    rows = visits(12, count=20_000)
    assert learnt_from(rows, monkeypatch).suspicions == (0.0, 0.0)
    usual = (rows.conditions[:, :-1] == 0).all(axis=1)
    by_chance = np.random.default_rng(13).random(rows.count) < 0.03
    suspected = (rows.found["found"] == 0) & usual & by_chance
    found = np.where(suspected | ((rows.found["found"] > 0) & ~usual), 0.4, rows.found["found"])
    rate = learnt_from(replace(rows, found={"found": found}), monkeypatch)
    odds, slope = rate.suspicions
    assert slope < -0.6
    average = float(rate.log_rate(rows.x).mean())
    finds = rows.found["found"][usual].sum()
    assert odds + slope * average == pytest.approx(np.log(0.4 * suspected.sum() / finds), abs=0.6)


def test_three_windows_leave_policys_spread() -> None:
    assert level_of([2, 0, 1], visits_each=3).spread == pytest.approx(0.3, rel=0.4)


def test_half_the_effort_with_half_the_finds_is_the_same_level() -> None:
    rng = np.random.default_rng(1)
    window, age = np.zeros(20_000, dtype=np.int64), np.full(20_000, 30.0)
    levels = []
    for effort in (1.0, 0.5):
        chance = -np.expm1(-effort * 0.1)
        y = (rng.random(20_000) < chance).astype(np.float64)
        average = average_rate(y, np.full(20_000, effort), ModelConfig())
        expected = np.full(20_000, effort * -np.expm1(-average))
        levels.append(Level.of(y, expected, average, window, age).now)
    assert levels[0] == pytest.approx(levels[1], rel=0.1)


@pytest.mark.parametrize("scatter", [0.0, 0.15, 0.3])
def test_four_in_five_intervals_hold_the_finds_of_the_coming_month(scatter: float) -> None:
    """However much months differ, where neighbouring ones are alike; 250 offices tell ±5 %."""
    months, visits_each, rate = 18, 500, 0.12
    rng = np.random.default_rng(4)
    alike = 2.0 ** (-30 / 180)
    held = []
    for _ in range(250):
        off = [rng.standard_normal()]
        for step in rng.standard_normal(months):
            off.append(alike * off[-1] + np.sqrt(1 - alike**2) * step)
        rates = rate * np.exp(scatter * np.array(off) - scatter**2 / 2)
        found = rng.binomial(visits_each, -np.expm1(-rates))
        level = level_of(found[:-1], visits_each, days=30.0)
        drawn = rng.standard_normal(400)
        coming = level.now * np.exp(level.spread * drawn - level.spread**2 / 2)
        low, high = np.quantile(rng.binomial(visits_each, -np.expm1(-coming)), [0.1, 0.9])
        # Numbers are whole: one at an end is half inside.
        held += [low <= found[-1] <= high, low < found[-1] < high]
    share = float(np.mean(held))
    assert 0.75 <= share <= 0.86, share


@given(st.integers(1, 700), st.integers(0, 5), st.integers(1, 200), st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_columns_are_standardised_in_place_as_all_at_once_to_the_bit(
    rows: int, columns: int, block: int, seed: int
) -> None:
    x = np.random.default_rng(seed).lognormal(sigma=2.0, size=(rows, columns + 3))
    values = x[:, 1 : 1 + columns].copy()
    centre, spread = values.mean(axis=0), values.std(axis=0)
    spread[spread < 1e-6] = 1.0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prior_module, "_BLOCK_ROWS", block)
        found = prior_module.standardise(x[:, 1 : 1 + columns])
    np.testing.assert_array_equal(found, (centre, spread))
    np.testing.assert_array_equal(x[:, 1 : 1 + columns], (values - centre) / spread)


GRADES = ("history.fault.unit", "history.found.unit", "unit.age")


def graded(seed: int, *, truth: Any, milder: Any, count: int = 2_500) -> TrainingRows:
    """Full visits in one window of which a limit makes finds, and a milder one three times more."""
    rng = np.random.default_rng(seed)
    x = pd.DataFrame(rng.normal(size=(count, len(GRADES))), columns=list(GRADES))
    found, beyond = (
        (rng.random(count) < -np.expm1(-rate * np.exp(x.to_numpy() @ np.array(weights)))) * 1.0
        for rate, weights in ((0.06, truth), (0.15, milder))
    )
    rows = visits(seed, count=count, windows=1)
    return replace(rows, x=x, found=rows.found | {"found": found}, effort=np.ones(count),
                   conditions=0.0 * rows.conditions,
                   milder={"found": np.where(found > 0, np.nan, beyond)})  # fmt: skip


def test_a_milder_limit_of_the_same_weights_is_learnt_from_as_the_finds_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As by one likelihood of three ordered outcomes, written down visit by visit."""
    truth = (0.7, 0.1, 0.0)
    rows = graded(3, truth=truth, milder=truth)
    monkeypatch.setattr(prior_module, "_FACTORS", (1.0,))
    rate = learnt_from(rows, monkeypatch)
    fit = module._Fit.of(rows, "found", 60.0, CONFIG, {})
    y, beyond, firm = fit.y, np.nan_to_num(rows.milder["found"]), fit.prior.precision[1:4] * 30.0

    def loss(b: Any) -> float:
        find, milder = (np.exp(level + fit.x[:, 1:4] @ b[2:]) for level in b[:2])
        none = (1 - y) * (find + (1 - beyond) * milder)
        some = y * np.log(-np.expm1(-find)) + (1 - y) * beyond * np.log(-np.expm1(-milder))
        return float((none - some).sum() + 0.5 * firm @ (b[2:] - fit.prior.mean[1:4]) ** 2)

    limits = [(None, None), (None, None), (0, None), (0, None), (None, None)]
    best = minimize(loss, np.array([-2.0, -2.0, 0.5, 0.5, 0.0]), bounds=limits)
    np.testing.assert_allclose(rate.weights, best.x[2:] / fit.scale[1], atol=0.02)
    before = learnt_from(replace(rows, milder={}), monkeypatch)
    assert np.abs(rate.weights - truth).sum() < np.abs(before.weights - truth).sum()


@pytest.mark.parametrize("factor", [0.5, 0.7])
def test_weights_of_a_milder_limit_may_all_be_smaller(
    factor: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    truth = np.array([1.0, 0.1, 0.0])
    rows = graded(4, truth=truth, milder=factor * truth)
    rate, before = (learnt_from(replace(rows, milder=milder), monkeypatch)
                    for milder in (rows.milder, {}))  # fmt: skip
    assert np.abs(rate.weights - truth).sum() < np.abs(before.weights - truth).sum()
    assert rate.intercept == pytest.approx(np.log(0.06), abs=0.25)
    np.testing.assert_array_equal(rate.prior, before.prior)


def test_a_milder_limit_of_other_weights_teaches_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where bad days are another thing than usual grades all is to the bit as without it."""
    rows = graded(5, truth=(0.2, 0.8, 0.0), milder=(0.8, 0.0, 0.0))
    rate, before = (learnt_from(replace(rows, milder=milder), monkeypatch)
                    for milder in (rows.milder, {}))  # fmt: skip
    assert rate.facts() == before.facts()
    np.testing.assert_array_equal(rate.covariance, before.covariance)


def test_what_a_milder_limit_taught_makes_nobody_surer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits are not quite alike: what finds leave open, and how far it moved them, is doubt."""
    truth = (0.7, 0.1, 0.0)
    rows = graded(6, truth=truth, milder=truth)
    rate, before = (learnt_from(replace(rows, milder=milder), monkeypatch)
                    for milder in (rows.milder, {}))  # fmt: skip
    assert not np.array_equal(rate.weights, before.weights)
    wider = np.linalg.eigvalsh(rate.covariance - before.covariance)
    assert wider.min() >= -1e-9
