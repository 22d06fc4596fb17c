"""Nothing that comes after an origin moves what any method says at it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from risk.config.find_rate import ModelConfig
from risk.config.score import ScoreConfig
from risk.design.availability import (
    LISTED_TEXTS,
    available_texts,
    is_available,
)
from risk.design.visit_table import Facts
from risk.evaluation.methods.registry import BY_PLACE, METHODS, baseline, choose_methods
from risk.evaluation.methods.score import score_method, score_origin
from risk.evaluation.targets.geography import Geography
from risk.evaluation.targets.tables import Tables
from risk.evaluation.view import View
from risk.features.cache import RememberedSource
from tests.risk.evaluation.conftest import ORIGIN, make_tables, source_of

Scores = dict[tuple[str, str, str], tuple[NDArray[np.str_], NDArray[np.float64]]]

TEXTS = ("door", "party", "words", "kind", "risk_class")
VIEWS = (("building", "all"), ("building", "inspected"), ("place", "inspected"), ("cell:9", "all"))
CONFIG = ScoreConfig(
    model=ModelConfig(windows=2, area_half_lives_days=(60.0,), penalties=(400.0,), window_days=120)
)


def is_later(frame: pd.DataFrame) -> pd.Series:
    return (frame["day"] >= ORIGIN) | (frame["learnt"] >= ORIGIN)


def half_named(visits: pd.DataFrame) -> pd.DataFrame:
    """Name who, what and which door at every second visit, and learn of every seventh late."""
    count = np.arange(len(visits))
    texts = {name: visits[name].where(count % 2 == 0, "") for name in TEXTS}
    return visits.assign(learnt=visits["day"] + 100 * (count % 7 == 0), **texts)


def found_where_named(visits: pd.DataFrame) -> pd.DataFrame:
    """From the origin on let visits find something exactly where they name somebody."""
    named = half_named(visits)
    later = is_later(named)
    found = (named["party"] != "").astype(np.float64)
    outcomes = ("found", "critical", "other", "problems", "fault_score")
    return named.assign(**{name: named[name].where(~later, found) for name in outcomes})


def score_all(tables: Tables, view_of: Callable[..., View]) -> Scores:
    """Return names and scores of every method that runs here, by method and view."""
    ground = Geography.of_tables(tables)
    source, scores = RememberedSource(source_of(tables)), {}
    views = {asked: view_of(*asked, of=ground) for asked in VIEWS}
    for name in choose_methods():
        if name in BY_PLACE:
            origin = score_origin(source, name, ORIGIN, config=CONFIG, outcome="found")
            method = score_method(name, {ORIGIN: origin})
        else:
            method = baseline(name)
        for asked, view in views.items():
            scores[name, *asked] = view.names, method.score(view)
    return scores


def test_changing_the_future_changes_no_score_of_any_method(
    city_facts: Callable[..., Facts], view_of: Callable[..., View]
) -> None:
    """Whatever later visits find, also if it makes names and doors look like afterthoughts."""
    city = make_tables(city_facts(change=half_named))
    other = replace(city, facts=city_facts(change=found_where_named))
    for facts, named in ((city.facts, True), (other.facts, False)):
        visits = facts.visits
        assert (available_texts(visits) == set(LISTED_TEXTS)) == named
        assert is_available(visits["door"] != "", visits["found"]) == named
    ours, theirs = score_all(city, view_of), score_all(other, view_of)
    assert {name for name, *_ in ours} == {*METHODS}
    for asked, (names, scores) in ours.items():
        assert names.tolist() == theirs[asked][0].tolist(), asked
        assert np.array_equal(scores, theirs[asked][1]), asked
    for name in BY_PLACE:
        assert all(len(set(ours[name, *view][1])) > 10 for view in VIEWS), name
