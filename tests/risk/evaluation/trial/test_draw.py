"""The draw is balanced, repeated by who has the key, and knows the score's part alone."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from risk.evaluation.trial.draw import arms_of, draw_arms
from risk.evaluation.trial.size import ARMS

KEY = b"key of the draw"


def street(count: int = 300) -> pd.Series:
    return pd.Series(np.linspace(0, 60, count), index=[f"B{number:04d}" for number in range(count)])


def drawn_of(
    scores: pd.Series, *, key: bytes = KEY, per_arm: int = 30, weeks: int = 7
) -> pd.DataFrame:
    arms = arms_of(scores, low_until=1 / 3, high_from=2 / 3, key=key)
    return draw_arms(scores, arms, per_arm=per_arm, weeks=weeks, key=key)


def test_each_arm_is_a_third_of_the_scores_in_their_order() -> None:
    scores = street()
    arms = arms_of(scores, low_until=1 / 3, high_from=2 / 3, key=KEY)
    assert arms.value_counts().to_dict() == dict.fromkeys(ARMS, 100)
    tops = [scores[arms == arm].max() for arm in ARMS]
    floors = [scores[arms == arm].min() for arm in ARMS]
    assert tops[0] < floors[1] < tops[1] < floors[2]


def test_buildings_of_one_score_are_told_apart_by_chance_and_not_by_their_code() -> None:
    equal = pd.Series(10.0, index=street().index)
    arms = arms_of(equal, low_until=1 / 3, high_from=2 / 3, key=KEY)
    assert arms.value_counts().to_dict() == dict.fromkeys(ARMS, 100)
    assert 20 < (arms.iloc[:100] == "low").sum() < 50


def test_every_week_has_as_many_of_each_arm() -> None:
    drawn = drawn_of(street())
    assert drawn["arm"].value_counts().to_dict() == dict.fromkeys(ARMS, 30)
    assert not drawn["building_id"].duplicated().any()
    counts = pd.crosstab(drawn["week"], drawn["arm"])
    assert counts.index.tolist() == [1, 2, 3, 4, 5, 6, 7]
    assert counts.eq(counts[ARMS[0]], axis=0).to_numpy().all()
    assert counts.to_numpy().max() - counts.to_numpy().min() <= 1


@pytest.mark.parametrize("order", [slice(None), slice(None, None, -1)])
def test_the_same_key_draws_the_same_whatever_the_order_of_the_rows(order: slice) -> None:
    again = drawn_of(street().iloc[order])
    pd.testing.assert_frame_equal(again, drawn_of(street()))


def test_another_key_draws_others() -> None:
    ours, theirs = (set(drawn_of(street(), key=key)["building_id"]) for key in (KEY, b"other"))
    assert len(ours & theirs) < 60


def test_every_building_of_an_arm_is_as_likely_as_any_other() -> None:
    times, scores = 400, street(60)
    hits = pd.Series(0, index=scores.index)
    for number in range(times):
        hits[drawn_of(scores, key=f"{number}".encode(), per_arm=5)["building_id"]] += 1
    expected, spread = times * 5 / 20, (times * 5 / 20 * 15 / 20) ** 0.5
    assert ((hits - expected).abs() < 4 * spread).all()


def runs(values: Sequence[str]) -> int:
    return 1 + sum(one != other for one, other in pairwise(values))


def test_the_order_of_a_week_does_not_tell_the_arm() -> None:
    """Codes that say nothing of the score: then rows by code mix the arms."""
    rng = np.random.default_rng(3)
    scores = pd.Series(rng.permutation(street().to_numpy()), index=street().index)
    drawn = drawn_of(scores, weeks=1, per_arm=60)
    assert runs(drawn["arm"].tolist()) > 90
