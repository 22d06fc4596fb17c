"""What is believed before any visit keeps few visits from saying what they cannot know."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risk.config.score import ScoreConfig
from risk.find_rate import model as module
from risk.find_rate.columns import reference_of
from risk.find_rate.likelihood import Prior
from risk.find_rate.model import FindRate, learn_find_rate
from risk.find_rate.prior import policy_rate, prior_of_terms, taught_by, with_smaller_policy
from risk.find_rate.training import CONDITIONS, TrainingRows

CONFIG = ScoreConfig()
FREE = ("area_size.2000m", "area_size.800m", "building.age", "building.since", "unit.age",
        "unit.result_since", "unit.results", "unit.since", "visits.unit.revisit",
        "visits.unit.routine")  # fmt: skip
"""Columns to which policy gives no weight."""
HELD = ("area.found.800m.30d", "complaints", "doors", "history.found.unit")
POLICY = float(np.log(policy_rate(CONFIG.model)))


def rows_of(x: pd.DataFrame, found: np.ndarray, **changed: Any) -> TrainingRows:
    """Return full visits of the usual kind to places of a design."""
    count = len(x)
    parts = {
        "x": x,
        "conditions": np.zeros((count, len(CONDITIONS))),
        "effort": np.ones(count),
        "found": {"found": found.astype(np.float64)},
        "window": np.zeros(count, dtype=np.int64),
        "age_days": np.full(count, 15.0),
        "place": np.zeros(count, dtype=np.int64),
        "evening_share": 0.0,
    }
    return TrainingRows(**(parts | changed))


def learnt_from(rows: TrainingRows, scored: pd.DataFrame) -> FindRate:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "read_training_rows", lambda *_, **__: rows)
        return learn_find_rate(cast("Any", None), cast("Any", SimpleNamespace(x=scored)),
                               config=CONFIG)  # fmt: skip


def of_the_unknown(rate: FindRate) -> float:
    """Return ln θ of a place of which nothing is known."""
    return float(rate.intercept + reference_of(rate.columns, CONFIG) @ rate.weights)


@pytest.mark.parametrize("spread", [1e-7, 1e-5, 4e-5, 1e-3])
def test_a_column_that_hardly_varies_says_nothing_of_a_place_of_which_nothing_is_known(
    spread: float,
) -> None:
    """Two buildings a few hundred metres apart have 141 and 142 visits around them."""
    found = np.arange(13) % 6 == 0
    x = pd.DataFrame({"area_size.2000m": 5.0 - spread * found})
    rate = learnt_from(rows_of(x, found), x)
    assert of_the_unknown(rate) == pytest.approx(np.log(-np.log1p(-3 / 13)), abs=1.0)


def test_nor_does_it_where_all_places_that_are_scored_have_moved_away() -> None:
    found = np.arange(13) % 6 == 0
    x = pd.DataFrame({"visits.unit.routine": 1e-5 * found})
    scored = pd.DataFrame({"visits.unit.routine": [3.0, 3.0]})
    rate = learnt_from(rows_of(x, found), scored)
    assert rate.log_rate(scored)[0] == pytest.approx(of_the_unknown(rate), abs=0.5)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1), count=st.integers(1, 60),
    share=st.sampled_from([0.0, 0.1, 0.5, 1.0]), separates=st.booleans(),
)  # fmt: skip
def test_nothing_runs_away_however_little_the_columns_vary(
    seed: int, count: int, share: float, *, separates: bool
) -> None:
    """Not even where what was found is told by every one of them."""
    rng = np.random.default_rng(seed)
    found = rng.random(count) < share
    names = sorted(rng.choice((*FREE, *HELD), rng.integers(1, 15), replace=False))
    lies = np.where(np.isin(names, FREE), rng.choice([0.0, 1.0, 8.0], len(names)), 0.0)
    varies = 10.0 ** rng.uniform(-8, 0.5, len(names)) * np.where(np.isin(names, FREE), 1.0, 0.1)
    by = found[:, None] - 0.5 if separates else rng.normal(size=(count, len(names)))
    x = pd.DataFrame(lies + varies * by, columns=names)
    scored = pd.DataFrame(lies + varies * rng.normal(size=(4, len(names))), columns=names)
    revisits = np.zeros((count, len(CONDITIONS)))
    revisits[:, 1] = rng.random(count) < rng.choice([0.0, 0.5, 0.95])
    window = pd.factorize(np.sort(rng.integers(0, 3, count)))[0].astype(np.int64)
    rows = rows_of(x, found, conditions=revisits, window=window, age_days=15.0 + 30.0 * window)
    rate = learnt_from(rows, scored)

    effects = rows.conditions @ np.array([rate.conditions[name] for name in CONDITIONS])
    foretold = -np.expm1(-np.exp(rate.log_rate(x) + effects)).sum()
    assert 0.4 < (foretold + 1) / (found.sum() + 1) < 2.5
    seen = np.log(-np.log1p(-(found.sum() + 0.5) / (count + 1)))
    least, most = min(POLICY, seen) - 3, max(POLICY, seen) + 3
    assert least < of_the_unknown(rate) < most
    assert (rate.log_rate(scored) > least).all()
    assert (rate.log_rate(scored) < most).all()
    assert np.isfinite(rate.covariance).all()


def normal_prior(terms: int, seed: int = 4) -> Prior:
    rng = np.random.default_rng(seed)
    free = np.full(terms, np.inf)
    return Prior(mean=rng.normal(size=terms), precision=rng.uniform(1, 9, terms), lower=-free,
                 upper=free)  # fmt: skip


def test_what_another_outcome_taught_is_what_is_known_of_the_weights_after_it() -> None:
    """Of Normal distributions exactly: the rest of the other outcome's terms are averaged over."""
    rng = np.random.default_rng(5)
    prior, root = normal_prior(6), rng.normal(size=(9, 6))
    seen, centre, spread = root.T @ root, rng.normal(size=3), np.array([0.5, 1.0, 2.0])
    whole = seen + np.diag(prior.precision)
    terms = np.linalg.solve(whole, seen @ rng.normal(size=6) + prior.precision * prior.mean)
    taught = taught_by(prior, terms, seen, (centre, spread), factor=1.0)
    weights = slice(1, 4)
    after = np.linalg.inv(np.linalg.inv(whole)[weights, weights])
    np.testing.assert_allclose(taught.matrix()[weights, weights], after, rtol=1e-9)
    np.testing.assert_allclose(taught.mean[weights], terms[weights], rtol=1e-9)
    np.testing.assert_array_equal(taught.mean[4:], prior.mean[4:])
    apart = (taught.mean - prior.mean)[weights] / spread
    assert taught.mean[0] - prior.mean[0] == pytest.approx(apart @ centre)


def test_weights_that_are_twice_as_large_are_known_half_as_well() -> None:
    prior = normal_prior(4)
    vague = Prior(mean=prior.mean, precision=1e-9 * prior.precision, lower=prior.lower,
                  upper=prior.upper)  # fmt: skip
    terms, scale = np.array([0.1, 0.4, -0.2, 0.3]), (np.zeros(3), np.ones(3))
    once, twice = (taught_by(vague, terms, np.diag([2.0, 8.0, 4.0, 1.0]), scale, factor=factor)
                   for factor in (1.0, 2.0))  # fmt: skip
    np.testing.assert_allclose(twice.mean[1:], 2 * once.mean[1:], rtol=1e-6)
    np.testing.assert_allclose(np.diag(twice.matrix())[1:], np.diag(once.matrix())[1:] / 4)


def test_a_weight_is_not_taught_beyond_its_bound() -> None:
    prior = normal_prior(3)
    bound = Prior(mean=np.abs(prior.mean), precision=prior.precision, lower=np.zeros(3),
                  upper=prior.upper)  # fmt: skip
    seen = 50.0 * np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.9], [0.0, 0.9, 1.0]])
    taught = taught_by(
        bound, np.array([0.0, 3.0, 0.0]), seen, (np.zeros(2), np.ones(2)), factor=2.0
    )
    assert (taught.mean[1:] >= 0.0).all()


def test_a_part_of_policys_weights_is_held_as_firmly_as_policys() -> None:
    policy = np.array([0.6, 0.0, 1.0])
    scale = (np.array([0.2, -1.0, 0.4]), np.array([0.5, 2.0, 1.0]))
    columns = ["history.fault.unit", "unit.age", "history.found.unit"]
    usual, half = (
        prior_of_terms(columns, weights, scale, conditions=2, scored={}, reference=np.zeros(3),
                       average=0.1, rule=CONFIG.model)
        for weights in (policy, 0.5 * policy)
    )  # fmt: skip
    found = with_smaller_policy(usual, policy, scale)
    np.testing.assert_allclose(found.mean, half.mean, rtol=1e-12)
    np.testing.assert_array_equal(found.precision, half.precision)
