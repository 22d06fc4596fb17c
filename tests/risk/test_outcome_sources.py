"""How an outcome came about, and what it weighs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.outcome_sources import (
    DISCOVERED,
    RANDOM_ARM,
    REPORTED,
    SOURCE_OF_OUTCOME,
    SOURCES,
    SourceError,
    SourceRules,
    outcome_weights,
    with_source,
)
from risk.settings_reader import ScoreConfigError, read_section

if TYPE_CHECKING:
    from collections.abc import Mapping

chances = st.floats(0, 1)


def sources_of(rows: list[Mapping[str, str | None]]) -> list[str]:
    frame = pd.DataFrame(rows, columns=["mode", "purpose"], dtype="str")
    table = with_source(ibis.memtable(frame), SourceRules())
    return list(table.to_pandas()[SOURCE_OF_OUTCOME])


def test_a_spot_check_is_the_random_arm_and_a_complaint_visit_is_reported() -> None:
    rows = [
        {"mode": "抽检", "purpose": "随机抽查"},
        {"mode": "日查", "purpose": "投诉核查"},
        {"mode": None, "purpose": "Complaint Re-Inspection"},
        {"mode": "夜查", "purpose": "例行巡查"},
        {"mode": None, "purpose": None},
    ]
    assert sources_of(rows) == [RANDOM_ARM, REPORTED, REPORTED, DISCOVERED, DISCOVERED]


def test_a_reported_place_that_was_also_drawn_counts_as_reported() -> None:
    assert sources_of([{"mode": "抽检", "purpose": "投诉核查"}]) == [REPORTED]


def test_a_table_without_mode_and_purpose_counts_as_discovered() -> None:
    table = with_source(ibis.memtable(pd.DataFrame({"row_key": ["a"]})), SourceRules())
    assert list(table.to_pandas()[SOURCE_OF_OUTCOME]) == [DISCOVERED]


def test_the_rules_are_read_from_the_settings_and_checked() -> None:
    rules = read_section(SourceRules, {"reported_purposes": ["12315"]}, "monitoring.sources")
    assert rules.reported_purposes == ("12315",)
    with pytest.raises(ScoreConfigError, match="random_modes"):
        read_section(SourceRules, {"random_modes": 3}, "monitoring.sources")


@given(st.lists(st.tuples(st.sampled_from(SOURCES), chances), max_size=20), st.floats(0.001, 1))
def test_only_discoveries_weigh_less_and_none_weighs_nothing(
    outcomes: list[tuple[str, float]], reference: float
) -> None:
    source = np.array([text for text, _ in outcomes], dtype=np.str_)
    chance = np.array([value for _, value in outcomes])
    weights = outcome_weights(source, chance, reference=reference)
    assert ((weights > 0) & (weights <= 1)).all()
    assert (weights[source != DISCOVERED] == 1).all()


@given(st.floats(0.02, 1), st.floats(0.02, 1))
def test_weights_of_discoveries_are_in_the_inverse_ratio_of_the_visit_probabilities(
    first: float, second: float
) -> None:
    weights = outcome_weights(np.array([DISCOVERED] * 2), np.array([first, second]), reference=0.01)
    assert weights[0] * first == pytest.approx(weights[1] * second)


def test_a_weight_is_never_below_the_least_one_asked_for() -> None:
    sure = np.array([DISCOVERED]), np.array([1.0])
    assert outcome_weights(*sure, reference=0.01, least=0.2)[0] == 0.2


def test_weighed_finds_estimate_what_is_there_whatever_the_visiting_plan() -> None:
    """Horvitz-Thompson: over many plans the weighed finds are reference × the true rate."""
    rng, truth, reference = np.random.default_rng(1), 0.3, 0.05
    chance = np.array([0.06, 0.2, 0.9])
    went = rng.random((40_000, 3)) < chance
    found = went & (rng.random((40_000, 3)) < truth)
    weights = outcome_weights(np.array([DISCOVERED] * 3), chance, reference=reference)
    np.testing.assert_allclose(found.mean(axis=0) * weights, reference * truth, rtol=0.08)


def test_a_find_where_it_is_not_known_whether_we_go_weighs_like_a_sure_visit() -> None:
    assert outcome_weights(np.array([DISCOVERED]), np.array([np.nan]), reference=0.1)[0] == 0.1


def test_an_unknown_source_or_probability_is_refused() -> None:
    with pytest.raises(SourceError, match="heard"):
        outcome_weights(np.array(["heard"]), np.array([0.5]), reference=0.1)
    with pytest.raises(SourceError):
        outcome_weights(np.array([DISCOVERED]), np.array([1.5]), reference=0.1)
