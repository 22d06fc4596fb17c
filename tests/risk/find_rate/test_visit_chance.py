"""What a score says of one visit: the chance it stands for, moved by how the visit is made."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from risk.find_rate.visit_chance import VisitChance

IDS = pd.Series(["B1", "B2", "unscored"])


def visit_chance(**facts: Any) -> VisitChance:
    buildings = pd.DataFrame({"building_id": ["B1", "B2"], "score": [10.0, 60.0]})
    plain = {"conditions": {"revisit": 0.5, "evening": 0.8}, "weights": {"waiting": 0.7},
             "evening_share": 0.25}  # fmt: skip
    return VisitChance.of(buildings, plain | facts)


def rates(chances: Any) -> Any:
    return -np.log1p(-np.asarray(chances))


def test_a_routine_visit_has_the_chance_that_the_score_is_told_as() -> None:
    assert visit_chance().chance(IDS) == pytest.approx([0.1, 0.6, 0.0])


def test_a_revisit_multiplies_the_rate_by_its_learnt_effect() -> None:
    plain = visit_chance().chance(IDS)
    again = visit_chance().chance(IDS, revisit=np.array([True, False, True]))
    assert rates(again) == pytest.approx(rates(plain) * [np.exp(0.5), 1.0, 1.0])


def test_a_report_counts_only_where_the_score_does_not_know_of_it() -> None:
    plain = visit_chance().chance(IDS)
    news = {"reported_since": np.array([True, False, False]),
            "answered_since": np.array([False, True, False])}  # fmt: skip
    told = visit_chance().chance(IDS, **news)
    assert rates(told) == pytest.approx(rates(plain) * np.exp([0.7, -0.7, 0.0]))
    assert visit_chance(weights={}).chance(IDS, **news) == pytest.approx(plain)


def test_a_score_of_100_stays_a_chance() -> None:
    sure = VisitChance.of(
        pd.DataFrame({"building_id": ["B1"], "score": [100.0]}),
        {"conditions": {}, "weights": {"waiting": 2.0}, "evening_share": 0.0},
    )
    chance = sure.chance(IDS.head(1), reported_since=True)
    assert 0.999 < chance[0] <= 1.0


def test_day_and_evening_are_told_apart_only_where_both_were_visited() -> None:
    day, evening = visit_chance().part_effects() or (0.0, 0.0)
    assert evening - day == pytest.approx(0.8)
    assert 0.75 * day + 0.25 * evening == pytest.approx(0.0)
    assert visit_chance(evening_share=0.0).part_effects() is None
    assert visit_chance(evening_share=0.99).part_effects() is None
