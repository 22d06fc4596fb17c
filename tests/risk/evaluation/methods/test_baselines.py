from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from esda.smoothing import Empirical_Bayes

from risk.evaluation.methods import baselines
from risk.evaluation.methods.baselines import BASELINES, choose
from risk.evaluation.metrics import area_under_curve
from risk.evaluation.targets.geography import Geography
from risk.evaluation.targets.tables import Tables
from risk.evaluation.view import View, answer_to
from risk.features.empirical_bayes import moment_strength

Look = Callable[..., View]

LEVELS = ("place", "building", "cell:8", "cell:9", "cell:10")


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", BASELINES)
def test_every_baseline_scores_every_unit_and_says_the_same_again(
    name: str, level: str, view_of: Look
) -> None:
    among = "inspected" if level == "place" else "all"
    score = BASELINES[name](view_of(level, among))
    assert score.shape == (len(view_of(level, among).units),)
    assert np.isfinite(score).all()
    assert (score == BASELINES[name](view_of(level, among))).all()


@pytest.mark.parametrize("name", BASELINES)
def test_a_city_of_addresses_without_one_point_is_ranked_as_well(
    name: str, view_of: Look, city: Tables
) -> None:
    tables = replace(
        city,
        facts=replace(city.facts, visits=city.facts.visits.assign(h3_r10="")),
        violations=city.violations.assign(h3_r10=""),
        rentals=city.rentals.assign(h3_r10=""),
        buildings=city.buildings.assign(h3_r10=""),
    )
    view = view_of("building", "inspected", of=Geography.of_tables(tables))
    assert np.isfinite(BASELINES[name](view)).all()


@pytest.mark.parametrize(
    "name",
    ["past_count", "decayed_count", "empirical_bayes", "mean_grade", "last_grade", "last_find"],
)
def test_methods_that_read_history_beat_chance_where_places_differ(
    name: str, view_of: Look
) -> None:
    view = view_of("place", "inspected")
    answer = answer_to(view, view.geography.tables)
    assert area_under_curve(answer.events > 0, BASELINES[name](view)) > 0.55


def test_past_count_counts(view_of: Look) -> None:
    view = view_of("building")
    visits = view.known.facts.visits
    counted = visits[visits["found"] >= 1].groupby("building").size().reindex(view.names)
    assert (BASELINES["past_count"](view) == counted.fillna(0)).all()


def test_a_density_falls_with_the_distance_from_what_was_found(view_of: Look) -> None:
    view = view_of("building")
    density = baselines._density(view, 400.0)
    x_m, y_m, _ = view.places
    seen = view.events.age_days <= baselines.RECENT_DAYS
    apart = np.hypot(x_m[:, None] - view.events.x_m[seen], y_m[:, None] - view.events.y_m[seen])
    plain = np.exp(-0.5 * (apart / 400.0) ** 2).sum(axis=1)
    assert np.corrcoef(density, plain)[0, 1] > 0.97


def test_rings_weigh_the_own_cell_whole_and_the_next_half(view_of: Look) -> None:
    weights = view_of("cell:9").geography.rings["cell:9"][0]
    assert (weights.diagonal() == 1).all()
    assert set(np.unique(weights.data)) <= {0.5, 1.0}
    assert (weights != weights.T).nnz == 0


def test_the_option_that_ranked_best_before_is_chosen(view_of: Look) -> None:
    view = view_of("building")

    def score(view: View, sign: int) -> np.ndarray:
        return sign * view.count(view.events.unit)

    assert (choose(view, score, (-1, 1)) == score(view, 1)).all()


@pytest.mark.parametrize("among", ["inspected", "all"])
def test_the_empirical_bayes_baseline_is_esdas_with_esdas_strength(
    among: str, view_of: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As scored in a backtest, on its own counts: only the choice of the strength differs."""
    view = view_of("building", among)
    if among == "inspected":
        found, exposure = (
            view.count(view.visits.unit, view.visits.values),
            view.count(view.visits.unit),
        )
    else:
        recent = (view.events.age_days <= baselines.RECENT_DAYS).astype(np.float64)
        found, exposure = view.count(view.events.unit, recent), view.exposure
    there = exposure > 0
    found, exposure = found[there], exposure[there]
    mean = found.sum() / exposure.sum()
    strength = moment_strength(found, mean * exposure, mean_is_known=True)
    assert np.isfinite(strength)
    theirs = Empirical_Bayes(found, exposure).r.ravel()
    monkeypatch.setattr(baselines, "prior_strength", lambda _found, _expected: strength)
    scaled = theirs * (1.0 if among == "inspected" else exposure)
    np.testing.assert_allclose(BASELINES["empirical_bayes"](view)[there], scaled, rtol=1e-9)
