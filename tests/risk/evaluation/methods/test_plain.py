"""Every baseline says what a slow, plain count of the rows says."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from risk.config.find_rate import ModelConfig
from risk.config.score import ExposureRule
from risk.design.units import known_places
from risk.design.visit_table import make_facts
from risk.evaluation.methods import baselines, smoothed_rate, trees
from risk.evaluation.methods.baselines import BASELINES
from risk.evaluation.methods.registry import METHODS, choose_methods
from risk.evaluation.metrics import area_under_curve
from risk.evaluation.targets.geography import Geography
from risk.evaluation.targets.questions import Question
from risk.evaluation.targets.settings import BacktestSettings
from risk.evaluation.view import View, make_view
from risk.find_rate.training import TrainingRows
from tests.risk.conftest import no_reports, visits_of_a_city
from tests.risk.evaluation.conftest import END, ORIGIN, make_tables
from tests.risk.evaluation.methods import plain

MODEL = ModelConfig(window_days=120)
LEVELS = ("place", "building", "cell:8", "cell:9", "cell:10")
RULE = ExposureRule()
ROOT = Path(__file__).resolve().parents[4]


def drawn_visits(seed: int) -> pd.DataFrame:
    """Strew visits of which some have no result, no score or no count, and some are learnt late."""
    rng = np.random.default_rng(seed)
    visits = visits_of_a_city(seed, units=int(rng.integers(4, 24)), each=int(rng.integers(1, 7)))

    def sometimes(values: pd.Series, share: float) -> pd.Series:
        return values.where(rng.random(len(visits)) < share)

    visits = visits.assign(
        found=sometimes(visits["found"], 0.85),
        problems=sometimes(visits["problems"], rng.choice([0.0, 0.3, 0.9])),
        fault_score=sometimes(
            pd.Series(rng.normal(-80.0, 9.0, len(visits)).round()), rng.choice([0.0, 0.3, 0.9])
        ),
        learnt=visits["day"] + 60 * rng.integers(2, size=len(visits)),
        day=visits["day"] - visits["day"] % 20,  # many on one day
    )
    with_result = visits["found"].notna()
    return (
        visits.assign(_with=with_result)
        .sort_values(["day", "_with", "row_key"], kind="stable", ignore_index=True)
        .drop(columns="_with")
    )


@lru_cache(maxsize=4)
def drawn_city(seed: int) -> Geography:
    facts = make_facts(drawn_visits(seed), no_reports(), config=MODEL)
    return Geography.of_tables(make_tables(facts))


def view_of(city: Geography, level: str, among: str = "all") -> View:
    question = Question(event="inspections:found", level=level, among=among, cut=ORIGIN, end=END)
    return make_view(city, city.tables, question, BacktestSettings(), RULE)


def agrees(view: View, name: str, expected: Sequence[float]) -> None:
    np.testing.assert_allclose(BASELINES[name](view), expected, rtol=1e-9, atol=1e-9)


@settings(max_examples=12)
@given(seed=st.integers(0, 10_000), level=st.sampled_from(LEVELS))
def test_rules_on_visits_are_what_loops_over_the_rows_give(seed: int, level: str) -> None:
    view = view_of(drawn_city(seed), level, "inspected" if level == "place" else "all")
    agrees(view, "random", [0.0] * len(view.names))
    agrees(view, "past_count", plain.past_count(view))
    agrees(view, "mean_grade", plain.mean_grade(view))
    agrees(view, "last_grade", plain.last_grade(view))
    agrees(view, "days_since_visit", plain.days_since(view, plain.results(view)))
    agrees(view, "last_find", [-days for days in plain.days_since(view, plain.finds(view))])


@settings(max_examples=12)
@given(seed=st.integers(0, 10_000))
def test_size_and_the_sum_of_z_scores_are_what_loops_give(seed: int) -> None:
    view = view_of(drawn_city(seed), "building")
    size = plain.exposure(view, registered=RULE.registered_unit, dwelling=RULE.dwelling)
    agrees(view, "exposure", size)
    recent = [row for row in plain.finds(view) if ORIGIN - row["day"] <= 365]
    found = plain.per_unit(view, recent, lambda rows: float(len(rows)))
    agrees(view, "z_sum", plain.z_sum([found, [0.0] * len(found), size]))


@settings(max_examples=12)
@given(seed=st.integers(0, 10_000))
def test_the_count_and_the_ring_that_were_best_before_are_what_loops_give(seed: int) -> None:
    view = view_of(drawn_city(seed), "cell:9")
    for name, options, of in (
        ("decayed_count", baselines.HALF_LIVES_DAYS, plain.decayed_count),
        ("k_ring", baselines.RING_STEPS, plain.ring),
    ):
        best = best_before(view, options, of)
        agrees(view, name, of(view, best))


def best_before(view: View, options: Sequence[float], of: Callable[..., list[float]]) -> float:
    """Return the option with the highest mean AUC in the two windows before."""
    reached = []
    for option in options:
        values = []
        for steps in (1, 2):
            seen = view.earlier(steps)
            if seen is None:
                continue
            earlier, answer = seen
            score = np.array(of(earlier, option))
            values.append(area_under_curve(answer.events > 0, score))
        known = [value for value in values if not np.isnan(value)]
        reached.append(sum(known) / len(known) if known else 0.0)
    return options[reached.index(max(reached))]


@settings(max_examples=12)
@given(seed=st.integers(0, 10_000), half_life=st.sampled_from(smoothed_rate.HALF_LIVES_DAYS))
def test_the_smoothed_rate_is_what_loops_over_levels_give(seed: int, half_life: float) -> None:
    facts = drawn_city(seed).tables.facts
    known = facts.before(ORIGIN)
    places = known_places(known)
    ours = smoothed_rate.smoothed_rates(
        known, places, event="found", cut=ORIGIN, half_life_days=half_life
    )
    expected = plain.smoothed_rate(
        known.visits.to_dict("records"),
        places.to_dict("records"),
        event="found",
        cut=ORIGIN,
        half_life_days=half_life,
    )
    np.testing.assert_allclose(ours, expected, rtol=1e-9)


def lessons(
    *, finds: Callable[[NDArray[np.int64]], Any] = lambda window: window >= 0
) -> TrainingRows:
    """Make up visits of which some columns tell what they find, in windows that allow it."""
    rng = np.random.default_rng(2)
    x = pd.DataFrame(rng.normal(size=(3_000, 3)), columns=["a", "b", "c"])
    window = np.sort(rng.integers(0, 6, len(x))).astype(np.int64)
    chance = 0.15 * np.exp(x["a"].clip(-2, 1.5).to_numpy()) * finds(window)
    return TrainingRows(
        x=x,
        conditions=np.zeros((len(x), 5)),
        effort=np.ones(len(x)),
        found={"found": (rng.random(len(x)) < chance).astype(np.float64)},
        window=window,
        age_days=(5.5 - window) * 61.0,
        place=np.arange(len(x)),
        evening_share=0.0,
    )


@pytest.mark.parametrize("finds", [lambda window: window >= 0, lambda window: window == 5])
def test_trees_tell_places_apart_and_are_the_same_again(finds: Callable[..., Any]) -> None:
    """Also where all finds lie in one window."""
    rows = lessons(finds=finds)
    ours, again = (trees.grow_trees(rows, "found")(rows.x) for _ in range(2))
    np.testing.assert_array_equal(ours, again)
    assert (ours > 0).all()
    asked = rows.window == 5
    assert area_under_curve(rows.found["found"][asked] > 0, ours[asked]) > 0.6
    turned = trees.grow_trees(rows, "found")(rows.x[["c", "a", "b"]])
    np.testing.assert_array_equal(ours, turned)


def test_without_visits_or_a_few_finds_trees_have_no_opinion() -> None:
    few = lessons(finds=lambda window: window < 0)
    for rows in (None, few):
        assert set(trees.grow_trees(rows, "found")(few.x)) == {1.0}


def test_no_method_needs_a_package_that_is_not_installed_with_the_product() -> None:
    named = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    required = {re.split(r"[^a-z0-9-]", each)[0] for each in named["dependencies"]}
    assert {"scikit-learn", "threadpoolctl"} <= required
    assert choose_methods() == METHODS
