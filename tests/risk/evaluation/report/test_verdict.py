"""A verdict says ahead or behind only where the windows show a difference."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.evaluation.report.summary import interval
from risk.evaluation.report.verdict import AHEAD, BEHIND, JUDGED_BY, LEVEL, judge
from risk.evaluation.targets.plans import AMONG

GAPS = st.lists(st.floats(-0.3, 0.3), min_size=1, max_size=8)


def lines_of(
    gaps: list[float], *, among: str = "inspected", others: dict[str, float] | None = None
) -> list[dict[str, Any]]:
    """Return the score, ``gaps`` above the best other at each origin, and weaker ones."""
    measure, means = JUDGED_BY[among], {"trees": 0.3} | (others or {})
    paired = interval(np.array(gaps), level=0.95) | {"ahead": sum(gap > 0 for gap in gaps)}
    ours = {
        "method": "score",
        "means": {measure: {"mean": 0.3 + sum(gaps) / len(gaps)}},
        "differences": {name: {measure: paired} for name in means},
    }
    rest = [
        {"method": name, "means": {measure: {"mean": mean}}, "differences": {}}
        for name, mean in means.items()
    ]
    return [{"among": among, "k": 60, "origins": len(gaps)} | line for line in (*rest, ours)]


@given(gaps=GAPS, among=st.sampled_from(AMONG))
def test_ahead_and_behind_only_where_the_interval_of_the_difference_leaves_out_nothing(
    gaps: list[float], among: str
) -> None:
    verdict = judge(lines_of(gaps, among=among))
    low, high = verdict.facts["low"], verdict.facts["high"]
    shown = low is not None and (low > 0 or high < 0)
    assert (verdict.standing != LEVEL) == shown
    if shown:
        assert verdict.standing == (AHEAD if sum(gaps) > 0 else BEHIND)


def test_one_window_shows_no_difference_however_large() -> None:
    assert judge(lines_of([0.3])).standing == LEVEL


def test_every_window_alike_shows_it() -> None:
    assert judge(lines_of([0.1, 0.11, 0.1])).standing == AHEAD
    assert judge(lines_of([-0.1, -0.11, -0.1])).standing == BEHIND


@pytest.mark.parametrize("among", AMONG)
def test_it_is_about_the_first_of_a_weeks_work_and_against_the_best_of_the_same_run(
    among: str,
) -> None:
    verdict = judge(lines_of([0.1, 0.11], among=among, others={"mean_grade": 0.31, "kde": 0.2}))
    assert verdict.facts["best_method"] == "mean_grade"
    assert verdict.facts["k"] == 60
    assert verdict.facts["measure"].startswith("precision_at_k")


def test_another_measure_can_be_asked_for_and_one_that_was_not_stored_says_nothing() -> None:
    verdict = judge(lines_of([0.1, 0.11]), measure="auc")
    assert (verdict.standing, verdict.facts["ours"]) == (LEVEL, None)
