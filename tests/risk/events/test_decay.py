from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.events.decay import QUANTA_PER_UNIT, decay_weights, from_quanta

HALF_LIVES = st.floats(1, 1_000)


@given(HALF_LIVES)
def test_an_event_counts_half_after_its_half_life(half_life: float) -> None:
    age = np.array([0.0, half_life, 2 * half_life])
    assert decay_weights(age, half_life_days=half_life).tolist() == [1.0, 0.5, 0.25]


@given(st.floats(0, 1_000))
def test_a_weight_is_kept_to_a_ten_billionth(weight: float) -> None:
    quanta = np.array([round(weight * QUANTA_PER_UNIT)])
    assert from_quanta(quanta)[0] == pytest.approx(weight, abs=2**-33)
