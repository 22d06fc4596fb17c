from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from data.workspace.retired import RETIRED
from data.workspace.sections import SettingsError
from risk.config.score import ScoreConfig, TierShares, Weights


def test_an_empty_section_gives_the_documented_defaults() -> None:
    assert ScoreConfig.from_mapping({}) == ScoreConfig()


def test_a_configuration_survives_being_written_down() -> None:
    config = ScoreConfig(rate_window_days=30, weights=Weights(ring=0.1))
    assert ScoreConfig.from_mapping(config.to_mapping()) == config


def test_a_toml_section_is_read() -> None:
    text = """
    rate_window_days = 30
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
        "rate_window_days": 2.5,
        "exposure": 3,
        "weights": {"ring": -1, "rings": 1, "complaints": "high"},
        "tier_shares": {"red": 0.9},
        "evidence": {"found": {"属实": 2.0}, "business_tenants": "企业"},
    }
    with pytest.raises(SettingsError) as raised:
        ScoreConfig.from_mapping(raw)
    problems = raised.value.facts["problems"]
    assert len(problems) == 9
    ring = next(each for each in problems if each.key == "ring")
    assert (ring.section, ring.seen, ring.expected) == ("score.weights", "-1", "number_low_high")
    assert ring.facts == {"low": 0, "high": 5}


def test_a_sign_against_policy_is_refused() -> None:
    with pytest.raises(ValidationError, match="inspections_not_found"):
        Weights(inspections_not_found=0.1)


def test_tier_shares_cannot_exceed_everything() -> None:
    with pytest.raises(ValidationError, match="sum_at_most"):
        TierShares(red=0.5, orange=0.5, yellow=0.5)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), True, "1", None])
def test_what_is_no_finite_number_is_refused(value: object) -> None:
    with pytest.raises(SettingsError):
        ScoreConfig.from_mapping({"ring_events": value})


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


def test_a_retired_setting_is_passed_over_and_a_misspelt_one_is_not() -> None:
    old = {"horizon_days": 30, "learning": {"windows": 3}, "weights": {"history_grid": 0.2}}
    assert ScoreConfig.from_mapping(old) == ScoreConfig()
    with pytest.raises(SettingsError):
        ScoreConfig.from_mapping({"horizon_day": 30})


def test_what_a_snapshot_of_an_earlier_version_stored_can_be_read() -> None:
    """Every retired setting at once, at any value, beside one that still counts."""
    stored: dict[str, Any] = {"ring_complaint": 0.5}
    for name in RETIRED["score"]:
        *tables, key = name.split(".")
        section = stored
        for table in tables:
            section = section.setdefault(table, {})
        section[key] = "whatever it was"
    assert ScoreConfig.from_mapping(stored) == ScoreConfig(ring_complaint=0.5)


def test_no_setting_in_use_is_retired() -> None:
    used = ScoreConfig().to_mapping()
    for name in RETIRED["score"]:
        section: Any = used
        for step in name.split("."):
            section = section.get(step, {}) if isinstance(section, dict) else {}
        assert section == {}, name
