"""A trial is as large as its stated power needs, and no larger."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from risk.evaluation.proportions import difference_of
from risk.evaluation.trial.size import (
    Assumptions,
    TrialSizeError,
    needed_per_arm,
    normal_size,
    power_of,
    size_for_power,
    weeks_needed,
)

ASSUMED = Assumptions(low=0.05, middle=0.1, high=0.25, looked_share=0.8, alpha=0.05, power=0.8)


def simulated_power(more: float, less: float, size: int, *, alpha: float, seed: int) -> float:
    """Count how often trials of this size end with an interval above 0."""
    rng, times = np.random.default_rng(seed), 2_000
    ours, theirs = rng.binomial(size, more, times), rng.binomial(size, less, times)
    shown = {
        pair: difference_of(pair[0], size, pair[1], size, level=1 - alpha).low > 0
        for pair in set(zip(ours.tolist(), theirs.tolist(), strict=True))
    }
    return float(
        np.mean([shown[pair] for pair in zip(ours.tolist(), theirs.tolist(), strict=True)])
    )


@pytest.mark.parametrize(
    ("more", "less", "alpha", "power"),
    [(0.3, 0.1, 0.05, 0.8), (0.12, 0.04, 0.05, 0.9), (0.06, 0.02, 0.1, 0.8)],
)
def test_simulated_trials_of_the_size_have_the_power(
    more: float, less: float, alpha: float, power: float
) -> None:
    size = size_for_power(more, less, alpha=alpha, power=power)
    reached = simulated_power(more, less, size, alpha=alpha, seed=1)
    assert power - 0.03 < reached < power + 0.05
    assert reached == pytest.approx(power_of(more, less, per_arm=size, alpha=alpha), abs=0.03)


def test_a_smaller_trial_has_less_than_the_power() -> None:
    size = size_for_power(0.3, 0.1, alpha=0.05, power=0.8)
    assert power_of(0.3, 0.1, per_arm=round(0.9 * size), alpha=0.05) < 0.8


def test_arms_that_do_not_differ_show_a_difference_as_seldom_as_alpha_says() -> None:
    assert power_of(0.1, 0.1, per_arm=200, alpha=0.05) <= 0.025 + 0.005


def test_the_normal_formula_gives_the_size_of_the_textbook() -> None:
    """Fleiss: 0.60 against 0.70, alpha 0.01, power 0.95 need 827, corrected for continuity."""
    size = normal_size(0.7, 0.6, alpha=0.01, power=0.95)
    corrected = size / 4 * (1 + (1 + 4 / (size * 0.1)) ** 0.5) ** 2
    assert corrected == pytest.approx(827, abs=0.5)


def test_the_harder_comparison_and_the_doors_that_stay_closed_decide() -> None:
    harder = size_for_power(0.25 * 0.8, 0.1 * 0.8, alpha=0.05, power=0.8)
    assert needed_per_arm(ASSUMED) == harder
    assert needed_per_arm(replace(ASSUMED, looked_share=0.5)) > harder


@pytest.mark.parametrize("middle", [0.25, 0.3])
def test_arms_that_are_not_apart_have_no_size(middle: float) -> None:
    with pytest.raises(TrialSizeError) as refused:
        needed_per_arm(replace(ASSUMED, middle=middle))
    assert refused.value.code == "trial_rates_not_apart"


def test_a_size_beyond_every_office_is_refused() -> None:
    with pytest.raises(TrialSizeError) as refused:
        size_for_power(0.0101, 0.01, alpha=0.05, power=0.8)
    assert refused.value.code == "trial_too_large"


def test_the_weeks_follow_from_the_share_of_the_visits() -> None:
    assert weeks_needed(300, visits_a_week=40, share=0.25) == 30
    assert weeks_needed(301, visits_a_week=40, share=0.25) == 31
    assert weeks_needed(1, visits_a_week=40, share=0.25) == 1
