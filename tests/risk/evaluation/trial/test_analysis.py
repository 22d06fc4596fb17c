"""A trial's result counts all that were drawn, holds the truth as it says, tests in order."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

from risk.evaluation.trial.analysis import (
    CANNOT_TELL,
    DONE,
    INTENTION,
    LESS,
    MORE,
    NOT_TESTED,
    analyse_trial,
    trend_z,
)
from risk.evaluation.trial.size import ARMS

FORETOLD = {"low": 0.05, "middle": 0.1, "high": 0.3}


def outcomes_of(counts: Mapping[str, tuple[int, int, int, int]]) -> pd.DataFrame:
    """Make outcomes from planned, visited, looked and found of each arm."""
    rows = [
        {"building_id": f"{arm}{number}", "arm": arm, "foretold": FORETOLD[arm],
         "visited": number < visited, "looked": number < looked, "found": number < found,
         "suspected": False, "came": float(number < found)}
        for arm, (planned, visited, looked, found) in counts.items()
        for number in range(planned)
    ]  # fmt: skip
    return pd.DataFrame(rows)


PLAIN = {"low": (100, 90, 80, 4), "middle": (100, 95, 80, 8), "high": (100, 90, 60, 30)}


def verdicts(result: pd.DataFrame, analysis: str) -> list[str]:
    return result.loc[result["analysis"] == analysis, "verdict"].tolist()


def test_a_building_that_nobody_looked_at_counts_in_its_arm_and_apart() -> None:
    arms = analyse_trial(outcomes_of(PLAIN), level=0.95).arms.set_index("arm")
    high = arms.loc["high"]
    counted = high[["planned", "not_visited", "no_look", "looked", "found"]].tolist()
    assert counted == [100, 10, 30, 60, 30]
    assert (high["rate"], high["done_rate"]) == (0.3, 0.5)
    assert high["low"] < 0.3 < high["high"] < high["done_rate"] < high["done_high"]


def test_what_was_foretold_stands_beside_what_came_of_the_looks() -> None:
    high = analyse_trial(outcomes_of(PLAIN), level=0.95).arms.set_index("arm").loc["high"]
    assert (high["foretold"], high["expected"]) == pytest.approx((0.3, 18.0))
    assert (high["came"], high["came_rate"]) == (30, 0.5)
    assert high["came_low"] > high["foretold"]  # it promised too little


def test_high_is_compared_with_low_first_and_then_with_the_middle() -> None:
    result = analyse_trial(outcomes_of(PLAIN), level=0.95)
    first = result.differences.iloc[0]
    assert (first["analysis"], first["more"], first["less"]) == (INTENTION, "high", "low")
    assert first["difference"] == pytest.approx(0.26)
    assert verdicts(result.differences, INTENTION) == [MORE, MORE]
    assert (result.trend_z > 3, result.trend_p < 0.01) == (True, True)


def test_nothing_is_tested_after_a_comparison_that_showed_nothing() -> None:
    level = {**PLAIN, "low": (100, 90, 80, 28), "middle": (100, 90, 80, 0)}
    result = analyse_trial(outcomes_of(level), level=0.95)
    assert verdicts(result.differences, INTENTION) == [CANNOT_TELL, NOT_TESTED]


def test_a_score_that_is_upside_down_is_said_to_find_less() -> None:
    upside = {**PLAIN, "low": PLAIN["high"], "high": PLAIN["low"]}
    result = analyse_trial(outcomes_of(upside), level=0.95)
    assert verdicts(result.differences, INTENTION) == [LESS, NOT_TESTED]
    assert result.trend_z < -3


def test_nothing_is_said_where_nobody_went() -> None:
    result = analyse_trial(outcomes_of(dict.fromkeys(ARMS, (20, 0, 0, 0))), level=0.95)
    assert verdicts(result.differences, DONE) == [CANNOT_TELL, NOT_TESTED]
    assert result.differences.loc[result.differences["analysis"] == DONE, "low"].isna().all()
    assert np.isnan(result.trend_z)


def test_the_trend_is_the_correlation_of_step_and_find() -> None:
    """Armitage's χ² is N·r² of the rows."""
    found, of = np.array([4.0, 8.0, 30.0]), np.array([100.0, 90.0, 110.0])
    step = np.repeat([0, 1, 2], of.astype(int))
    find = np.concatenate([np.arange(n) < x for x, n in zip(found, of, strict=True)])
    correlation = np.corrcoef(step, find)[0, 1]
    assert trend_z(found, of) ** 2 == pytest.approx(of.sum() * correlation**2)


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """Trials in a simulated office: true chances that scores only guess, doors that stay closed."""
    rng, held, times = np.random.default_rng(11), np.zeros(5), 400
    size = 80
    truth = {"low": 0.04, "middle": 0.12, "high": 0.3}
    door = 0.7
    for _ in range(times):
        rows = []
        for arm, rate in truth.items():
            looked = rng.random(size) < door
            found = looked & (rng.random(size) < rate)
            rows.append(pd.DataFrame({
                "building_id": [f"{arm}{n}" for n in range(size)], "arm": arm, "foretold": rate,
                "visited": True, "looked": looked, "found": found, "suspected": False,
                "came": found.astype(float),
            }))  # fmt: skip
        result = analyse_trial(pd.concat(rows, ignore_index=True), level=0.95)
        gaps = result.differences.iloc[:2]
        true = door * (truth["high"] - np.array([truth["low"], truth["middle"]]))
        held[:2] += (gaps["low"].to_numpy() < true) & (true < gaps["high"].to_numpy())
        rates = door * np.array([truth[arm] for arm in ARMS])
        held[2:] += (result.arms["low"] <= rates) & (rates <= result.arms["high"])
    assert ((held / times > 0.92) & (held / times < 0.985)).all(), held / times
