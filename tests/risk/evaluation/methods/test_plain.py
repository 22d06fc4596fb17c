"""Every baseline says what a slow, plain count of the rows says."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingRegressor

from risk.config.score import ExposureRule
from risk.config.visit_model import ModelConfig
from risk.evaluation.methods import baselines, smoothed_rate, trees
from risk.evaluation.methods.baselines import BASELINES
from risk.evaluation.methods.registry import (
    METHODS,
    SMOOTHED_RATE,
    TREES,
    choose_methods,
    score_places,
)
from risk.evaluation.methods.training import find_windows, visit_windows
from risk.evaluation.metrics import area_under_curve
from risk.evaluation.targets.geography import Geography
from risk.evaluation.targets.plans import AMONG
from risk.evaluation.targets.questions import Question
from risk.evaluation.targets.settings import BacktestSettings
from risk.evaluation.view import View, look
from risk.models.visit_propensity import PropensityForms
from risk.visit_design.timeline import Timeline
from risk.visit_design.units import NEVER_VISITED
from risk.visit_design.visit_table import Facts, make_facts
from tests.risk.conftest import no_reports, visits_of_a_city
from tests.risk.evaluation.conftest import END, ORIGIN, make_tables
from tests.risk.evaluation.methods import plain

MODEL = ModelConfig(window_days=120, least_events=5)
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
    without = visits["found"].isna()
    return (
        visits.assign(_without=without)
        .sort_values(["day", "_without", "row_key"], kind="stable", ignore_index=True)
        .drop(columns="_without")
    )


@lru_cache(maxsize=4)
def drawn_city(seed: int) -> Geography:
    facts = make_facts(drawn_visits(seed), no_reports(), config=MODEL)
    return Geography.survey(make_tables(facts))


def view_of(city: Geography, level: str, among: str = "all") -> View:
    question = Question(event="inspections:found", level=level, among=among, cut=ORIGIN, end=END)
    return look(city, city.tables, question, BacktestSettings(), RULE)


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


def timeline_of(facts: Facts) -> Timeline:
    return Timeline(facts=facts, config=MODEL, origins=[ORIGIN], horizon_days=END - ORIGIN)


@settings(max_examples=12)
@given(seed=st.integers(0, 10_000), half_life=st.sampled_from(smoothed_rate.HALF_LIVES_DAYS))
def test_the_smoothed_rate_is_what_loops_over_levels_give(seed: int, half_life: float) -> None:
    facts = drawn_city(seed).tables.facts
    places, _ = timeline_of(facts).at(ORIGIN)
    known = facts.before(ORIGIN)
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


def lessons(timeline: Timeline, event: str) -> list[tuple[int, list[int], list[float]]]:
    """Return the start of each window that ended by the origin, and rows and results of visits."""
    windows = []
    visits = timeline.facts.visits.to_dict("records")
    for start, end in zip(timeline.cuts, timeline.cuts[1:], strict=False):
        row_of = {unit: at for at, unit in enumerate(timeline.at(start)[0]["unit"])}
        seen, rows, y = set(), [], []
        for visit in visits:
            if visit["day"] >= end or visit["learnt"] >= end:
                continue
            key = (visit["door"], visit["day"], visit["purpose"])
            if np.isnan(visit["found"]) and key in seen:
                continue
            seen.add(key)
            if visit["day"] >= start and not np.isnan(visit["found"]) and visit["door"] in row_of:
                rows.append(row_of[visit["door"]])
                y.append(visit[event])
        if rows and end <= ORIGIN:
            windows.append((start, rows, y))
    return windows


@settings(max_examples=12)
@given(seed=st.integers(0, 10_000))
def test_windows_teach_what_loops_over_their_visits_give(seed: int) -> None:
    timeline = timeline_of(drawn_city(seed).tables.facts)
    ours = visit_windows(timeline, event="found")
    expected = lessons(timeline, "found")
    assert [(w.start, w.rows.tolist(), w.y.tolist()) for w in ours if w.end <= ORIGIN] == expected


@settings(max_examples=6)
@given(seed=st.integers(0, 10_000))
def test_among_all_each_known_place_teaches_what_was_found_there(seed: int) -> None:
    city = drawn_city(seed)
    timeline = replace(timeline_of(city.tables.facts), register=city.tables.buildings)
    for window in find_windows(timeline, event="found"):
        places = timeline.at(window.start)[0]
        known = places[places["known"]]
        sums = dict.fromkeys(known["unit"], 0.0)
        for visit in timeline.facts.visits.to_dict("records"):
            late = visit["day"] >= window.end or visit["learnt"] >= window.end
            if late or visit["day"] < window.start or not visit["found"] > 0:
                continue
            building = NEVER_VISITED + visit["building"]
            unit = visit["door"] if visit["door"] in sums else building
            if unit in sums:
                sums[unit] += visit["found"]
        assert window.end <= ORIGIN
        assert places["unit"].iloc[window.rows].tolist() == list(sums)
        assert window.y.tolist() == list(sums.values())


@pytest.fixture(scope="module")
def city() -> Timeline:
    facts = make_facts(visits_of_a_city(1), no_reports(), config=MODEL)
    return timeline_of(facts)


def test_the_half_life_is_the_one_that_predicted_earlier_windows_best(city: Timeline) -> None:
    def rates(half_life_days: float, moment: int) -> NDArray[np.float64]:
        return smoothed_rate.smoothed_rates(
            city.facts.before(moment), city.at(moment)[0], event="found", cut=moment,
            half_life_days=half_life_days,
        )  # fmt: skip

    reached = {
        half_life: sum(
            plain.log_likelihood(y, rates(half_life, start)[rows].tolist())
            for start, rows, y in lessons(city, "found")
        )
        for half_life in smoothed_rate.HALF_LIVES_DAYS
    }
    best = max(reached, key=lambda half_life: reached[half_life])
    scores = smoothed_rate.score_by_smoothed_rate(city, event="found")
    assert scores[ORIGIN].risk.tolist() == rates(best, ORIGIN).tolist()
    assert len(set(reached.values())) == len(reached)


def test_trees_are_scikit_learns_on_the_columns_of_the_visit_model(city: Timeline) -> None:
    windows = lessons(city, "found")
    names: list[str] = []
    for start, _, _ in windows:
        names += [name for name in city.at(start)[1] if name not in names]
    names = [name for name in names if not name.startswith("propensity.")]

    def values(moment: int) -> NDArray[np.float64]:
        return city.at(moment)[1].reindex(columns=names, fill_value=0.0).to_numpy()

    def fit(taught: list[tuple[int, list[int], list[float]]], trees_grown: int) -> Any:
        x = np.concatenate([values(start)[rows] for start, rows, _ in taught])
        y = np.concatenate([np.array(y) / (sum(y) / len(y)) for _, _, y in taught])
        model = HistGradientBoostingRegressor(**trees.SETTINGS, max_iter=trees_grown)
        return model.fit(x, y)

    kept = len(windows)
    while sum(sum(y) for _, _, y in windows[kept:]) < sum(sum(y) for _, _, y in windows) / 4:
        kept -= 1
    assert 1 < kept < len(windows)
    trial = fit(windows[:kept], trees.MOST_TREES)
    reached = [0.0] * trees.MOST_TREES
    for start, rows, y in windows[kept:]:
        for at, mean in enumerate(trial.staged_predict(values(start)[rows])):
            reached[at] += plain.log_likelihood(y, mean.tolist())
    best = 1 + reached.index(max(reached))
    y = windows[-1][2]
    expected = sum(y) / len(y) * fit(windows, best).predict(values(ORIGIN))
    ours = trees.score_by_trees(city, event="found", among_all=False)[ORIGIN].risk
    np.testing.assert_allclose(ours, expected, rtol=1e-9)
    assert len(set(ours)) > 10


@pytest.mark.parametrize("among_all", [False, True])
def test_trees_are_the_same_again(city: Timeline, *, among_all: bool) -> None:
    once, again = (
        trees.score_by_trees(city, event="found", among_all=among_all)[ORIGIN].risk
        for _ in range(2)
    )
    assert once.tolist() == again.tolist()


@pytest.mark.parametrize("name", [SMOOTHED_RATE, TREES])
@pytest.mark.parametrize("among", AMONG)
def test_a_later_origin_teaches_an_earlier_one_nothing(
    city: Timeline, name: str, among: str
) -> None:
    earlier = ORIGIN - 120

    def scores(origins: list[int]) -> list[float]:
        forms = PropensityForms(timeline=replace(city, origins=origins))
        return score_places(name, forms, event="found", among=among)[earlier].risk.tolist()

    assert scores([earlier]) == scores([earlier, ORIGIN])


@pytest.mark.parametrize("among_all", [False, True])
def test_without_a_few_finds_trees_have_no_opinion(*, among_all: bool) -> None:
    visits = visits_of_a_city(1, units=20).assign(found=0.0)
    timeline = timeline_of(make_facts(visits, no_reports(), config=MODEL))
    risk = trees.score_by_trees(timeline, event="found", among_all=among_all)[ORIGIN].risk
    assert set(risk) == {1.0}


def test_trees_learn_where_all_finds_lie_in_one_window() -> None:
    visits = visits_of_a_city(1)
    lately = (visits["day"] >= ORIGIN - 120) & (visits["day"] < ORIGIN)
    visits = visits.assign(found=visits["found"].where(lately, 0.0))
    timeline = timeline_of(make_facts(visits, no_reports(), config=MODEL))
    risk = trees.score_by_trees(timeline, event="found", among_all=False)[ORIGIN].risk
    assert np.isfinite(risk).all()
    assert len(set(risk)) > 10


def test_both_tell_places_apart_better_than_chance(city: Timeline) -> None:
    visits = city.facts.visits_between(ORIGIN, END)
    found = (visits["found"] >= 1).to_numpy()
    for scores in (
        smoothed_rate.score_by_smoothed_rate(city, event="found"),
        trees.score_by_trees(city, event="found", among_all=False),
    ):
        assert area_under_curve(found, scores[ORIGIN].risk_of(visits)) > 0.55


def test_no_method_needs_a_package_that_is_not_installed_with_the_product() -> None:
    named = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    required = {re.split(r"[^a-z0-9-]", each)[0] for each in named["dependencies"]}
    assert {"scikit-learn", "threadpoolctl"} <= required
    assert choose_methods() == METHODS
