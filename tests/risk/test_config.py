from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.config import ScoreConfig, ScoreConfigError, TierShares, Weights


def test_an_empty_section_gives_the_documented_defaults() -> None:
    assert ScoreConfig.from_mapping({}) == ScoreConfig()


def test_a_configuration_survives_being_written_down() -> None:
    config = ScoreConfig(horizon_days=30, weights=Weights(ring=0.1))
    assert ScoreConfig.from_mapping(config.to_mapping()) == config


def test_a_toml_section_is_read() -> None:
    text = """
    horizon_days = 30
    [weights]
    complaints = 1
    [evidence.complaint_source]
    "网格上报" = 0.5
    """
    config = ScoreConfig.from_mapping(tomllib.loads(text))
    assert config.weights.complaints == 1
    assert config.evidence.complaint_source == {"网格上报": 0.5}


def test_every_fault_of_a_section_is_reported_at_once() -> None:
    raw = {
        "horizon": 90,
        "horizon_days": 2.5,
        "exposure": 3,
        "weights": {"ring": -1, "rings": 1, "complaints": "high"},
        "tier_shares": {"red": 0.9},
        "evidence": {"found": {"属实": 2.0}, "business_tenants": "企业"},
    }
    with pytest.raises(ScoreConfigError) as raised:
        ScoreConfig.from_mapping(raw)
    assert len(raised.value.problems) == 9
    assert "score.weights.ring is -1; expected a number from 0 to 5" in raised.value.problems


def test_a_sign_against_policy_is_refused() -> None:
    with pytest.raises(ScoreConfigError, match="inspections_not_found"):
        Weights(inspections_not_found=0.1)


def test_tier_shares_cannot_exceed_everything() -> None:
    with pytest.raises(ScoreConfigError, match="add up to"):
        TierShares(red=0.5, orange=0.5, yellow=0.5)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), True, "1", None])
def test_what_is_no_finite_number_is_refused(value: object) -> None:
    with pytest.raises(ScoreConfigError):
        ScoreConfig.from_mapping({"base_rate": value})


def test_the_hash_ignores_how_a_whole_number_was_written() -> None:
    one = ScoreConfig.from_mapping({"caps": {"reporter": 2}})
    other = ScoreConfig.from_mapping({"caps": {"reporter": 2.0}})
    assert one.config_hash == other.config_hash


def test_the_hash_ignores_the_order_of_keys() -> None:
    one = ScoreConfig.from_mapping({"evidence": {"found": {"属实": 1.0, "疑似": 0.4}}})
    other = ScoreConfig.from_mapping({"evidence": {"found": {"疑似": 0.4, "属实": 1.0}}})
    assert one.config_hash == other.config_hash


@given(st.floats(0, 5), st.floats(0, 5))
def test_different_weights_have_different_hashes(one: float, other: float) -> None:
    hashes = {ScoreConfig(weights=Weights(ring=ring)).config_hash for ring in (one, other)}
    assert len(hashes) == len({one, other})
