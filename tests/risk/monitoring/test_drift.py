"""Whether scores and features still look as they did in the pinned reference."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from risk.monitoring.drift import (
    DRIFT_COLUMNS,
    DRIFTED,
    STEADY,
    TOO_FEW,
    WATCH,
    DriftRules,
    compare_snapshots,
    stability_index,
    worst_state,
)

RULES = DriftRules()
samples = st.lists(st.sampled_from([0.0, 0.5, 1.0, 2.5, 7.0]), min_size=2, max_size=60)


def scores(shift: float = 0.0, *, seed: int = 1, count: int = 3_000) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "building_id": [f"B{n}" for n in range(count)],
            "score": rng.gamma(2.0, 3.0, count) * np.exp(shift),
            "complaints": rng.poisson(0.05, count) * rng.gamma(2, 0.4, count),
            "rank": np.arange(count) + 1,
        }
    )


def state_of(reference: pd.DataFrame, current: pd.DataFrame, column: str = "score") -> str:
    compared = compare_snapshots(reference, current, rules=RULES).set_index("column")
    return str(compared.loc[column, "state"])


def test_two_draws_of_one_distribution_are_steady() -> None:
    compared = compare_snapshots(scores(), scores(seed=2), rules=RULES)
    assert worst_state(compared) == STEADY
    assert tuple(compared.columns) == DRIFT_COLUMNS


def test_a_small_shift_is_to_be_watched_and_a_large_one_has_drifted() -> None:
    assert state_of(scores(), scores(0.3, seed=2)) == WATCH
    assert state_of(scores(), scores(0.8, seed=2)) == DRIFTED


def test_a_feature_that_hardly_any_building_has_is_compared_all_the_same() -> None:
    more = scores(seed=2).assign(complaints=lambda f: np.where(f.index % 3 == 0, 1.0, 0.0))
    assert state_of(scores(), more, "complaints") == DRIFTED
    assert state_of(scores(), scores(seed=3), "complaints") == STEADY


def test_a_feature_that_became_unknown_has_drifted() -> None:
    lost = scores().assign(score=lambda f: f["score"].where(f.index % 2 == 0))
    compared = compare_snapshots(scores(), lost, rules=RULES).set_index("column")
    assert compared.loc["score", "state"] == DRIFTED
    assert compared.loc["score", "known"] == 0.5


def test_the_same_snapshot_twice_has_not_changed_at_all() -> None:
    compared = compare_snapshots(scores(), scores(), rules=RULES)
    assert (compared["psi"] == 0).all()
    assert (compared["ks"] == 0).all()


def test_ranks_places_and_texts_are_not_compared() -> None:
    compared = compare_snapshots(scores(), scores(), rules=RULES)
    assert set(compared["column"]) == {"score", "complaints"}


def test_a_handful_of_buildings_is_too_few_to_compare() -> None:
    few = scores(count=20)
    compared = compare_snapshots(few, scores(2.0, count=20), rules=RULES)
    assert worst_state(compared) == TOO_FEW
    assert worst_state(compared.iloc[:0]) == TOO_FEW


def test_small_samples_that_scatter_raise_no_alarm() -> None:
    alarms = [state_of(scores(seed=n, count=60), scores(seed=100 + n, count=60)) for n in range(20)]
    assert alarms.count(STEADY) == 20


@given(samples, samples)
def test_the_index_is_symmetric_in_sign_and_never_negative(a: list[float], b: list[float]) -> None:
    assert stability_index(np.array(a), np.array(b)) >= 0
    assert stability_index(np.array(a), np.array(a)) == 0


def test_the_index_agrees_with_a_worked_example() -> None:
    """Shares 0.5/0.5 against 0.8/0.2: 0.3·ln(1.6) + (-0.3)·ln(0.4) = 0.4159."""
    reference = np.repeat([0.0, 1.0], [5_000, 5_000])
    current = np.repeat([0.0, 1.0], [8_000, 2_000])
    assert stability_index(reference, current, bins=2) == pytest.approx(0.4159, abs=1e-3)


def test_rules_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(ValidationError, match="watch_psi"):
        DriftRules(watch_psi=0.5)
    with pytest.raises(ValidationError, match="bins"):
        DriftRules(bins=1)
