from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.decay import ForwardSum, decay_weights, from_quanta, to_quanta

AGES = st.lists(st.floats(0, 3_000), min_size=1, max_size=40)
HALF_LIVES = st.floats(1, 1_000)


@given(HALF_LIVES)
def test_an_event_counts_half_after_its_half_life(half_life: float) -> None:
    age = np.array([0.0, half_life, 2 * half_life])
    assert decay_weights(age, half_life_days=half_life).tolist() == [1.0, 0.5, 0.25]


@given(AGES, HALF_LIVES)
def test_the_incremental_sum_equals_the_direct_one(ages: list[float], half_life: float) -> None:
    cut = 10_000.0
    kept = ForwardSum(half_life_days=half_life, reference_day=cut - 1_000)
    for age in ages:
        kept = kept.add(day=cut - age)
    direct = decay_weights(np.array(ages), half_life_days=half_life).sum()
    assert kept.value_at(cut) == pytest.approx(direct, rel=1e-9, abs=1e-12)


@given(AGES, HALF_LIVES, st.floats(0, 500))
def test_a_new_reference_day_changes_nothing(
    ages: list[float], half_life: float, shift: float
) -> None:
    kept = ForwardSum(half_life_days=half_life, reference_day=9_500.0)
    for age in ages:
        kept = kept.add(day=10_000.0 - age, weight=0.5)
    rebased = kept.rebase(9_500.0 + shift)
    assert rebased.value_at(10_000.0) == pytest.approx(kept.value_at(10_000.0), rel=1e-9)


@given(AGES, HALF_LIVES)
def test_waiting_one_half_life_halves_a_sum(ages: list[float], half_life: float) -> None:
    kept = ForwardSum(half_life_days=half_life, reference_day=0.0)
    for age in ages:
        kept = kept.add(day=-age)
    assert kept.value_at(half_life) == pytest.approx(kept.value_at(0.0) / 2)


@given(st.lists(st.floats(0, 1), min_size=2, max_size=60), st.randoms())
def test_no_order_of_rows_changes_a_sum_of_quanta(weights: list[float], random: object) -> None:
    shuffled = list(weights)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    sums = [to_quanta(np.array(order)).sum() for order in (weights, shuffled)]
    assert sums[0] == sums[1]


@given(st.floats(0, 1_000))
def test_a_weight_is_kept_to_a_ten_billionth(weight: float) -> None:
    assert from_quanta(to_quanta(np.array([weight])))[0] == pytest.approx(weight, abs=2**-33)
