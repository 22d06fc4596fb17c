"""Histories of grades: how much worse than usual they were."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from risk.config.find_rate import ModelConfig
from risk.config.words import PURPOSES
from risk.design import names
from risk.design.matrix import build_design
from risk.design.units import known_places
from risk.design.visit_table import PURPOSE, Facts

CUT = 15_500
MODEL = ModelConfig()
Make = Callable[..., Facts]
Change = Callable[[pd.DataFrame], pd.DataFrame]


def graded(visits: pd.DataFrame) -> pd.DataFrame:
    """Grade every visit by what it found, more is worse."""
    noise = np.random.default_rng(5).normal(size=len(visits))
    return visits.assign(fault_score=visits["other"] + noise)


def histories(city_facts: Make, change: Change = lambda visits: visits) -> pd.DataFrame:
    facts = city_facts(change=lambda visits: change(graded(visits))).before(CUT)
    places = known_places(facts)
    x = build_design(facts, places, cut=CUT, config=MODEL).set_index(places["unit"])
    return x[[name for name in x if names.FAULT in name.split(".")]]


def test_the_unit_and_the_zero_of_grades_do_not_matter(city_facts: Make) -> None:
    other = histories(city_facts, lambda v: v.assign(fault_score=30 + 7 * v["fault_score"]))
    pd.testing.assert_frame_equal(other, histories(city_facts))


def test_each_purpose_has_a_scale_of_its_own(city_facts: Make) -> None:
    def stricter(visits: pd.DataFrame) -> pd.DataFrame:
        score = visits["fault_score"]
        reported = visits[PURPOSE] == PURPOSES.index("complaint")
        return visits.assign(fault_score=score.where(~reported, 100 + 3 * score))

    pd.testing.assert_frame_equal(histories(city_facts, stricter), histories(city_facts))


def test_a_purpose_that_leads_to_worse_places_is_no_stricter_scale(city_facts: Make) -> None:
    """Visits that come to bad places more often hide nothing of how bad these are."""

    def sent_to_the_bad(visits: pd.DataFrame) -> pd.DataFrame:
        rng = np.random.default_rng(8)
        bad = pd.util.hash_array(visits["door"].to_numpy(object)) % 2 == 0
        reported = rng.random(len(visits)) < np.where(bad, 0.8, 0.2)
        score = bad + 0.5 * rng.normal(size=len(visits))
        known = np.where(reported, PURPOSES.index("complaint"), PURPOSES.index("routine"))
        return visits.assign(**{PURPOSE: known}, fault_score=score)

    history = histories(city_facts, sent_to_the_bad)[names.history(names.FAULT, "unit")]
    bad = pd.util.hash_array(history.index.to_numpy(object)) % 2 == 0
    apart = history[bad].mean() - history[~bad].mean()
    assert apart > 1.0


def test_words_and_numbers_have_scales_of_their_own(city_facts: Make) -> None:
    def half_in_words(visits: pd.DataFrame) -> pd.DataFrame:
        return visits.assign(in_words=visits.index % 2 == 0)

    def other_scale(visits: pd.DataFrame) -> pd.DataFrame:
        score = visits["fault_score"]
        visits = half_in_words(visits)
        return visits.assign(fault_score=score.where(~visits["in_words"], 9 * score - 50))

    pd.testing.assert_frame_equal(
        histories(city_facts, half_in_words), histories(city_facts, other_scale)
    )


def test_worse_grades_of_a_place_raise_its_history_and_its_last(city_facts: Make) -> None:
    before = histories(city_facts)
    unit = before.index[0]

    def worse(visits: pd.DataFrame) -> pd.DataFrame:
        score = visits["fault_score"]
        return visits.assign(fault_score=score.where(visits["door"] != unit, score + 2))

    after = histories(city_facts, worse)
    for name in (names.history(names.FAULT, "unit"), names.last(names.FAULT)):
        assert after.loc[unit, name] > before.loc[unit, name]


def test_grades_after_the_cut_move_nothing(city_facts: Make) -> None:
    def later(visits: pd.DataFrame) -> pd.DataFrame:
        return visits.assign(fault_score=visits["fault_score"].where(visits["day"] < CUT, 1e3))

    pd.testing.assert_frame_equal(histories(city_facts, later), histories(city_facts))


@pytest.mark.parametrize("known", [0, int(MODEL.least_grades) - 1])
def test_with_too_few_grades_none_is_used(city_facts: Make, known: int) -> None:
    few = histories(
        city_facts, lambda v: v.assign(fault_score=v["fault_score"].where(v.index < known))
    )
    assert few.empty or not len(few.columns)
